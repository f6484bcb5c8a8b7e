import { remembered } from './remembered';
import type { CallModel, LibraryModel, PrivacyField } from './schema';

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
const kerasConfig = remembered(
  'epsilon',
  'delta',
  'clipping_norm',
  'batch_size',
  'train_steps',
  'train_size',
  'noise_multiplier',
  'poisson_sampling_in_fit',
  'seed',
);
const bandMf: CallModel = {
  flow: 'none',
  events: [
    {
      kind: 'privatise',
      library: 'jax_privacy',
      mechanism: 'dp-ftrl',
      parameters: {
        noiseMultiplier: 'noise_multiplier',
        maxGradNorm: 'l2_clip_norm',
        steps: 'iterations',
        examples: 'num_examples',
      },
    },
  ],
};
/** An event of DP-SGD as jax_privacy's accounting makes it. */
const dpsgdEvent = (parameters: Partial<Record<PrivacyField, string>>): CallModel => ({
  parameters: ['noise_multiplier', 'iterations'],
  flow: 'none',
  events: [
    {
      kind: 'budget',
      library: 'jax_privacy',
      parameters: { noiseMultiplier: 'noise_multiplier', steps: 'iterations', ...parameters },
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
    'jax_privacy.keras.keras_api.make_private': 'jax_privacy.keras_api.make_private',
    'jax_privacy.keras_api.DPKerasConfig': 'jax_privacy.DPKerasConfig',
    'jax_privacy.keras.keras_api.DPKerasConfig': 'jax_privacy.DPKerasConfig',
    'jax_privacy.execution_plan.BandMFConfig': 'jax_privacy.BandMFConfig',
    'jax_privacy.experimental.execution_plan.BandMFExecutionPlanConfig': 'jax_privacy.BandMFConfig',
    'jax_privacy.dpsgd_event': 'jax_privacy.accounting.dpsgd_event',
    'jax_privacy.accounting.accountants': 'jax_privacy.accounting',
    'jax_privacy.noise_addition.additive_privatizers.gaussian_privatizer':
      'jax_privacy.noise_addition.gaussian_privatizer',
    'jax_privacy.src.accounting': 'jax_privacy.accounting',
  },
  classes: {
    'optax.GradientTransformation': { roles: ['optimizer'] },
    'jax_privacy.DPKerasConfig': {},
    'jax_privacy.BandMFConfig': {},
  },
  calls: {
    'optax.dpsgd': aggregate(['learning_rate', 'l2_norm_clip', 'noise_multiplier', 'seed']),
    'optax.differentially_private_aggregate': aggregate(['l2_norm_clip', 'noise_multiplier', 'seed']),
    'jax_privacy.DPKerasConfig': kerasConfig,
    'jax_privacy.BandMFConfig': {
      ...bandMf,
      parameters: ['iterations', 'expected_participations', 'strategy', 'noise_multiplier', 'l2_clip_norm'],
    },
    'jax_privacy.BandMFConfig.default': {
      ...bandMf,
      parameters: ['num_bands', 'iterations', 'expected_participations'],
      result: 'jax_privacy.BandMFConfig',
    },
    'jax_privacy.BandMFConfig.calibrate': {
      returns: 'receiver',
      events: [{ kind: 'budget', library: 'jax_privacy', parameters: { targetEpsilon: 'epsilon', delta: 'delta' } }],
    },
    'jax_privacy.accounting.dpsgd_event': dpsgdEvent({ sampleRate: 'sampling_prob' }),
    'jax_privacy.accounting.truncated_dpsgd_event': dpsgdEvent({
      sampleRate: 'sampling_prob',
      examples: 'num_examples',
    }),
    'jax_privacy.accounting.fixed_dpsgd_event': dpsgdEvent({ batchSize: 'batch_size', examples: 'dataset_size' }),
    'jax_privacy.accounting.amplified_bandmf_event': dpsgdEvent({ sampleRate: 'sampling_prob' }),
    // Version 1 solved for the noise by itself.
    'jax_privacy.accounting.calibrate.calibrate_noise_multiplier': {
      parameters: ['target_epsilon', 'accountant', 'batch_sizes', 'num_updates', 'num_samples', 'target_delta'],
      flow: 'none',
      events: [
        {
          kind: 'budget',
          library: 'jax_privacy',
          parameters: {
            targetEpsilon: 'target_epsilon',
            delta: 'target_delta',
            batchSize: 'batch_sizes',
            examples: 'num_samples|num_examples',
            steps: 'num_updates',
          },
        },
      ],
    },
    'jax_privacy.noise_addition.gaussian_privatizer': {
      parameters: ['stddev', 'prng_key'],
      flow: 'none',
      events: [
        {
          kind: 'privatise',
          library: 'jax_privacy',
          mechanism: 'dp-sgd',
          parameters: { noiseDeviation: 'stddev', noiseGenerator: 'prng_key' },
          optimizer: 'result',
          gives: ['optimizer'],
        },
      ],
    },
    'jax_privacy.keras_api.make_private': {
      parameters: ['model', 'params'],
      returns: 'model',
      events: [
        {
          kind: 'privatise',
          library: 'jax_privacy',
          mechanism: 'dp-sgd',
          parameters: {
            noiseMultiplier: 'params.noise_multiplier',
            maxGradNorm: 'params.clipping_norm',
            targetEpsilon: 'params.epsilon',
            delta: 'params.delta',
            batchSize: 'params.batch_size',
            steps: 'params.train_steps',
            examples: 'params.train_size',
            noiseGenerator: 'params.seed',
            poissonSampling: 'params.poisson_sampling_in_fit',
          },
          defaults: { poissonSampling: false },
          model: 'model',
          gives: ['model'],
        },
      ],
    },
  },
};
