import type { CallModel, ClassModel, LibraryModel } from './schema';

const each = <T>(owner: string, names: string, value: T): Record<string, T> =>
  Object.fromEntries(names.split(' ').map(name => [`${owner}.${name}`, value]));
const tensor = 'torch.Tensor';
const optimizer: ClassModel = { bases: ['torch.optim.Optimizer'], roles: ['optimizer'] };
const module: ClassModel = { bases: ['torch.nn.Module'], roles: ['module'] };
const batchNorm: ClassModel = { bases: ['torch.nn.Module'], roles: ['module', 'batch-mixing'] };
const loss: ClassModel = { bases: ['torch.nn.Module'], roles: ['loss'] };
const newOptimizer: CallModel = {
  parameters: ['params', 'lr'],
  flow: 'none',
  links: [
    { of: 'result', name: 'model', value: 'params' },
    { of: 'result', name: 'weight_decay', value: 'weight_decay' },
  ],
};
const step: CallModel = {
  parameters: ['closure'],
  flow: 'none',
  events: [{ kind: 'train', style: 'step', optimizer: 'receiver', model: 'receiver.model' }],
};
const aggregate: CallModel = { result: tensor, flow: 'aggregate' };
/** Over classes, positions or channels a row stays a row; over the first dimension, or all, nobody's is left. */
const reduces = (parameters: readonly string[]): CallModel => ({
  ...aggregate,
  parameters,
  variants: [{ when: { argument: 'dim|axis', equals: [1, 2, 3, -1, -2, -3] }, flow: 'derived' }],
});
const own: CallModel = { result: tensor, flow: 'same', from: ['receiver'] };
const same: CallModel = { result: tensor, flow: 'same' };
const scores: CallModel = { parameters: ['input'], result: tensor, flow: 'derived', adds: ['confidence'] };
const ownScores: CallModel = { result: tensor, flow: 'derived', from: ['receiver'], adds: ['confidence'] };
const label: CallModel = { result: tensor, flow: 'derived', clears: ['confidence'], adds: ['prediction'] };
const valuesAndPlaces = [tensor, { type: tensor, clears: ['confidence'], adds: ['prediction'] }] as const;
const perRecord = {
  when: { argument: 'reduction', equals: ['none'] },
  flow: 'derived',
  clears: ['confidence'],
  adds: ['perRecordLoss'],
} as const;
const lossCall: CallModel = {
  parameters: ['input', 'target'],
  result: tensor,
  flow: 'aggregate',
  variants: [perRecord],
};
const newLoss: CallModel = { parameters: ['weight'], flow: 'none' };
const losses =
  'CrossEntropyLoss BCELoss BCEWithLogitsLoss NLLLoss MSELoss L1Loss SmoothL1Loss HuberLoss KLDivLoss MultiLabelMarginLoss MultiMarginLoss TripletMarginLoss CTCLoss PoissonNLLLoss CosineEmbeddingLoss GaussianNLLLoss';
const functionalLosses =
  'cross_entropy binary_cross_entropy binary_cross_entropy_with_logits nll_loss mse_loss l1_loss smooth_l1_loss kl_div';
const optimizers = 'SGD Adam AdamW Adagrad RMSprop Adadelta Adamax NAdam RAdam LBFGS SparseAdam ASGD Rprop';
/** Packages of optimizers that are built, stepped and zeroed as PyTorch's own are. */
const optimizersElsewhere =
  'torch_optimizer timm.optim apex.optimizers bitsandbytes.optim deepspeed.ops.adam lion_pytorch adabelief_pytorch madgrad pytorch_optimizer heavyball schedulefree'.split(
    ' ',
  );
const toys =
  'MNIST FashionMNIST KMNIST EMNIST QMNIST CIFAR10 CIFAR100 SVHN STL10 ImageNet CocoDetection VOCDetection LSUN FakeData CelebA Omniglot Caltech101 Flowers102 Food101';
const toy: CallModel = {
  flow: 'none',
  adds: ['records'],
  rows: { known: 'api' },
  events: [{ kind: 'load', format: 'toy', people: 'public', name: 'a data set of torchvision' }],
};
const drawn = (parameters: readonly string[], change: Partial<CallModel>): CallModel => ({
  parameters,
  result: tensor,
  flow: 'none',
  events: [{ kind: 'mark', mark: 'noise:normal', values: ['std'] }],
  ...change,
});
const clips: CallModel = {
  parameters: ['parameters', 'max_norm'],
  flow: 'aggregate',
  events: [{ kind: 'mark', mark: 'clip:norm', values: ['max_norm'] }],
};
const filled: CallModel = { result: tensor, flow: 'none', rows: { number: 'size|0' } };
const asked: CallModel = {
  parameters: ['*inputs'],
  result: tensor,
  flow: 'derived',
  from: ['arguments'],
  answers: ['confidence'],
  events: [{ kind: 'predict', input: 'inputs', model: 'receiver' }],
};
const keepsModel: CallModel = { returns: 'receiver' };
const scheduler: ClassModel = { roles: ['scheduler'] };

/** PyTorch and torchvision. */
export const torch: LibraryModel = {
  library: 'PyTorch',
  modules: [
    'torch',
    'torchvision',
    'torch_geometric',
    'apex',
    'safetensors',
    'timm',
    'efficientnet_pytorch',
    'segmentation_models_pytorch',
    ...optimizersElsewhere.map(place => place.slice(0, `${place}.`.indexOf('.'))),
    'transformers',
    'pytorch_pretrained_bert',
    'pytorch_transformers',
  ],
  aliases: {
    ...Object.fromEntries(optimizersElsewhere.map(place => [place, 'torch.optim'])),
    ...Object.fromEntries(
      [
        'pytorch_pretrained_bert',
        'pytorch_pretrained_bert.optimization',
        'pytorch_transformers',
        'transformers',
      ].flatMap(place =>
        ['BertAdam', 'OpenAIAdam', 'AdamW', 'Adafactor'].map(name => [`${place}.${name}`, 'torch.optim.AdamW']),
      ),
    ),
    'torch.FloatTensor': 'torch.tensor',
    'torch.LongTensor': 'torch.tensor',
    'torch.cuda.FloatTensor': 'torch.tensor',
    'torch.nn.utils.clip_grad.clip_grad_norm_': 'torch.nn.utils.clip_grad_norm_',
    'torch.nn.utils.clip_grad_norm': 'torch.nn.utils.clip_grad_norm_',
    'torch.nn.parallel.DataParallel': 'torch.nn.DataParallel',
    'torch.utils.data.dataloader.DataLoader': 'torch.utils.data.DataLoader',
    'torch.utils.data.dataset.Dataset': 'torch.utils.data.Dataset',
    'torch.cuda.amp.grad_scaler.GradScaler': 'torch.cuda.amp.GradScaler',
    'torch.amp.GradScaler': 'torch.cuda.amp.GradScaler',
    'torch.optim.adam.Adam': 'torch.optim.Adam',
    'torch.special.expit': 'torch.sigmoid',
    'torch.special.softmax': 'torch.softmax',
    'torch.nn.functional.sigmoid': 'torch.sigmoid',
    'transformers.optimization.Adafactor': 'torch.optim.AdamW',
    'transformers.optimization.AdamW': 'torch.optim.AdamW',
  },
  classes: {
    [tensor]: {
      roles: ['array'],
      attributes: { data: { type: tensor, flow: 'same' }, T: { type: tensor, flow: 'same' } },
    },
    'torch.nn.Module': { roles: ['module'], attributes: { module: { same: true }, _module: { same: true } } },
    'torch.nn.*': module,
    ...each('torch.nn', losses, loss),
    'torch.nn.BatchNorm1d': batchNorm,
    'torch.nn.BatchNorm2d': batchNorm,
    'torch.nn.BatchNorm3d': batchNorm,
    'torch.nn.SyncBatchNorm': batchNorm,
    'torch.nn.Dropout': { bases: ['torch.nn.Module'], roles: ['module', 'regulariser'] },
    'torchvision.models.*': module,
    'torch.StateDict': {},
    'torch.Loaded': {},
    'torch.optim.Optimizer': { roles: ['optimizer'] },
    'torch.optim.*': optimizer,
    'torch.optim.lr_scheduler.*': scheduler,
    'torch.cuda.amp.GradScaler': {},
    'torch.utils.data.Dataset': { roles: ['data-set'] },
    'torch.utils.data.TensorDataset': { bases: ['torch.utils.data.Dataset'], roles: ['data-set'] },
    'torch.utils.data.Subset': { bases: ['torch.utils.data.Dataset'], roles: ['data-set'] },
    'torch.utils.data.DataLoader': { roles: ['loader'], attributes: { dataset: { flow: 'same' } } },
    'torchvision.datasets.ImageFolder': { bases: ['torch.utils.data.Dataset'], roles: ['data-set'] },
    'torchvision.datasets.*': { bases: ['torch.utils.data.Dataset'], roles: ['data-set'] },
  },
  calls: {
    'torch.optim.*': newOptimizer,
    ...each('torch.optim', optimizers, newOptimizer),
    // timm's factories.
    'torch.optim.create_optimizer': {
      ...newOptimizer,
      parameters: ['args', 'params'],
      result: 'torch.optim.Optimizer',
    },
    'torch.optim.create_optimizer_v2': { ...newOptimizer, result: 'torch.optim.Optimizer' },
    'torch.optim.Optimizer.step': step,
    'torch.optim.Optimizer.zero_grad': { flow: 'none' },
    'torch.cuda.amp.GradScaler.step': {
      parameters: ['optimizer'],
      flow: 'none',
      events: [{ kind: 'train', style: 'step', optimizer: 'optimizer', model: 'optimizer.model' }],
    },
    'torch.cuda.amp.GradScaler.scale': { parameters: ['outputs'], flow: 'same', from: ['outputs'] },
    'torch.nn.Module.__call__': asked,
    'torch.nn.Module.parameters': { returns: 'receiver' },
    'torch.nn.Module.named_parameters': { returns: 'receiver' },
    'torch.nn.Module.state_dict': { result: 'torch.StateDict', flow: 'same', from: ['receiver'] },
    'torch.nn.Module.load_state_dict': { flow: 'none' },
    ...each(
      'torch.nn.Module',
      'to cuda cpu train eval half float double requires_grad_ share_memory apply',
      keepsModel,
    ),
    'torch.nn.DataParallel': { parameters: ['module'], returns: 'module' },
    'torch.nn.parallel.DistributedDataParallel': { parameters: ['module'], returns: 'module' },
    'torch.compile': { parameters: ['model'], returns: 'model' },
    ...each('torch.nn', losses, {
      ...newLoss,
      variants: [{ when: { argument: 'reduction', equals: ['none'] }, result: 'torch.PerRecordLoss' }],
    } satisfies CallModel),
    'torch.PerRecordLoss.__call__': {
      result: tensor,
      flow: 'derived',
      adds: ['perRecordLoss'],
      clears: ['confidence'],
    },
    ...Object.fromEntries(losses.split(' ').map(name => [`torch.nn.${name}.__call__`, lossCall])),
    ...each('torch.nn.functional', functionalLosses, lossCall),
    ...each('torch', 'softmax log_softmax sigmoid', scores),
    ...each('torch.nn.functional', 'softmax log_softmax', scores),
    ...each(tensor, 'softmax log_softmax sigmoid', ownScores),
    'torch.nn.Softmax.__call__': scores,
    'torch.nn.LogSoftmax.__call__': scores,
    'torch.nn.Sigmoid.__call__': scores,
    ...each('torch', 'mean sum median std var', reduces(['input', 'dim'])),
    ...each(tensor, 'mean sum std var median', reduces(['dim'])),
    ...each(tensor, 'size dim numel backward eq ne', aggregate),
    'torch.argmax': label,
    // A draw from what the model says is a label too.
    'torch.multinomial': { ...label, parameters: ['input', 'num_samples'], from: ['input'] },
    'torch.bernoulli': { ...label, parameters: ['input'], from: ['input'] },
    [`${tensor}.argmax`]: label,
    // Values and where they stand: a class label is no score.
    ...each('torch', 'max min topk sort', {
      parameters: ['input', 'dim'],
      flow: 'derived',
      from: ['input'],
      results: valuesAndPlaces,
      variants: [{ when: { argument: 'dim', given: false }, result: tensor, results: [], flow: 'derived' }],
    } satisfies CallModel),
    ...each(tensor, 'max min topk sort', {
      parameters: ['dim'],
      flow: 'derived',
      from: ['receiver'],
      results: valuesAndPlaces,
      variants: [{ when: { argument: 'dim', given: false }, result: tensor, results: [], flow: 'derived' }],
    } satisfies CallModel),
    ...each(
      tensor,
      'detach cpu cuda numpy tolist item to clone float double long int half squeeze unsqueeze view reshape flatten permute transpose contiguous type',
      own,
    ),
    ...each('torch', 'tensor from_numpy as_tensor cat stack squeeze unsqueeze flatten', same),
    'torch.autograd.Variable': { parameters: ['data'], result: tensor, flow: 'same', from: ['data'] },
    ...each('torch', 'zeros ones rand randn empty arange linspace eye', filled),
    'torch.normal': drawn(['mean', 'std', 'size'], { rows: { number: 'size' } }),
    [`${tensor}.normal_`]: drawn(['mean', 'std'], { returns: 'receiver' }),
    'torch.nn.utils.clip_grad_norm_': clips,
    'torch.randint': { ...filled, parameters: ['low', 'high', 'size'], rows: { number: 'size|high' } },
    'torch.utils.data.TensorDataset': {
      parameters: ['*tensors'],
      flow: 'same',
      from: ['arguments'],
      rows: { of: 'tensors' },
    },
    'torch.utils.data.Subset': {
      parameters: ['dataset', 'indices'],
      flow: 'same',
      from: ['dataset'],
      rows: { lengthOf: 'indices' },
    },
    'torch.utils.data.ConcatDataset': {
      parameters: ['datasets'],
      result: 'torch.utils.data.Subset',
      flow: 'same',
      from: ['datasets'],
    },
    'torch.utils.data.DataLoader': {
      parameters: ['dataset', 'batch_size', 'shuffle'],
      flow: 'same',
      from: ['dataset'],
      links: [
        { of: 'result', name: 'dataset', value: 'dataset' },
        { of: 'result', name: 'batch_size', value: 'batch_size' },
        { of: 'result', name: 'drop_last', value: 'drop_last' },
        { of: 'result', name: 'sampler', value: 'sampler' },
        { of: 'result', name: 'batch_sampler', value: 'batch_sampler' },
        { of: 'result', name: 'shuffle', value: 'shuffle' },
      ],
      rows: { of: 'dataset', batch: 'batch_size' },
      events: [{ kind: 'mark', mark: 'loader', values: ['result'] }],
    },
    'torch.utils.data.random_split': {
      parameters: ['dataset', 'lengths'],
      flow: 'same',
      from: ['dataset'],
      events: [{ kind: 'split', unit: 'row', input: 'dataset' }],
    },
    'torchvision.datasets.ImageFolder': {
      parameters: ['root'],
      flow: 'none',
      adds: ['records'],
      events: [{ kind: 'load', format: 'images', path: 'root' }],
    },
    ...each('torchvision.datasets', toys, toy),
    'torch.save': {
      parameters: ['obj', 'f'],
      flow: 'none',
      events: [{ kind: 'export', sink: 'file', values: ['obj'], target: 'f', checkpointFormat: 'pytorch' }],
    },
    'torch.jit.save': {
      parameters: ['m', 'f'],
      flow: 'none',
      events: [{ kind: 'save', format: 'torchscript', value: 'm', target: 'f' }],
    },
    'torch.export.export': { parameters: ['mod'], returns: 'mod' },
    'torch.export.save': {
      parameters: ['ep', 'f'],
      flow: 'none',
      events: [{ kind: 'save', format: 'torch-export', value: 'ep', target: 'f' }],
    },
    // Distributed checkpoints: a folder with a part of each process.
    ...each('torch.distributed.checkpoint', 'save async_save save_state_dict', {
      parameters: ['state_dict', 'checkpoint_id'],
      flow: 'none',
      events: [
        {
          kind: 'export',
          sink: 'file',
          values: ['state_dict'],
          target: 'checkpoint_id|storage_writer',
          checkpointFormat: 'pytorch',
        },
      ],
    } satisfies CallModel),
    'torch.hub.load_state_dict_from_url': {
      parameters: ['url'],
      flow: 'none',
      events: [{ kind: 'load-model', format: 'pytorch', target: 'url', remote: true }],
    },
    'torch.jit.script': { parameters: ['obj'], returns: 'obj' },
    'torch.jit.trace': { parameters: ['func'], returns: 'func' },
    'torch.onnx.export': {
      parameters: ['model', 'args', 'f'],
      flow: 'none',
      events: [{ kind: 'save', format: 'onnx', value: 'model', target: 'f' }],
    },
    'safetensors.torch.save_file': {
      parameters: ['tensors', 'filename'],
      flow: 'none',
      events: [{ kind: 'save', format: 'safetensors', value: 'tensors', target: 'filename' }],
    },
    'torch.load': {
      parameters: ['f'],
      result: 'torch.Loaded',
      flow: 'none',
      events: [{ kind: 'load-model', format: 'pytorch', target: 'f' }],
    },
    // Weights, rows or a whole network: what it is asked for tells.
    ...each('torch.Loaded', 'eval train', { result: 'torch.nn.Module', flow: 'same', from: ['receiver'] } as CallModel),
    ...each('torch.Loaded', 'to cuda cpu float half', keepsModel),
    'torch.Loaded.__call__': asked,
    'torch.hub.load': {
      parameters: ['repo_or_dir', 'model'],
      result: 'torch.nn.Module',
      flow: 'none',
      events: [{ kind: 'load-model', format: 'hub', target: 'repo_or_dir', remote: true }],
    },
    ...each('torch.nn', 'BatchNorm1d BatchNorm2d BatchNorm3d SyncBatchNorm', {
      flow: 'none',
      events: [{ kind: 'mark', mark: 'layer:batch-norm' }],
    } satisfies CallModel),
    'torch.manual_seed': { flow: 'none', events: [{ kind: 'seed', generator: 'torch' }] },
    'torch.cuda.manual_seed': { flow: 'none', events: [{ kind: 'seed', generator: 'torch' }] },
    'torch.cuda.manual_seed_all': { flow: 'none', events: [{ kind: 'seed', generator: 'torch' }] },
  },
};
