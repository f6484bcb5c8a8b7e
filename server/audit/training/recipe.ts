import {
  kerasOptimizers,
  type LossName,
  type OptimizerRecipe,
  type TrainingRecipe,
  torchOptimizers,
} from '../../../audit-core/shadows/embedded/recipe';
import type { CallExpression, Expression, ModuleFacts, Statement } from '../../facts/syntax';
import { callsIn, Imports, nodesIn } from '../auditable/walk';
import { Constants } from './constants';

/** How a script trains, with what of it the embedded engine does otherwise; or why it cannot be told, in one sentence. */
export type ReadRecipe =
  | { readonly kind: 'known'; readonly recipe: TrainingRecipe; readonly differences: readonly string[] }
  | { readonly kind: 'not-known'; readonly why: string };

const refuse = (why: string): ReadRecipe => ({ kind: 'not-known', why });

/** Reads optimizer, loss, epochs and batches from a PyTorch or Keras training script. */
export function readTrainingRecipe(facts: ModuleFacts): ReadRecipe {
  const imports = new Imports(facts);
  const constants = new Constants(facts);
  const calls = [...callsIn(facts.body)];
  if (calls.some(call => /make_private|DPKeras/i.test(lastName(call.callee) ?? '')))
    return refuse(
      'It trains with differential privacy, which the embedded engine does not replay; use --engine process.',
    );
  const reader = { facts, imports, constants, calls };
  if (imports.uses(/^torch(?:\.|$)/) && calls.some(call => lastName(call.callee) === 'backward'))
    return torchRecipe(reader);
  if (imports.uses(/^(?:keras|tensorflow)(?:\.|$)/) && calls.some(call => lastName(call.callee) === 'fit'))
    return kerasRecipe(reader);
  return refuse(
    'The embedded engine trains PyTorch loops and Keras models; scikit-learn and boosted models are trained by --engine process.',
  );
}

interface Reader {
  readonly facts: ModuleFacts;
  readonly imports: Imports;
  readonly constants: Constants;
  readonly calls: readonly CallExpression[];
}

export const lastName = (e: Expression): string | null => (e.kind === 'attribute' || e.kind === 'name' ? e.name : null);
const keyword = (call: CallExpression, name: string): Expression | undefined =>
  call.keywords.find(each => each.name === name)?.value;

const torchNames: Readonly<Record<string, OptimizerRecipe['name']>> = {
  SGD: 'sgd',
  Adam: 'adam',
  AdamW: 'adamw',
  RMSprop: 'rmsprop',
  Adagrad: 'adagrad',
};

function torchRecipe(reader: Reader): ReadRecipe {
  const { imports, constants, calls } = reader;
  const made = calls.find(
    call =>
      /^torch\.optim\.[A-Z]/.test(imports.pathOf(call.callee) ?? '') &&
      !/lr_scheduler/.test(imports.pathOf(call.callee)!),
  );
  const name = made && torchNames[lastName(made.callee) ?? ''];
  if (!made || !name)
    return refuse(
      `The optimizer ${made ? `${lastName(made.callee)} ` : ''}is not one that the embedded engine has (SGD, Adam, AdamW, RMSprop, Adagrad).`,
    );
  const optimizer = optimizerOf(made, torchOptimizers[name], constants, {
    lr: 'learningRate',
    momentum: 'momentum',
    weight_decay: 'weightDecay',
    eps: 'epsilon',
    alpha: 'alpha',
  });
  if (typeof optimizer === 'string') return refuse(optimizer);
  const loss = torchLoss(reader);
  if (loss === null)
    return refuse('Its loss is none of cross-entropy, binary cross-entropy with logits and squared error.');
  const epochs = epochsOf(reader);
  if (epochs === undefined) return refuse('Its number of epochs is not a constant that the script tells.');
  const loader = loaderOf(reader);
  const batch = loader ? constants.numberOf(keyword(loader, 'batch_size') ?? loader.arguments[1]) : undefined;
  if (loader && batch === undefined && (keyword(loader, 'batch_size') ?? loader.arguments[1]))
    return refuse('Its batch size is not a constant that the script tells.');
  const clip = calls.find(call => lastName(call.callee) === 'clip_grad_norm_');
  const clipNorm = clip ? constants.numberOf(clip.arguments[1] ?? keyword(clip, 'max_norm')) : undefined;
  const differences = differencesOf(reader, [
    [/^torch\.optim\.lr_scheduler\./, 'the learning-rate schedule is left out'],
    [
      /(?:^|\.)(?:RandomCrop|RandomHorizontalFlip|RandomRotation|RandomAffine|ColorJitter|RandAugment)$/,
      'random augmentation is left out',
    ],
    [/(?:^|\.)(?:WeightedRandomSampler)$/, 'the weighted sampler is left out'],
    [/(?:^|\.)(?:autocast|GradScaler)$/, 'training is in float32'],
  ]);
  if (clip && clipNorm === undefined) differences.push('gradient clipping is left out');
  if (loss.weighted) differences.push('class weights of the loss are left out');
  return {
    kind: 'known',
    recipe: {
      library: 'torch',
      optimizer,
      loss: loss.name,
      labelSmoothing: loss.smoothing,
      epochs,
      // Without a loader every step sees all rows.
      batchSize: loader ? (batch ?? 1) : Number.MAX_SAFE_INTEGER,
      shuffle: loader ? constants.valueOf(keyword(loader, 'shuffle')) === true : false,
      dropLast: loader ? constants.valueOf(keyword(loader, 'drop_last')) === true : false,
      clipNorm: clipNorm ?? null,
    },
    differences,
  };
}

/** The defaults with what the call sets; a sentence where a setting is no constant. */
function optimizerOf(
  call: CallExpression,
  defaults: OptimizerRecipe,
  constants: Constants,
  names: Readonly<
    Record<string, 'learningRate' | 'momentum' | 'weightDecay' | 'epsilon' | 'alpha' | 'beta1' | 'beta2'>
  >,
): OptimizerRecipe | string {
  const out: { -readonly [K in keyof OptimizerRecipe]: OptimizerRecipe[K] } = { ...defaults };
  for (const [word, field] of Object.entries(names)) {
    const given =
      keyword(call, word) ?? (field === 'learningRate' ? call.arguments[torchLike(call) ? 1 : 0] : undefined);
    if (!given) continue;
    const value = constants.numberOf(given);
    if (value === undefined) return `The optimizer's ${word} is not a constant that the script tells.`;
    out[field] = value;
  }
  const betas = constants.valueOf(keyword(call, 'betas'));
  if (Array.isArray(betas) && typeof betas[0] === 'number' && typeof betas[1] === 'number') {
    out.beta1 = betas[0];
    out.beta2 = betas[1];
  }
  out.nesterov = constants.valueOf(keyword(call, 'nesterov')) === true;
  return out;
}

/** True where the first argument are the parameters of a model. */
const torchLike = (call: CallExpression): boolean =>
  call.arguments.length > 0 && call.arguments[0]!.kind !== 'number' && [...callsIn(call.arguments[0])].length > 0;

function torchLoss({
  imports,
  constants,
  calls,
}: Reader): { name: LossName; smoothing: number; weighted: boolean } | null {
  for (const call of calls) {
    const path = imports.pathOf(call.callee) ?? '';
    const name: LossName | null =
      /^torch\.nn\.(?:CrossEntropyLoss|functional\.cross_entropy|NLLLoss|functional\.nll_loss)$/.test(path)
        ? 'cross-entropy'
        : /^torch\.nn\.(?:BCEWithLogitsLoss|functional\.binary_cross_entropy_with_logits|BCELoss|functional\.binary_cross_entropy)$/.test(
              path,
            )
          ? 'binary-cross-entropy'
          : /^torch\.nn\.(?:MSELoss|functional\.mse_loss)$/.test(path)
            ? 'squared-error'
            : null;
    if (!name) continue;
    return {
      name,
      smoothing: constants.numberOf(keyword(call, 'label_smoothing')) ?? 0,
      weighted: call.keywords.some(each => each.name === 'weight' || each.name === 'pos_weight'),
    };
  }
  return null;
}

/** The count of the outermost `for … in range(n)` around the backward pass, followed into functions that the loop calls. */
function epochsOf({ facts, imports, constants }: Reader): number | undefined {
  const functions = new Map<string, readonly Statement[]>();
  for (const node of nodesIn(facts.body)) if (node.kind === 'function') functions.set(node.name, node.body);
  const trains = (root: unknown, seen: Set<string>): boolean => {
    for (const call of callsIn(root)) {
      if (lastName(call.callee) === 'backward') return true;
      const name = call.callee.kind === 'name' ? call.callee.name : null;
      if (name === null || seen.has(name) || !functions.has(name)) continue;
      seen.add(name);
      if (trains(functions.get(name), seen)) return true;
    }
    return false;
  };
  for (const node of nodesIn(facts.body)) {
    if (node.kind !== 'for' || node.iterable.kind !== 'call') continue;
    let over: CallExpression = node.iterable;
    // A progress bar around the range.
    while (over.arguments[0]?.kind === 'call' && imports.pathOf(over.callee) !== 'range') over = over.arguments[0];
    if (imports.pathOf(over.callee) !== 'range' || !trains(node.body, new Set())) continue;
    const [from, to] = over.arguments.length > 1 ? over.arguments : [undefined, over.arguments[0]];
    const [start, end] = [from ? constants.numberOf(from) : 0, constants.numberOf(to)];
    return start === undefined || end === undefined ? undefined : end - start;
  }
  return undefined;
}

/** The loader of the training: the first one that shuffles, else the first. */
function loaderOf({ imports, calls, constants }: Reader): CallExpression | null {
  const loaders = calls.filter(call => imports.pathOf(call.callee) === 'torch.utils.data.DataLoader');
  return loaders.find(call => constants.valueOf(keyword(call, 'shuffle')) === true) ?? loaders[0] ?? null;
}

function differencesOf({ imports, calls }: Reader, known: readonly (readonly [RegExp, string])[]): string[] {
  return known
    .filter(([path]) => calls.some(call => path.test(imports.pathOf(call.callee) ?? '')))
    .map(([, words]) => words);
}

function kerasRecipe(reader: Reader): ReadRecipe {
  const { imports, constants, calls } = reader;
  const compile = calls.find(call => lastName(call.callee) === 'compile');
  const fit = calls.find(
    call => lastName(call.callee) === 'fit' && call.keywords.some(({ name }) => name === 'epochs'),
  );
  if (!compile || !fit) return refuse('No compile() and fit(…, epochs=…) of Keras were found.');
  const given = keyword(compile, 'optimizer') ?? compile.arguments[0];
  const named = given?.kind === 'name' ? given : given;
  const text = constants.valueOf(named);
  const made =
    named?.kind === 'call' ? named : calls.find(call => /\.optimizers\.[A-Z]/.test(imports.pathOf(call.callee) ?? ''));
  const type = typeof text === 'string' ? text : made ? lastName(made.callee) : null;
  const name = type?.toLowerCase() as OptimizerRecipe['name'] | undefined;
  const defaults = name && kerasOptimizers[name];
  if (!defaults)
    return refuse('Its optimizer is not one that the embedded engine has (SGD, Adam, AdamW, RMSprop, Adagrad).');
  const optimizer =
    typeof text === 'string' || !made
      ? defaults
      : optimizerOf(made, defaults, constants, {
          learning_rate: 'learningRate',
          momentum: 'momentum',
          weight_decay: 'weightDecay',
          epsilon: 'epsilon',
          rho: 'alpha',
          beta_1: 'beta1',
          beta_2: 'beta2',
        });
  if (typeof optimizer === 'string') return refuse(optimizer);
  const lossGiven = keyword(compile, 'loss');
  const lossText = constants.valueOf(lossGiven);
  const words =
    typeof lossText === 'string' ? lossText : lossGiven?.kind === 'call' ? (lastName(lossGiven.callee) ?? '') : '';
  const loss: LossName | null = /categorical.?crossentropy/i.test(words)
    ? 'cross-entropy'
    : /binary.?crossentropy/i.test(words)
      ? 'binary-cross-entropy'
      : /mse|mean.?squared.?error/i.test(words)
        ? 'squared-error'
        : null;
  if (!loss) return refuse('Its loss is none of cross-entropy, binary cross-entropy and squared error.');
  const epochs = constants.numberOf(keyword(fit, 'epochs'));
  if (epochs === undefined) return refuse('Its number of epochs is not a constant that the script tells.');
  const batch = keyword(fit, 'batch_size');
  const batchSize = batch ? constants.numberOf(batch) : 32;
  if (batchSize === undefined) return refuse('Its batch size is not a constant that the script tells.');
  const differences = differencesOf(reader, [
    [/\.EarlyStopping$/, 'early stopping is left out: all epochs are trained'],
    [/\.(?:ReduceLROnPlateau|LearningRateScheduler)$|\.schedules\./, 'the learning-rate schedule is left out'],
    [/\.Random(?:Flip|Rotation|Zoom|Crop|Contrast)$/, 'random augmentation is left out'],
  ]);
  if (keyword(fit, 'validation_split')) differences.push('no rows are split off for validation');
  if (keyword(fit, 'class_weight')) differences.push('class weights are left out');
  return {
    kind: 'known',
    recipe: {
      library: 'keras',
      optimizer,
      loss,
      labelSmoothing: 0,
      epochs,
      batchSize,
      shuffle: constants.valueOf(keyword(fit, 'shuffle')) !== false,
      dropLast: false,
      clipNorm: null,
    },
    differences,
  };
}
