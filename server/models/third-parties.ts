import type { CallModel, ClassModel, LibraryModel } from './schema';
import { sends } from './sending';

const client: ClassModel = { roles: ['client'] };
const attribute = (type: string) => ({ type, flow: 'none' as const });
const asks = (owner: string, names: string, host: string): Record<string, CallModel> =>
  Object.fromEntries(names.split(' ').map(name => [`${owner}.${name}`, sends(host)]));
const anthropic = 'anthropic.Anthropic';
const google = 'generativelanguage.googleapis.com';
const generative = 'google.generativeai.GenerativeModel';
/** Google's older clients: whatever is asked of them is sent. */
const cloudClients: Readonly<Record<string, string>> = {
  'google.cloud.language.LanguageServiceClient': 'language.googleapis.com',
  'google.cloud.translate.TranslationServiceClient': 'translate.googleapis.com',
  'google.cloud.translate.Client': 'translate.googleapis.com',
  'google.cloud.vision.ImageAnnotatorClient': 'vision.googleapis.com',
  'google.cloud.documentai.DocumentProcessorServiceClient': 'documentai.googleapis.com',
  'google.cloud.speech.SpeechClient': 'speech.googleapis.com',
  'azure.ai.textanalytics.TextAnalyticsClient': 'cognitiveservices.azure.com',
  'azure.ai.documentintelligence.DocumentIntelligenceClient': 'cognitiveservices.azure.com',
  'azure.ai.formrecognizer.DocumentAnalysisClient': 'cognitiveservices.azure.com',
  'azure.ai.translation.text.TextTranslationClient': 'cognitiveservices.azure.com',
};
const versions = 'v1 v2 v3 v1beta1 v1beta2 v1p1beta1 v3beta1'.split(' ');
const azureModels: Readonly<Record<string, string>> = {
  ChatCompletionsClient: 'complete',
  EmbeddingsClient: 'embed',
  ImageEmbeddingsClient: 'embed',
};
const mistral = 'api.mistral.ai';

/** Anthropic, Google, Mistral, Cohere, Azure, xAI, Replicate, LiteLLM: what is given to them leaves the house. */
export const providers: LibraryModel = {
  library: 'model providers',
  modules: [
    'anthropic',
    'google',
    'vertexai',
    'mistralai',
    'cohere',
    'xai_sdk',
    'litellm',
    'azure',
    'replicate',
    'dashscope',
    'zhipuai',
    'ibm_watsonx_ai',
  ],
  aliases: {
    ...Object.fromEntries(
      'AsyncAnthropic Client AsyncClient AnthropicBedrock AsyncAnthropicBedrock AnthropicBedrockMantle AsyncAnthropicBedrockMantle AnthropicVertex AsyncAnthropicVertex AnthropicFoundry AsyncAnthropicFoundry AnthropicAWS AsyncAnthropicAWS AnthropicGoogleCloud'
        .split(' ')
        .map(name => [`anthropic.${name}`, anthropic]),
    ),
    ...Object.fromEntries(
      'ClientV2 AsyncClient AsyncClientV2 AwsClient AwsClientV2 BedrockClient BedrockClientV2 SagemakerClient SagemakerClientV2 OciClient OciClientV2'
        .split(' ')
        .map(name => [`cohere.${name}`, 'cohere.Client']),
    ),
    ...Object.fromEntries(
      'language translate vision documentai speech'
        .split(' ')
        .flatMap(name => versions.map(version => [`google.cloud.${name}_${version}`, `google.cloud.${name}`])),
    ),
    ...Object.fromEntries(
      Object.keys(cloudClients)
        .filter(name => name.startsWith('azure.'))
        .map(name => [name.replace(/\.(\w+)$/, '.aio.$1'), name]),
    ),
    ...Object.fromEntries(
      Object.keys(azureModels).map(name => [`azure.ai.inference.aio.${name}`, `azure.ai.inference.${name}`]),
    ),
    'azure.ai.projects.aio.AIProjectClient': 'azure.ai.projects.AIProjectClient',
    'vertexai.generative_models.GenerativeModel': generative,
    'vertexai.preview.generative_models.GenerativeModel': generative,
    'vertexai.preview.language_models': 'vertexai.language_models',
    'mistralai.client.MistralClient': 'mistralai.Mistral',
    'mistralai.client.Mistral': 'mistralai.Mistral',
    'xai_sdk.AsyncClient': 'xai_sdk.Client',
    'replicate.client.Client': 'replicate.Client',
  },
  classes: {
    [anthropic]: {
      ...client,
      attributes: {
        messages: attribute('anthropic.Endpoint'),
        completions: attribute('anthropic.Endpoint'),
        beta: { same: true },
        files: attribute('anthropic.Endpoint'),
      },
    },
    'anthropic.Endpoint': {
      attributes: {
        batches: { same: true },
        with_raw_response: { same: true },
        with_streaming_response: { same: true },
      },
    },
    [generative]: client,
    'google.generativeai.ChatSession': client,
    'google.genai.Client': {
      ...client,
      attributes: {
        ...Object.fromEntries(
          'models files caches batches tunings interactions'
            .split(' ')
            .map(name => [name, attribute('google.genai.Models')]),
        ),
        chats: attribute('google.genai.Chats'),
        aio: { same: true },
      },
    },
    'google.genai.Chat': client,
    'google.cloud.healthcare.Client': client,
    'vertexai.language_models.Model': client,
    'vertexai.language_models.*': { bases: ['vertexai.language_models.Model'] },
    'cohere.Client': { ...client, attributes: { v2: { same: true } } },
    'mistralai.Mistral': {
      ...client,
      attributes: Object.fromEntries(
        'chat embeddings fim agents ocr classifiers files audio beta'
          .split(' ')
          .map(name => [name, attribute('mistralai.Endpoint')]),
      ),
    },
    'mistralai.Endpoint': {
      attributes: Object.fromEntries(
        ['conversations', 'transcriptions', 'libraries', 'documents'].map(name => [name, { same: true }]),
      ),
    },
    'xai_sdk.Client': { ...client, attributes: { chat: attribute('xai_sdk.Chats') } },
    'xai_sdk.Chat': client,
    'replicate.Client': client,
    'litellm.Router': client,
    'azure.ai.projects.AIProjectClient': client,
    ...Object.fromEntries(Object.keys(azureModels).map(name => [`azure.ai.inference.${name}`, client])),
    ...Object.fromEntries(Object.keys(cloudClients).map(name => [name, client])),
  },
  calls: {
    ...asks(
      'anthropic.Endpoint',
      'create parse stream tool_runner count_tokens create_batch upload',
      'api.anthropic.com',
    ),
    [`${anthropic}.with_options`]: { returns: 'receiver' },
    ...asks(generative, 'generate_content generate_content_async count_tokens', google),
    [`${generative}.start_chat`]: { result: 'google.generativeai.ChatSession', flow: 'none' },
    ...asks('google.generativeai.ChatSession', 'send_message send_message_async', google),
    ...asks('google.generativeai', 'embed_content embed_content_async generate_text upload_file', google),
    ...asks(
      'google.genai.Models',
      'generate_content generate_content_stream embed_content count_tokens compute_tokens upload create tune',
      google,
    ),
    'google.genai.Chats.create': { result: 'google.genai.Chat', flow: 'none' },
    ...asks('google.genai.Chat', 'send_message send_message_stream', google),
    'vertexai.language_models.Model.from_pretrained': { result: 'receiver', flow: 'none' },
    ...asks(
      'vertexai.language_models.Model',
      'predict predict_async predict_streaming get_embeddings get_embeddings_async',
      'aiplatform.googleapis.com',
    ),
    ...asks(
      'cohere.Client',
      'chat chat_stream embed embed_stream generate classify rerank summarize',
      'api.cohere.com',
    ),
    ...asks(
      'mistralai.Endpoint',
      'complete complete_async stream stream_async parse parse_async create create_async process process_async upload upload_async start start_async append append_async classify moderate',
      mistral,
    ),
    ...asks('mistralai.Mistral', 'chat chat_stream', mistral),
    'xai_sdk.Chats.create': { ...sends('api.x.ai'), result: 'xai_sdk.Chat', flow: 'none' },
    'xai_sdk.Chat.append': sends('api.x.ai'),
    ...Object.fromEntries(
      Object.entries(azureModels).map(([name, method]) => [
        `azure.ai.inference.${name}.${method}`,
        sends('inference.ai.azure.com'),
      ]),
    ),
    ...Object.fromEntries(Object.entries(cloudClients).map(([name, host]) => [`${name}.*`, sends(host)])),
    'azure.ai.projects.AIProjectClient.get_openai_client': { result: 'openai.AzureOpenAI', flow: 'none' },
    ...Object.fromEntries(
      'completion acompletion text_completion embedding aembedding responses aresponses batch_completion transcription atranscription rerank moderation'
        .split(' ')
        .flatMap(name => [
          [
            `litellm.${name}`,
            {
              ...sends('a model provider', ['arguments'], { provider: 'model', url: 'api_base|base_url' }),
              parameters: ['model'],
            },
          ],
          [`litellm.Router.${name}`, sends('a model provider')],
        ]),
    ),
    ...asks('replicate', 'run async_run stream', 'api.replicate.com'),
    ...asks('replicate.Client', 'run async_run stream', 'api.replicate.com'),
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
/** Pools and bare connections: a method, then an address or a path. */
const pooled: CallModel = { ...request, parameters: ['method', 'url', 'body'] };
const chat = 'slack.com';

export const httpClients: LibraryModel = {
  library: 'HTTP clients',
  modules: ['requests', 'httpx', 'aiohttp', 'urllib', 'urllib3', 'http', 'smtplib', 'slack_sdk', 'telegram', 'twilio'],
  aliases: {
    'httpx.AsyncClient': 'httpx.Client',
    'http.client.HTTPConnection': 'http.client.HTTPSConnection',
    'requests.sessions.Session': 'requests.Session',
  },
  classes: Object.fromEntries(
    [...sessions, 'urllib3.PoolManager', 'http.client.HTTPSConnection', 'slack_sdk.webhook.WebhookClient'].map(name => [
      name,
      client,
    ]),
  ),
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
    'urllib3.request': pooled,
    'urllib3.PoolManager.request': pooled,
    'http.client.HTTPSConnection': {
      parameters: ['host'],
      flow: 'none',
      links: [{ of: 'result', name: '#host', value: 'host' }],
    },
    'http.client.HTTPSConnection.request': {
      parameters: ['method', 'url', 'body'],
      flow: 'none',
      events: [{ kind: 'send', to: 'api', values: ['body'], url: 'receiver.#host' }],
    },
    'slack_sdk.WebClient.chat_postMessage': sends(chat, ['text', 'blocks']),
    'slack_sdk.WebClient.files_upload_v2': sends(chat, ['content', 'file']),
    'slack_sdk.webhook.WebhookClient.send': sends(chat, ['text', 'blocks', 'attachments']),
  },
};
