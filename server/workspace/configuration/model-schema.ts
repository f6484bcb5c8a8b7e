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
const privacyFields = z.partialRecord(
  z.enum([
    'noiseMultiplier',
    'maxGradNorm',
    'sampleRate',
    'batchSize',
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
  ]),
  ref,
);

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
    model: ref.optional(),
    optimizer: ref.optional(),
    loader: ref.optional(),
    gives: z.array(z.enum(['model', 'optimizer', 'loader', 'criterion'])).optional(),
    inPlace: z.boolean().optional(),
  }),
  z.strictObject({ kind: z.literal('budget'), library: z.string(), parameters: privacyFields }),
  z.strictObject({ kind: z.literal('predict'), input: ref.optional(), model: ref.optional() }),
  z.strictObject({
    kind: z.literal('log'),
    sink: z.enum(['print', 'log', 'tracker', 'display', 'autolog', 'watch']),
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
  }),
  z.strictObject({
    kind: z.literal('federate'),
    role: z.enum(['client', 'server']),
    library: z.string(),
    protection: z.string().optional(),
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

const callShape = {
  parameters: z.array(z.string()).optional(),
  result: z.union([z.string(), z.array(z.string())]).optional(),
  results: z.array(z.string()).optional(),
  returns: ref.optional(),
  flow: flow.optional(),
  from: refs.optional(),
  adds: z.array(taint).optional(),
  answers: z.array(taint).optional(),
  clears: z.array(taint).optional(),
  mutates: z.array(z.strictObject({ into: ref, from: refs })).optional(),
  links: z.array(z.strictObject({ of: ref, name: z.string(), value: ref })).optional(),
  events: z.array(event).optional(),
};
const variant = z.strictObject({
  ...callShape,
  when: z.strictObject({ argument: ref, equals: z.array(constant).optional(), given: z.boolean().optional() }),
});

export const ModelFile = z.strictObject({
  library: z.string().min(1),
  modules: z.array(z.string().regex(/^[\w@/-]+$/, 'must be the first segment of the names, such as "hospital"')).min(1),
  aliases: z.record(z.string(), z.string()).optional(),
  classes: z
    .record(
      z.string(),
      z.strictObject({
        bases: z.array(z.string()).optional(),
        roles: z.array(roles).optional(),
        attributes: z
          .record(
            z.string(),
            z.strictObject({
              type: z.string().optional(),
              flow: flow.optional(),
              adds: z.array(taint).optional(),
              same: z.boolean().optional(),
            }),
          )
          .optional(),
      }),
    )
    .optional(),
  calls: z.record(z.string(), z.strictObject({ ...callShape, variants: z.array(variant).optional() })).optional(),
});

/** What was read is what the analysis takes; keys that are absent in TOML are absent here too, never `undefined`. */
export const asLibrary = (file: z.infer<typeof ModelFile>): LibraryModel => file as LibraryModel;
