import type { CallModel, EventModel, LibraryModel } from './schema';

type Privatise = Extract<EventModel, { kind: 'privatise' }>;

const shared = {
  maxGradNorm: 'max_grad_norm',
  poissonSampling: 'poisson_sampling',
  noiseGenerator: 'noise_generator',
  clipping: 'clipping',
  gradSampleMode: 'grad_sample_mode',
  lossReduction: 'loss_reduction',
  accountant: 'receiver.accountant',
  secureMode: 'receiver.secure_mode',
} as const;
const objects = {
  model: 'module',
  optimizer: 'optimizer',
  loader: 'data_loader',
  gives: ['model', 'optimizer', 'loader'],
} as const;
const defaults = { poissonSampling: true, accountant: 'prv' } as const;
/** An accountant that is stepped by hand: `accountant.step(noise_multiplier=…, sample_rate=…)` in a loop. */
const stepped: CallModel = {
  flow: 'none',
  events: [
    {
      kind: 'budget',
      library: 'opacus',
      parameters: { noiseMultiplier: 'noise_multiplier', sampleRate: 'sample_rate' },
    },
  ],
};
const rdpByHand: CallModel = {
  parameters: ['q', 'noise_multiplier', 'steps', 'orders'],
  flow: 'none',
  events: [
    {
      kind: 'budget',
      library: 'opacus',
      parameters: { noiseMultiplier: 'noise_multiplier', sampleRate: 'q', steps: 'steps' },
    },
  ],
};
const scheduled: CallModel = {
  parameters: ['optimizer'],
  flow: 'none',
  events: [{ kind: 'mark', mark: 'noise-schedule', values: ['optimizer'] }],
};
const named = (modules: readonly string[], names: readonly string[], call: CallModel): Record<string, CallModel> =>
  Object.fromEntries(modules.flatMap(module => names.map(name => [`${module}.${name}`, call])));
const spent: CallModel = {
  parameters: ['delta'],
  flow: 'none',
  events: [{ kind: 'budget', library: 'opacus', parameters: { delta: 'delta|target_delta' } }],
};
const private_ = (calibrated: boolean, gives: Privatise['gives'] = objects.gives): Privatise => ({
  kind: 'privatise',
  library: 'opacus',
  mechanism: 'dp-sgd',
  parameters: calibrated
    ? { ...shared, targetEpsilon: 'target_epsilon', delta: 'target_delta', epochs: 'epochs' }
    : { ...shared, noiseMultiplier: 'noise_multiplier' },
  defaults,
  ...objects,
  gives: gives!,
});
const privateCall = (calibrated: boolean): CallModel => ({
  parameters: ['module', 'optimizer', 'data_loader', 'noise_multiplier', 'max_grad_norm'],
  flow: 'none',
  events: [private_(calibrated)],
  variants: [
    {
      // Ghost clipping takes the loss function too and gives it back in front of the loader.
      when: { argument: 'grad_sample_mode', equals: ['ghost', 'ghost_fsdp'] },
      events: [private_(calibrated, ['model', 'optimizer', 'criterion', 'loader'])],
    },
  ],
});

/** Opacus from 1.0 on, and the engine of 0.x that was attached to an optimizer. */
export const opacus: LibraryModel = {
  library: 'Opacus',
  modules: ['opacus', 'torchdp'],
  aliases: {
    // Its name before 0.9.
    torchdp: 'opacus',
    ...Object.fromEntries(
      [
        'optimizer_fast_gradient_clipping.DPOptimizerFastGradientClipping',
        'adaclipoptimizer.AdaClipDPOptimizer',
        'ddpoptimizer.DistributedDPOptimizer',
        'perlayeroptimizer.DPPerLayerOptimizer',
      ].flatMap(name => [
        [`opacus.optimizers.${name}`, 'opacus.optimizers.DPOptimizer'],
        [`opacus.optimizers.${name.slice(name.indexOf('.') + 1)}`, 'opacus.optimizers.DPOptimizer'],
      ]),
    ),
    'opacus.privacy_engine.PrivacyEngine': 'opacus.PrivacyEngine',
    'opacus.utils.batch_memory_manager.BatchMemoryManager': 'opacus.BatchMemoryManager',
    'opacus.validators.module_validator.ModuleValidator': 'opacus.validators.ModuleValidator',
    'opacus.utils.adaptive_clipping.adaptive_clipping_utils.PrivacyEngineAdaptiveClipping':
      'opacus.PrivacyEngineAdaptiveClipping',
    'opacus.accountants.rdp.RDPAccountant': 'opacus.accountants.RDPAccountant',
    'opacus.accountants.prv.PRVAccountant': 'opacus.accountants.PRVAccountant',
    'opacus.accountants.gdp.GaussianAccountant': 'opacus.accountants.GaussianAccountant',
    'opacus.grad_sample.GradSampleModule': 'opacus.GradSampleModule',
    'opacus.grad_sample.grad_sample_module.GradSampleModule': 'opacus.GradSampleModule',
    'opacus.optimizers.optimizer.DPOptimizer': 'opacus.optimizers.DPOptimizer',
    'opacus.data_loader.DPDataLoader': 'opacus.DPDataLoader',
    'opacus.distributed.DifferentiallyPrivateDistributedDataParallel': 'opacus.DistributedDataParallel',
  },
  rewritten: {
    make_private: {
      call: 'opacus.PrivacyEngine.make_private',
      parameters: ['module', 'optimizer', 'data_loader', 'noise_multiplier', 'max_grad_norm'],
    },
    make_private_with_epsilon: {
      call: 'opacus.PrivacyEngine.make_private_with_epsilon',
      parameters: ['module', 'optimizer', 'data_loader', 'target_epsilon', 'target_delta', 'epochs', 'max_grad_norm'],
    },
  },
  classes: {
    'opacus.PrivacyEngine': {
      roles: ['engine'],
      attributes: { accountant: { type: 'opacus.Accountant', same: true } },
    },
    'opacus.PrivacyEngineAdaptiveClipping': { bases: ['opacus.PrivacyEngine'] },
    'opacus.DPDataLoader': { bases: ['torch.utils.data.DataLoader'], roles: ['loader'] },
    'opacus.optimizers.DPOptimizer': { bases: ['torch.optim.Optimizer'], roles: ['optimizer'] },
    'opacus.utils.uniform_sampler.UniformWithReplacementSampler': {},
    'opacus.Accountant': {},
    'opacus.accountants.RDPAccountant': { bases: ['opacus.Accountant'] },
    'opacus.accountants.PRVAccountant': { bases: ['opacus.Accountant'] },
    'opacus.accountants.GaussianAccountant': { bases: ['opacus.Accountant'] },
    'opacus.validators.ModuleValidator': {},
    'opacus.GradSampleModule': { bases: ['torch.nn.Module'], roles: ['module'] },
  },
  calls: {
    'opacus.PrivacyEngine': {
      parameters: ['module', 'batch_size', 'sample_size', 'alphas', 'noise_multiplier', 'max_grad_norm'],
      flow: 'none',
      links: [
        { of: 'result', name: 'accountant', value: 'accountant' },
        { of: 'result', name: 'secure_mode', value: 'secure_mode' },
      ],
      variants: [
        {
          when: { argument: 'module', given: true },
          events: [
            {
              kind: 'privatise',
              library: 'opacus',
              mechanism: 'dp-sgd',
              parameters: {
                noiseMultiplier: 'noise_multiplier',
                maxGradNorm: 'max_grad_norm',
                batchSize: 'batch_size',
                examples: 'sample_size',
                sampleRate: 'sample_rate',
                poissonSampling: 'poisson',
                delta: 'target_delta',
                targetEpsilon: 'target_epsilon',
                epochs: 'epochs',
              },
              model: 'module',
              inPlace: true,
            },
          ],
        },
      ],
    },
    'opacus.PrivacyEngineAdaptiveClipping': {
      flow: 'none',
      links: [
        { of: 'result', name: 'accountant', value: 'accountant' },
        { of: 'result', name: 'secure_mode', value: 'secure_mode' },
      ],
      events: [{ kind: 'mark', mark: 'adaptive-clipping', values: ['result'] }],
    },
    'opacus.optimizers.DPOptimizer': {
      parameters: ['optimizer'],
      flow: 'none',
      links: [{ of: 'result', name: 'model', value: 'optimizer.model' }],
      events: [
        {
          kind: 'privatise',
          library: 'opacus',
          mechanism: 'dp-sgd',
          parameters: {
            noiseMultiplier: 'noise_multiplier',
            maxGradNorm: 'max_grad_norm',
            batchSize: 'expected_batch_size',
            noiseGenerator: 'generator',
            lossReduction: 'loss_reduction',
          },
          optimizer: 'optimizer',
          gives: ['optimizer'],
        },
      ],
    },
    'opacus.DistributedDataParallel': {
      parameters: ['module'],
      returns: 'module',
      events: [{ kind: 'mark', mark: 'distributed', values: ['module'] }],
    },
    'opacus.DPDataLoader.from_data_loader': { parameters: ['data_loader'], flow: 'same', from: ['data_loader'] },
    'opacus.utils.uniform_sampler.UniformWithReplacementSampler': {
      flow: 'none',
      links: [
        { of: 'result', name: 'num_samples', value: 'num_samples' },
        { of: 'result', name: 'sample_rate', value: 'sample_rate' },
      ],
    },
    ...named(
      ['opacus.schedulers', 'opacus.scheduler', 'opacus.schedulers.noise_scheduler'],
      ['ExponentialNoise', 'LambdaNoise', 'StepNoise'],
      scheduled,
    ),
    ...named(
      ['opacus.privacy_analysis', 'opacus.accountants.analysis.rdp', 'opacus.privacy_analysis.rdp'],
      ['compute_rdp'],
      rdpByHand,
    ),
    ...named(
      ['opacus.privacy_analysis', 'opacus.accountants.analysis.rdp', 'opacus.privacy_analysis.rdp'],
      ['get_privacy_spent'],
      { ...spent, parameters: ['orders', 'rdp', 'delta'] },
    ),
    'opacus.Accountant.step': stepped,
    'opacus.accountants.utils.get_noise_multiplier': {
      flow: 'none',
      events: [
        {
          kind: 'budget',
          library: 'opacus',
          parameters: {
            targetEpsilon: 'target_epsilon',
            delta: 'target_delta',
            sampleRate: 'sample_rate',
            epochs: 'epochs',
            steps: 'steps',
            accountant: 'accountant',
          },
        },
      ],
    },
    // The engine of 0.x is reached through the optimizer that it was attached to.
    'opacus.PrivacyEngine.attach': {
      parameters: ['optimizer'],
      flow: 'none',
      links: [{ of: 'optimizer', name: 'privacy_engine', value: 'receiver' }],
    },
    'opacus.PrivacyEngine.make_private': privateCall(false),
    'opacus.PrivacyEngine.make_private_with_epsilon': privateCall(true),
    'opacus.PrivacyEngine.get_epsilon': spent,
    'opacus.PrivacyEngine.get_privacy_spent': { ...spent, parameters: ['target_delta'] },
    'opacus.Accountant.get_epsilon': spent,
    'opacus.Accountant.get_privacy_spent': spent,
    'opacus.validators.ModuleValidator.fix': {
      parameters: ['module'],
      returns: 'module',
      events: [{ kind: 'mark', mark: 'layers-fixed', values: ['module'] }],
    },
    'opacus.validators.ModuleValidator.validate': { parameters: ['module'], flow: 'none' },
    'opacus.utils.module_modification.convert_batchnorm_modules': {
      parameters: ['model'],
      returns: 'model',
      events: [{ kind: 'mark', mark: 'layers-fixed', values: ['model'] }],
    },
    'opacus.BatchMemoryManager': { flow: 'same', from: ['data_loader'] },
    'opacus.BatchMemoryManager.__enter__': { returns: 'receiver' },
  },
};
