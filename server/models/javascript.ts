import type { CallModel, LibraryModel } from './schema';

const tf = '@tensorflow/tfjs';
const fitting: CallModel = {
  parameters: ['x', 'y', 'args'],
  flow: 'none',
  events: [{ kind: 'train', style: 'fit', model: 'receiver', data: ['x', 'y'] }],
};
const predict: CallModel = {
  parameters: ['x'],
  result: `${tf}.Tensor`,
  flow: 'derived',
  from: ['x'],
  adds: ['confidence'],
  events: [{ kind: 'predict', input: 'x', model: 'receiver' }],
};
const keeps: CallModel = { flow: 'derived', from: ['receiver'] };
const tensor: CallModel = { result: `${tf}.Tensor`, flow: 'derived' };

/** TensorFlow.js under its package names for browser and Node. */
export const tfjs: LibraryModel = {
  library: 'TensorFlow.js',
  modules: [
    tf,
    '@tensorflow/tfjs-node',
    '@tensorflow/tfjs-node-gpu',
    '@tensorflow/tfjs-core',
    '@tensorflow/tfjs-layers',
    'tf',
    'builtins',
  ],
  aliases: {
    '@tensorflow/tfjs-node': tf,
    '@tensorflow/tfjs-node-gpu': tf,
    '@tensorflow/tfjs-core': tf,
    '@tensorflow/tfjs-layers': tf,
    tf,
    // A page that loads the library by a script tag has it as a global.
    'builtins.tf': tf,
    [`${tf}.Sequential`]: `${tf}.LayersModel`,
  },
  classes: {
    [`${tf}.LayersModel`]: { roles: ['module'] },
    [`${tf}.GraphModel`]: { bases: [`${tf}.LayersModel`], roles: ['module'] },
    [`${tf}.Tensor`]: { roles: ['array'] },
    [`${tf}.data.Dataset`]: { roles: ['data-set'] },
    [`${tf}.Optimizer`]: { roles: ['optimizer'] },
  },
  calls: {
    [`${tf}.sequential`]: { result: `${tf}.LayersModel`, flow: 'none' },
    [`${tf}.model`]: { result: `${tf}.LayersModel`, flow: 'none' },
    [`${tf}.loadLayersModel`]: {
      parameters: ['path'],
      result: `${tf}.LayersModel`,
      flow: 'none',
      events: [{ kind: 'load-model', format: 'tfjs', target: 'path' }],
    },
    [`${tf}.loadGraphModel`]: {
      parameters: ['path'],
      result: `${tf}.GraphModel`,
      flow: 'none',
      events: [{ kind: 'load-model', format: 'tfjs', target: 'path' }],
    },
    [`${tf}.LayersModel.fit`]: fitting,
    [`${tf}.LayersModel.trainOnBatch`]: fitting,
    [`${tf}.LayersModel.fitDataset`]: {
      parameters: ['dataset', 'args'],
      flow: 'none',
      events: [{ kind: 'train', style: 'fit', model: 'receiver', data: 'dataset' }],
    },
    [`${tf}.LayersModel.predict`]: predict,
    [`${tf}.LayersModel.predictOnBatch`]: predict,
    [`${tf}.GraphModel.execute`]: predict,
    [`${tf}.LayersModel.save`]: {
      parameters: ['handler'],
      flow: 'none',
      events: [{ kind: 'save', format: 'tfjs', value: 'receiver', target: 'handler' }],
    },
    [`${tf}.Optimizer.minimize`]: {
      parameters: ['f'],
      flow: 'none',
      callbacks: [{ function: 'f' }],
      events: [{ kind: 'train', style: 'step', optimizer: 'receiver', data: 'f' }],
    },
    ...Object.fromEntries(
      ['sgd', 'adam', 'rmsprop', 'momentum', 'adagrad'].map(name => [
        `${tf}.train.${name}`,
        { result: `${tf}.Optimizer`, flow: 'none' } satisfies CallModel,
      ]),
    ),
    [`${tf}.softmax`]: { ...tensor, adds: ['confidence'] },
    [`${tf}.sigmoid`]: { ...tensor, adds: ['confidence'] },
    [`${tf}.mean`]: { ...tensor, flow: 'aggregate' },
    [`${tf}.argMax`]: { ...tensor, clears: ['confidence'], adds: ['prediction'] },
    [`${tf}.Tensor.argMax`]: { ...tensor, clears: ['confidence'], adds: ['prediction'] },
    [`${tf}.Tensor.mean`]: { ...tensor, flow: 'aggregate' },
    [`${tf}.Tensor.data`]: keeps,
    [`${tf}.Tensor.dataSync`]: keeps,
    [`${tf}.Tensor.array`]: keeps,
    [`${tf}.Tensor.arraySync`]: keeps,
    [`${tf}.data.csv`]: {
      parameters: ['source'],
      result: `${tf}.data.Dataset`,
      flow: 'none',
      adds: ['records'],
      events: [{ kind: 'load', format: 'csv', path: 'source' }],
    },
    [`${tf}.tidy`]: { parameters: ['fn'], flow: 'derived', callbacks: [{ function: 'fn' }] },
  },
};

const logs: CallModel = { flow: 'none', events: [{ kind: 'log', sink: 'log', values: ['arguments'] }] };
const served = (framework: string): CallModel => ({
  parameters: ['body'],
  flow: 'none',
  events: [{ kind: 'serve', framework, response: 'body' }],
});

/** Handlers answer through a response object whose class is never written down: `res.json(body)`, `reply.send(body)`. */
export const nodeServing: LibraryModel = {
  library: 'Node servers',
  modules: ['express', 'fastify', 'next', 'hono', '@nestjs/common', '*'],
  classes: { 'express.Application': { roles: ['application'] }, 'fastify.Application': { roles: ['application'] } },
  calls: {
    express: { result: 'express.Application', flow: 'none' },
    'express.default': { result: 'express.Application', flow: 'none' },
    'express.Router': { result: 'express.Application', flow: 'none' },
    fastify: { result: 'fastify.Application', flow: 'none' },
    'next/server.NextResponse.json': served('next'),
    '*.json': served('express'),
    '*.send': served('express'),
  },
};

/** console, winston, pino; fetch and axios; PapaParse and d3. */
export const javascriptTools: LibraryModel = {
  library: 'JavaScript tools',
  aliases: {
    'builtins.console': 'console',
    'builtins.d3': 'd3',
    'builtins.Papa': 'papaparse',
    'builtins.axios': 'axios',
  },
  modules: ['console', 'winston', 'pino', 'axios', 'papaparse', 'd3', 'fs', 'globalThis', 'builtins'],
  calls: {
    ...Object.fromEntries(
      ['log', 'info', 'warn', 'error', 'debug', 'table', 'dir'].map(name => [`console.${name}`, logs]),
    ),
    'axios.post': {
      parameters: ['url', 'data'],
      flow: 'none',
      events: [{ kind: 'send', to: 'api', values: ['data'], url: 'url' }],
    },
    'axios.put': {
      parameters: ['url', 'data'],
      flow: 'none',
      events: [{ kind: 'send', to: 'api', values: ['data'], url: 'url' }],
    },
    'd3.csv': {
      parameters: ['source'],
      flow: 'none',
      adds: ['records'],
      events: [{ kind: 'load', format: 'csv', path: 'source' }],
    },
    'papaparse.parse': {
      parameters: ['source'],
      flow: 'none',
      adds: ['records'],
      events: [{ kind: 'load', format: 'csv', path: 'source' }],
    },
  },
};
