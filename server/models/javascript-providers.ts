import type { CallModel, LibraryModel } from './schema';

const sends = (host: string): CallModel => ({
  flow: 'derived',
  from: ['arguments'],
  events: [{ kind: 'send', to: 'api', values: ['arguments'], host }],
});
const client = (result: string): CallModel => ({
  parameters: ['options'],
  result,
  flow: 'none',
  links: [{ of: 'result', name: '#url', value: 'options.baseURL' }],
});
const google = '@google/generative-ai';
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
    '@huggingface/inference',
  ],
  aliases: { '@anthropic-ai/sdk.Anthropic': '@anthropic-ai/sdk', 'groq-sdk.Groq': 'groq-sdk' },
  classes: {
    [`${google}.GoogleGenerativeAI`]: { roles: ['client'] },
    [`${google}.Model`]: { roles: ['client'] },
    '@google/genai.GoogleGenAI': {
      roles: ['client'],
      attributes: { models: { type: '@google/genai.Models', flow: 'none' } },
    },
    '@langchain/openai.ChatOpenAI': { roles: ['client'] },
    '@langchain/anthropic.ChatAnthropic': { roles: ['client'] },
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
    '@langchain/openai.ChatOpenAI.invoke': sends('api.openai.com'),
    '@langchain/anthropic.ChatAnthropic.invoke': sends('api.anthropic.com'),
    ...Object.fromEntries(
      ['textGeneration', 'chatCompletion', 'summarization', 'textClassification'].map(name => [
        `@huggingface/inference.HfInference.${name}`,
        sends('api-inference.huggingface.co'),
      ]),
    ),
  },
};
