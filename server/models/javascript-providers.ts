import type { CallModel, LibraryModel } from './schema';
import { sends } from './sending';

const client = (result: string): CallModel => ({
  parameters: ['options'],
  result,
  flow: 'none',
  links: [{ of: 'result', name: '#url', value: 'options.baseURL' }],
});
const google = '@google/generative-ai';
/** LangChain's models by the provider that they call; an agent or a chain is a client of whatever stands in it. */
const chainModels: Readonly<Record<string, string>> = {
  '@langchain/openai.ChatOpenAI': 'api.openai.com',
  '@langchain/openai.OpenAI': 'api.openai.com',
  '@langchain/openai.AzureChatOpenAI': 'openai.azure.com',
  '@langchain/anthropic.ChatAnthropic': 'api.anthropic.com',
  '@langchain/google-genai.ChatGoogleGenerativeAI': 'generativelanguage.googleapis.com',
  '@langchain/groq.ChatGroq': 'api.groq.com',
  'langchain/chat_models/openai.ChatOpenAI': 'api.openai.com',
  'langchain/llms/openai.OpenAI': 'api.openai.com',
};
const chain = '@langchain/core.Chain';
const chainMakers = [
  'langchain/agents.initializeAgentExecutorWithOptions',
  'langchain/agents.AgentExecutor',
  'langchain/agents.AgentExecutor.fromAgentAndTools',
  'langchain/chains.LLMChain',
  'langchain/chains.ConversationChain',
  'langchain/chains.loadQAStuffChain',
  'langchain/chains.RetrievalQAChain.fromLLM',
  'langchain/chains.ConversationalRetrievalQAChain.fromLLM',
  '@langchain/core/runnables.RunnableSequence.from',
];
const asked = 'invoke call predict predictMessages run stream batch generate'.split(' ');
const vercel = 'generateText streamText generateObject streamObject embed embedMany'.split(' ');

/** JavaScript clients of language models; OpenAI's and Anthropic's have the classes of their Python kin. */
export const javascriptProviders: LibraryModel = {
  library: 'JavaScript model providers',
  modules: [
    'openai',
    '@anthropic-ai/sdk',
    google,
    '@google/genai',
    '@azure/openai',
    '@aws-sdk/client-bedrock-runtime',
    '@aws-sdk/client-s3',
    'cohere-ai',
    'groq-sdk',
    'ai',
    '@langchain/openai',
    '@langchain/anthropic',
    '@langchain/google-genai',
    '@langchain/groq',
    '@langchain/core',
    'langchain',
    '@mistralai/mistralai',
    '@google-cloud/vertexai',
    '@huggingface/inference',
  ],
  aliases: {
    '@anthropic-ai/sdk.Anthropic': '@anthropic-ai/sdk',
    'groq-sdk.Groq': 'groq-sdk',
    'cohere-ai.CohereClientV2': 'cohere-ai.CohereClient',
    '@google-cloud/vertexai.GenerativeModel': `${google}.Model`,
  },
  classes: {
    [`${google}.GoogleGenerativeAI`]: { roles: ['client'] },
    [`${google}.Model`]: { roles: ['client'] },
    '@google/genai.GoogleGenAI': {
      roles: ['client'],
      attributes: { models: { type: '@google/genai.Models', flow: 'none' } },
    },
    'openai.OpenAIApi': { roles: ['client'] },
    'cohere-ai.CohereClient': { roles: ['client'] },
    '@google-cloud/vertexai.VertexAI': { bases: [`${google}.GoogleGenerativeAI`] },
    ...Object.fromEntries(Object.keys(chainModels).map(name => [name, { roles: ['client'] as const }])),
    [chain]: { roles: ['client'] },
    '@huggingface/inference.HfInference': { roles: ['client'] },
  },
  calls: {
    openai: client('openai.OpenAI'),
    '@anthropic-ai/sdk': client('anthropic.Anthropic'),
    'groq-sdk': client('openai.OpenAI'),
    '@azure/openai.OpenAIClient.getChatCompletions': sends('openai.azure.com'),
    [`${google}.GoogleGenerativeAI.getGenerativeModel`]: { result: `${google}.Model`, flow: 'none' },
    [`${google}.Model.generateContent`]: sends('generativelanguage.googleapis.com'),
    [`${google}.Model.startChat`]: { result: `${google}.Model`, flow: 'none' },
    [`${google}.Model.sendMessage`]: sends('generativelanguage.googleapis.com'),
    '@google/genai.Models.generateContent': sends('generativelanguage.googleapis.com'),
    '@aws-sdk/client-bedrock-runtime.InvokeModelCommand': sends('bedrock-runtime.amazonaws.com'),
    '@aws-sdk/client-bedrock-runtime.ConverseCommand': sends('bedrock-runtime.amazonaws.com'),
    '@aws-sdk/client-s3.PutObjectCommand': {
      parameters: ['input'],
      flow: 'none',
      events: [{ kind: 'send', to: 'bucket', what: 'unknown', values: ['input.Body'] }],
    },
    ...Object.fromEntries(vercel.map(name => [`ai.${name}`, sends('a model provider')])),
    'openai.OpenAIApi': { flow: 'none' },
    ...Object.fromEntries(
      ['createCompletion', 'createChatCompletion', 'createEmbedding', 'createEdit', 'createTranscription'].map(name => [
        `openai.OpenAIApi.${name}`,
        sends('api.openai.com'),
      ]),
    ),
    ...Object.fromEntries(
      ['chat', 'chatStream', 'generate', 'embed', 'classify', 'summarize'].map(name => [
        `cohere-ai.CohereClient.${name}`,
        sends('api.cohere.com'),
      ]),
    ),
    ...Object.fromEntries(
      Object.entries(chainModels).flatMap(([name, host]) => asked.map(verb => [`${name}.${verb}`, sends(host)])),
    ),
    ...Object.fromEntries(asked.map(verb => [`${chain}.${verb}`, sends('a model provider')])),
    ...Object.fromEntries(chainMakers.map(name => [name, { result: chain, flow: 'none' } as CallModel])),
    // A prompt that is piped into a model is a chain that asks it.
    ...Object.fromEntries(
      ['@langchain/core/prompts.ChatPromptTemplate', '@langchain/core/prompts.PromptTemplate'].flatMap(name => [
        [`${name}.pipe`, { result: chain, flow: 'none' } as CallModel],
        [`${name}.fromTemplate`, { result: name, flow: 'none' } as CallModel],
        [`${name}.fromMessages`, { result: name, flow: 'none' } as CallModel],
      ]),
    ),
    [`${chain}.pipe`]: { returns: 'receiver' },
    ...Object.fromEntries(
      ['textGeneration', 'chatCompletion', 'summarization', 'textClassification'].map(name => [
        `@huggingface/inference.HfInference.${name}`,
        sends('api-inference.huggingface.co'),
      ]),
    ),
  },
};
