import type { CallModel, ClassModel, LibraryModel } from './schema';

const synthesizer: ClassModel = { roles: ['synthesizer'] };
const trains: CallModel = {
  parameters: ['data'],
  flow: 'none',
  mutates: [{ into: 'receiver', from: ['data'] }],
  events: [
    { kind: 'synthesise', step: 'fit', input: 'data' },
    { kind: 'train', style: 'fit', model: 'receiver', data: 'data', epochs: 'receiver.epochs' },
    { kind: 'mark', mark: 'model:generative', values: ['receiver'] },
  ],
};
const sample: CallModel = {
  parameters: ['num_rows'],
  result: 'synthetic.Frame',
  flow: 'aggregate',
  from: ['receiver'],
  events: [{ kind: 'synthesise', step: 'sample', input: 'receiver' }],
};
const saves: CallModel = {
  parameters: ['filepath'],
  flow: 'none',
  events: [{ kind: 'save', format: 'pickle', value: 'receiver', target: 'filepath|path' }],
};
/** The example tables that the libraries bring along: public, whatever the rest of the project is about. */
const demo: CallModel = {
  flow: 'none',
  adds: ['records'],
  events: [{ kind: 'load', format: 'toy', people: 'public', name: 'a demo table of SDV' }],
};
const demos = [
  'sdv.datasets.demo.download_demo',
  'sdv.demo.load_demo',
  'sdv.demo.load_tabular_demo',
  'sdv.demo.load_timeseries_demo',
  'ctgan.load_demo',
  'ctgan.demo.load_demo',
];
const quality: CallModel = { flow: 'aggregate', events: [{ kind: 'synthesise', step: 'evaluate-quality' }] };
const privacy: CallModel = { flow: 'aggregate', events: [{ kind: 'synthesise', step: 'evaluate-privacy' }] };
/** DataSynthesizer reads ε = 0 as "no noise". */
const describes = (parameters: readonly string[]): CallModel => ({
  parameters,
  flow: 'none',
  events: [
    {
      kind: 'privatise',
      library: 'DataSynthesizer',
      mechanism: 'synthesizer',
      parameters: { targetEpsilon: 'epsilon' },
    },
    { kind: 'synthesise', step: 'fit', input: 'dataset_file' },
  ],
});
const describer = 'DataSynthesizer.DataDescriber.DataDescriber';
const generator = 'DataSynthesizer.DataGenerator.DataGenerator';
const sdvNames = 'GaussianCopula CTGAN CopulaGAN TVAE PAR HMA DayZ'.split(' ').map(name => `${name}Synthesizer`);
const sdvOld = [
  'sdv.tabular.CTGAN',
  'sdv.tabular.GaussianCopula',
  'sdv.tabular.TVAE',
  'sdv.tabular.CopulaGAN',
  'sdv.lite.TabularPreset',
  'sdv.lite.SingleTablePreset',
];
const all = [
  ...sdvNames.flatMap(name => [`sdv.single_table.${name}`, `sdv.sequential.${name}`, `sdv.multi_table.${name}`]),
  ...sdvOld,
  'ctgan.CTGAN',
  'ctgan.TVAE',
  'synthcity.plugins.Plugin',
  'be_great.GReaT',
  'ydata_synthetic.RegularSynthesizer',
  'realtabformer.RealTabFormer',
  'copulas.multivariate.GaussianMultivariate',
];

/** SDV, CTGAN, synthcity, GReaT. Their quality reports say nothing of disclosure; sdmetrics' and anonymeter's privacy metrics do. */
export const synthetic: LibraryModel = {
  library: 'SDV',
  modules: [
    'synthetic',
    'sdv',
    'ctgan',
    'synthcity',
    'be_great',
    'sdmetrics',
    'anonymeter',
    'DataSynthesizer',
    'DataDescriber',
    'DataGenerator',
    'ydata_synthetic',
    'realtabformer',
    'table_evaluator',
    'copulas',
    'gretel_client',
    'synthpop',
  ],
  aliases: {
    'ctgan.CTGANSynthesizer': 'ctgan.CTGAN',
    'ctgan.synthesizers.CTGAN': 'ctgan.CTGAN',
    'ctgan.synthesizers.ctgan.CTGAN': 'ctgan.CTGAN',
    'ctgan.TVAESynthesizer': 'ctgan.TVAE',
    'be_great.great.GReaT': 'be_great.GReaT',
    'sdv.tabular.ctgan.CTGAN': 'sdv.tabular.CTGAN',
    // Its folder is mostly put on the path as it is.
    'DataDescriber.DataDescriber': describer,
    'DataGenerator.DataGenerator': generator,
    'ydata_synthetic.synthesizers.regular.RegularSynthesizer': 'ydata_synthetic.RegularSynthesizer',
    'realtabformer.REaLTabFormer': 'realtabformer.RealTabFormer',
  },
  classes: {
    ...Object.fromEntries(all.map(name => [name, synthesizer])),
    'synthcity.plugins.Plugins': {},
    // What a synthesizer draws: a table that is no table of people, as far as its makers say.
    'synthetic.Frame': { bases: ['pandas.DataFrame'], roles: ['frame'] },
    [describer]: synthesizer,
    [generator]: synthesizer,
  },
  calls: {
    ...Object.fromEntries(
      all.flatMap(name => [
        [`${name}.fit`, trains],
        [`${name}.sample`, sample],
        [`${name}.fit_processed_data`, trains],
        [`${name}.sample_from_conditions`, { ...sample, parameters: ['conditions'] }],
        [`${name}.sample_remaining_columns`, { ...sample, parameters: ['known_columns'] }],
        [`${name}.save`, saves],
        [`${name}.generate`, sample],
        // Fitted by another script: what it draws now is of the people that it was fitted on.
        [`${name}.load`, { parameters: ['filepath'], result: name, flow: 'none' }],
        [`${name}.load_from_dir`, { parameters: ['path'], result: name, flow: 'none' }],
      ]),
    ),
    ...Object.fromEntries(demos.map(name => [name, demo])),
    'synthcity.plugins.Plugins.get': { parameters: ['name'], result: 'synthcity.plugins.Plugin', flow: 'none' },
    'sdv.evaluation.single_table.evaluate_quality': quality,
    'sdv.evaluation.single_table.run_diagnostic': quality,
    'sdv.evaluation.multi_table.evaluate_quality': quality,
    'sdv.evaluation.multi_table.run_diagnostic': quality,
    'sdv.evaluation.evaluate_quality': quality,
    'sdv.evaluation.run_diagnostic': quality,
    'sdmetrics.reports.single_table.DiagnosticReport.generate': quality,
    ...Object.fromEntries(
      'NewRowSynthesis CategoricalCAP CategoricalZeroCAP CategoricalGeneralizedCAP NumericalMLP NumericalLR NumericalSVR CategoricalKNN CategoricalNB CategoricalRF CategoricalEnsemble DCRBaselineProtection DCROverfittingProtection DisclosureProtection DisclosureProtectionEstimate'
        .split(' ')
        .flatMap(name => [
          [`sdmetrics.single_table.${name}.compute`, privacy],
          [`sdmetrics.single_table.${name}.compute_breakdown`, privacy],
        ]),
    ),
    'sdmetrics.reports.single_table.QualityReport.generate': quality,
    'anonymeter.evaluators.*': privacy,
    ...Object.fromEntries(
      ['SinglingOutEvaluator', 'LinkabilityEvaluator', 'InferenceEvaluator'].map(name => [
        `anonymeter.evaluators.${name}`,
        privacy,
      ]),
    ),
    'synthcity.metrics.Metrics.evaluate': privacy,
    'synthcity.metrics.eval.Metrics.evaluate': privacy,
    'synthcity.benchmark.Benchmarks.evaluate': privacy,
    'synthcity.utils.serialization.save_to_file': {
      parameters: ['path', 'model'],
      flow: 'none',
      events: [{ kind: 'save', format: 'pickle', value: 'model', target: 'path' }],
    },
    'synthcity.utils.serialization.load_from_file': {
      parameters: ['path'],
      result: 'synthcity.plugins.Plugin',
      flow: 'none',
    },
    'table_evaluator.TableEvaluator': quality,
    'sdv.evaluation.evaluate': quality,
    'synthcity.metrics.eval_privacy.*': privacy,
    [`${describer}.describe_dataset_in_correlated_attribute_mode`]: describes(['dataset_file', 'k', 'epsilon']),
    [`${describer}.describe_dataset_in_independent_attribute_mode`]: describes(['dataset_file', 'epsilon']),
    [`${describer}.describe_dataset_in_random_mode`]: { parameters: ['dataset_file'], flow: 'none' },
    ...Object.fromEntries(
      ['correlated_attribute_mode', 'independent_attribute_mode', 'independent_mode', 'random_mode'].map(mode => [
        `${generator}.generate_dataset_in_${mode}`,
        sample,
      ]),
    ),
    [`${generator}.save_synthetic_data`]: {
      parameters: ['to_file'],
      flow: 'none',
      events: [
        { kind: 'synthesise', step: 'sample', input: 'receiver' },
        { kind: 'export', sink: 'file', values: ['receiver'], target: 'to_file' },
      ],
    },
  },
};
