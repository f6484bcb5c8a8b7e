import {
  type Clip,
  type LossName,
  type LossRecipe,
  type OptimizerRecipe,
  plainLoss,
  torchOptimizers,
} from '../../../audit-core/shadows/embedded/recipe';
import type { CallExpression, Expression, Statement } from '../../facts/syntax';
import { callsIn, nodesIn } from '../auditable/walk';
import { torchPrivacy } from './private';
import {
  argument,
  classWeightsIn,
  differencesOf,
  flagIn,
  type KnownRecipe,
  lastName,
  numberIn,
  numbersIn,
  type Reader,
  refuse,
} from './reader';
import { trainingLoops } from './torch-loops';
import { torchSchedule } from './torch-schedules';

const names: Readonly<Record<string, OptimizerRecipe['name']>> = {
  SGD: 'sgd',
  Adam: 'adam',
  AdamW: 'adamw',
  RMSprop: 'rmsprop',
  Adagrad: 'adagrad',
};

/** The recipe of a PyTorch loop. */
export function torchRecipe(reader: Reader): KnownRecipe {
  const { constants } = reader;
  const optimizer = optimizerOf(reader);
  const loops = trainingLoops(reader);
  if (loops.epochs === undefined) refuse('Its number of epochs is not a constant that the script tells.');
  const differences = differencesOf(reader, [
    [
      /(?:^|\.)(?:RandomCrop|RandomResizedCrop|Random\w*Flip|RandomRotation|RandomAffine|ColorJitter|RandAugment|AutoAugment|RandomErasing)$/,
      'random augmentation is left out',
    ],
    [/(?:^|\.)(?:WeightedRandomSampler)$/, 'the weighted sampler is left out'],
    [/(?:^|\.)(?:autocast|GradScaler)$/, 'training is in float32'],
    [/^torch\.nn\.init\./, 'weights start as PyTorch starts its layers, not as the script starts them'],
    [/^torch\.(?:optim\.swa_utils\.|ema\.)/, 'weights are not averaged over steps'],
  ]);
  differences.push(...loops.differences);
  if (startsTrained(reader)) differences.push('training starts from fresh weights, not from trained ones');
  const loss = lossOf(reader, differences);
  const schedule = torchSchedule(reader, loops, optimizer, differences);
  const loader = loaderOf(reader);
  const size = loader && argument(loader, 'batch_size', 1);
  const batch = size ? constants.numberOf(size) : undefined;
  if (size && batch === undefined) refuse('Its batch size is not a constant that the script tells.');
  const secret = torchPrivacy(reader, loops);
  return {
    recipe: {
      library: 'torch',
      optimizer,
      loss,
      epochs: loops.epochs,
      // Without a loader every step sees all rows.
      batchSize: loader ? (batch ?? 1) : Number.MAX_SAFE_INTEGER,
      shuffle: loader ? flagIn(reader, loader, 'shuffle') || argument(loader, 'sampler') !== undefined : false,
      dropLast: loader ? flagIn(reader, loader, 'drop_last') : false,
      sampling: secret.sampling,
      clip: secret.steps ? null : clipOf(reader, differences),
      schedule,
      plateau: null,
      stopping: null,
      validation: null,
      private: secret.steps,
    },
    differences,
    mechanism: secret.found,
  };
}

function optimizerOf(reader: Reader): OptimizerRecipe {
  const { imports, calls, constants } = reader;
  const made = calls.find(
    call =>
      /^torch\.optim\.(?:\w+\.)?[A-Z]\w*$/.test(pathOf(reader, call)) &&
      !/lr_scheduler|swa_utils/.test(pathOf(reader, call)),
  );
  const name = made && names[lastName(made.callee) ?? ''];
  if (!made || !name)
    refuse(
      `The optimizer ${made ? `${lastName(made.callee)} ` : ''}is not one that the embedded engine has (SGD, Adam, AdamW, RMSprop, Adagrad).`,
    );
  const groups = made.arguments[0] && constants.expressionOf(made.arguments[0]);
  if (
    groups &&
    (groups.kind === 'list' || groups.kind === 'tuple') &&
    groups.items.some(each => each.kind === 'mapping')
  )
    refuse(
      'Its optimizer has parameter groups with settings of their own, which the embedded engine does not replay; use --engine process.',
    );
  const defaults = torchOptimizers[name];
  const number = (word: string, otherwise: number, place?: number): number =>
    numberIn(reader, made, word, otherwise, place);
  if (number('lr_decay', 0) !== 0)
    refuse('Its optimizer has lr_decay, which the embedded engine does not replay; use --engine process.');
  const betas = constants.valueOf(argument(made, 'betas'));
  const [beta1, beta2] = Array.isArray(betas) ? betas : [];
  if (imports.pathOf(made.callee) === null) refuse('Its optimizer is not known.');
  return {
    ...defaults,
    learningRate: number('lr', defaults.learningRate, 1),
    momentum: number('momentum', 0, name === 'sgd' ? 2 : undefined),
    dampening: number('dampening', 0),
    weightDecay: number('weight_decay', defaults.weightDecay),
    epsilon: number('eps', defaults.epsilon),
    alpha: number('alpha', defaults.alpha),
    initialSum: number('initial_accumulator_value', 0),
    nesterov: flagIn(reader, made, 'nesterov'),
    amsgrad: flagIn(reader, made, 'amsgrad'),
    centered: flagIn(reader, made, 'centered'),
    beta1: typeof beta1 === 'number' ? beta1 : defaults.beta1,
    beta2: typeof beta2 === 'number' ? beta2 : defaults.beta2,
  };
}

const pathOf = ({ imports }: Reader, call: CallExpression): string => imports.pathOf(call.callee) ?? '';

const losses: readonly (readonly [RegExp, LossName])[] = [
  [/^torch\.nn\.(?:CrossEntropyLoss|functional\.cross_entropy|NLLLoss|functional\.nll_loss)$/, 'cross-entropy'],
  [
    /^torch\.nn\.(?:BCEWithLogitsLoss|functional\.binary_cross_entropy_with_logits|BCELoss|functional\.binary_cross_entropy)$/,
    'binary-cross-entropy',
  ],
  [/^torch\.nn\.(?:MSELoss|functional\.mse_loss)$/, 'squared-error'],
  [/^torch\.nn\.(?:L1Loss|functional\.l1_loss)$/, 'absolute-error'],
  [/^torch\.nn\.(?:HuberLoss|SmoothL1Loss|functional\.huber_loss|functional\.smooth_l1_loss)$/, 'huber'],
];

function lossOf(reader: Reader, differences: string[]): LossRecipe {
  for (const call of reader.calls) {
    const name = losses.find(([path]) => path.test(pathOf(reader, call)))?.[1];
    if (!name) continue;
    const smooth = /smooth_?l1/i.test(lastName(call.callee) ?? '');
    const delta = numberIn(reader, call, smooth ? 'beta' : 'delta', 1);
    if (name === 'huber' && smooth && delta !== 1)
      refuse(
        'Its SmoothL1Loss has a beta of its own, which the embedded engine does not replay; use --engine process.',
      );
    const weight = argument(
      call,
      'weight',
      name === 'cross-entropy' && /Loss$/.test(lastName(call.callee) ?? '') ? 0 : undefined,
    );
    const weights = weight ? classWeightsIn(reader, weight) : null;
    if (weights === 'unknown' || (weights && name !== 'cross-entropy'))
      differences.push('class weights of the loss are left out');
    const positive = argument(call, 'pos_weight');
    const positives = positive ? numbersIn(reader, positive) : null;
    const one = positives && new Set(positives).size === 1 ? positives[0]! : null;
    if (positive && one === null) differences.push('the weight of positive labels is left out');
    return {
      ...plainLoss(name),
      labelSmoothing: numberIn(reader, call, 'label_smoothing', 0),
      classWeights: weights === 'unknown' || name !== 'cross-entropy' ? null : weights,
      positiveWeight: one ?? 1,
      delta,
    };
  }
  return refuse(
    'Its loss is none of cross-entropy, binary cross-entropy with logits, squared, absolute and Huber’s error.',
  );
}

/** The loader of the training: the first one that shuffles, else the first. */
function loaderOf(reader: Reader): CallExpression | null {
  const loaders = reader.calls.filter(call =>
    /^torch\.utils\.data\.(?:dataloader\.)?DataLoader$/.test(pathOf(reader, call)),
  );
  return loaders.find(call => flagIn(reader, call, 'shuffle')) ?? loaders[0] ?? null;
}

function clipOf(reader: Reader, differences: string[]): Clip | null {
  const call = reader.calls.find(each => /^clip_grad_(?:norm|value)_?$/.test(lastName(each.callee) ?? ''));
  if (!call) return null;
  const byValue = /value/.test(lastName(call.callee) ?? '');
  const limit = reader.constants.numberOf(argument(call, byValue ? 'clip_value' : 'max_norm', 1));
  const kind = reader.constants.valueOf(argument(call, 'norm_type', 2));
  if (limit === undefined || (kind !== undefined && kind !== 2)) {
    differences.push('gradient clipping is left out');
    return null;
  }
  return { by: byValue ? 'value' : 'norm', limit };
}

/** True where weights are loaded, or a family of networks is taken with trained ones, ahead of the training. */
function startsTrained(reader: Reader): boolean {
  const first = reader.calls
    .filter(call => lastName(call.callee) === 'backward')
    .reduce((at, call) => Math.min(at, call.start), Infinity);
  return reader.calls.some(call => {
    if (call.start > first) return false;
    if (lastName(call.callee) === 'from_pretrained') return true;
    if (lastName(call.callee) === 'load_state_dict') return topLevel(reader.facts.body, call);
    const trained: Expression | undefined = argument(call, 'pretrained') ?? argument(call, 'weights');
    return (
      trained !== undefined &&
      /^(?:torchvision|timm)\./.test(pathOf(reader, call)) &&
      reader.constants.valueOf(trained) !== false &&
      trained.kind !== 'none'
    );
  });
}

/** Loading inside a function may be for later use. */
const topLevel = (body: readonly Statement[], call: CallExpression): boolean =>
  body.some(
    statement =>
      statement.kind !== 'function' &&
      statement.kind !== 'class' &&
      [...callsIn([...nodesIn(statement, node => node.kind !== 'function')])].includes(call),
  );
