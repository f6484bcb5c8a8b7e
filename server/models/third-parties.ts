import type { CallModel, ClassModel, LibraryModel } from './schema';
import { sends } from './sending';

const client: ClassModel = { roles: ['client'] };
const attribute = (type: string) => ({ type, flow: 'none' as const });
/** Where a client is pointed at another machine, that address decides. */
const pointed = (parameter: string): CallModel => ({
  flow: 'none',
  links: [{ of: 'result', name: '#url', value: parameter }],
});
const openai = 'api.openai.com';
const endpoint = (host: string): CallModel => sends(host, ['arguments'], { url: 'receiver.#url' });
const verbs = 'create parse stream create_batch'.split(' ');
const resources = 'chat responses embeddings completions files images audio moderations fine_tuning batches beta'.split(
  ' ',
);

/** OpenAI and what speaks its protocol. */
export const openAi: LibraryModel = {
  library: 'OpenAI',
  modules: ['openai', 'groq', 'together', 'mistralai', 'fireworks', 'cerebras'],
  aliases: {
    'openai.AsyncOpenAI': 'openai.OpenAI',
    'openai.Client': 'openai.OpenAI',
    'openai.AsyncAzureOpenAI': 'openai.AzureOpenAI',
    'groq.AsyncGroq': 'groq.Groq',
    'together.AsyncTogether': 'together.Together',
    'mistralai.client.MistralClient': 'mistralai.Mistral',
  },
  classes: {
    'openai.Endpoint': {
      attributes: Object.fromEntries(
        ['completions', 'jobs', 'messages', 'threads', 'speech', 'transcriptions', 'chat'].map(name => [
          name,
          { same: true },
        ]),
      ),
    },
    'openai.OpenAI': {
      ...client,
      attributes: Object.fromEntries(resources.map(name => [name, attribute('openai.Endpoint')])),
    },
    'openai.AzureOpenAI': { bases: ['openai.OpenAI'] },
    'groq.Groq': { bases: ['openai.OpenAI'] },
    'together.Together': { bases: ['openai.OpenAI'] },
    'mistralai.Mistral': {
      ...client,
      attributes: { chat: attribute('mistralai.Chat'), embeddings: attribute('mistralai.Chat') },
    },
  },
  calls: {
    'openai.OpenAI': pointed('base_url'),
    'openai.AzureOpenAI': pointed('azure_endpoint'),
    ...Object.fromEntries(verbs.map(name => [`openai.Endpoint.${name}`, endpoint(openai)])),
    'openai.ChatCompletion.create': sends(openai),
    'openai.ChatCompletion.acreate': sends(openai),
    'openai.Completion.create': sends(openai),
    'openai.Embedding.create': sends(openai),
    'openai.chat.completions.create': sends(openai),
    'openai.embeddings.create': sends(openai),
    'openai.responses.create': sends(openai),
    'mistralai.Chat.complete': sends('api.mistral.ai'),
    'mistralai.Chat.create': sends('api.mistral.ai'),
    'mistralai.Mistral.chat': sends('api.mistral.ai'),
  },
};

/** Anthropic, Google, Cohere, Azure, Hugging Face's inference, Replicate, LiteLLM: what is given to them leaves the house. */
export const providers: LibraryModel = {
  library: 'model providers',
  modules: [
    'anthropic',
    'google',
    'vertexai',
    'cohere',
    'litellm',
    'azure',
    'replicate',
    'dashscope',
    'zhipuai',
    'ibm_watsonx_ai',
  ],
  aliases: {
    'anthropic.AsyncAnthropic': 'anthropic.Anthropic',
    'anthropic.Client': 'anthropic.Anthropic',
    'anthropic.AnthropicBedrock': 'anthropic.Anthropic',
    'anthropic.AnthropicVertex': 'anthropic.Anthropic',
    'cohere.ClientV2': 'cohere.Client',
    'cohere.AsyncClient': 'cohere.Client',
    'vertexai.generative_models.GenerativeModel': 'google.generativeai.GenerativeModel',
    'vertexai.preview.generative_models.GenerativeModel': 'google.generativeai.GenerativeModel',
    'azure.ai.textanalytics.aio.TextAnalyticsClient': 'azure.ai.textanalytics.TextAnalyticsClient',
  },
  classes: {
    'anthropic.Anthropic': {
      ...client,
      attributes: {
        messages: attribute('anthropic.Endpoint'),
        completions: attribute('anthropic.Endpoint'),
        beta: { same: true },
      },
    },
    'anthropic.Endpoint': { attributes: { batches: { same: true } } },
    'google.generativeai.GenerativeModel': client,
    'google.generativeai.ChatSession': client,
    'google.genai.Client': { ...client, attributes: { models: attribute('google.genai.Models'), aio: { same: true } } },
    'google.cloud.healthcare.Client': client,
    'cohere.Client': client,
    'azure.ai.inference.ChatCompletionsClient': client,
    'azure.ai.textanalytics.TextAnalyticsClient': client,
  },
  calls: {
    ...Object.fromEntries(verbs.map(name => [`anthropic.Endpoint.${name}`, sends('api.anthropic.com')])),
    'google.generativeai.GenerativeModel.generate_content': sends('generativelanguage.googleapis.com'),
    'google.generativeai.GenerativeModel.generate_content_async': sends('generativelanguage.googleapis.com'),
    'google.generativeai.GenerativeModel.start_chat': { result: 'google.generativeai.ChatSession', flow: 'none' },
    'google.generativeai.ChatSession.send_message': sends('generativelanguage.googleapis.com'),
    'google.generativeai.embed_content': sends('generativelanguage.googleapis.com'),
    'google.generativeai.generate_text': sends('generativelanguage.googleapis.com'),
    'google.genai.Models.generate_content': sends('generativelanguage.googleapis.com'),
    'google.genai.Models.generate_content_stream': sends('generativelanguage.googleapis.com'),
    'google.genai.Models.embed_content': sends('generativelanguage.googleapis.com'),
    'cohere.Client.chat': sends('api.cohere.com'),
    'cohere.Client.embed': sends('api.cohere.com'),
    'cohere.Client.generate': sends('api.cohere.com'),
    'cohere.Client.classify': sends('api.cohere.com'),
    'cohere.Client.rerank': sends('api.cohere.com'),
    'azure.ai.inference.ChatCompletionsClient.complete': sends('inference.ai.azure.com'),
    'azure.ai.textanalytics.TextAnalyticsClient.*': sends('cognitiveservices.azure.com'),
    'litellm.completion': sends('a model provider'),
    'litellm.acompletion': sends('a model provider'),
    'litellm.embedding': sends('a model provider'),
    'replicate.run': sends('api.replicate.com'),
    'dashscope.Generation.call': sends('dashscope.aliyuncs.com'),
  },
};

/** Plain HTTP, mail and chat. */
const http: CallModel = {
  parameters: ['url', 'data', 'json'],
  flow: 'derived',
  from: ['data', 'json', 'files', 'content', 'body'],
  events: [{ kind: 'send', to: 'api', values: ['data', 'json', 'files', 'content', 'body'], url: 'url' }],
};
const request: CallModel = { ...http, parameters: ['method', 'url', 'data', 'json'] };
const sessions = ['requests.Session', 'httpx.Client', 'aiohttp.ClientSession'];

export const httpClients: LibraryModel = {
  library: 'HTTP clients',
  modules: ['requests', 'httpx', 'aiohttp', 'urllib', 'urllib3', 'smtplib', 'slack_sdk', 'telegram', 'twilio'],
  aliases: { 'httpx.AsyncClient': 'httpx.Client', 'requests.sessions.Session': 'requests.Session' },
  classes: Object.fromEntries(sessions.map(name => [name, client])),
  calls: {
    ...Object.fromEntries(
      ['requests', 'httpx', ...sessions].flatMap(place => [
        ...['post', 'put', 'patch'].map((verb): [string, CallModel] => [`${place}.${verb}`, http]),
        [`${place}.request`, request] as [string, CallModel],
      ]),
    ),
    'requests.Session.__enter__': { returns: 'receiver' },
    'httpx.Client.__enter__': { returns: 'receiver' },
    'aiohttp.ClientSession.__enter__': { returns: 'receiver' },
    'urllib.request.Request': { ...http, parameters: ['url', 'data'] },
    'urllib.request.urlopen': {
      parameters: ['url', 'data'],
      flow: 'none',
      events: [{ kind: 'send', to: 'api', values: ['data'], url: 'url' }],
    },
    'smtplib.SMTP.sendmail': {
      parameters: ['from_addr', 'to_addrs', 'msg'],
      flow: 'none',
      events: [{ kind: 'send', to: 'mail', values: ['msg'] }],
    },
    'smtplib.SMTP.send_message': {
      parameters: ['msg'],
      flow: 'none',
      events: [{ kind: 'send', to: 'mail', values: ['msg'] }],
    },
    'slack_sdk.WebClient.chat_postMessage': sends('slack.com', ['text', 'blocks']),
  },
};
