import type { CallModel, LibraryModel } from './schema';

/** Records of patients, whatever the folder is called. */
const patients = (name: string): CallModel => ({
  result: 'pyhealth.datasets.BaseDataset',
  flow: 'none',
  adds: ['records'],
  events: [{ kind: 'load', format: 'ehr', people: 'inferred', name, subjectKey: 'patient_id' }],
});
const cohorts =
  'MIMIC3Dataset MIMIC4Dataset MIMIC4EHRDataset MIMIC4NoteDataset MIMIC4CXRDataset eICUDataset OMOPDataset MEDSDataset SleepEDFDataset SHHSDataset ISRUCDataset EHRShotDataset COVID19CXRDataset ChestXray14Dataset CardiologyDataset TUABDataset TUEVDataset MIMICExtractDataset MedicalTranscriptionsDataset'.split(
    ' ',
  );
const fits: CallModel = {
  parameters: ['train_dataloader', 'val_dataloader', 'test_dataloader', 'epochs'],
  flow: 'none',
  events: [
    {
      kind: 'train',
      style: 'trainer',
      model: 'receiver.model',
      data: 'train_dataloader',
      epochs: 'epochs',
      defaultEpochs: 5,
      regularisation: ['val_dataloader'],
    },
  ],
};
const splits: CallModel = {
  parameters: ['dataset', 'ratios'],
  flow: 'same',
  from: ['dataset'],
  events: [{ kind: 'split', unit: 'row', input: 'dataset' }],
};

/** Frameworks that are made for records of patients: PyHealth. */
export const clinicalToolkits: LibraryModel = {
  library: 'clinical toolkits',
  modules: ['pyhealth'],
  aliases: {
    'pyhealth.trainer.trainer.Trainer': 'pyhealth.trainer.Trainer',
    'pyhealth.datasets.splitter': 'pyhealth.datasets',
  },
  classes: {
    'pyhealth.datasets.BaseDataset': { bases: ['torch.utils.data.Dataset'], roles: ['data-set'] },
    'pyhealth.models.*': { bases: ['torch.nn.Module'], roles: ['module'] },
    'pyhealth.trainer.Trainer': { roles: ['trainer'] },
  },
  calls: {
    ...Object.fromEntries(cohorts.map(name => [`pyhealth.datasets.${name}`, patients(name)])),
    'pyhealth.datasets.BaseDataset.set_task': {
      result: 'pyhealth.datasets.BaseDataset',
      flow: 'same',
      from: ['receiver'],
    },
    'pyhealth.datasets.get_dataloader': {
      parameters: ['dataset', 'batch_size', 'shuffle'],
      result: 'torch.utils.data.DataLoader',
      flow: 'same',
      from: ['dataset'],
      rows: { of: 'dataset', batch: 'batch_size' },
    },
    'pyhealth.datasets.split_by_patient': {
      ...splits,
      events: [{ kind: 'split', unit: 'person', input: 'dataset' }],
    },
    'pyhealth.datasets.split_by_visit': splits,
    'pyhealth.datasets.split_by_sample': splits,
    'pyhealth.trainer.Trainer': {
      parameters: ['model'],
      flow: 'none',
      links: [{ of: 'result', name: 'model', value: 'model' }],
    },
    'pyhealth.trainer.Trainer.train': fits,
    'pyhealth.trainer.Trainer.evaluate': { parameters: ['dataloader'], flow: 'aggregate' },
    // What is true of each patient and what the model says of each.
    'pyhealth.trainer.Trainer.inference': {
      parameters: ['dataloader'],
      flow: 'derived',
      from: ['dataloader'],
      adds: ['confidence'],
      events: [{ kind: 'predict', input: 'dataloader', model: 'receiver.model' }],
    },
  },
};
