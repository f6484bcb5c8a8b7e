import type { CallModel, ClassModel, LibraryModel } from './schema';
import { sends } from './sending';

const client: ClassModel = { roles: ['client'] };
/** LangChain's packages by the provider whose models they ask; every class of theirs is a client of it. */
const packages: Readonly<Record<string, string>> = {
  langchain_openai: 'api.openai.com',
  langchain_anthropic: 'api.anthropic.com',
  langchain_google_genai: 'generativelanguage.googleapis.com',
  langchain_google_vertexai: 'aiplatform.googleapis.com',
  langchain_groq: 'api.groq.com',
  langchain_cohere: 'api.cohere.com',
  langchain_mistralai: 'api.mistral.ai',
  langchain_aws: 'bedrock-runtime.amazonaws.com',
  langchain_azure_ai: 'inference.ai.azure.com',
  langchain_together: 'api.together.xyz',
  langchain_fireworks: 'api.fireworks.ai',
  langchain_xai: 'api.x.ai',
  langchain_deepseek: 'api.deepseek.com',
  langchain_perplexity: 'api.perplexity.ai',
  langchain_openrouter: 'openrouter.ai',
  langchain_voyageai: 'api.voyageai.com',
  'llama_index.llms.openai': 'api.openai.com',
  'llama_index.llms.openai_like': 'a model provider',
  'llama_index.llms.azure_openai': 'openai.azure.com',
  'llama_index.llms.anthropic': 'api.anthropic.com',
  'llama_index.llms.gemini': 'generativelanguage.googleapis.com',
  'llama_index.llms.google_genai': 'generativelanguage.googleapis.com',
  'llama_index.llms.vertex': 'aiplatform.googleapis.com',
  'llama_index.llms.bedrock': 'bedrock-runtime.amazonaws.com',
  'llama_index.llms.bedrock_converse': 'bedrock-runtime.amazonaws.com',
  'llama_index.llms.cohere': 'api.cohere.com',
  'llama_index.llms.groq': 'api.groq.com',
  'llama_index.llms.mistralai': 'api.mistral.ai',
  'llama_index.embeddings.openai': 'api.openai.com',
  'llama_index.embeddings.azure_openai': 'openai.azure.com',
  'llama_index.embeddings.google_genai': 'generativelanguage.googleapis.com',
  'llama_index.embeddings.cohere': 'api.cohere.com',
  'llama_index.embeddings.bedrock': 'bedrock-runtime.amazonaws.com',
};
/** Single clients of packages that also hold what runs on this machine. */
const clients: Readonly<Record<string, string>> = {
  'langchain_huggingface.HuggingFaceEndpoint': 'api-inference.huggingface.co',
};
const asked =
  'invoke ainvoke predict predict_messages batch abatch batch_as_completed stream astream generate agenerate complete acomplete stream_complete chat achat stream_chat structured_predict embed_query embed_documents aembed_query aembed_documents get_text_embedding get_text_embedding_batch get_query_embedding aget_text_embedding_batch __call__'.split(
    ' ',
  );
/** What gives a model back with settings of its own. */
const dressed =
  'with_structured_output bind bind_tools with_config with_retry with_fallbacks with_types as_structured_llm configurable_fields'.split(
    ' ',
  );
/** Addresses under the names that these classes give them; where a client is pointed at another machine, that decides. */
const pointed: CallModel = {
  flow: 'none',
  links: [{ of: 'result', name: '#url', value: 'base_url|openai_api_base|api_base|azure_endpoint|endpoint_url' }],
};
const provider = (owner: string, host: string): [string, CallModel][] => [
  ...asked.map((name): [string, CallModel] => [
    `${owner}.${name}`,
    sends(host, ['arguments'], { url: 'receiver.#url' }),
  ]),
  ...dressed.map((name): [string, CallModel] => [`${owner}.${name}`, { returns: 'receiver' }]),
];

/** Chains and agents ask through the model that they are given, as an object or by its name. */
const through = sends('a model provider', ['arguments'], { through: 'receiver.#model' });
const around = (...parameters: readonly string[]): CallModel => ({
  parameters,
  result: 'langchain.Chain',
  flow: 'none',
  links: [{ of: 'result', name: '#model', value: 'llm|model' }],
});
const chains = 'LLMChain RetrievalQA ConversationalRetrievalChain ConversationChain SequentialChain'.split(' ');
const chainPlaces = ['langchain.chains', 'langchain_classic.chains'];
const makers =
  'create_stuff_documents_chain create_retrieval_chain create_history_aware_retriever create_extraction_chain create_sql_query_chain load_qa_chain load_summarize_chain'.split(
    ' ',
  );
const old = ['langchain.chat_models', 'langchain_community.chat_models', 'langchain.llms', 'langchain_community.llms'];
const oldEmbeddings = ['langchain.embeddings', 'langchain_community.embeddings', 'langchain.embeddings.openai'];

/** LangChain, LangGraph and LlamaIndex: a model, or a chain around one, is a client of its provider. */
export const languageChains: LibraryModel = {
  library: 'LangChain and LlamaIndex',
  modules: [
    'langchain',
    'langchain_core',
    'langchain_classic',
    'langchain_community',
    'langgraph',
    'langchain_huggingface',
    ...Object.keys(packages).filter(name => !name.startsWith('llama_index')),
    'llama_index',
  ],
  aliases: {
    ...Object.fromEntries(
      old.flatMap(place => [
        [`${place}.ChatOpenAI`, 'langchain_openai.ChatOpenAI'],
        [`${place}.OpenAI`, 'langchain_openai.OpenAI'],
        [`${place}.AzureChatOpenAI`, 'langchain_openai.AzureChatOpenAI'],
        [`${place}.ChatAnthropic`, 'langchain_anthropic.ChatAnthropic'],
      ]),
    ),
    ...Object.fromEntries(
      oldEmbeddings.map(place => [`${place}.OpenAIEmbeddings`, 'langchain_openai.OpenAIEmbeddings']),
    ),
    'langchain.chat_models.base.init_chat_model': 'langchain.chat_models.init_chat_model',
    'langgraph.prebuilt.chat_agent_executor.create_react_agent': 'langgraph.prebuilt.create_react_agent',
  },
  classes: {
    ...Object.fromEntries(
      Object.keys(packages).flatMap(name => [
        [`${name}.Model`, client],
        [`${name}.*`, { bases: [`${name}.Model`] }],
      ]),
    ),
    ...Object.fromEntries(Object.keys(clients).map(name => [name, client])),
    'langchain.Named': client,
    'langchain.Chain': {},
    'langchain_core.prompts.ChatPromptTemplate': {},
  },
  calls: {
    ...Object.fromEntries(
      Object.entries(packages).flatMap(([name, host]) => [
        [`${name}.*`, pointed] as const,
        ...provider(`${name}.Model`, host),
      ]),
    ),
    ...Object.fromEntries(Object.entries(clients).flatMap(([name, host]) => provider(name, host))),
    ...Object.fromEntries(
      provider('langchain.Named', 'a model provider').map(([name, call]) => [
        name,
        call.events ? sends('a model provider', ['arguments'], { provider: 'receiver.#model' }) : call,
      ]),
    ),
    ...Object.fromEntries(
      ['langchain.chat_models.init_chat_model', 'langchain.embeddings.init_embeddings'].map(name => [
        name,
        {
          parameters: ['model'],
          result: 'langchain.Named',
          flow: 'none',
          links: [{ of: 'result', name: '#model', value: 'model' }],
        } satisfies CallModel,
      ]),
    ),
    ...Object.fromEntries(
      [...asked, 'run', 'arun', 'apply', 'astream_events'].map(name => [`langchain.Chain.${name}`, through]),
    ),
    ...Object.fromEntries(
      chainPlaces.flatMap(place => [
        ...chains.map(name => [`${place}.${name}`, around('llm')] as const),
        ...chains.flatMap(name =>
          ['from_chain_type', 'from_llm', 'from_function'].map(
            maker => [`${place}.${name}.${maker}`, around('llm')] as const,
          ),
        ),
        ...makers.flatMap(name =>
          [
            place,
            `${place}.combine_documents`,
            `${place}.retrieval`,
            `${place}.summarize`,
            `${place}.question_answering`,
          ].map(home => [`${home}.${name}`, around('llm')] as const),
        ),
      ]),
    ),
    'langchain.agents.create_agent': around('model'),
    'langgraph.prebuilt.create_react_agent': around('model'),
    ...Object.fromEntries(
      ['from_template', 'from_messages'].map(name => [
        `langchain_core.prompts.ChatPromptTemplate.${name}`,
        { result: 'langchain_core.prompts.ChatPromptTemplate', flow: 'none' } satisfies CallModel,
      ]),
    ),
  },
};
