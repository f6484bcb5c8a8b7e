import type { CallModel, LibraryModel } from './schema';

const logs: CallModel = { flow: 'none', events: [{ kind: 'log', sink: 'log', values: ['arguments'] }] };
const levels = ['log', 'info', 'warn', 'error', 'debug', 'table', 'dir', 'trace', 'verbose', 'fatal'];
const reads = (parameters: readonly string[]): CallModel => ({
  parameters,
  flow: 'none',
  adds: ['records'],
  events: [{ kind: 'load', format: 'csv', path: parameters[0]! }],
});
const posts: CallModel = {
  parameters: ['url', 'data'],
  flow: 'derived',
  from: ['data'],
  events: [{ kind: 'send', to: 'api', values: ['data'], url: 'url' }],
};
const writes = (parameters: readonly string[]): CallModel => ({
  parameters,
  flow: 'none',
  events: [{ kind: 'export', sink: 'file', values: ['data'], target: 'path' }],
});
const inserts = (parameters: readonly string[], value: string): CallModel => ({
  parameters,
  flow: 'none',
  events: [{ kind: 'export', sink: 'database', values: [value] }],
});
const same = (parameter: string): CallModel => ({ parameters: [parameter], flow: 'same', from: [parameter] });
const files = ['fs', 'fs/promises', 'node:fs', 'node:fs/promises', 'fs.promises'];

/** console, winston, pino; fetch and axios; PapaParse and d3; files and databases of Node. */
export const javascriptTools: LibraryModel = {
  library: 'JavaScript tools',
  aliases: {
    'builtins.console': 'console',
    'builtins.d3': 'd3',
    'builtins.Papa': 'papaparse',
    'builtins.axios': 'axios',
    'd3-fetch': 'd3',
    'node:fs': 'fs',
    'node:fs/promises': 'fs',
    'fs/promises': 'fs',
    'fs.promises': 'fs',
  },
  modules: [
    'console',
    'winston',
    'pino',
    'axios',
    'papaparse',
    'd3',
    'd3-fetch',
    'globalThis',
    'firebase/firestore',
    'node-fetch',
    'builtins',
    '*',
    ...files,
  ],
  classes: { 'winston.Logger': { roles: ['logger'] }, 'axios.Client': { roles: ['client'] } },
  calls: {
    ...Object.fromEntries(
      levels.flatMap(name => [
        [`console.${name}`, logs],
        [`winston.Logger.${name}`, logs],
        [`winston.${name}`, logs],
      ]),
    ),
    'winston.createLogger': { result: 'winston.Logger', flow: 'none' },
    pino: { result: 'winston.Logger', flow: 'none' },
    'axios.create': { result: 'axios.Client', flow: 'none' },
    ...Object.fromEntries(
      ['post', 'put', 'patch'].flatMap(verb => [
        [`axios.${verb}`, posts],
        [`axios.Client.${verb}`, posts],
      ]),
    ),
    'builtins.fetch': {
      parameters: ['url', 'options'],
      flow: 'derived',
      from: ['options.body'],
      events: [{ kind: 'send', to: 'api', values: ['options.body'], url: 'url' }],
    },
    'node-fetch': {
      parameters: ['url', 'options'],
      flow: 'derived',
      from: ['options.body'],
      events: [{ kind: 'send', to: 'api', values: ['options.body'], url: 'url' }],
    },
    'builtins.JSON.stringify': same('value'),
    'builtins.JSON.parse': same('text'),
    'd3.csv': reads(['source']),
    'd3.json': reads(['source']),
    'd3.tsv': reads(['source']),
    'papaparse.parse': {
      ...reads(['source', 'config']),
      callbacks: [{ function: 'config.complete', with: ['result'] }],
    },
    'fs.readFileSync': reads(['path']),
    'fs.readFile': reads(['path']),
    'fs.writeFileSync': writes(['path', 'data']),
    'fs.writeFile': writes(['path', 'data']),
    'fs.appendFileSync': writes(['path', 'data']),
    'firebase/firestore.addDoc': inserts(['reference', 'data'], 'data'),
    'firebase/firestore.setDoc': inserts(['reference', 'data'], 'data'),
    '*.insertOne': inserts(['document'], 'document'),
    '*.insertMany': inserts(['documents'], 'documents'),
  },
};
