import { account, calibrate, type DpEvent } from '../../../audit-core/accounting';
import type { BudgetInput, Solve, SolveAnswer, WhatIf, WhatIfAnswer } from '../../protocol/budgets';

const RELATION = 'add-or-remove';

/** DP-SGD with Poisson sampling, the explorer's model: the sampled Gaussian, composed `steps` times. */
function eventOf({ noiseMultiplier, sampleRate, steps }: BudgetInput): DpEvent {
  const step: DpEvent = { type: 'poissonSampled', sampleRate, event: { type: 'gaussian', noiseMultiplier } };
  return { type: 'selfComposed', count: steps, event: step };
}

/** ε (PLD, add/remove, per record) at each value of one parameter; other messages get their turn between points. */
export async function whatIf({ input, axis, values }: WhatIf): Promise<WhatIfAnswer> {
  const epsilon: (number | null)[] = [];
  for (const value of values) {
    await new Promise(resolve => setImmediate(resolve));
    epsilon.push(epsilonOf({ ...input, [axis]: axis === 'steps' ? Math.round(value) : value }));
  }
  return { epsilon };
}

function epsilonOf(input: BudgetInput): number | null {
  try {
    const { epsilon } = account({
      event: eventOf(input),
      accountant: 'pld',
      relation: RELATION,
      delta: input.delta,
    });
    return Number.isFinite(epsilon) ? epsilon : null;
  } catch {
    return null;
  }
}

/** The smallest σ whose ε does not exceed the target. */
export async function solve({ input, targetEpsilon }: Solve): Promise<SolveAnswer> {
  await new Promise(resolve => setImmediate(resolve));
  try {
    const noiseMultiplier = calibrate(eventOf(input), 'pld', RELATION, input.delta, targetEpsilon);
    return { noiseMultiplier, message: `σ = ${noiseMultiplier.toPrecision(4)} gives ε ≤ ${targetEpsilon}` };
  } catch (error) {
    return { noiseMultiplier: null, message: error instanceof Error ? error.message : String(error) };
  }
}
