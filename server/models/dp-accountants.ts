import type { CallModel, LibraryModel, PrivacyField } from './schema';

type Parameters = Readonly<Partial<Record<PrivacyField, string>>>;

/** An accountant's question: what it is told, under the names of its arguments. */
const asks = (library: string, positional: readonly string[], parameters: Parameters): CallModel => ({
  parameters: positional,
  flow: 'none',
  events: [{ kind: 'budget', library, parameters }],
});

const composed: CallModel = {
  ...asks('dp_accounting', ['event', 'count'], {
    noiseMultiplier: 'event.noise_multiplier|event.event.noise_multiplier|event.event.event.noise_multiplier',
    sampleRate: 'event.sampling_probability|event.event.sampling_probability',
    examples: 'event.source_dataset_size|event.event.source_dataset_size',
    batchSize: 'event.sample_size|event.event.sample_size',
    steps: 'count|event.count|event.step_counts',
  }),
  returns: 'receiver',
};
const asked = asks('dp_accounting', ['target_delta'], { delta: 'target_delta' });
/** An event of dp_accounting remembers what it is made of; a calibration reads it from where the event is made. */
const part = (...parameters: readonly string[]): CallModel => ({
  parameters,
  flow: 'none',
  links: parameters.map(name => ({ of: 'result', name, value: name })),
  events: [{ kind: 'mark', mark: 'privacy-event' }],
});
const parts: Readonly<Record<string, CallModel>> = {
  GaussianDpEvent: part('noise_multiplier'),
  LaplaceDpEvent: part('noise_multiplier'),
  PoissonSampledDpEvent: part('sampling_probability', 'event'),
  SelfComposedDpEvent: part('event', 'count'),
  SampledWithoutReplacementDpEvent: part('source_dataset_size', 'sample_size', 'event'),
  SingleEpochTreeAggregationDpEvent: part('noise_multiplier', 'step_counts'),
  ZCDpEvent: part('rho', 'xi'),
  TruncatedSubsampledGaussianDpEvent: part(
    'source_dataset_size',
    'sampling_probability',
    'truncated_batch_size',
    'noise_multiplier',
  ),
};
const once = { sampleRate: 1, steps: 1 } as const;
const gaussian = (parameters: readonly string[], fields: Parameters): CallModel => ({
  parameters,
  flow: 'none',
  events: [{ kind: 'budget', library: 'dp_accounting', parameters: fields, defaults: once }],
});
const distribution = 'dp_accounting.pld.PrivacyLossDistribution';
const losses = 'dp_accounting.pld.privacy_loss_distribution';

/** Google's dp_accounting, used by hand. */
export const dpAccounting: LibraryModel = {
  library: 'dp_accounting',
  modules: ['dp_accounting'],
  aliases: {
    ...Object.fromEntries(Object.keys(parts).map(name => [`dp_accounting.dp_event.${name}`, `dp_accounting.${name}`])),
    'dp_accounting.rdp.rdp_privacy_accountant.RdpAccountant': 'dp_accounting.rdp.RdpAccountant',
    'dp_accounting.rdp_privacy_accountant.RdpAccountant': 'dp_accounting.rdp.RdpAccountant',
    'dp_accounting.pld.pld_privacy_accountant.PLDAccountant': 'dp_accounting.pld.PLDAccountant',
    'dp_accounting.mechanism_calibration.calibrate_dp_mechanism': 'dp_accounting.calibrate_dp_mechanism',
    'dp_accounting.gaussian_mechanism.get_sigma_gaussian': 'dp_accounting.get_sigma_gaussian',
    'dp_accounting.gaussian_mechanism.get_epsilon_gaussian': 'dp_accounting.get_epsilon_gaussian',
  },
  classes: {
    'dp_accounting.rdp.RdpAccountant': {},
    'dp_accounting.pld.PLDAccountant': {},
    [distribution]: {},
    ...Object.fromEntries(Object.keys(parts).map(name => [`dp_accounting.${name}`, {}])),
  },
  calls: {
    ...Object.fromEntries(Object.entries(parts).map(([name, call]) => [`dp_accounting.${name}`, call])),
    ...Object.fromEntries(
      ['rdp.RdpAccountant', 'pld.PLDAccountant'].flatMap(name => [
        [`dp_accounting.${name}.compose`, composed],
        [`dp_accounting.${name}.get_epsilon`, asked],
      ]),
    ),
    'dp_accounting.calibrate_dp_mechanism': asks(
      'dp_accounting',
      ['make_fresh_accountant', 'make_event_from_param', 'target_epsilon', 'target_delta'],
      { targetEpsilon: 'target_epsilon', delta: 'target_delta' },
    ),
    'dp_accounting.get_sigma_gaussian': gaussian(['epsilon', 'delta'], { targetEpsilon: 'epsilon', delta: 'delta' }),
    'dp_accounting.get_epsilon_gaussian': gaussian(['sigma', 'delta'], { noiseMultiplier: 'sigma', delta: 'delta' }),
    [`${losses}.from_gaussian_mechanism`]: {
      parameters: ['standard_deviation', 'sensitivity'],
      result: distribution,
      flow: 'none',
      links: [
        { of: 'result', name: 'noise', value: 'standard_deviation' },
        { of: 'result', name: 'rate', value: 'sampling_prob' },
      ],
    },
    [`${distribution}.self_compose`]: {
      parameters: ['num_times'],
      returns: 'receiver',
      links: [{ of: 'receiver', name: 'times', value: 'num_times' }],
    },
    [`${distribution}.get_epsilon_for_delta`]: asks('dp_accounting', ['delta'], {
      noiseMultiplier: 'receiver.noise',
      sampleRate: 'receiver.rate',
      steps: 'receiver.times',
      delta: 'delta',
    }),
  },
};

/** Microsoft's prv_accountant: the mechanism says noise and rate, the question steps and δ. */
export const prvAccountant: LibraryModel = {
  library: 'prv_accountant',
  modules: ['prv_accountant'],
  aliases: {
    'prv_accountant.privacy_random_variables.PoissonSubsampledGaussianMechanism':
      'prv_accountant.PoissonSubsampledGaussianMechanism',
    'prv_accountant.dpsgd.DPSGDAccountant': 'prv_accountant.DPSGDAccountant',
    'prv_accountant.dpsgd.find_noise_multiplier': 'prv_accountant.find_noise_multiplier',
  },
  classes: {
    'prv_accountant.PRVAccountant': {},
    'prv_accountant.DPSGDAccountant': {},
    'prv_accountant.Accountant': {},
    'prv_accountant.PoissonSubsampledGaussianMechanism': {},
  },
  calls: {
    'prv_accountant.PoissonSubsampledGaussianMechanism': asks(
      'prv_accountant',
      ['sampling_probability', 'noise_multiplier'],
      { noiseMultiplier: 'noise_multiplier', sampleRate: 'sampling_probability' },
    ),
    'prv_accountant.DPSGDAccountant': asks(
      'prv_accountant',
      ['noise_multiplier', 'sampling_probability', 'max_steps'],
      { noiseMultiplier: 'noise_multiplier', sampleRate: 'sampling_probability' },
    ),
    'prv_accountant.Accountant': asks('prv_accountant', ['noise_multiplier', 'sampling_probability', 'delta'], {
      noiseMultiplier: 'noise_multiplier',
      sampleRate: 'sampling_probability',
      delta: 'delta',
    }),
    'prv_accountant.PRVAccountant.compute_epsilon': asks('prv_accountant', ['delta', 'num_self_compositions'], {
      delta: 'delta',
      steps: 'num_self_compositions',
    }),
    'prv_accountant.DPSGDAccountant.compute_epsilon': asks('prv_accountant', ['delta', 'num_steps'], {
      delta: 'delta',
      steps: 'num_steps',
    }),
    'prv_accountant.Accountant.compute_epsilon': asks('prv_accountant', ['num_compositions'], {
      steps: 'num_compositions',
    }),
    'prv_accountant.find_noise_multiplier': asks(
      'prv_accountant',
      ['sampling_probability', 'num_steps', 'target_epsilon', 'target_delta'],
      {
        sampleRate: 'sampling_probability',
        steps: 'num_steps',
        targetEpsilon: 'target_epsilon',
        delta: 'target_delta',
      },
    ),
  },
};

/** autodp: the mechanism for DP-SGD, and its older Rényi accountant, whose noise stands in a function. */
export const autodp: LibraryModel = {
  library: 'autodp',
  modules: ['autodp'],
  classes: { 'autodp.mechanism_zoo.NoisySGD_Mechanism': {}, 'autodp.rdp_acct.anaRDPacct': {} },
  calls: {
    'autodp.mechanism_zoo.NoisySGD_Mechanism': asks('autodp', ['prob', 'sigma', 'niter'], {
      noiseMultiplier: 'sigma',
      sampleRate: 'prob',
      steps: 'niter',
    }),
    'autodp.mechanism_zoo.NoisySGD_Mechanism.get_approxDP': asks('autodp', ['delta'], { delta: 'delta' }),
    ...Object.fromEntries(
      ['compose_poisson_subsampled_mechanisms', 'compose_subsampled_mechanism'].map(name => [
        `autodp.rdp_acct.anaRDPacct.${name}`,
        asks('autodp', ['func', 'prob', 'coeff'], { noiseMultiplier: 'func', sampleRate: 'prob', steps: 'coeff' }),
      ]),
    ),
    'autodp.rdp_acct.anaRDPacct.get_eps': asks('autodp', ['delta'], { delta: 'delta' }),
  },
};

const optimizer: CallModel = {
  parameters: ['l2_norm_clip', 'noise_multiplier', 'minibatch_size', 'microbatch_size'],
  flow: 'none',
  events: [
    {
      kind: 'privatise',
      library: 'pyvacy',
      mechanism: 'dp-sgd',
      parameters: { noiseMultiplier: 'noise_multiplier', maxGradNorm: 'l2_norm_clip', batchSize: 'minibatch_size' },
      optimizer: 'result',
      gives: ['optimizer'],
    },
  ],
};
const kinds = ['SGD', 'Adam', 'Adagrad', 'RMSprop'].map(name => `pyvacy.optim.DP${name}`);

/** pyvacy: DP optimizers for PyTorch and the moments accountant of TensorFlow's tutorials. */
export const pyvacy: LibraryModel = {
  library: 'pyvacy',
  modules: ['pyvacy'],
  aliases: Object.fromEntries(kinds.flatMap(name => [[name.replace('optim.', 'optim.dp_optimizer.'), name]])),
  classes: Object.fromEntries(
    kinds.map(name => [name, { bases: ['torch.optim.Optimizer'], roles: ['optimizer'] as const }]),
  ),
  calls: {
    ...Object.fromEntries(kinds.map(name => [name, optimizer])),
    'pyvacy.analysis.moments_accountant': asks('pyvacy', ['N', 'batch_size', 'noise_multiplier', 'epochs', 'delta'], {
      examples: 'N',
      batchSize: 'batch_size',
      noiseMultiplier: 'noise_multiplier',
      epochs: 'epochs',
      delta: 'delta',
    }),
    'pyvacy.analysis.epsilon': asks('pyvacy', ['N', 'batch_size', 'noise_multiplier', 'iterations', 'delta'], {
      examples: 'N',
      batchSize: 'batch_size',
      noiseMultiplier: 'noise_multiplier',
      steps: 'iterations',
      delta: 'delta',
    }),
  },
};
