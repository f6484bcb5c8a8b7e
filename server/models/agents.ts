import type { CallModel, ClassModel, LibraryModel } from './schema';
import { sends } from './sending';

const client: ClassModel = { roles: ['client'] };
const remembers: CallModel = {
  parameters: ['model'],
  flow: 'none',
  links: [{ of: 'result', name: '#model', value: 'model' }],
};
/** The model is named when the agent is made; one that runs on this machine sends nothing. */
const asksNamed = sends('a model provider', ['arguments'], { provider: 'receiver.#model' });
const methods = (owner: string, names: string, call: CallModel): Record<string, CallModel> =>
  Object.fromEntries(names.split(' ').map(name => [`${owner}.${name}`, call]));
const haystack: Readonly<Record<string, string>> = {
  'generators.chat.OpenAIChatGenerator': 'api.openai.com',
  'generators.chat.AzureOpenAIChatGenerator': 'openai.azure.com',
  'generators.OpenAIGenerator': 'api.openai.com',
  'generators.AzureOpenAIGenerator': 'openai.azure.com',
  'embedders.OpenAITextEmbedder': 'api.openai.com',
  'embedders.OpenAIDocumentEmbedder': 'api.openai.com',
};

/** Agents: PydanticAI, OpenAI's and Anthropic's kits, DSPy's models, Haystack's generators. What they are told goes to the provider. */
export const agents: LibraryModel = {
  library: 'agents',
  modules: ['pydantic_ai', 'agents', 'claude_agent_sdk', 'dspy', 'haystack'],
  aliases: { 'pydantic_ai.agent.Agent': 'pydantic_ai.Agent', 'dspy.clients.lm.LM': 'dspy.LM' },
  classes: {
    'pydantic_ai.Agent': client,
    'claude_agent_sdk.ClaudeSDKClient': client,
    'dspy.LM': client,
    ...Object.fromEntries(Object.keys(haystack).map(name => [`haystack.components.${name}`, client])),
  },
  calls: {
    'pydantic_ai.Agent': remembers,
    ...methods('pydantic_ai.Agent', 'run run_sync run_stream run_stream_sync iter', asksNamed),
    ...methods('agents.Runner', 'run run_sync run_streamed', {
      ...sends('api.openai.com', ['input']),
      parameters: ['starting_agent', 'input'],
    }),
    'claude_agent_sdk.query': sends('api.anthropic.com', ['prompt']),
    'claude_agent_sdk.ClaudeSDKClient.query': { ...sends('api.anthropic.com', ['prompt']), parameters: ['prompt'] },
    'dspy.LM': remembers,
    ...methods('dspy.LM', '__call__ forward aforward acall', asksNamed),
    ...Object.fromEntries(
      Object.entries(haystack).flatMap(([name, host]) => [
        [
          `haystack.components.${name}`,
          { flow: 'none', links: [{ of: 'result', name: '#url', value: 'api_base_url' }] } satisfies CallModel,
        ],
        [`haystack.components.${name}.run`, sends(host, ['arguments'], { url: 'receiver.#url' })],
      ]),
    ),
  },
};
