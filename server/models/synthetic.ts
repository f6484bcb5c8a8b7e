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
const quality: CallModel = { flow: 'aggregate', events: [{ kind: 'synthesise', step: 'evaluate-quality' }] };
const privacy: CallModel = { flow: 'aggregate', events: [{ kind: 'synthesise', step: 'evaluate-privacy' }] };
const sdvNames = 'GaussianCopula CTGAN CopulaGAN TVAE PAR HMA DayZ'.split(' ').map(name => `${name}Synthesizer`);
const sdvOld = ['sdv.tabular.CTGAN', 'sdv.tabular.GaussianCopula', 'sdv.tabular.TVAE', 'sdv.tabular.CopulaGAN'];
const all = [
  ...sdvNames.flatMap(name => [`sdv.single_table.${name}`, `sdv.sequential.${name}`, `sdv.multi_table.${name}`]),
  ...sdvOld,
  'ctgan.CTGAN',
  'ctgan.TVAE',
  'synthcity.plugins.Plugin',
  'be_great.GReaT',
];

/** SDV, CTGAN, synthcity, GReaT. Their quality reports say nothing of disclosure; sdmetrics' and anonymeter's privacy metrics do. */
export const synthetic: LibraryModel = {
  library: 'SDV',
  modules: ['synthetic', 'sdv', 'ctgan', 'synthcity', 'be_great', 'sdmetrics', 'anonymeter', 'DataSynthesizer'],
  aliases: { 'ctgan.CTGANSynthesizer': 'ctgan.CTGAN', 'be_great.great.GReaT': 'be_great.GReaT' },
  classes: {
    ...Object.fromEntries(all.map(name => [name, synthesizer])),
    'synthcity.plugins.Plugins': {},
    // What a synthesizer draws: a table that is no table of people, as far as its makers say.
    'synthetic.Frame': { bases: ['pandas.DataFrame'], roles: ['frame'] },
    'DataSynthesizer.DataDescriber.DataDescriber': synthesizer,
    'DataSynthesizer.DataGenerator.DataGenerator': synthesizer,
  },
  calls: {
    ...Object.fromEntries(
      all.flatMap(name => [
        [`${name}.fit`, trains],
        [`${name}.sample`, sample],
        [`${name}.generate`, sample],
      ]),
    ),
    'synthcity.plugins.Plugins.get': { parameters: ['name'], result: 'synthcity.plugins.Plugin', flow: 'none' },
    'sdv.evaluation.single_table.evaluate_quality': quality,
    'sdv.evaluation.single_table.run_diagnostic': quality,
    'sdmetrics.single_table.*': privacy,
    'anonymeter.evaluators.*': privacy,
    'synthcity.metrics.eval_privacy.*': privacy,
    'DataSynthesizer.DataDescriber.DataDescriber.describe_dataset_in_correlated_attribute_mode': {
      parameters: ['dataset_file', 'k', 'epsilon'],
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
    },
    'DataSynthesizer.DataDescriber.DataDescriber.describe_dataset_in_independent_attribute_mode': {
      parameters: ['dataset_file', 'epsilon'],
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
    },
    'DataSynthesizer.DataDescriber.DataDescriber.describe_dataset_in_random_mode': {
      parameters: ['dataset_file'],
      flow: 'none',
    },
    'DataSynthesizer.DataGenerator.DataGenerator.generate_dataset_in_correlated_attribute_mode': sample,
    'DataSynthesizer.DataGenerator.DataGenerator.generate_dataset_in_independent_attribute_mode': sample,
    'DataSynthesizer.DataGenerator.DataGenerator.save_synthetic_data': {
      parameters: ['to_file'],
      flow: 'none',
      events: [
        { kind: 'synthesise', step: 'sample', input: 'receiver' },
        { kind: 'export', sink: 'file', values: ['receiver'], target: 'to_file' },
      ],
    },
  },
};
