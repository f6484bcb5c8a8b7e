import type { CallModel, LibraryModel } from './schema';

const trainer: CallModel = {
  parameters: ['model', 'train_dataloaders', 'val_dataloaders', 'datamodule', 'ckpt_path'],
  flow: 'none',
  events: [
    {
      kind: 'train',
      style: 'trainer',
      model: 'model',
      data: ['train_dataloaders', 'datamodule'],
      epochs: 'receiver.max_epochs',
      regularisation: ['val_dataloaders', 'datamodule'],
    },
  ],
};

/** PyTorch Lightning and Fabric: the trainer owns the loop. */
export const lightning: LibraryModel = {
  library: 'Lightning',
  modules: ['pytorch_lightning', 'lightning', 'lightning_fabric'],
  aliases: {
    lightning: 'pytorch_lightning',
    'lightning.pytorch': 'pytorch_lightning',
    'pytorch_lightning.trainer.Trainer': 'pytorch_lightning.Trainer',
    'pytorch_lightning.core.LightningModule': 'pytorch_lightning.LightningModule',
    'pytorch_lightning.core.lightning.LightningModule': 'pytorch_lightning.LightningModule',
  },
  classes: {
    'pytorch_lightning.loggers.*': { bases: ['pytorch_lightning.loggers.Logger'] },
    'pytorch_lightning.loggers.Logger': { roles: ['tracker'] },
    'pytorch_lightning.Trainer': { roles: ['trainer'] },
    'pytorch_lightning.LightningModule': { bases: ['torch.nn.Module'], roles: ['module'] },
    'pytorch_lightning.LightningDataModule': { roles: ['data-set'] },
    'pytorch_lightning.callbacks.EarlyStopping': { roles: ['regulariser'] },
  },
  calls: {
    'pytorch_lightning.Trainer': {
      flow: 'none',
      links: [{ of: 'result', name: 'max_epochs', value: 'max_epochs' }],
    },
    'pytorch_lightning.Trainer.fit': trainer,
    'pytorch_lightning.Trainer.predict': {
      parameters: ['model', 'dataloaders'],
      flow: 'derived',
      adds: ['confidence'],
      events: [{ kind: 'predict', input: 'dataloaders', model: 'model' }],
    },
    'pytorch_lightning.Trainer.test': { parameters: ['model', 'dataloaders'], flow: 'aggregate' },
    'pytorch_lightning.Trainer.validate': { parameters: ['model', 'dataloaders'], flow: 'aggregate' },
    'pytorch_lightning.Trainer.save_checkpoint': {
      parameters: ['filepath'],
      events: [{ kind: 'save', format: 'pytorch', value: 'receiver', target: 'filepath' }],
    },
    // Only single numbers are taken, and averaged over an epoch: nothing per record.
    'pytorch_lightning.LightningModule.log': { parameters: ['name', 'value'], flow: 'none' },
    'pytorch_lightning.LightningModule.log_dict': { parameters: ['dictionary'], flow: 'none' },
    ...Object.fromEntries(
      Object.entries({
        log_metrics: ['metrics', 'step'],
        log_hyperparams: ['params'],
        log_table: ['key', 'columns', 'data'],
        log_text: ['key', 'columns', 'data'],
        log_image: ['key', 'images'],
      }).map(([name, parameters]) => [
        `pytorch_lightning.loggers.Logger.${name}`,
        {
          parameters,
          flow: 'none',
          events: [{ kind: 'log', sink: 'tracker', values: ['metrics|params|data|images', 'dataframe'] }],
        } satisfies CallModel,
      ]),
    ),
    'pytorch_lightning.seed_everything': { flow: 'none', events: [{ kind: 'seed', generator: 'torch' }] },
  },
};
