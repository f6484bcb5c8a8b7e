import * as z from 'zod';
import type { LibraryModel } from '../../models';

/**
 * `LibraryModel` as people write it in TOML: the same names and meanings as in `server/models/schema.ts`, checked, so that a
 * model file can neither crash the analysis nor say something that is silently not understood.
 */
const ref = z.string().min(1);
const refs = z.array(ref);
const flow = z.enum(['same', 'derived', 'aggregate', 'none']);
const taint = z.enum([
  'records',
  'identifier',
  'subjectKey',
  'quasiIdentifier',
  'confidence',
  'perRecordLoss',
  'embedding',
  'prediction',
  'model',
  'privateModel',
  'update',
]);
const roles = z.enum([
  'module',
  'estimator',
  'optimizer',
  'scheduler',
  'loss',
  'loader',
  'data-set',
  'frame',
  'series',
  'array',
  'transform',
  'engine',
  'trainer',
  'logger',
  'tracker',
  'metric',
  'generator',
  'splitter',
  'application',
  'client',
  'synthesizer',
  'keeps-rows',
  'batch-mixing',
  'regulariser',
]);
const constant = z.union([z.string(), z.number(), z.boolean()]);
const constants = z.union([constant, z.null(), z.array(constant)]);
const privacyField = z.enum([
  'clients',
  'clientsPerRound',
  'rounds',
  'noiseDeviation',
  'noiseMultiplier',
  'maxGradNorm',
  'sampleRate',
  'batchSize',
  'accumulation',
  'examples',
  'epochs',
  'steps',
  'delta',
  'epsilon',
  'targetEpsilon',
  'microbatches',
  'accountant',
  'secureMode',
  'poissonSampling',
  'noiseGenerator',
  'clipping',
  'gradSampleMode',
  'lossReduction',
  'sensitivity',
  'bounds',
  'randomState',
]);
const privacyFields = z.partialRecord(privacyField, ref);
const privacyDefaults = z.partialRecord(privacyField, constants);

const event = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('load'),
    format: z.string(),
    path: ref.optional(),
    people: z.enum(['public', 'inferred']).optional(),
    name: z.string().optional(),
    subjectKey: z.string().optional(),
  }),
  z.strictObject({
    kind: z.literal('split'),
    unit: z.enum(['row', 'person', 'unknown']),
    input: ref,
    groups: ref.optional(),
  }),
  z.strictObject({ kind: z.literal('preprocess'), input: ref }),
  z.strictObject({
    kind: z.literal('train'),
    style: z.enum(['step', 'fit', 'trainer', 'update']),
    model: ref.optional(),
    optimizer: ref.optional(),
    data: z.union([ref, refs]).optional(),
    epochs: ref.optional(),
    defaultEpochs: z.number().optional(),
    regularisation: refs.optional(),
  }),
  z.strictObject({
    kind: z.literal('privatise'),
    library: z.string(),
    mechanism: z.enum([
      'dp-sgd',
      'dp-ftrl',
      'pate',
      'output-noise',
      'local',
      'synthesizer',
      'estimator',
      'central-aggregation',
      'hand-written',
    ]),
    parameters: privacyFields,
    defaults: privacyDefaults.optional(),
    model: ref.optional(),
    optimizer: ref.optional(),
    loader: ref.optional(),
    gives: z.array(z.enum(['model', 'optimizer', 'loader', 'criterion'])).optional(),
    inPlace: z.boolean().optional(),
  }),
  z.strictObject({
    kind: z.literal('budget'),
    library: z.string(),
    parameters: privacyFields,
    defaults: privacyDefaults.optional(),
  }),
  z.strictObject({ kind: z.literal('predict'), input: ref.optional(), model: ref.optional() }),
  z.strictObject({
    kind: z.literal('log'),
    sink: z.enum(['print', 'log', 'tracker', 'display', 'autolog', 'watch', 'analytics']),
    values: refs,
  }),
  z.strictObject({
    kind: z.literal('export'),
    sink: z.enum(['file', 'database', 'vector-store', 'object-store']),
    values: refs,
    target: ref.optional(),
    checkpointFormat: z.string().optional(),
  }),
  z.strictObject({
    kind: z.literal('serve'),
    framework: z.string(),
    handler: ref.optional(),
    response: ref.optional(),
  }),
  z.strictObject({ kind: z.literal('save'), format: z.string(), value: ref, target: ref.optional() }),
  z.strictObject({
    kind: z.literal('load-model'),
    format: z.string(),
    target: ref.optional(),
    remote: z.boolean().optional(),
    revision: ref.optional(),
  }),
  z.strictObject({
    kind: z.literal('send'),
    to: z.enum(['api', 'hub', 'bucket', 'browser', 'mail']),
    what: z.enum(['records', 'model', 'data-set', 'unknown']).optional(),
    values: refs,
    host: z.string().optional(),
    url: ref.optional(),
    elsewhere: z.boolean().optional(),
    provider: ref.optional(),
    through: ref.optional(),
  }),
  z.strictObject({
    kind: z.literal('federate'),
    role: z.enum(['client', 'server']),
    library: z.string(),
    protection: z.string().optional(),
    connects: z.boolean().optional(),
    given: ref.optional(),
  }),
  z.strictObject({
    kind: z.literal('synthesise'),
    step: z.enum(['fit', 'sample', 'evaluate-quality', 'evaluate-privacy']),
    input: ref.optional(),
  }),
  z.strictObject({
    kind: z.literal('evaluate'),
    metric: z.string(),
    grouped: z.boolean().optional(),
    values: refs,
  }),
  z.strictObject({ kind: z.literal('path'), values: refs }),
  z.strictObject({ kind: z.literal('seed'), generator: z.string() }),
  z.strictObject({ kind: z.literal('mark'), mark: z.string(), values: refs.optional() }),
]);

const part = z.strictObject({
  type: z.string(),
  adds: z.array(taint).optional(),
  clears: z.array(taint).optional(),
});
const columns = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('keep') }),
  z.strictObject({ kind: z.literal('select'), list: ref }),
  z.strictObject({ kind: z.literal('drop'), list: ref, inPlaceWhen: ref.optional(), axis: ref.optional() }),
  z.strictObject({ kind: z.literal('rename'), mapping: ref, inPlaceWhen: ref.optional() }),
  z.strictObject({ kind: z.literal('assign') }),
  z.strictObject({ kind: z.literal('pop'), name: ref }),
  z.strictObject({ kind: z.literal('join'), other: ref }),
  z.strictObject({ kind: z.literal('make'), from: ref, names: ref.optional() }),
  z.strictObject({ kind: z.literal('forget') }),
]);
const rows = z.strictObject({
  of: ref.optional(),
  number: ref.optional(),
  otherwise: z.number().optional(),
  lengthOf: ref.optional(),
  known: ref.optional(),
  file: ref.optional(),
  batch: ref.optional(),
});
const callback = z.strictObject({
  function: ref,
  with: refs.optional(),
  elements: z.boolean().optional(),
  spread: z.boolean().optional(),
});

const callShape = {
  parameters: z.array(z.string()).optional(),
  result: z.union([z.string(), z.array(z.string())]).optional(),
  gives: z.string().optional(),
  results: z.array(z.union([z.string(), part])).optional(),
  tuple: ref.optional(),
  returns: ref.optional(),
  flow: flow.optional(),
  from: refs.optional(),
  adds: z.array(taint).optional(),
  answers: z.array(taint).optional(),
  clears: z.array(taint).optional(),
  picks: z.boolean().optional(),
  decides: z.boolean().optional(),
  columns: columns.optional(),
  mutates: z.array(z.strictObject({ into: ref, from: refs })).optional(),
  rows: rows.optional(),
  links: z.array(z.strictObject({ of: ref, name: z.string(), value: ref })).optional(),
  callbacks: z.array(callback).optional(),
  events: z.array(event).optional(),
};
const condition = {
  argument: ref,
  equals: z.array(z.union([constant, z.null()])).optional(),
  given: z.boolean().optional(),
  namesPeople: z.boolean().optional(),
  listed: z.boolean().optional(),
};
const variant = z.strictObject({
  ...callShape,
  when: z.strictObject({ ...condition, beside: z.strictObject(condition).optional() }),
});
const attribute = z.strictObject({
  type: z.string().optional(),
  flow: flow.optional(),
  adds: z.array(taint).optional(),
  named: z.string().optional(),
  same: z.boolean().optional(),
  mark: z.string().optional(),
});
const classShape = z.strictObject({
  bases: z.array(z.string()).optional(),
  roles: z.array(roles).optional(),
  attributes: z.record(z.string(), attribute).optional(),
  fields: z.record(z.string(), constants).optional(),
  round: z.strictObject({ type: z.string(), pair: z.boolean().optional() }).optional(),
  walks: z.string().optional(),
  answers: z.strictObject({ framework: z.string(), methods: z.array(z.string()) }).optional(),
});

export const ModelFile = z.strictObject({
  library: z.string().min(1),
  modules: z
    .array(z.string().regex(/^(?:\*|[\w@/:.-]+)$/, 'must be the first segment of the names, such as "hospital"'))
    .min(1),
  aliases: z.record(z.string(), z.string()).optional(),
  classes: z.record(z.string(), classShape).optional(),
  calls: z.record(z.string(), z.strictObject({ ...callShape, variants: z.array(variant).optional() })).optional(),
  copied: z.record(z.string(), z.string()).optional(),
  rewritten: z.record(z.string(), z.strictObject({ call: z.string(), parameters: z.array(z.string()) })).optional(),
});

/** What was read is what the analysis takes; keys that are absent in TOML are absent here too, never `undefined`. */
export const asLibrary = (file: z.infer<typeof ModelFile>): LibraryModel => file as LibraryModel;
