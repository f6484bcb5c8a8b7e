import type { CallModel, ClassModel, LibraryModel } from './schema';

const trainer: ClassModel = { roles: ['trainer'] };
const same = (value: string): CallModel => ({ parameters: [value], returns: value });
const fits = (parameters: readonly string[], data: readonly string[], epochs: string): CallModel => ({
  parameters,
  flow: 'none',
  events: [{ kind: 'train', style: 'trainer', model: 'receiver', data, epochs }],
});
const public_ = (name: string): CallModel => ({
  flow: 'none',
  adds: ['records'],
  events: [{ kind: 'load', format: 'toy', people: 'public', name }],
});
const people = (name: string): CallModel => ({
  flow: 'none',
  adds: ['records'],
  events: [{ kind: 'load', format: 'images', people: 'inferred', name }],
});
const chest =
  'NIH_Dataset CheX_Dataset MIMIC_Dataset PC_Dataset RSNA_Pneumonia_Dataset COVID19_Dataset VinBrain_Dataset Openi_Dataset'.split(
    ' ',
  );
const mnist =
  'PathMNIST ChestMNIST DermaMNIST OCTMNIST PneumoniaMNIST RetinaMNIST BreastMNIST BloodMNIST TissueMNIST OrganAMNIST'.split(
    ' ',
  );

/** Accelerate and DeepSpeed: the step stays PyTorch's, the objects are wrapped. */
export const accelerate: LibraryModel = {
  library: 'Accelerate',
  modules: ['accelerate', 'deepspeed', 'lightning_fabric', 'lightning'],
  aliases: {
    'accelerate.accelerator.Accelerator': 'accelerate.Accelerator',
    'lightning.Fabric': 'lightning_fabric.Fabric',
    'lightning.fabric.Fabric': 'lightning_fabric.Fabric',
    'lightning.fabric.fabric.Fabric': 'lightning_fabric.Fabric',
  },
  classes: {
    'accelerate.Accelerator': { roles: ['trainer'] },
    'lightning_fabric.Fabric': { roles: ['trainer'] },
    'deepspeed.Engine': { bases: ['torch.nn.Module'], roles: ['module', 'optimizer'] },
  },
  calls: {
    // Each object comes back as itself, in order.
    'accelerate.Accelerator.prepare': { parameters: ['*objects'], flow: 'same', from: ['*objects'], tuple: '*objects' },
    'lightning_fabric.Fabric.setup': { parameters: ['*objects'], flow: 'same', from: ['*objects'], tuple: '*objects' },
    'lightning_fabric.Fabric.setup_dataloaders': {
      parameters: ['*objects'],
      flow: 'same',
      from: ['*objects'],
      tuple: '*objects',
    },
    'accelerate.Accelerator.backward': { parameters: ['loss'], flow: 'none' },
    'lightning_fabric.Fabric.backward': { parameters: ['loss'], flow: 'none' },
    'accelerate.Accelerator.unwrap_model': same('model'),
    'accelerate.Accelerator.gather': same('tensor'),
    'accelerate.Accelerator.gather_for_metrics': same('input_data'),
    'accelerate.Accelerator.print': { flow: 'none', events: [{ kind: 'log', sink: 'print', values: ['arguments'] }] },
    'accelerate.Accelerator.log': {
      parameters: ['values'],
      flow: 'none',
      events: [{ kind: 'log', sink: 'tracker', values: ['values'] }],
    },
    'accelerate.Accelerator.save': {
      parameters: ['obj', 'f'],
      flow: 'none',
      events: [{ kind: 'export', sink: 'file', values: ['obj'], target: 'f', checkpointFormat: 'pytorch' }],
    },
    ...Object.fromEntries(
      Object.entries({
        'accelerate.Accelerator.save_model': ['model', 'save_directory'],
        'accelerate.utils.save': ['obj', 'f'],
        'lightning_fabric.Fabric.save': ['path', 'state'],
      }).map(([name, parameters]) => [
        name,
        {
          parameters,
          flow: 'none',
          events: [
            {
              kind: 'export',
              sink: 'file',
              values: ['model|obj|state'],
              target: 'save_directory|f|path',
              checkpointFormat: 'pytorch',
            },
          ],
        } satisfies CallModel,
      ]),
    ),
    'accelerate.utils.set_seed': { flow: 'none', events: [{ kind: 'seed', generator: 'torch' }] },
    'deepspeed.initialize': {
      flow: 'none',
      results: ['deepspeed.Engine', 'torch.optim.Optimizer', 'torch.utils.data.DataLoader', ''],
    },
    'deepspeed.Engine.step': {
      flow: 'none',
      events: [{ kind: 'train', style: 'step', optimizer: 'receiver', model: 'receiver' }],
    },
    'deepspeed.Engine.save_checkpoint': {
      parameters: ['save_dir'],
      flow: 'none',
      events: [{ kind: 'save', format: 'pytorch', value: 'receiver', target: 'save_dir' }],
    },
  },
};

/** Trainers and data sets that stand on PyTorch: YOLO, Detectron2, MMEngine, Ignite, skorch, nnU-Net, TorchXRayVision, MedMNIST. */
export const torchTrainers: LibraryModel = {
  library: 'PyTorch trainers',
  modules: [
    'ultralytics',
    'detectron2',
    'mmengine',
    'ignite',
    'skorch',
    'catalyst',
    'torchxrayvision',
    'medmnist',
    'torchmetrics',
    'torch_optimizer',
    'pytorch_optimizer',
    'nnunetv2',
  ],
  aliases: {
    'ultralytics.models.yolo.model.YOLO': 'ultralytics.YOLO',
    'ultralytics.RTDETR': 'ultralytics.YOLO',
    'ultralytics.SAM': 'ultralytics.YOLO',
  },
  classes: {
    'ultralytics.YOLO': { bases: ['torch.nn.Module'], roles: ['module', 'trainer'] },
    'detectron2.engine.DefaultTrainer': trainer,
    'mmengine.runner.Runner': trainer,
    'skorch.NeuralNetClassifier': { bases: ['sklearn.base.BaseEstimator'], roles: ['estimator'] },
    'skorch.NeuralNetRegressor': { bases: ['sklearn.base.BaseEstimator'], roles: ['estimator'] },
    'torch_optimizer.*': { bases: ['torch.optim.Optimizer'], roles: ['optimizer'] },
    'ignite.engine.Engine': trainer,
    'torchmetrics.*': { roles: ['metric'] },
    'torchxrayvision.models.*': { bases: ['torch.nn.Module'], roles: ['module'] },
    'torchxrayvision.baseline_models.*': { bases: ['torch.nn.Module'], roles: ['module'] },
    ...Object.fromEntries(
      chest.map(name => [
        `torchxrayvision.datasets.${name}`,
        { bases: ['torch.utils.data.Dataset'], roles: ['data-set'] as const },
      ]),
    ),
  },
  calls: {
    'ultralytics.YOLO': { parameters: ['model'], flow: 'none' },
    'ultralytics.YOLO.train': fits(['data'], ['data'], 'epochs'),
    'ultralytics.YOLO.predict': {
      parameters: ['source'],
      flow: 'derived',
      from: ['source'],
      adds: ['confidence'],
      events: [{ kind: 'predict', input: 'source', model: 'receiver' }],
    },
    'ultralytics.YOLO.export': {
      parameters: ['format'],
      flow: 'none',
      events: [{ kind: 'save', format: 'torchscript', value: 'receiver' }],
      variants: [
        {
          when: { argument: 'format', equals: ['onnx'] },
          events: [{ kind: 'save', format: 'onnx', value: 'receiver' }],
        },
      ],
    },
    'ultralytics.YOLO.save': {
      parameters: ['filename'],
      flow: 'none',
      events: [{ kind: 'save', format: 'pytorch', value: 'receiver', target: 'filename' }],
    },
    ...Object.fromEntries(
      ['ignite.engine.create_supervised_trainer'].map(name => [
        name,
        {
          parameters: ['model', 'optimizer', 'loss_fn'],
          result: 'ignite.engine.Engine',
          flow: 'none',
          links: [
            { of: 'result', name: 'model', value: 'model' },
            { of: 'result', name: 'optimizer', value: 'optimizer' },
          ],
        } satisfies CallModel,
      ]),
    ),
    // An engine of one's own steps in its function; one that is made for training steps inside.
    'ignite.engine.Engine.run': {
      parameters: ['data', 'max_epochs'],
      flow: 'none',
      variants: [
        {
          when: { argument: 'receiver.optimizer', given: true },
          events: [
            {
              kind: 'train',
              style: 'trainer',
              model: 'receiver.model',
              optimizer: 'receiver.optimizer',
              data: 'data',
              epochs: 'max_epochs',
            },
          ],
        },
      ],
    },
    'nnunetv2.run.run_training.run_training': fits(['dataset_name_or_id'], ['dataset_name_or_id'], 'num_epochs'),
    'detectron2.engine.DefaultTrainer.train': fits([], [], 'receiver.epochs'),
    'mmengine.runner.Runner.train': fits([], [], 'receiver.epochs'),
    'torchmetrics.*': { flow: 'aggregate' },
    ...Object.fromEntries(chest.map(name => [`torchxrayvision.datasets.${name}`, people(name)])),
    'torchxrayvision.models.get_model': { result: 'torchxrayvision.models.DenseNet', flow: 'none' },
    'torchxrayvision.utils.load_image': { ...people('a chest x-ray'), result: 'numpy.ndarray' },
    'torchxrayvision.datasets.SubsetDataset': {
      parameters: ['dataset', 'idxs'],
      result: 'torch.utils.data.Subset',
      flow: 'same',
      from: ['dataset'],
      rows: { lengthOf: 'idxs' },
    },
    'torchxrayvision.datasets.Merge_Dataset': {
      parameters: ['datasets'],
      result: 'torch.utils.data.Subset',
      flow: 'same',
      from: ['datasets'],
    },
    ...Object.fromEntries(mnist.map(name => [`medmnist.${name}`, public_('MedMNIST')])),
  },
};
