import type { CallModel, LibraryModel } from './schema';

const logs: CallModel = { flow: 'none', events: [{ kind: 'log', sink: 'log', values: ['arguments'] }] };
const levels = ['log', 'info', 'warn', 'error', 'debug', 'table', 'dir', 'trace'];
const reads = (parameters: readonly string[]): CallModel => ({
  parameters,
  flow: 'none',
  adds: ['records'],
  events: [{ kind: 'load', format: 'csv', path: parameters[0]! }],
});
/** An answer is of what was asked, and mostly not who. */
const who = ['identifier', 'subjectKey', 'quasiIdentifier'] as const;
const posts: CallModel = {
  parameters: ['url', 'data'],
  flow: 'derived',
  from: ['data'],
  clears: who,
  events: [{ kind: 'send', to: 'api', values: ['data'], url: 'url', elsewhere: true }],
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

/** The console; fetch and axios; PapaParse and d3; files and databases of Node. */
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
  classes: { 'axios.Client': { roles: ['client'] } },
  calls: {
    ...Object.fromEntries(levels.map(name => [`console.${name}`, logs])),
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
      clears: who,
      events: [{ kind: 'send', to: 'api', values: ['options.body'], url: 'url', elsewhere: true }],
    },
    'node-fetch': {
      parameters: ['url', 'options'],
      flow: 'derived',
      from: ['options.body'],
      clears: who,
      events: [{ kind: 'send', to: 'api', values: ['options.body'], url: 'url', elsewhere: true }],
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
  },
};
