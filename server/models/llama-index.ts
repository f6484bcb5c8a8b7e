import type { CallModel, LibraryModel } from './schema';
import { sends } from './sending';

const place = 'llama_index.core';
const index = `${place}.VectorStoreIndex`;
const reads: CallModel = {
  flow: 'same',
  from: ['receiver'],
  adds: ['records'],
  events: [{ kind: 'load', format: 'files', path: 'receiver.#path' }],
};
/** Texts are embedded where the model for it is: said by the argument, else by settings that nothing here shows. */
const embeds = (documents: string): CallModel => ({
  parameters: [documents],
  result: index,
  flow: 'same',
  from: [documents],
  events: [{ kind: 'send', to: 'api', values: [documents], host: 'a model provider', through: 'embed_model' }],
});
const engine = (result: string): CallModel => ({
  result,
  flow: 'none',
  links: [{ of: 'result', name: '#model', value: 'llm' }],
});
const through = sends('a model provider', ['arguments'], { through: 'receiver.#model' });
const asked = 'query aquery chat achat stream_chat astream_chat';

/** LlamaIndex around the models: readers, indexes, engines. */
export const llamaIndex: LibraryModel = {
  library: 'LlamaIndex',
  modules: ['llama_index'],
  aliases: {
    'llama_index.SimpleDirectoryReader': `${place}.SimpleDirectoryReader`,
    'llama_index.VectorStoreIndex': index,
    'llama_index.core.readers.SimpleDirectoryReader': `${place}.SimpleDirectoryReader`,
    'llama_index.core.indices.VectorStoreIndex': index,
  },
  classes: {
    [`${place}.SimpleDirectoryReader`]: {},
    [index]: { attributes: { storage_context: { same: true } } },
    [`${place}.Engine`]: {},
  },
  calls: {
    [`${place}.SimpleDirectoryReader`]: {
      parameters: ['input_dir'],
      flow: 'none',
      links: [{ of: 'result', name: '#path', value: 'input_dir|input_files' }],
    },
    [`${place}.SimpleDirectoryReader.load_data`]: reads,
    [`${place}.SimpleDirectoryReader.aload_data`]: reads,
    [index]: embeds('nodes'),
    [`${index}.from_documents`]: embeds('documents'),
    [`${index}.persist`]: {
      parameters: ['persist_dir'],
      flow: 'none',
      events: [{ kind: 'export', sink: 'vector-store', values: ['receiver'], target: 'persist_dir' }],
    },
    ...Object.fromEntries(
      ['as_query_engine', 'as_chat_engine'].map(name => [`${index}.${name}`, engine(`${place}.Engine`)]),
    ),
    ...Object.fromEntries(asked.split(' ').map(name => [`${place}.Engine.${name}`, through])),
  },
};
