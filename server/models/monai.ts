import type { LibraryModel } from './schema';

/** MONAI and accelerate: PyTorch with their own trainers and wrappers. */
export const monai: LibraryModel = {
  library: 'MONAI',
  modules: ['monai'],
  classes: {
    'monai.data.DataLoader': { bases: ['torch.utils.data.DataLoader'], roles: ['loader'] },
    'monai.data.Dataset': { roles: ['data-set'] },
    'monai.data.CacheDataset': { roles: ['data-set'] },
    'monai.data.PersistentDataset': { roles: ['data-set'] },
    'monai.networks.nets.*': { bases: ['torch.nn.Module'], roles: ['module'] },
    'monai.losses.*': { bases: ['torch.nn.Module'], roles: ['loss'] },
    'monai.engines.SupervisedTrainer': { roles: ['trainer'] },
  },
  calls: {
    'monai.data.Dataset': { parameters: ['data', 'transform'], flow: 'derived', from: ['data'] },
    'monai.data.CacheDataset': { parameters: ['data', 'transform'], flow: 'derived', from: ['data'] },
    'monai.apps.DecathlonDataset': {
      flow: 'none',
      adds: ['records'],
      events: [{ kind: 'load', format: 'images', people: 'inferred', name: 'Medical Segmentation Decathlon' }],
    },
    'monai.engines.SupervisedTrainer': {
      flow: 'none',
      links: [
        { of: 'result', name: 'model', value: 'network' },
        { of: 'result', name: 'data', value: 'train_data_loader' },
        { of: 'result', name: 'optimizer', value: 'optimizer' },
        { of: 'result', name: 'epochs', value: 'max_epochs' },
      ],
    },
    'monai.engines.SupervisedTrainer.run': {
      flow: 'none',
      events: [
        {
          kind: 'train',
          style: 'trainer',
          model: 'receiver.model',
          optimizer: 'receiver.optimizer',
          data: 'receiver.data',
          epochs: 'receiver.epochs',
        },
      ],
    },
  },
};

export const accelerate: LibraryModel = {
  library: 'Accelerate',
  modules: ['accelerate'],
  classes: { 'accelerate.Accelerator': {} },
  calls: {
    'accelerate.Accelerator.backward': { parameters: ['loss'], flow: 'none' },
    'accelerate.Accelerator.unwrap_model': { parameters: ['model'], returns: 'model' },
    'accelerate.Accelerator.print': { flow: 'none', events: [{ kind: 'log', sink: 'print', values: ['arguments'] }] },
    'accelerate.Accelerator.log': {
      parameters: ['values'],
      flow: 'none',
      events: [{ kind: 'log', sink: 'tracker', values: ['values'] }],
    },
  },
};
