import type { CallModel, ClassModel, LibraryModel } from './schema';

const privatise = (parameters: readonly string[], mechanism: 'dp-sgd' | 'dp-ftrl'): CallModel => ({
  parameters,
  flow: 'none',
  events: [
    {
      kind: 'privatise',
      library: 'tensorflow-privacy',
      mechanism,
      parameters: {
        noiseMultiplier: 'noise_multiplier',
        maxGradNorm: 'l2_norm_clip|dp_sum_query.l2_norm_clip',
        microbatches: 'num_microbatches',
        noiseDeviation: 'dp_sum_query.stddev',
      },
      optimizer: 'result',
      gives: ['optimizer'],
    },
  ],
});
const optimizers = ['SGD', 'Adam', 'Adagrad', 'RMSprop'].flatMap(name => [
  `DPKeras${name}Optimizer`,
  `VectorizedDPKeras${name}Optimizer`,
  `DPSparseKeras${name}Optimizer`,
]);
const legacy = [
  'DPGradientDescentGaussianOptimizer',
  'DPAdamGaussianOptimizer',
  'DPAdagradGaussianOptimizer',
  'DPRMSPropGaussianOptimizer',
  'VectorizedDPSGD',
  'VectorizedDPAdam',
  'DPFTRLTreeAggregationOptimizer',
];
/** They take a query that clips and noises instead of its numbers: `DPAdamOptimizer(dp_sum_query, num_microbatches, …)`. */
const byQuery = ['SGD', 'Adam', 'Adagrad', 'RMSprop', 'RMSProp', 'GradientDescent'].flatMap(name => [
  `DP${name}Optimizer`,
  `GenericDP${name}Optimizer`,
  `GenericDPKeras${name}Optimizer`,
]);
const names = [...optimizers, ...legacy, ...byQuery];
/** They turn a plain optimizer into a private one: what they give back is called as those are. */
const makers = ['keras_', 'vectorized_keras_', '', 'vectorized_', 'gaussian_query_'].map(
  kind => `make_${kind}optimizer_class`,
);
const queries = ['GaussianSumQuery', 'GaussianAverageQuery', 'NormalizedQuery'];
const remembers = (...parameters: readonly string[]): CallModel => ({
  parameters,
  flow: 'none',
  links: parameters.map(name => ({ of: 'result', name, value: name })),
});
const budget = (n: string, batch: string, parameters: readonly string[], epochs: string): CallModel => ({
  parameters,
  flow: 'none',
  events: [
    {
      kind: 'budget',
      library: 'tensorflow-privacy',
      parameters: { examples: n, batchSize: batch, epochs, noiseMultiplier: 'noise_multiplier', delta: 'delta' },
    },
  ],
});
const analysis = budget('n', 'batch_size', ['n', 'batch_size', 'noise_multiplier', 'epochs', 'delta'], 'epochs');
const statement = budget(
  'number_of_examples',
  'batch_size',
  ['number_of_examples', 'batch_size', 'num_epochs', 'noise_multiplier', 'delta', 'used_microbatching'],
  'num_epochs',
);
const rdp: CallModel = {
  parameters: ['orders', 'rdp', 'target_eps', 'target_delta'],
  flow: 'none',
  events: [{ kind: 'budget', library: 'tensorflow-privacy', parameters: { delta: 'target_delta' } }],
};

const steps = (library: string): CallModel => ({
  parameters: ['q', 'noise_multiplier', 'steps', 'orders'],
  flow: 'none',
  events: [
    {
      kind: 'budget',
      library,
      parameters: { noiseMultiplier: 'noise_multiplier', sampleRate: 'q', steps: 'steps' },
    },
  ],
});
const analysed: CallModel = {
  parameters: ['q', 'sigma', 'steps', 'orders', 'delta'],
  flow: 'none',
  events: [
    {
      kind: 'budget',
      library: 'tensorflow-privacy',
      parameters: { noiseMultiplier: 'sigma', sampleRate: 'q', steps: 'steps', delta: 'delta' },
    },
  ],
};
const noise: CallModel = {
  parameters: ['n', 'batch_size', 'target_epsilon', 'epochs', 'delta', 'noise_lbd'],
  flow: 'none',
  events: [
    {
      kind: 'budget',
      library: 'tensorflow-privacy',
      parameters: {
        examples: 'n',
        batchSize: 'batch_size',
        targetEpsilon: 'target_epsilon',
        epochs: 'epochs',
        delta: 'delta',
      },
    },
  ],
};
const privateModel: CallModel = {
  parameters: ['l2_norm_clip', 'noise_multiplier', 'num_microbatches'],
  flow: 'none',
  events: [
    {
      kind: 'privatise',
      library: 'tensorflow-privacy',
      mechanism: 'dp-sgd',
      parameters: {
        noiseMultiplier: 'noise_multiplier',
        maxGradNorm: 'l2_norm_clip',
        microbatches: 'num_microbatches',
      },
      model: 'result',
      inPlace: true,
    },
  ],
};
const analysisModules = [
  'tensorflow_privacy',
  'tensorflow_privacy.privacy.analysis.rdp_accountant',
  'privacy.analysis.rdp_accountant',
  'rdp_accountant',
];
const noiseModules = [
  'tensorflow_privacy',
  'tensorflow_privacy.privacy.analysis.compute_noise_from_budget_lib',
  'tensorflow_privacy.compute_noise_from_budget_lib',
];

/** TensorFlow Privacy: optimizers that clip and noise, and its accounting helpers at their many old places. */
export const tfPrivacy: LibraryModel = {
  library: 'TensorFlow Privacy',
  modules: ['tensorflow_privacy', 'privacy', 'tf_privacy', 'rdp_accountant'],
  aliases: {
    'tensorflow_privacy.privacy.keras_models.dp_keras_model.DPSequential': 'tensorflow_privacy.DPSequential',
    'tensorflow_privacy.privacy.keras_models.dp_keras_model.DPModel': 'tensorflow_privacy.DPModel',
    ...Object.fromEntries(
      queries.flatMap(name =>
        ['tensorflow_privacy.privacy.dp_query', 'privacy.dp_query'].flatMap(module =>
          ['gaussian_query', 'normalized_query'].map(file => [
            `${module}.${file}.${name}`,
            `tensorflow_privacy.${name}`,
          ]),
        ),
      ),
    ),
    'tensorflow_privacy.v1': 'tensorflow_privacy',
    ...Object.fromEntries(
      [...names, ...makers].flatMap(name =>
        ['dp_optimizer_keras', 'dp_optimizer_keras_vectorized', 'dp_optimizer', 'dp_optimizer_vectorized'].flatMap(
          module => [
            [`tensorflow_privacy.privacy.optimizers.${module}.${name}`, `tensorflow_privacy.${name}`],
            [`privacy.optimizers.${module}.${name}`, `tensorflow_privacy.${name}`],
          ],
        ),
      ),
    ),
  },
  // Before there was a package, scripts carried these along.
  copied: {
    compute_rdp: 'tensorflow_privacy.compute_rdp',
    get_privacy_spent: 'tensorflow_privacy.get_privacy_spent',
    apply_dp_sgd_analysis: 'tensorflow_privacy.apply_dp_sgd_analysis',
    compute_dp_sgd_privacy: 'tensorflow_privacy.compute_dp_sgd_privacy',
  },
  classes: {
    ...Object.fromEntries(
      names.map((name): [string, ClassModel] => [
        `tensorflow_privacy.${name}`,
        { bases: ['keras.optimizers.Optimizer'], roles: ['optimizer'] },
      ]),
    ),
    'tensorflow_privacy.DPSequential': { bases: ['keras.Model'], roles: ['module'] },
    'tensorflow_privacy.DPModel': { bases: ['keras.Model'], roles: ['module'] },
    ...Object.fromEntries(queries.map(name => [`tensorflow_privacy.${name}`, {}])),
  },
  calls: {
    ...Object.fromEntries(
      names.map((name): [string, CallModel] => [
        `tensorflow_privacy.${name}`,
        privatise(
          byQuery.includes(name)
            ? ['dp_sum_query', 'num_microbatches']
            : name.startsWith('Vectorized') || legacy.includes(name)
              ? ['l2_norm_clip', 'noise_multiplier', 'num_microbatches']
              : ['l2_norm_clip', 'noise_multiplier', 'num_microbatches', 'gradient_accumulation_steps'],
          name === 'DPFTRLTreeAggregationOptimizer' ? 'dp-ftrl' : 'dp-sgd',
        ),
      ]),
    ),
    ...Object.fromEntries(
      makers.map((name): [string, CallModel] => [
        `tensorflow_privacy.${name}`,
        { parameters: ['cls'], flow: 'none', gives: 'tensorflow_privacy.DPKerasSGDOptimizer' },
      ]),
    ),
    'tensorflow_privacy.compute_dp_sgd_privacy': analysis,
    'tensorflow_privacy.compute_dp_sgd_privacy_statement': statement,
    'tensorflow_privacy.compute_dp_sgd_privacy_lib.compute_dp_sgd_privacy': analysis,
    'tensorflow_privacy.compute_dp_sgd_privacy_lib.compute_dp_sgd_privacy_statement': statement,
    'tensorflow_privacy.privacy.analysis.compute_dp_sgd_privacy_lib.compute_dp_sgd_privacy': analysis,
    'tensorflow_privacy.privacy.analysis.compute_dp_sgd_privacy_lib.compute_dp_sgd_privacy_statement': statement,
    'tensorflow_privacy.privacy.analysis.compute_dp_sgd_privacy.compute_dp_sgd_privacy': analysis,
    'tensorflow_privacy.privacy.analysis.rdp_accountant.get_privacy_spent': rdp,
    'tensorflow_privacy.get_privacy_spent': rdp,
    'privacy.analysis.rdp_accountant.get_privacy_spent': rdp,
    ...Object.fromEntries(
      analysisModules.flatMap(module => [
        [`${module}.compute_rdp`, steps('tensorflow-privacy')],
        [`${module}.get_privacy_spent`, rdp],
        [`${module}.apply_dp_sgd_analysis`, analysed],
      ]),
    ),
    ...Object.fromEntries(noiseModules.map(module => [`${module}.compute_noise`, noise])),
    'tensorflow_privacy.GaussianSumQuery': remembers('l2_norm_clip', 'stddev'),
    'tensorflow_privacy.GaussianAverageQuery': remembers('l2_norm_clip', 'stddev', 'denominator'),
    // A sum that is divided afterwards: its noise is that of the sum.
    'tensorflow_privacy.NormalizedQuery': {
      parameters: ['numerator_query', 'denominator'],
      returns: 'numerator_query',
    },
    'tensorflow_privacy.DPSequential': privateModel,
    'tensorflow_privacy.DPModel': privateModel,
  },
};
