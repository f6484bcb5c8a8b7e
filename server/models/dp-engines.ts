import { remembered } from './remembered';
import type { CallModel, ClassModel, LibraryModel, PrivacyField } from './schema';

const solves = (library: string): CallModel => ({
  flow: 'none',
  events: [
    {
      kind: 'budget',
      library,
      parameters: {
        targetEpsilon: 'target_epsilon',
        delta: 'target_delta',
        sampleRate: 'sample_rate',
        epochs: 'epochs',
        steps: 'steps',
      },
    },
  ],
});
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
    ...Object.fromEntries(
      [
        'get_noise_multiplier',
        'accounting.accounting_manager.get_noise_multiplier',
        'accounting.rdp_accounting.get_noise_multiplier',
        'privacy_utils.accounting.rdp_accounting.get_sigma',
      ].map((name): [string, CallModel] => [`${library}.${name}`, solves(library)]),
    ),
  },
});
export const fastDp: LibraryModel = {
  library: 'fastDP',
  modules: ['fastDP'],
  aliases: {
    'fastDP.privacy_engine.PrivacyEngine': 'fastDP.PrivacyEngine',
    // Engines for models that are spread over devices: the same arguments.
    ...Object.fromEntries(
      ['extending', 'Stage_2_and_3'].map(name => [`fastDP.PrivacyEngine_Distributed_${name}`, 'fastDP.PrivacyEngine']),
    ),
  },
  ...attachable('fastDP'),
};
export const privateTransformers: LibraryModel = {
  library: 'private-transformers',
  modules: ['private_transformers'],
  ...attachable('private_transformers'),
};

export const dpTransformers: LibraryModel = {
  library: 'dp-transformers',
  modules: ['dp_transformers'],
  aliases: {
    'dp_transformers.dp_utils.OpacusDPTrainer': 'dp_transformers.OpacusDPTrainer',
    'dp_transformers.arguments.PrivacyArguments': 'dp_transformers.PrivacyArguments',
    'dp_transformers.arguments.TrainingArguments': 'dp_transformers.TrainingArguments',
  },
  classes: {
    'dp_transformers.OpacusDPTrainer': { bases: ['transformers.Trainer'], roles: ['trainer'] },
    'dp_transformers.TrainingArguments': { bases: ['transformers.TrainingArguments'] },
    'dp_transformers.PrivacyArguments': {
      fields: {
        noise_multiplier: null,
        target_epsilon: null,
        target_delta: null,
        per_sample_max_grad_norm: null,
        disable_dp: false,
      },
    },
  },
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
          parameters: {
            noiseMultiplier: 'privacy_args.noise_multiplier',
            maxGradNorm: 'privacy_args.per_sample_max_grad_norm',
            targetEpsilon: 'privacy_args.target_epsilon',
            delta: 'privacy_args.target_delta',
            batchSize: 'args.per_device_train_batch_size',
            accumulation: 'args.gradient_accumulation_steps',
            epochs: 'args.num_train_epochs',
          },
          loader: 'train_dataset',
          model: 'model',
          inPlace: true,
        },
      ],
    },
  },
};

/** Each estimator and statistic spends its ε, 1.0 where nothing is said (diffprivlib's defaults). */
const private_ = (library: string, parameters: Partial<Record<PrivacyField, string>>): CallModel => ({
  flow: 'none',
  events: [
    {
      kind: 'privatise',
      library,
      mechanism: 'estimator',
      parameters,
      defaults: { targetEpsilon: 1 },
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
  aliases: { 'diffprivlib.accountant.BudgetAccountant': 'diffprivlib.BudgetAccountant' },
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
    'diffprivlib.tools.*': {
      flow: 'aggregate',
      events: [
        {
          kind: 'privatise',
          library: 'diffprivlib',
          mechanism: 'output-noise',
          parameters: { targetEpsilon: 'epsilon', bounds: 'bounds', noiseGenerator: 'random_state' },
          defaults: { targetEpsilon: 1 },
        },
      ],
    },
    'diffprivlib.BudgetAccountant': {
      parameters: ['epsilon', 'delta', 'slack'],
      flow: 'none',
      events: [
        { kind: 'budget', library: 'diffprivlib', parameters: { targetEpsilon: 'epsilon', delta: 'delta' } },
        { kind: 'mark', mark: 'budget-composed' },
      ],
    },
    'diffprivlib.BudgetAccountant.total': {
      flow: 'none',
      events: [{ kind: 'budget', library: 'diffprivlib', parameters: {} }],
    },
  },
};

const queried: CallModel = {
  flow: 'none',
  events: [
    {
      kind: 'privatise',
      library: 'SmartNoise',
      mechanism: 'output-noise',
      parameters: { targetEpsilon: 'privacy.epsilon', delta: 'privacy.delta' },
    },
  ],
};
/** OpenDP's measurements are made of a domain, a metric and a scale; what they cost hangs on the input's distance. */
const measured: CallModel = {
  flow: 'none',
  events: [{ kind: 'privatise', library: 'OpenDP', mechanism: 'output-noise', parameters: {} }],
};
const measurements =
  'laplace gaussian geometric noise canonical_noise laplace_threshold gaussian_threshold noise_threshold randomized_response randomized_response_bool noisy_max noisy_top_k report_noisy_max_gumbel private_quantile private_lazyframe private_expr';

const smartNoiseNames = [
  'DPCTGAN',
  'PATECTGAN',
  'DPGAN',
  'PATEGAN',
  'MST',
  'AIM',
  'MWEM',
  'QUAILSynthesizer',
  'AggregateSeededSynthesizer',
  'PytorchDPSynthesizer',
];
/** Those whose class has a longer name than `Synthesizer.create` knows them by. */
const synthesizerNames = ['MST', 'AIM', 'MWEM'];
/** Before snsynth the synthesizers stood in SmartNoise itself. */
const synthesizerHomes = ['snsynth', 'opendp.smartnoise.synthesizers', 'opendp.smartnoise_t.synthesizers'];
const statistics = 'mean count sum variance median quantile minimum maximum histogram covariance'.split(' ');

/** SmartNoise and OpenDP: private queries and synthesizers. */
export const smartNoise: LibraryModel = {
  library: 'SmartNoise',
  modules: ['snsynth', 'snsql', 'opendp'],
  classes: {
    'snsynth.Synthesizer': { roles: ['synthesizer'] },
    ...Object.fromEntries(
      smartNoiseNames.map(name => [`snsynth.${name}`, { bases: ['snsynth.Synthesizer'], roles: ['synthesizer'] }]),
    ),
  },
  aliases: Object.fromEntries(
    synthesizerHomes.flatMap(home =>
      smartNoiseNames.flatMap(name =>
        [name, ...(synthesizerNames.includes(name) ? [`${name}Synthesizer`] : [])].flatMap(written => [
          [`${home}.pytorch.nn.${written}`, `snsynth.${name}`],
          [`${home}.pytorch.nn.${name.toLowerCase()}.${written}`, `snsynth.${name}`],
          [`${home}.pytorch.${written}`, `snsynth.${name}`],
          [`${home}.pytorch.pytorch_synthesizer.${written}`, `snsynth.${name}`],
          [`${home}.${name.toLowerCase()}.${written}`, `snsynth.${name}`],
          ...(home === 'snsynth' && written === name ? [] : [[`${home}.${written}`, `snsynth.${name}`]]),
        ]),
      ),
    ),
  ),
  calls: {
    ...Object.fromEntries(
      smartNoiseNames.map((name): [string, CallModel] => [
        `snsynth.${name}`,
        {
          parameters: [['DPCTGAN', 'PATECTGAN'].includes(name) ? 'embedding_dim' : 'epsilon'],
          flow: 'none',
          events: [
            {
              kind: 'privatise',
              library: 'SmartNoise',
              mechanism: 'synthesizer',
              parameters: { targetEpsilon: 'epsilon', delta: 'delta' },
              defaults: { targetEpsilon: 1 },
              model: 'result',
              gives: ['model'],
            },
          ],
        },
      ]),
    ),
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
    ...Object.fromEntries(
      statistics.map((name): [string, CallModel] => [
        `opendp.smartnoise.core.dp_${name}`,
        {
          flow: 'aggregate',
          events: [
            {
              kind: 'privatise',
              library: 'SmartNoise',
              mechanism: 'output-noise',
              parameters: { targetEpsilon: 'privacy_usage.epsilon', delta: 'privacy_usage.delta' },
            },
          ],
        },
      ]),
    ),
    'snsynth.Synthesizer.fit': { parameters: ['data'], flow: 'none' },
    'snsynth.Synthesizer.fit_sample': { parameters: ['data'], flow: 'none' },
    'snsynth.Synthesizer.sample': { flow: 'none' },
    'snsynth.Synthesizer.sample_conditional': { flow: 'none' },
    'opendp.prelude.Context.compositor': {
      flow: 'none',
      events: [
        {
          kind: 'privatise',
          library: 'OpenDP',
          mechanism: 'output-noise',
          parameters: { targetEpsilon: 'privacy_loss.epsilon', delta: 'privacy_loss.delta' },
        },
        { kind: 'mark', mark: 'budget-composed' },
      ],
    },
    ...Object.fromEntries(
      measurements
        .split(' ')
        .flatMap(name =>
          ['make', 'then'].flatMap(verb =>
            ['opendp.prelude.m', 'opendp.measurements'].map(place => [`${place}.${verb}_${name}`, measured] as const),
          ),
        ),
    ),
    'opendp.prelude.loss_of': remembered('epsilon', 'delta', 'rho'),
    'snsql.Privacy': remembered('epsilon', 'delta'),
    'snsql.from_connection': queried,
    'snsql.from_df': queried,
  },
};
