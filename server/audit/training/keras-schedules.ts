import { fixed, type Schedule, type Shape } from '../../../audit-core/shadows/embedded/schedules';
import type { CallExpression } from '../../facts/syntax';
import { argument, flagIn, lastName, numberIn, type Reader, RecipeError } from './reader';

/** The schedule that an optimizer is given as its learning rate; says in `differences` where it cannot be followed. */
export function kerasSchedule(reader: Reader, optimizer: CallExpression, differences: string[]): Schedule | null {
  const given = argument(optimizer, 'learning_rate', 0);
  const made = given && reader.constants.expressionOf(given);
  if (made?.kind !== 'call') return null;
  try {
    const shape = shapeOf(reader, made);
    if (shape) return { every: 'step', ...shape };
  } catch (error) {
    if (!(error instanceof RecipeError)) throw error;
  }
  differences.push('the learning-rate schedule is left out');
  return null;
}

function shapeOf(reader: Reader, call: CallExpression): Shape | null {
  const number = (name: string, otherwise: number, place?: number): number =>
    numberIn(reader, call, name, otherwise, place);
  const over = (place = 1): number => number('decay_steps', Number.NaN, place);
  const staircase = flagIn(reader, call, 'staircase');
  switch (lastName(call.callee)) {
    case 'ExponentialDecay':
      return { kind: 'keras-exponential', over: over(), rate: number('decay_rate', Number.NaN, 2), staircase };
    case 'InverseTimeDecay':
      return { kind: 'keras-inverse', over: over(), rate: number('decay_rate', Number.NaN, 2), staircase };
    case 'PolynomialDecay':
      if (flagIn(reader, call, 'cycle')) return null;
      return {
        kind: 'polynomial',
        over: fixed(over()),
        power: number('power', 1, 3),
        end: number('end_learning_rate', 1e-4, 2),
      };
    case 'CosineDecay': {
      const target = argument(call, 'warmup_target');
      return {
        kind: 'keras-cosine',
        over: over(),
        least: number('alpha', 0, 2),
        warm: target ? { target: number('warmup_target', Number.NaN), steps: number('warmup_steps', 0) } : null,
      };
    }
    case 'PiecewiseConstantDecay': {
      const [until, values] = [argument(call, 'boundaries', 0), argument(call, 'values', 1)].map(e =>
        reader.constants.valueOf(e),
      );
      const numbers = (list: unknown): list is number[] =>
        Array.isArray(list) && list.every(each => typeof each === 'number');
      return numbers(until) && numbers(values) ? { kind: 'keras-pieces', until, values } : null;
    }
    default:
      return null;
  }
}
