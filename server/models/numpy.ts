import type { CallModel, LibraryModel } from './schema';

const array = 'numpy.ndarray';
const nothing: CallModel = { flow: 'none' };
const made: CallModel = { flow: 'none', result: array };
const same: CallModel = { flow: 'same', result: array, columns: { kind: 'keep' } };
const own: CallModel = { flow: 'same', from: ['receiver'], result: array, columns: { kind: 'keep' } };
const derived: CallModel = { flow: 'derived', result: array };
const labels: CallModel = { flow: 'derived', clears: ['confidence'], adds: ['prediction'], result: array };
const reduce = (parameters: readonly string[]): CallModel => ({
  parameters,
  flow: 'aggregate',
  variants: [
    // Over the first axis of a list of arrays (folds, models of an ensemble): still one value a row.
    { when: { argument: 'axis', equals: [0], beside: { argument: 'a', listed: true } }, flow: 'derived' },
    { when: { argument: 'axis', equals: [0] }, flow: 'aggregate' },
    { when: { argument: 'axis', given: true }, flow: 'derived' },
  ],
});
const seed: CallModel = { parameters: ['seed'], flow: 'none', events: [{ kind: 'seed', generator: 'numpy' }] };
const noise = (name: string): [string, CallModel] => [
  `numpy.random.${name}`,
  {
    parameters: ['loc', 'scale', 'size'],
    flow: 'none',
    result: array,
    rows: { number: 'size' },
    events: [{ kind: 'mark', mark: `noise:${name}`, values: ['scale'] }],
  },
];
const reducing = [
  'mean',
  'sum',
  'std',
  'var',
  'median',
  'average',
  'percentile',
  'quantile',
  'nanmean',
  'nanmedian',
  'nanstd',
  'prod',
  'all',
  'any',
  'histogram',
  'bincount',
  'corrcoef',
  'cov',
  'count_nonzero',
];
const keeping = [
  'array',
  'asarray',
  'ascontiguousarray',
  'concatenate',
  'stack',
  'vstack',
  'hstack',
  'column_stack',
  'expand_dims',
  'squeeze',
  'reshape',
  'ravel',
  'copy',
  'transpose',
  'append',
  'nan_to_num',
  'atleast_2d',
  'float32',
  'float64',
  'int64',
  'delete',
  'sort',
  'repeat',
  'tile',
];
const methods = [
  'astype',
  'reshape',
  'copy',
  'tolist',
  'flatten',
  'ravel',
  'squeeze',
  'transpose',
  'item',
  'view',
  'clip',
  'round',
  'take',
];
const methodsReducing = ['mean', 'sum', 'std', 'var', 'min', 'all', 'any', 'prod', 'ptp'];
const load = (format: string): CallModel => ({
  parameters: ['file'],
  flow: 'none',
  result: array,
  events: [{ kind: 'load', format, path: 'file' }],
});
const save = (parameters: readonly string[], values: readonly string[]): CallModel => ({
  parameters,
  flow: 'none',
  events: [{ kind: 'export', sink: 'file', values, target: 'file' }],
});

export const numpy: LibraryModel = {
  library: 'NumPy',
  modules: ['numpy', 'scipy', 'h5py', 'cupy'],
  aliases: { cupy: 'numpy', 'jax.numpy': 'numpy' },
  classes: {
    [array]: {
      roles: ['array'],
      attributes: {
        T: { type: array, flow: 'same' },
        shape: { flow: 'none' },
        size: { flow: 'none' },
        dtype: { flow: 'none' },
      },
    },
    'numpy.random.Generator': { roles: ['generator'] },
    'numpy.random.RandomState': { bases: ['numpy.random.Generator'], roles: ['generator'] },
    'h5py.File': { roles: ['data-set'] },
  },
  calls: {
    ...Object.fromEntries(reducing.map(name => [`numpy.${name}`, reduce(['a', 'axis'])])),
    ...Object.fromEntries(keeping.map(name => [`numpy.${name}`, same])),
    ...Object.fromEntries(methods.map(name => [`${array}.${name}`, own])),
    ...Object.fromEntries(methodsReducing.map(name => [`${array}.${name}`, reduce(['axis'])])),
    [`${array}.max`]: { ...reduce(['axis']), picks: true },
    [`${array}.argmax`]: labels,
    [`${array}.argsort`]: labels,
    [`${array}.tofile`]: {
      parameters: ['file'],
      flow: 'none',
      events: [{ kind: 'export', sink: 'file', values: ['receiver'], target: 'file' }],
    },
    [`${array}.dump`]: {
      parameters: ['file'],
      flow: 'none',
      events: [{ kind: 'export', sink: 'file', values: ['receiver'], target: 'file' }],
    },
    'numpy.argmax': labels,
    'numpy.argsort': labels,
    'numpy.where': derived,
    'numpy.unique': { flow: 'same', result: array },
    'numpy.zeros': made,
    'numpy.ones': made,
    'numpy.empty': made,
    'numpy.full': made,
    'numpy.eye': made,
    'numpy.arange': made,
    'numpy.linspace': made,
    'numpy.zeros_like': made,
    'numpy.ones_like': made,
    'numpy.isnan': { flow: 'derived', clears: ['confidence', 'identifier', 'subjectKey', 'quasiIdentifier'] },
    'numpy.shape': nothing,
    'numpy.random.rand': { flow: 'none', result: array, rows: { number: '0' } },
    'numpy.random.randn': { flow: 'none', result: array, rows: { number: '0' } },
    'numpy.random.random': { flow: 'none', result: array, rows: { number: 'size|0' } },
    'numpy.random.randint': {
      parameters: ['low', 'high', 'size'],
      flow: 'none',
      result: array,
      rows: { number: 'size' },
    },
    'numpy.random.seed': seed,
    'numpy.random.default_rng': {
      ...seed,
      result: 'numpy.random.Generator',
      links: [{ of: 'result', name: 'seed', value: 'seed' }],
    },
    'numpy.random.RandomState': {
      ...seed,
      result: 'numpy.random.RandomState',
      links: [{ of: 'result', name: 'seed', value: 'seed' }],
    },
    'numpy.random.permutation': { parameters: ['x'], flow: 'same', result: array },
    'numpy.random.shuffle': {
      parameters: ['x'],
      flow: 'none',
      events: [{ kind: 'split', unit: 'unknown', input: 'x' }],
    },
    'numpy.random.choice': { parameters: ['a'], flow: 'same', result: array },
    ...Object.fromEntries([noise('laplace'), noise('normal')]),
    'numpy.random.Generator.permutation': { parameters: ['x'], flow: 'same', from: ['x'], result: array },
    'numpy.random.Generator.choice': { parameters: ['a'], flow: 'same', from: ['a'], result: array },
    'numpy.random.Generator.laplace': {
      parameters: ['loc', 'scale'],
      flow: 'none',
      result: array,
      events: [{ kind: 'mark', mark: 'noise:laplace', values: ['scale'] }],
    },
    'numpy.random.Generator.normal': {
      parameters: ['loc', 'scale'],
      flow: 'none',
      result: array,
      events: [{ kind: 'mark', mark: 'noise:normal', values: ['scale'] }],
    },
    'numpy.load': load('npy'),
    'numpy.loadtxt': load('text'),
    'numpy.genfromtxt': load('text'),
    'numpy.fromfile': load('binary'),
    'numpy.memmap': load('binary'),
    'numpy.save': save(['file', 'arr'], ['arr']),
    'numpy.savez': save(['file', '*args'], ['arguments']),
    'numpy.savez_compressed': save(['file', '*args'], ['arguments']),
    'numpy.savetxt': save(['file', 'X'], ['X']),
    'scipy.special.softmax': { flow: 'derived', adds: ['confidence'], result: array },
    'scipy.special.expit': { flow: 'derived', adds: ['confidence'], result: array },
    'scipy.io.loadmat': load('mat'),
    'scipy.io.savemat': {
      parameters: ['file', 'mdict'],
      flow: 'none',
      events: [{ kind: 'export', sink: 'file', values: ['mdict'], target: 'file' }],
    },
    'h5py.File': {
      parameters: ['name', 'mode'],
      flow: 'none',
      result: 'h5py.File',
      variants: [
        {
          when: { argument: 'mode', equals: ['w', 'a', 'x', 'w-'] },
          links: [{ of: 'result', name: '#file', value: 'name' }],
        },
        { when: { argument: 'name', given: true }, events: [{ kind: 'load', format: 'hdf5', path: 'name' }] },
      ],
    },
    'h5py.File.create_dataset': {
      parameters: ['name', 'shape', 'dtype', 'data'],
      flow: 'none',
      events: [{ kind: 'export', sink: 'file', values: ['data'], target: 'receiver.#file' }],
    },
  },
};
