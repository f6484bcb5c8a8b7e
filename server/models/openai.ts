import type { CallModel, ClassModel, LibraryModel } from './schema';
import { sends } from './sending';

const attribute = (type: string) => ({ type, flow: 'none' as const });
const same = { same: true } as const;
/** Where a client is pointed at another machine, that address decides. */
const pointed = (parameter: string): CallModel => ({
  flow: 'none',
  links: [{ of: 'result', name: '#url', value: parameter }],
});
const endpoint = (host: string): CallModel => sends(host, ['arguments'], { url: 'receiver.#url' });
/** Parts of the client under which requests stand, and what may stand between them and the request. */
const resources =
  'chat responses embeddings completions files images audio moderations fine_tuning batches beta vector_stores conversations uploads containers evals'.split(
    ' ',
  );
const between =
  'completions jobs messages threads speech transcriptions translations chat responses items files file_batches parts runs with_raw_response with_streaming_response'.split(
    ' ',
  );
const requests =
  'create parse stream create_batch create_and_run create_and_run_poll create_and_poll upload upload_and_poll upload_file_chunked edit create_variation'.split(
    ' ',
  );
/** Companies whose own client has OpenAI's shape, by where it stands. */
const alike: Readonly<Record<string, string>> = {
  'groq.Groq': 'api.groq.com',
  'together.Together': 'api.together.xyz',
  'fireworks.client.Fireworks': 'api.fireworks.ai',
  'cerebras.cloud.sdk.Cerebras': 'api.cerebras.ai',
};
const client = (place: string): ClassModel => ({
  roles: ['client'],
  attributes: Object.fromEntries(resources.map(name => [name, attribute(place)])),
});
const endpointOf = (name: string): string => (name === 'openai.OpenAI' ? 'openai.Endpoint' : `${name}Endpoint`);
const homes = { 'openai.OpenAI': 'api.openai.com', ...alike };

/** OpenAI, companies that speak its protocol, and the libraries that wrap its client. */
export const openAi: LibraryModel = {
  library: 'OpenAI',
  modules: ['openai', 'groq', 'together', 'fireworks', 'cerebras', 'instructor', 'langfuse', 'langsmith'],
  aliases: {
    'openai.AsyncOpenAI': 'openai.OpenAI',
    'openai.Client': 'openai.OpenAI',
    'openai.AsyncClient': 'openai.OpenAI',
    'openai.AsyncAzureOpenAI': 'openai.AzureOpenAI',
    'openai.lib.azure.AzureOpenAI': 'openai.AzureOpenAI',
    // Drop-in copies of the client that also write down what was asked.
    'langfuse.openai.OpenAI': 'openai.OpenAI',
    'langfuse.openai.AsyncOpenAI': 'openai.OpenAI',
    'groq.AsyncGroq': 'groq.Groq',
    'together.AsyncTogether': 'together.Together',
    'fireworks.Fireworks': 'fireworks.client.Fireworks',
    'fireworks.client.AsyncFireworks': 'fireworks.client.Fireworks',
    'cerebras.cloud.sdk.AsyncCerebras': 'cerebras.cloud.sdk.Cerebras',
  },
  classes: {
    ...Object.fromEntries(
      Object.keys(homes).flatMap(name => [
        [name, client(endpointOf(name))],
        [endpointOf(name), { attributes: Object.fromEntries(between.map(part => [part, same])) }],
      ]),
    ),
    'openai.AzureOpenAI': { bases: ['openai.OpenAI'] },
    'instructor.Instructor': {
      roles: ['client'],
      attributes: Object.fromEntries(
        ['chat', 'completions', 'messages', 'responses'].map((name): [string, typeof same] => [name, same]),
      ),
    },
  },
  calls: {
    ...Object.fromEntries(
      Object.entries(homes).flatMap(([name, host]): [string, CallModel][] => [
        [name, pointed('base_url')],
        [`${name}.with_options`, { returns: 'receiver' }],
        [`${name}.copy`, { returns: 'receiver' }],
        ...requests.map((request): [string, CallModel] => [`${endpointOf(name)}.${request}`, endpoint(host)]),
      ]),
    ),
    'openai.AzureOpenAI': pointed('azure_endpoint|base_url'),
    // Version 0 was asked through the module, as its later default client is.
    ...Object.fromEntries(
      'ChatCompletion.create ChatCompletion.acreate Completion.create Embedding.create chat.completions.create embeddings.create responses.create'
        .split(' ')
        .map(name => [`openai.${name}`, sends('api.openai.com')]),
    ),
    'langsmith.wrappers.wrap_openai': { parameters: ['client'], returns: 'client' },
    'instructor.from_openai': { parameters: ['client'], returns: 'client' },
    'instructor.from_anthropic': { parameters: ['client'], returns: 'client' },
    'instructor.patch': { parameters: ['client'], returns: 'client' },
    'instructor.from_provider': {
      parameters: ['model'],
      result: 'instructor.Instructor',
      flow: 'none',
      links: [{ of: 'result', name: '#model', value: 'model' }],
    },
    ...Object.fromEntries(
      'create create_with_completion create_partial create_iterable'
        .split(' ')
        .map(name => [
          `instructor.Instructor.${name}`,
          sends('a model provider', ['arguments'], { provider: 'receiver.#model' }),
        ]),
    ),
  },
};
