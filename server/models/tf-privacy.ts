import type { CallModel, ClassModel, LibraryModel } from './schema';

const privatise = (parameters: readonly string[]): CallModel => ({
  parameters,
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
const names = [...optimizers, ...legacy];
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

/** TensorFlow Privacy: optimizers that clip and noise, and its accounting helpers at their many old places. */
export const tfPrivacy: LibraryModel = {
  library: 'TensorFlow Privacy',
  modules: ['tensorflow_privacy', 'dp_accounting', 'privacy', 'tf_privacy'],
  aliases: Object.fromEntries(
    names.flatMap(name =>
      ['dp_optimizer_keras', 'dp_optimizer_keras_vectorized', 'dp_optimizer', 'dp_optimizer_vectorized'].flatMap(
        module => [
          [`tensorflow_privacy.privacy.optimizers.${module}.${name}`, `tensorflow_privacy.${name}`],
          [`privacy.optimizers.${module}.${name}`, `tensorflow_privacy.${name}`],
        ],
      ),
    ),
  ),
  classes: {
    ...Object.fromEntries(
      names.map((name): [string, ClassModel] => [
        `tensorflow_privacy.${name}`,
        { bases: ['keras.optimizers.Optimizer'], roles: ['optimizer'] },
      ]),
    ),
    'tensorflow_privacy.DPSequential': { bases: ['keras.Model'], roles: ['module'] },
    'tensorflow_privacy.DPModel': { bases: ['keras.Model'], roles: ['module'] },
    'dp_accounting.rdp.RdpAccountant': {},
    'dp_accounting.pld.PLDAccountant': {},
  },
  calls: {
    ...Object.fromEntries(
      names.map((name): [string, CallModel] => [
        `tensorflow_privacy.${name}`,
        privatise(
          name.startsWith('Vectorized') || legacy.includes(name)
            ? ['l2_norm_clip', 'noise_multiplier', 'num_microbatches']
            : ['l2_norm_clip', 'noise_multiplier', 'num_microbatches', 'gradient_accumulation_steps'],
        ),
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
    'dp_accounting.rdp.RdpAccountant.compose': { parameters: ['event', 'count'], returns: 'receiver' },
    'dp_accounting.rdp.RdpAccountant.get_epsilon': {
      parameters: ['target_delta'],
      flow: 'none',
      events: [{ kind: 'budget', library: 'dp_accounting', parameters: { delta: 'target_delta' } }],
    },
    'dp_accounting.pld.PLDAccountant.compose': { parameters: ['event', 'count'], returns: 'receiver' },
    'dp_accounting.pld.PLDAccountant.get_epsilon': {
      parameters: ['target_delta'],
      flow: 'none',
      events: [{ kind: 'budget', library: 'dp_accounting', parameters: { delta: 'target_delta' } }],
    },
  },
};
