import * as z from 'zod';

/** Parameters of the explorer's question; all in the units of the accountant (records, steps, dimensionless σ). */
export const BudgetInput = z.object({
  noiseMultiplier: z.number().positive().max(1e6),
  sampleRate: z.number().positive().max(1),
  steps: z.number().int().positive().max(1e8),
  delta: z.number().positive().lt(1),
  recordsPerPerson: z.number().int().min(1).max(100_000),
  /** `shuffle`: batches in a fixed or shuffled order; then nothing is gained by sampling. */
  sampling: z.enum(['poisson', 'shuffle']),
});
export type BudgetInput = z.infer<typeof BudgetInput>;

/** Request, client → server: ε of each of several runs, for a curve. */
export const WHAT_IF = 'epsilint/whatIf';
export const WhatIf = z.object({ points: z.array(BudgetInput).max(200) });
export type WhatIf = z.infer<typeof WhatIf>;
/** ε per point; null is ∞ or not computable. */
export const WhatIfAnswer = z.object({ epsilon: z.array(z.number().nullable()) });
export type WhatIfAnswer = z.infer<typeof WhatIfAnswer>;

/** Request, client → server: the value of one parameter that gives a target ε. */
export const SOLVE = 'epsilint/solve';
export const Solve = z.object({
  input: BudgetInput,
  solveFor: z.enum(['noiseMultiplier', 'steps', 'sampleRate', 'delta', 'batchSize']),
  targetEpsilon: z.number().positive().max(1e4),
  /** What a batch size is solved over: with `wholeBatches` the sample rate is 1/⌈n/B⌉ as Opacus has it, else B/n. */
  loader: z
    .object({ examples: z.number().int().positive(), epochs: z.number().positive(), wholeBatches: z.boolean() })
    .optional(),
});
export type Solve = z.infer<typeof Solve>;
/** `value` null: the target cannot be reached; `message` says why. */
export const SolveAnswer = z.object({ value: z.number().nullable(), message: z.string() });
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
    /** Where the code counts in epochs over n examples in batches: the sample rate and the steps follow from them. null in it: not resolved. */
    loader: z
      .object({ examples: z.number().nullable(), batchSize: z.number().nullable(), epochs: z.number().nullable() })
      .nullable(),
    /** `accountant`, `neighbouring relation`, … with what holds here. */
    named: z.array(z.tuple([z.string(), z.string()])),
    epsilon: z.number().nullable(),
    unresolved: z.array(z.string()),
    /** Where a literal in the code sets a parameter, so that a value can be written back. */
    places: z.record(z.string(), Editable),
    paragraph: z.string(),
    personKey: z.string().nullable(),
    /** The most records that one person has, where the data was counted. */
    maxRecords: z.number().nullable(),
  })
  .nullable();
export type BudgetAnswer = z.infer<typeof BudgetAnswer>;
