import type { CallModel, ClassModel, LibraryModel } from './schema';

const dataSet: ClassModel = { bases: ['torch.utils.data.Dataset'], roles: ['data-set'] };
const sets = 'Dataset CacheDataset PersistentDataset LMDBDataset SmartCacheDataset ArrayDataset ImageDataset'.split(
  ' ',
);
const of: CallModel = { parameters: ['data', 'transform'], flow: 'same', from: ['data'] };
const trainer = (network: string): CallModel => ({
  flow: 'none',
  links: [
    { of: 'result', name: 'model', value: network },
    { of: 'result', name: 'data', value: 'train_data_loader' },
    { of: 'result', name: 'optimizer', value: network === 'network' ? 'optimizer' : 'g_optimizer' },
    { of: 'result', name: 'epochs', value: 'max_epochs' },
    { of: 'result', name: 'handlers', value: 'train_handlers' },
  ],
});
const runs: CallModel = {
  flow: 'none',
  events: [
    {
      kind: 'train',
      style: 'trainer',
      model: 'receiver.model',
      optimizer: 'receiver.optimizer',
      data: 'receiver.data',
      epochs: 'receiver.epochs',
      regularisation: ['receiver.handlers'],
    },
  ],
};
/** Bundles name their network in a configuration: what is fetched is a model, what is run trains or predicts as that says. */
const fetched: CallModel = {
  parameters: ['name', 'version'],
  result: 'torch.nn.Module',
  flow: 'none',
  events: [{ kind: 'load-model', format: 'monai', target: 'name', remote: true, revision: 'version' }],
};
const evaluator: CallModel = {
  flow: 'derived',
  from: ['receiver.data'],
  adds: ['confidence'],
  events: [{ kind: 'predict', input: 'receiver.data', model: 'receiver.model' }],
};
const evaluators = ['SupervisedEvaluator', 'EnsembleEvaluator'];
const trainers: Readonly<Record<string, string>> = {
  SupervisedTrainer: 'network',
  GanTrainer: 'g_network',
  AdversarialTrainer: 'g_network',
};

/** MONAI: PyTorch for medical images. What it reads is of people unless it says otherwise. */
export const monai: LibraryModel = {
  library: 'MONAI',
  modules: ['monai', 'generative'],
  aliases: {
    ...Object.fromEntries(sets.map(name => [`monai.data.dataset.${name}`, `monai.data.${name}`])),
    'monai.transforms.io.array.LoadImage': 'monai.transforms.LoadImage',
    'monai.bundle.scripts': 'monai.bundle',
  },
  classes: {
    'monai.data.DataLoader': { bases: ['torch.utils.data.DataLoader'], roles: ['loader'] },
    'monai.data.ThreadDataLoader': { bases: ['torch.utils.data.DataLoader'], roles: ['loader'] },
    ...Object.fromEntries(sets.map(name => [`monai.data.${name}`, dataSet])),
    'monai.apps.DecathlonDataset': dataSet,
    'monai.apps.MedNISTDataset': dataSet,
    'monai.networks.nets.*': { bases: ['torch.nn.Module'], roles: ['module'] },
    'generative.networks.nets.*': { bases: ['torch.nn.Module'], roles: ['module'] },
    'monai.losses.*': { bases: ['torch.nn.Module'], roles: ['loss'] },
    'monai.metrics.*': { roles: ['metric'] },
    'monai.bundle.ConfigWorkflow': { roles: ['trainer'] },
    'monai.apps.auto3dseg.AutoRunner': { roles: ['trainer'] },
    'monai.transforms.LoadImage': {},
    'monai.transforms.SaveImage': {},
    ...Object.fromEntries(evaluators.map(name => [`monai.engines.${name}`, {}])),
    ...Object.fromEntries(
      Object.keys(trainers).map(name => [`monai.engines.${name}`, { roles: ['trainer'] as const }]),
    ),
  },
  calls: {
    ...Object.fromEntries(sets.map(name => [`monai.data.${name}`, of])),
    'monai.data.load_decathlon_datalist': {
      parameters: ['data_list_file_path'],
      flow: 'none',
      adds: ['records'],
      events: [{ kind: 'load', format: 'medical image', path: 'data_list_file_path', people: 'inferred' }],
    },
    'monai.apps.DecathlonDataset': {
      flow: 'none',
      adds: ['records'],
      events: [{ kind: 'load', format: 'medical image', people: 'inferred', name: 'Medical Segmentation Decathlon' }],
    },
    'monai.apps.MedNISTDataset': {
      flow: 'none',
      adds: ['records'],
      events: [{ kind: 'load', format: 'toy', people: 'public', name: 'MedNIST' }],
    },
    'monai.data.decollate_batch': { parameters: ['batch'], flow: 'same', from: ['batch'] },
    'monai.inferers.sliding_window_inference': {
      parameters: ['inputs', 'roi_size', 'sw_batch_size', 'predictor'],
      result: 'torch.Tensor',
      flow: 'derived',
      from: ['inputs'],
      events: [{ kind: 'predict', input: 'inputs', model: 'predictor' }],
    },
    'monai.bundle.download': fetched,
    'monai.bundle.load': fetched,
    'monai.apps.load_from_mmar': { ...fetched, parameters: ['item'] },
    'monai.bundle.push_to_hf_hub': {
      parameters: ['repo', 'name', 'bundle_dir'],
      flow: 'none',
      events: [{ kind: 'send', to: 'hub', what: 'model', values: ['bundle_dir'] }],
    },
    'monai.bundle.ckpt_export': {
      flow: 'none',
      events: [{ kind: 'save', format: 'torchscript', value: 'ckpt_file', target: 'filepath' }],
    },
    'monai.bundle.ConfigWorkflow': {
      flow: 'none',
      links: [
        { of: 'result', name: 'kind', value: 'workflow_type' },
        { of: 'result', name: 'data', value: 'config_file' },
      ],
    },
    'monai.bundle.ConfigWorkflow.run': {
      flow: 'none',
      variants: [
        {
          when: { argument: 'receiver.kind', equals: ['train', 'training'] },
          events: [{ kind: 'train', style: 'trainer', model: 'receiver', data: 'receiver.data' }],
        },
      ],
    },
    'monai.apps.auto3dseg.AutoRunner': {
      parameters: ['work_dir', 'input'],
      flow: 'none',
      links: [{ of: 'result', name: 'data', value: 'input' }],
    },
    'monai.apps.auto3dseg.AutoRunner.run': {
      flow: 'none',
      events: [{ kind: 'train', style: 'trainer', model: 'receiver', data: 'receiver.data' }],
    },
    'monai.transforms.LoadImage.__call__': {
      parameters: ['filename'],
      result: 'torch.Tensor',
      flow: 'none',
      adds: ['records'],
      events: [{ kind: 'load', format: 'medical image', path: 'filename', people: 'inferred' }],
    },
    'monai.transforms.SaveImage': {
      parameters: ['output_dir'],
      flow: 'none',
      links: [{ of: 'result', name: '#path', value: 'output_dir' }],
    },
    'monai.transforms.SaveImage.__call__': {
      parameters: ['img'],
      flow: 'none',
      events: [{ kind: 'export', sink: 'file', values: ['img'], target: 'receiver.#path' }],
    },
    ...Object.fromEntries(
      evaluators.flatMap(name => [
        [
          `monai.engines.${name}`,
          {
            flow: 'none',
            links: [
              { of: 'result', name: 'model', value: 'network|networks' },
              { of: 'result', name: 'data', value: 'val_data_loader' },
            ],
          } satisfies CallModel,
        ],
        [`monai.engines.${name}.run`, evaluator],
      ]),
    ),
    'monai.utils.set_determinism': { flow: 'none', events: [{ kind: 'seed', generator: 'torch' }] },
    ...Object.fromEntries(
      Object.entries(trainers).flatMap(([name, network]) => [
        [`monai.engines.${name}`, trainer(network)],
        [`monai.engines.${name}.run`, runs],
      ]),
    ),
  },
};
