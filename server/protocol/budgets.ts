import { z } from 'zod';

/** Parameters of the explorer's question; all in the units of the accountant (records, steps, dimensionless σ). */
export const BudgetInput = z.object({
  noiseMultiplier: z.number().positive().max(1e6),
  sampleRate: z.number().positive().max(1),
  steps: z.number().int().positive().max(1e8),
  delta: z.number().positive().lt(1),
  recordsPerPerson: z.number().int().min(1).max(100_000),
});
export type BudgetInput = z.infer<typeof BudgetInput>;

/** Request, client → server: ε as one parameter varies. */
export const WHAT_IF = 'epsilint/whatIf';
export const WhatIf = z.object({
  input: BudgetInput,
  axis: z.enum(['steps', 'noiseMultiplier', 'sampleRate', 'delta', 'recordsPerPerson']),
  values: z.array(z.number()).max(200),
});
export type WhatIf = z.infer<typeof WhatIf>;
/** ε per value of the axis; null is ∞ or not computable. */
export const WhatIfAnswer = z.object({ epsilon: z.array(z.number().nullable()) });
export type WhatIfAnswer = z.infer<typeof WhatIfAnswer>;

/** Request, client → server: the σ that gives a target ε. */
export const SOLVE = 'epsilint/solve';
export const Solve = z.object({ input: BudgetInput, targetEpsilon: z.number().positive().max(1e4) });
export type Solve = z.infer<typeof Solve>;
export const SolveAnswer = z.object({ noiseMultiplier: z.number().nullable(), message: z.string() });
export type SolveAnswer = z.infer<typeof SolveAnswer>;

/** Request, client → server: the budget statement at a line (0-based), for the explorer; null where there is none. */
export const BUDGET = 'epsilint/budget';
export const BudgetQuestion = z.object({
  uri: z.string(),
  line: z.number().int().min(0).optional(),
  event: z.number().int().optional(),
});
export const Editable = z.object({
  start: z.object({ line: z.number(), character: z.number() }),
  end: z.object({ line: z.number(), character: z.number() }),
  uri: z.string(),
});
export const BudgetAnswer = z
  .object({
    title: z.string(),
    line: z.number(),
    version: z.number(),
    library: z.string(),
    input: BudgetInput.partial(),
    stepsPerEpoch: z.number().nullable(),
    epsilon: z.number().nullable(),
    unresolved: z.array(z.string()),
    /** Where a literal in the code sets a parameter, so that a value can be written back. */
    places: z.record(z.string(), Editable),
    paragraph: z.string(),
    personKey: z.string().nullable(),
  })
  .nullable();
export type BudgetAnswer = z.infer<typeof BudgetAnswer>;
