import type { CallModel, LibraryModel } from './schema';

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
const blocks: CallModel = {
  parameters: ['path'],
  result: 'fastai.data.DataLoaders',
  flow: 'derived',
  adds: ['records'],
};

/** fastai: learners around data loaders; its modules are mostly imported with `*`. */
export const fastai: LibraryModel = {
  library: 'fastai',
  modules: ['fastai', 'fastai2'],
  aliases: Object.fromEntries(
    ['vision.all', 'tabular.all', 'text.all', 'basics', 'vision', 'medical.imaging', 'tabular', 'text'].flatMap(place =>
      ['fastai', 'fastai2'].flatMap(top => [
        [`${top}.${place}.cnn_learner`, 'fastai.learner.cnn_learner'],
        [`${top}.${place}.vision_learner`, 'fastai.learner.cnn_learner'],
        [`${top}.${place}.unet_learner`, 'fastai.learner.cnn_learner'],
        [`${top}.${place}.tabular_learner`, 'fastai.learner.cnn_learner'],
        [`${top}.${place}.Learner`, 'fastai.learner.Learner'],
        [`${top}.${place}.DataBlock`, 'fastai.data.DataBlock'],
        [`${top}.${place}.ImageDataLoaders`, 'fastai.data.ImageDataLoaders'],
        [`${top}.${place}.RandomSplitter`, 'fastai.data.RandomSplitter'],
        [`${top}.${place}.get_dicom_files`, 'fastai.medical.get_dicom_files'],
        [`${top}.${place}.dcmread`, 'pydicom.dcmread'],
      ]),
    ),
  ),
  classes: {
    'fastai.learner.Learner': { roles: ['estimator'] },
    'fastai.data.DataLoaders': { roles: ['loader'] },
    'fastai.data.DataBlock': {},
  },
  calls: {
    'fastai.learner.cnn_learner': learner,
    'fastai.learner.Learner': learner,
    'fastai.data.DataBlock.dataloaders': blocks,
    'fastai.data.ImageDataLoaders.from_folder': blocks,
    'fastai.data.ImageDataLoaders.from_df': blocks,
    'fastai.data.ImageDataLoaders.from_csv': blocks,
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
    'fastai.learner.Learner.predict': {
      parameters: ['item'],
      flow: 'derived',
      adds: ['confidence'],
      events: [{ kind: 'predict', input: 'item', model: 'receiver' }],
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
