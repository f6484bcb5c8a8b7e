import type { CallModel, ClassModel, LibraryModel, PrivacyField } from './schema';

/** fastDP and private-transformers share the old Opacus shape: `PrivacyEngine(model, …).attach(optimizer)`. */
const attachable = (library: string): Pick<LibraryModel, 'classes' | 'calls'> => ({
  classes: { [`${library}.PrivacyEngine`]: { roles: ['engine'] } },
  calls: {
    [`${library}.PrivacyEngine`]: {
      parameters: ['module', 'batch_size', 'sample_size', 'max_grad_norm', 'epochs'],
      flow: 'none',
      links: [{ of: 'result', name: 'module', value: 'module' }],
      events: [
        {
          kind: 'privatise',
          library,
          mechanism: 'dp-sgd',
          parameters: {
            noiseMultiplier: 'noise_multiplier',
            maxGradNorm: 'max_grad_norm',
            batchSize: 'batch_size',
            examples: 'sample_size',
            epochs: 'epochs',
            targetEpsilon: 'target_epsilon',
            delta: 'target_delta',
          },
          model: 'module',
          inPlace: true,
        },
      ],
    },
    [`${library}.PrivacyEngine.attach`]: {
      parameters: ['optimizer'],
      flow: 'none',
      links: [{ of: 'optimizer', name: 'engine', value: 'receiver' }],
    },
    [`${library}.PrivacyEngine.get_privacy_spent`]: {
      flow: 'none',
      events: [{ kind: 'budget', library, parameters: { delta: 'target_delta' } }],
    },
    [`${library}.PrivacyEngine.get_training_stats`]: { flow: 'none' },
  },
});
export const fastDp: LibraryModel = { library: 'fastDP', modules: ['fastDP'], ...attachable('fastDP') };
export const privateTransformers: LibraryModel = {
  library: 'private-transformers',
  modules: ['private_transformers'],
  ...attachable('private_transformers'),
};

export const dpTransformers: LibraryModel = {
  library: 'dp-transformers',
  modules: ['dp_transformers'],
  aliases: { 'dp_transformers.dp_utils.OpacusDPTrainer': 'dp_transformers.OpacusDPTrainer' },
  classes: { 'dp_transformers.OpacusDPTrainer': { bases: ['transformers.Trainer'], roles: ['trainer'] } },
  calls: {
    'dp_transformers.OpacusDPTrainer': {
      parameters: ['model', 'args', 'train_dataset', 'privacy_args', 'author_mapping'],
      flow: 'none',
      links: [
        { of: 'result', name: 'model', value: 'model' },
        { of: 'result', name: 'data', value: 'train_dataset' },
      ],
      events: [
        {
          kind: 'privatise',
          library: 'dp-transformers',
          mechanism: 'dp-sgd',
          parameters: {},
          model: 'model',
          inPlace: true,
        },
      ],
    },
  },
};

const aggregate = (parameters: readonly string[]): CallModel => ({
  parameters,
  result: 'optax.GradientTransformation',
  flow: 'none',
  events: [
    {
      kind: 'privatise',
      library: 'optax',
      mechanism: 'dp-sgd',
      parameters: {
        noiseMultiplier: 'noise_multiplier',
        maxGradNorm: 'l2_norm_clip',
        noiseGenerator: 'seed',
      },
      optimizer: 'result',
      gives: ['optimizer'],
    },
  ],
});
/** JAX: optax's DP transformations and jax_privacy. */
export const jaxPrivacy: LibraryModel = {
  library: 'jax_privacy',
  modules: ['jax_privacy', 'optax'],
  aliases: {
    'optax.contrib.differentially_private_aggregate': 'optax.differentially_private_aggregate',
    'optax.contrib.dpsgd': 'optax.dpsgd',
  },
  classes: { 'optax.GradientTransformation': { roles: ['optimizer'] } },
  calls: {
    'optax.dpsgd': aggregate(['learning_rate', 'l2_norm_clip', 'noise_multiplier', 'seed']),
    'optax.differentially_private_aggregate': aggregate(['l2_norm_clip', 'noise_multiplier', 'seed']),
    'jax_privacy.keras_api.make_private': {
      parameters: ['model', 'params'],
      returns: 'model',
      events: [
        {
          kind: 'privatise',
          library: 'jax_privacy',
          mechanism: 'dp-sgd',
          parameters: {},
          model: 'model',
          gives: ['model'],
        },
      ],
    },
  },
};

const private_ = (library: string, parameters: Partial<Record<PrivacyField, string>>): CallModel => ({
  flow: 'none',
  events: [
    {
      kind: 'privatise',
      library,
      mechanism: 'estimator',
      parameters,
      model: 'result',
      gives: ['model'],
    },
  ],
});
const estimators =
  'LogisticRegression LinearRegression GaussianNB KMeans PCA StandardScaler RandomForestClassifier DecisionTreeClassifier'.split(
    ' ',
  );
const estimatorModel: ClassModel = { bases: ['sklearn.base.BaseEstimator'], roles: ['estimator'] };

/** IBM's diffprivlib: estimators whose `fit` is private. */
export const diffprivlib: LibraryModel = {
  library: 'diffprivlib',
  modules: ['diffprivlib'],
  classes: {
    ...Object.fromEntries(estimators.map(name => [`diffprivlib.models.${name}`, estimatorModel])),
    'diffprivlib.BudgetAccountant': {},
  },
  calls: {
    ...Object.fromEntries(
      estimators.map(name => [
        `diffprivlib.models.${name}`,
        private_('diffprivlib', { targetEpsilon: 'epsilon', noiseGenerator: 'random_state' }),
      ]),
    ),
    'diffprivlib.mechanisms.*': {
      flow: 'none',
      events: [
        {
          kind: 'privatise',
          library: 'diffprivlib',
          mechanism: 'output-noise',
          parameters: {
            targetEpsilon: 'epsilon',
            delta: 'delta',
            sensitivity: 'sensitivity',
            noiseGenerator: 'random_state',
          },
        },
      ],
    },
    'diffprivlib.tools.*': { flow: 'aggregate' },
    'diffprivlib.BudgetAccountant.total': {
      flow: 'none',
      events: [{ kind: 'budget', library: 'diffprivlib', parameters: {} }],
    },
  },
};

/** SmartNoise and OpenDP: private queries and synthesizers. */
export const smartNoise: LibraryModel = {
  library: 'SmartNoise',
  modules: ['snsynth', 'snsql', 'opendp'],
  classes: { 'snsynth.Synthesizer': { roles: ['synthesizer'] } },
  calls: {
    'snsynth.Synthesizer.create': {
      parameters: ['synth'],
      result: 'snsynth.Synthesizer',
      flow: 'none',
      events: [
        {
          kind: 'privatise',
          library: 'SmartNoise',
          mechanism: 'synthesizer',
          parameters: { targetEpsilon: 'epsilon', delta: 'delta' },
          model: 'result',
          gives: ['model'],
        },
      ],
    },
    'snsynth.Synthesizer.fit': { parameters: ['data'], flow: 'none' },
    'snsynth.Synthesizer.fit_sample': { parameters: ['data'], flow: 'none' },
    'snsynth.Synthesizer.sample': { flow: 'none' },
    'opendp.prelude.Context.compositor': {
      flow: 'none',
      events: [{ kind: 'privatise', library: 'OpenDP', mechanism: 'output-noise', parameters: {} }],
    },
  },
};
