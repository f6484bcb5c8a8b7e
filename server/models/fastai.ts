import type { CallModel, LibraryModel, PartModel } from './schema';

const trains = (epochs: string): CallModel => ({
  parameters: [epochs],
  flow: 'none',
  events: [{ kind: 'train', style: 'fit', model: 'receiver', data: 'receiver.dls', epochs, regularisation: ['cbs'] }],
});
const learner: CallModel = {
  parameters: ['dls', 'arch'],
  result: 'fastai.learner.Learner',
  flow: 'none',
  links: [{ of: 'result', name: 'dls', value: 'dls' }],
};
/** Version 2 is imported by `….all`, version 1 by many small modules. */
const places =
  'vision.all tabular.all text.all basics vision medical.imaging tabular text basic_train basic_data train vision.learner text.learner tabular.learner learner collab callbacks.all'.split(
    ' ',
  );
const blocks: CallModel = {
  parameters: ['path'],
  result: 'fastai.data.DataLoaders',
  flow: 'derived',
  adds: ['records'],
  events: [{ kind: 'load', format: 'files', path: 'path' }],
};
const fromFrame: CallModel = {
  parameters: ['source'],
  result: 'fastai.data.DataLoaders',
  flow: 'derived',
  from: ['source', 'df'],
};
const learners =
  'cnn_learner create_cnn vision_learner unet_learner tabular_learner text_classifier_learner language_model_learner collab_learner timm_learner'.split(
    ' ',
  );
const bunches =
  'ImageDataLoaders SegmentationDataLoaders TextDataLoaders TabularDataLoaders ImageDataBunch TextClasDataBunch TextLMDataBunch TabularDataBunch DataBunch'.split(
    ' ',
  );
const said: PartModel = { type: '', clears: ['confidence'], adds: ['prediction'] };
const factories = 'from_folder from_csv from_name_func from_path_func from_name_re from_path_re'.split(' ');
const names: Readonly<Record<string, string>> = {
  ...Object.fromEntries(learners.map(name => [name, 'fastai.learner.cnn_learner'])),
  ...Object.fromEntries(bunches.map(name => [name, `fastai.data.${name}`])),
  Learner: 'fastai.learner.Learner',
  DataBlock: 'fastai.data.DataBlock',
  RandomSplitter: 'fastai.data.RandomSplitter',
  get_dicom_files: 'fastai.medical.get_dicom_files',
  dcmread: 'pydicom.dcmread',
  load_learner: 'fastai.learner.load_learner',
  PILImage: 'fastai.vision.core.PILImage',
  PILImageBW: 'fastai.vision.core.PILImage',
};

/** fastai: learners around data loaders; its modules are mostly imported with `*`. */
export const fastai: LibraryModel = {
  library: 'fastai',
  modules: ['fastai', 'fastai2'],
  aliases: Object.fromEntries(
    places.flatMap(place =>
      ['fastai', 'fastai2'].flatMap(top =>
        Object.entries(names).map(([name, canonical]) => [`${top}.${place}.${name}`, canonical]),
      ),
    ),
  ),
  classes: {
    'fastai.learner.Learner': { roles: ['estimator'] },
    'fastai.data.DataLoaders': { roles: ['loader'] },
    'fastai.data.DataBlock': {},
    'fastai.vision.core.PILImage': {},
    ...Object.fromEntries(bunches.map(name => [`fastai.data.${name}`, { bases: ['fastai.data.DataLoaders'] }])),
  },
  calls: {
    'fastai.learner.cnn_learner': learner,
    'fastai.learner.Learner': learner,
    'fastai.data.DataBlock.dataloaders': fromFrame,
    'fastai.learner.Learner.fit_sgdr': trains('n_cycles'),
    ...Object.fromEntries(
      bunches.flatMap(name => [
        ...factories.map(factory => [`fastai.data.${name}.${factory}`, blocks]),
        [`fastai.data.${name}.from_df`, fromFrame],
        [`fastai.data.${name}.create`, fromFrame],
      ]),
    ),
    'fastai.data.RandomSplitter': { parameters: ['valid_pct', 'seed'], flow: 'none' },
    'fastai.learner.Learner.fit': trains('n_epoch'),
    'fastai.learner.Learner.fit_one_cycle': trains('n_epoch'),
    'fastai.learner.Learner.fine_tune': trains('epochs'),
    'fastai.learner.Learner.fit_flat_cos': trains('n_epoch'),
    'fastai.learner.Learner.get_preds': {
      flow: 'derived',
      adds: ['confidence'],
      events: [{ kind: 'predict', model: 'receiver' }],
    },
    // The decoded label, its index, and the probabilities.
    'fastai.learner.Learner.predict': {
      parameters: ['item'],
      flow: 'derived',
      adds: ['confidence'],
      results: [said, said, ''],
      events: [{ kind: 'predict', input: 'item', model: 'receiver' }],
    },
    'fastai.learner.load_learner': {
      parameters: ['fname'],
      result: 'fastai.learner.Learner',
      flow: 'none',
      events: [{ kind: 'load-model', format: 'fastai', target: 'fname' }],
    },
    'fastai.vision.core.PILImage.create': {
      parameters: ['fn'],
      flow: 'same',
      from: ['fn'],
      adds: ['records'],
      events: [{ kind: 'load', format: 'image', path: 'fn' }],
    },
    'fastai.learner.Learner.tta': { flow: 'derived', adds: ['confidence'] },
    'fastai.learner.Learner.validate': { flow: 'aggregate' },
    'fastai.learner.Learner.save': {
      parameters: ['file'],
      flow: 'none',
      events: [{ kind: 'save', format: 'pytorch', value: 'receiver', target: 'file' }],
    },
    'fastai.learner.Learner.export': {
      parameters: ['fname'],
      flow: 'none',
      events: [{ kind: 'save', format: 'fastai', value: 'receiver', target: 'fname' }],
    },
  },
};
