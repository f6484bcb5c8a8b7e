import type { BudgetAnswer, BudgetInput, Solve } from '../server/protocol';

/** What a person turns in the explorer. With a loader (n examples in batches) epochs and batch size, else steps and sample rate. */
export type ParameterName =
  | 'noiseMultiplier'
  | 'examples'
  | 'epochs'
  | 'batchSize'
  | 'steps'
  | 'sampleRate'
  | 'delta'
  | 'recordsPerPerson';

export interface Parameter {
  readonly name: ParameterName;
  readonly label: string;
  /** Positive; sliders and curves run over [low, high] on a logarithmic scale. */
  readonly low: number;
  readonly high: number;
  readonly start: number;
  readonly whole: boolean;
  /** False where the code does not tell it and `start` is an example. */
  readonly known: boolean;
}

export type Values = Readonly<Record<ParameterName, number>>;
type Known = NonNullable<BudgetAnswer>;

const ranges: Readonly<
  Record<ParameterName, { label: string; low: number; high: number; start: number; whole?: true }>
> = {
  noiseMultiplier: { label: 'Noise multiplier', low: 0.3, high: 10, start: 1 },
  // As far as the lens looks where nobody tells how many rows there are.
  examples: { label: 'Number of examples', low: 1e3, high: 1e6, start: 1e4, whole: true },
  epochs: { label: 'Epochs', low: 1, high: 300, start: 10, whole: true },
  batchSize: { label: 'Batch size', low: 8, high: 8192, start: 256, whole: true },
  steps: { label: 'Steps', low: 10, high: 1e5, start: 1000, whole: true },
  sampleRate: { label: 'Sample rate', low: 1e-4, high: 1, start: 0.01 },
  delta: { label: 'δ', low: 1e-9, high: 1e-2, start: 1e-5 },
  recordsPerPerson: { label: 'Records per person', low: 1, high: 64, start: 1, whole: true },
};

/** The parameters of a statement, in the order in which people ask. */
export function parametersOf({ input, loader, maxRecords }: Known): Parameter[] {
  const names: ParameterName[] = loader
    ? [
        'noiseMultiplier',
        ...(loader.examples === null ? (['examples'] as const) : []),
        'epochs',
        'batchSize',
        'delta',
        'recordsPerPerson',
      ]
    : ['noiseMultiplier', 'steps', 'sampleRate', 'delta', 'recordsPerPerson'];
  const given = (name: ParameterName): number | undefined =>
    name === 'epochs' || name === 'batchSize' || name === 'examples' ? (loader?.[name] ?? undefined) : input[name];
  return names.map(name => {
    const { whole = false, start, ...range } = ranges[name];
    const known = given(name);
    const value = known ?? start;
    const most = name === 'recordsPerPerson' ? Math.max(range.high, maxRecords ?? 1) : range.high;
    const high = name === 'batchSize' && loader?.examples ? Math.min(most, loader.examples) : most;
    return {
      name,
      label: range.label,
      low: Math.min(range.low, value),
      high: Math.max(high, value),
      start: value,
      whole,
      known: known !== undefined,
    };
  });
}

/** The run that some values make: as Opacus counts where there is a loader, q = 1/⌈n/B⌉ and ⌈n/B⌉ steps an epoch. */
export function inputOf(values: Values, { input, loader, library }: Known): BudgetInput {
  const { noiseMultiplier, delta, recordsPerPerson } = values;
  const common = { noiseMultiplier, delta, recordsPerPerson: Math.round(recordsPerPerson) };
  const sampling = input.sampling ?? 'poisson';
  if (!loader) return { ...common, sampling, sampleRate: values.sampleRate, steps: Math.round(values.steps) };
  const examples = examplesIn(values, loader);
  const batches = Math.ceil(examples / values.batchSize);
  const sampleRate = library === 'opacus' ? 1 / batches : Math.min(1, values.batchSize / examples);
  return { ...common, sampling, sampleRate, steps: Math.max(1, Math.ceil(values.epochs * batches - 1e-9)) };
}

/** The rows of an epoch: the code's, or what a person has set where it does not tell. */
const examplesIn = (values: Values, { examples }: NonNullable<Known['loader']>): number =>
  Math.max(1, Math.round(examples ?? values.examples));

/** What a curve is first drawn over: what the code does not tell, else the noise. */
export const firstAxis = (parameters: readonly Parameter[]): ParameterName =>
  parameters.find(({ known, name }) => !known && name !== 'recordsPerPerson')?.name ?? 'noiseMultiplier';

/** At most `count` values over the range of a parameter, evenly on a logarithmic scale, ends included. */
export function valuesAlong({ low, high, whole }: Parameter, count: number): number[] {
  const all = Array.from({ length: count }, (_, i) => {
    const value = low * (high / low) ** (i / (count - 1));
    return whole ? Math.round(value) : value;
  });
  return [...new Set(all)];
}

/** The question that solves for a parameter; null for those that are not solved for. */
export function solveFor(name: ParameterName): Solve['solveFor'] | null {
  if (name === 'epochs' || name === 'steps') return 'steps';
  return name === 'recordsPerPerson' || name === 'examples' ? null : name;
}

/** The question for one parameter at a target ε; null for a parameter that is not solved for. */
export function solveQuestion(name: ParameterName, values: Values, answer: Known, targetEpsilon: number): Solve | null {
  const wanted = solveFor(name);
  if (!wanted) return null;
  const { loader, library } = answer;
  return {
    input: inputOf(values, answer),
    solveFor: wanted,
    targetEpsilon,
    ...(loader && {
      loader: { examples: examplesIn(values, loader), epochs: values.epochs, wholeBatches: library === 'opacus' },
    }),
  };
}

/** A solution as a value to use: rounded to the safe side, steps as whole epochs where the code counts in epochs. null: there is none. */
export function usable(name: ParameterName, solution: number, values: Values, answer: Known): number | null {
  switch (name) {
    case 'noiseMultiplier':
    case 'delta':
      return rounded(solution, Math.ceil);
    case 'sampleRate':
      return rounded(solution, Math.floor);
    case 'steps':
    case 'batchSize':
      return Math.floor(solution) || null;
    case 'epochs': {
      const batches = answer.loader ? Math.ceil(examplesIn(values, answer.loader) / values.batchSize) : 1;
      return Math.floor(solution / batches) || null;
    }
    default:
      return null;
  }
}

/** Four significant digits, up or down. */
function rounded(value: number, direction: (value: number) => number): number {
  const scale = 10 ** (3 - Math.floor(Math.log10(value)));
  return Number((direction(value * scale - (direction === Math.ceil ? 1e-9 : -1e-9)) / scale).toPrecision(4));
}

/** A value as it stands in code: short, and the very number that was shown. */
export const literal = (value: number): string =>
  value !== 0 && Math.abs(value) < 1e-3 ? value.toExponential().replace(/\+/, '') : String(value);

/** Three significant digits, ∞ for null. */
export const figure = (value: number | null | undefined): string =>
  value === null || value === undefined
    ? '∞'
    : value !== 0 && Math.abs(value) < 1e-3
      ? value.toExponential(2)
      : Number(value.toPrecision(3)).toLocaleString('en', { maximumSignificantDigits: 6, useGrouping: value >= 1e4 });
