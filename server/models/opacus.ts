import type { CallModel, LibraryModel } from './schema';

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
const spent: CallModel = {
  parameters: ['delta'],
  flow: 'none',
  events: [{ kind: 'budget', library: 'opacus', parameters: { delta: 'delta' } }],
};
const privateCall = (calibrated: boolean): CallModel => ({
  parameters: ['module', 'optimizer', 'data_loader', 'noise_multiplier', 'max_grad_norm'],
  flow: 'none',
  events: [
    {
      kind: 'privatise',
      library: 'opacus',
      mechanism: 'dp-sgd',
      parameters: calibrated
        ? { ...shared, targetEpsilon: 'target_epsilon', delta: 'target_delta', epochs: 'epochs' }
        : { ...shared, noiseMultiplier: 'noise_multiplier' },
      defaults,
      ...objects,
    },
  ],
});

/** Opacus from 1.0 on, and the engine of 0.x that was attached to an optimizer. */
export const opacus: LibraryModel = {
  library: 'Opacus',
  modules: ['opacus'],
  aliases: {
    'opacus.privacy_engine.PrivacyEngine': 'opacus.PrivacyEngine',
    'opacus.utils.batch_memory_manager.BatchMemoryManager': 'opacus.BatchMemoryManager',
    'opacus.validators.module_validator.ModuleValidator': 'opacus.validators.ModuleValidator',
  },
  classes: {
    'opacus.PrivacyEngine': {
      roles: ['engine'],
      attributes: { accountant: { type: 'opacus.Accountant', same: true } },
    },
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
