import type { OptimizerRecipe } from '../../../audit-core/shadows/embedded/recipe';
import { fixed, type Length, type Schedule, type Shape } from '../../../audit-core/shadows/embedded/schedules';
import type { CallExpression } from '../../facts/syntax';
import { callsIn } from '../auditable/walk';
import { argument, flagIn, lastName, numberIn, type Reader, RecipeError } from './reader';
import type { TrainingLoops } from './torch-loops';

const leftOut = 'the learning-rate schedule is left out';

/** The learning-rate schedule of a PyTorch training; says in `differences` where it cannot be followed. */
export function torchSchedule(
  reader: Reader,
  loops: TrainingLoops,
  optimizer: OptimizerRecipe,
  differences: string[],
): Schedule | null {
  const { imports, calls } = reader;
  const made = calls.filter(call =>
    /^torch\.optim\.lr_scheduler\.[A-Z]|^transformers\.(?:optimization\.)?get_\w*schedule\w*$/.test(
      imports.pathOf(call.callee) ?? '',
    ),
  );
  const [only] = made;
  if (!only) return null;
  try {
    const shape = made.length === 1 ? shapeOf(reader, only, optimizer) : null;
    if (shape) return { every: everyBatch(reader, loops, only) ? 'step' : 'epoch', ...shape };
  } catch (error) {
    if (!(error instanceof RecipeError)) throw error;
  }
  differences.push(leftOut);
  return null;
}

/** True where the schedule's `step()` stands in the loop over batches. */
function everyBatch({ facts }: Reader, loops: TrainingLoops, made: CallExpression): boolean {
  const name = facts.body.length > 0 ? nameOf(facts.body, made) : null;
  const steps = [...callsIn(loops.inner)].filter(
    call => call.callee.kind === 'attribute' && call.callee.name === 'step' && call.callee.object.kind === 'name',
  );
  const own = name === null ? loops.stepped.length > 1 : loops.stepped.includes(name);
  return loops.over !== null && steps.length > 1 && own;
}

/** The name that the call's result is given. */
function nameOf(root: unknown, made: CallExpression): string | null {
  const waiting: unknown[] = [root];
  for (let part = waiting.pop(); part !== undefined; part = waiting.pop()) {
    if (typeof part !== 'object' || part === null) continue;
    if ('kind' in part && part.kind === 'assign' && 'value' in part && part.value === made && 'targets' in part) {
      const [target] = part.targets as readonly { kind: string; name?: string }[];
      return target?.kind === 'name' ? (target.name ?? null) : null;
    }
    waiting.push(...Object.values(part));
  }
  return null;
}

/** The schedule that a call makes; null: not one that can be followed. */
function shapeOf(reader: Reader, call: CallExpression, optimizer: OptimizerRecipe): Shape | null {
  const number = (name: string, otherwise: number, place?: number): number =>
    numberIn(reader, call, name, otherwise, place);
  const length = (name: string, place?: number): Length | null => {
    const given = argument(call, name, place);
    return given ? (reader.constants.lengthOf(given) ?? null) : null;
  };
  switch (lastName(call.callee)) {
    case 'StepLR': {
      const size = length('step_size', 1);
      return size && { kind: 'step', size, gamma: number('gamma', 0.1, 2) };
    }
    case 'MultiStepLR': {
      const at = reader.constants.valueOf(argument(call, 'milestones', 1));
      if (!Array.isArray(at) || !at.every((each): each is number => typeof each === 'number')) return null;
      return { kind: 'milestones', at, gamma: number('gamma', 0.1, 2) };
    }
    case 'ExponentialLR':
      return { kind: 'exponential', gamma: number('gamma', Number.NaN, 1) };
    case 'LinearLR':
      return {
        kind: 'linear',
        from: number('start_factor', 1 / 3, 1),
        to: number('end_factor', 1, 2),
        over: length('total_iters', 3) ?? fixed(5),
      };
    case 'ConstantLR':
      return { kind: 'constant', factor: number('factor', 1 / 3, 1), over: length('total_iters', 2) ?? fixed(5) };
    case 'PolynomialLR':
      return { kind: 'polynomial', over: length('total_iters', 1) ?? fixed(5), power: number('power', 1, 2), end: 0 };
    case 'CosineAnnealingLR': {
      const over = length('T_max', 1);
      return over && { kind: 'cosine', over, least: number('eta_min', 0, 2) };
    }
    case 'CosineAnnealingWarmRestarts': {
      const first = length('T_0', 1);
      return first && { kind: 'restarts', first, times: number('T_mult', 1, 2), least: number('eta_min', 0, 3) };
    }
    case 'OneCycleLR':
      return oneCycle(reader, call, optimizer, number, length);
    case 'get_linear_schedule_with_warmup':
    case 'get_cosine_schedule_with_warmup': {
      const [warm, total] = [length('num_warmup_steps', 1), length('num_training_steps', 2)];
      const cosine = /cosine/.test(lastName(call.callee)!);
      return warm && total && { kind: 'warm-up', warm, total, cosine };
    }
    default:
      return null;
  }
}

function oneCycle(
  reader: Reader,
  call: CallExpression,
  optimizer: OptimizerRecipe,
  number: (name: string, otherwise: number, place?: number) => number,
  length: (name: string, place?: number) => Length | null,
): Shape | null {
  const [epochs, perEpoch] = [number('epochs', Number.NaN, 3), length('steps_per_epoch', 4)];
  const total =
    length('total_steps', 2) ??
    (perEpoch && Number.isFinite(epochs) ? { steps: perEpoch.steps * epochs, epochs: perEpoch.epochs * epochs } : null);
  if (!total) return null;
  const cycles = flagIn(reader, call, 'cycle_momentum', true) && /^(?:sgd|adam)/.test(optimizer.name);
  return {
    kind: 'one-cycle',
    most: number('max_lr', Number.NaN, 1),
    total,
    rise: number('pct_start', 0.3),
    cosine: reader.constants.valueOf(argument(call, 'anneal_strategy')) !== 'linear',
    divide: number('div_factor', 25),
    divideLast: number('final_div_factor', 1e4),
    threePhase: flagIn(reader, call, 'three_phase'),
    momentum: cycles ? [number('base_momentum', 0.85), number('max_momentum', 0.95)] : null,
  };
}
