import type { CallModel, LibraryModel } from './schema';

const sends = (host: string, values: readonly string[] = ['arguments']): CallModel => ({
  flow: 'derived',
  from: ['arguments'],
  events: [{ kind: 'send', to: 'api', values, host }],
});
const http: CallModel = {
  parameters: ['url', 'data', 'json'],
  flow: 'none',
  events: [{ kind: 'send', to: 'api', values: ['data', 'json', 'files', 'content', 'body'], url: 'url' }],
};
const client = { roles: ['client'] } as const;

/** Language-model providers: what is given to them leaves the house. */
export const providers: LibraryModel = {
  library: 'model providers',
  modules: [
    'openai',
    'anthropic',
    'google',
    'cohere',
    'mistralai',
    'groq',
    'together',
    'litellm',
    'langchain_openai',
    'langchain_anthropic',
    'langchain',
    'langchain_google_genai',
    'llama_index',
    'azure',
    'replicate',
  ],
  aliases: {
    'openai.AsyncOpenAI': 'openai.OpenAI',
    'openai.AzureOpenAI': 'openai.OpenAI',
    'anthropic.AsyncAnthropic': 'anthropic.Anthropic',
    'anthropic.AnthropicBedrock': 'anthropic.Anthropic',
  },
  classes: {
    'openai.OpenAI': {
      ...client,
      attributes: {
        chat: { type: 'openai.Chat' },
        responses: { type: 'openai.Endpoint' },
        embeddings: { type: 'openai.Endpoint' },
        completions: { type: 'openai.Endpoint' },
        files: { type: 'openai.Endpoint' },
      },
    },
    'openai.Chat': { attributes: { completions: { type: 'openai.Endpoint' } } },
    'anthropic.Anthropic': {
      ...client,
      attributes: { messages: { type: 'anthropic.Endpoint' }, completions: { type: 'anthropic.Endpoint' } },
    },
    'google.generativeai.GenerativeModel': client,
    'google.genai.Client': { ...client, attributes: { models: { type: 'google.genai.Models' } } },
    'cohere.Client': client,
    'mistralai.Mistral': { ...client, attributes: { chat: { type: 'mistralai.Chat' } } },
    'groq.Groq': { ...client, attributes: { chat: { type: 'groq.Chat' } } },
    'groq.Chat': { attributes: { completions: { type: 'groq.Endpoint' } } },
    'langchain_openai.ChatOpenAI': client,
    'langchain_anthropic.ChatAnthropic': client,
  },
  calls: {
    'openai.Endpoint.create': sends('api.openai.com'),
    'openai.Endpoint.parse': sends('api.openai.com'),
    'openai.ChatCompletion.create': sends('api.openai.com'),
    'openai.Completion.create': sends('api.openai.com'),
    'openai.Embedding.create': sends('api.openai.com'),
    'anthropic.Endpoint.create': sends('api.anthropic.com'),
    'anthropic.Endpoint.stream': sends('api.anthropic.com'),
    'google.generativeai.GenerativeModel.generate_content': sends('generativelanguage.googleapis.com'),
    'google.genai.Models.generate_content': sends('generativelanguage.googleapis.com'),
    'cohere.Client.chat': sends('api.cohere.com'),
    'cohere.Client.embed': sends('api.cohere.com'),
    'mistralai.Chat.complete': sends('api.mistral.ai'),
    'groq.Endpoint.create': sends('api.groq.com'),
    'litellm.completion': sends('a model provider'),
    'replicate.run': sends('api.replicate.com'),
    'langchain_openai.ChatOpenAI.invoke': sends('api.openai.com'),
    'langchain_openai.ChatOpenAI.predict': sends('api.openai.com'),
    'langchain_anthropic.ChatAnthropic.invoke': sends('api.anthropic.com'),
  },
};

/** Plain HTTP and mail. */
export const http_: LibraryModel = {
  library: 'HTTP clients',
  modules: ['requests', 'httpx', 'urllib', 'smtplib', 'slack_sdk'],
  classes: { 'requests.Session': client, 'httpx.Client': client, 'httpx.AsyncClient': client },
  calls: {
    'requests.post': http,
    'requests.put': http,
    'requests.patch': http,
    'requests.Session.post': http,
    'requests.Session.put': http,
    'httpx.post': http,
    'httpx.put': http,
    'httpx.Client.post': http,
    'httpx.AsyncClient.post': http,
    'smtplib.SMTP.sendmail': {
      parameters: ['from_addr', 'to_addrs', 'msg'],
      flow: 'none',
      events: [{ kind: 'send', to: 'mail', values: ['msg'] }],
    },
    'slack_sdk.WebClient.chat_postMessage': sends('slack.com'),
  },
};
