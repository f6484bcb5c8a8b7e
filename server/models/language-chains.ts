import type { CallModel, ClassModel, LibraryModel } from './schema';
import { sends } from './sending';

const client: ClassModel = { roles: ['client'] };
/** LangChain's and LlamaIndex's models by the provider that they call. */
const models: Readonly<Record<string, string>> = {
  'langchain_openai.ChatOpenAI': 'api.openai.com',
  'langchain_openai.OpenAI': 'api.openai.com',
  'langchain_openai.AzureChatOpenAI': 'openai.azure.com',
  'langchain_openai.OpenAIEmbeddings': 'api.openai.com',
  'langchain_anthropic.ChatAnthropic': 'api.anthropic.com',
  'langchain_google_genai.ChatGoogleGenerativeAI': 'generativelanguage.googleapis.com',
  'langchain_google_genai.GoogleGenerativeAIEmbeddings': 'generativelanguage.googleapis.com',
  'langchain_google_vertexai.ChatVertexAI': 'aiplatform.googleapis.com',
  'langchain_groq.ChatGroq': 'api.groq.com',
  'langchain_cohere.ChatCohere': 'api.cohere.com',
  'langchain_mistralai.ChatMistralAI': 'api.mistral.ai',
  'langchain_aws.ChatBedrock': 'bedrock-runtime.amazonaws.com',
  'langchain_huggingface.HuggingFaceEndpoint': 'api-inference.huggingface.co',
  'llama_index.llms.openai.OpenAI': 'api.openai.com',
  'llama_index.llms.anthropic.Anthropic': 'api.anthropic.com',
  'llama_index.llms.gemini.Gemini': 'generativelanguage.googleapis.com',
  'llama_index.embeddings.openai.OpenAIEmbedding': 'api.openai.com',
};
const methods =
  'invoke ainvoke predict predict_messages batch abatch stream astream generate complete acomplete chat achat embed_query embed_documents __call__'.split(
    ' ',
  );
const chains = [
  'langchain.chains.LLMChain',
  'langchain.chains.RetrievalQA',
  'langchain.chains.ConversationalRetrievalChain',
];
const old = ['langchain.chat_models', 'langchain_community.chat_models', 'langchain.llms', 'langchain_community.llms'];

/** LangChain and LlamaIndex: a model, or a chain around one, is a client of its provider. */
export const languageChains: LibraryModel = {
  library: 'LangChain and LlamaIndex',
  modules: [
    'langchain',
    'langchain_core',
    'langchain_community',
    'langchain_openai',
    'langchain_anthropic',
    'langchain_google_genai',
    'langchain_google_vertexai',
    'langchain_groq',
    'langchain_cohere',
    'langchain_mistralai',
    'langchain_aws',
    'langchain_huggingface',
    'llama_index',
  ],
  aliases: Object.fromEntries(
    old.flatMap(place => [
      [`${place}.ChatOpenAI`, 'langchain_openai.ChatOpenAI'],
      [`${place}.OpenAI`, 'langchain_openai.OpenAI'],
      [`${place}.ChatAnthropic`, 'langchain_anthropic.ChatAnthropic'],
    ]),
  ),
  classes: {
    ...Object.fromEntries(Object.keys(models).map(name => [name, client])),
    ...Object.fromEntries(chains.map(name => [name, client])),
    'langchain_core.prompts.ChatPromptTemplate': {},
  },
  calls: {
    ...Object.fromEntries(
      Object.entries(models).flatMap(([name, host]) => methods.map(method => [`${name}.${method}`, sends(host)])),
    ),
    ...Object.fromEntries(
      chains.flatMap(name =>
        ['invoke', 'run', '__call__', 'predict'].map(method => [`${name}.${method}`, sends('a model provider')]),
      ),
    ),
    ...Object.fromEntries(chains.map(name => [`${name}.from_chain_type`, { result: name, flow: 'none' } as CallModel])),
    'langchain_core.prompts.ChatPromptTemplate.from_template': {
      result: 'langchain_core.prompts.ChatPromptTemplate',
      flow: 'none',
    },
  },
};
