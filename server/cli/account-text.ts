import {
  ACCOUNTANTS,
  type Answer,
  account,
  attackReading,
  bucketEpsilons,
  type DpEvent,
  deterministicBatchesEpsilon,
  directionsOf,
  EventError,
  opacusEpsilon,
  type Relation,
  shuffleLowerEpsilon,
  tfPrivacyEpsilon,
} from '../../audit-core/accounting';

/** JSON has no infinity: the string "Infinity" stands for it. */
export const accountJson = (value: object): string =>
  JSON.stringify(value, (_, each) => (each === Number.POSITIVE_INFINITY ? 'Infinity' : each));

/** Four significant digits. */
export const digits = (value: number): string =>
  !Number.isFinite(value)
    ? '∞'
    : value !== 0 && Math.abs(value) < 1e-3
      ? value.toExponential(3).replace(/\.?0+e/, 'e')
      : String(Number(value.toPrecision(4)));

/** Steps as the command line was asked about them. */
export interface AskedSteps {
  readonly event: DpEvent;
  readonly noiseMultiplier: number;
  readonly sampleRate: number;
  readonly steps: number;
  /** Passes over the data, where they are known. */
  readonly epochs: number | undefined;
  readonly delta: number;
  readonly relation: Relation;
  readonly recordsPerPerson: number;
  readonly amplified: boolean;
}

/** One line of a comparison: who says it, what, and how it is to be read. */
export interface ComparedRow {
  readonly name: string;
  readonly epsilon: number;
  readonly lower?: number;
  readonly note: string;
}

/** The accountants, the figures that other libraries log, and what holds where batches are not sampled, side by side. */
export function comparedRows(asked: AskedSteps): ComparedRow[] {
  const { event, noiseMultiplier, sampleRate, steps, epochs, delta, relation, recordsPerPerson, amplified } = asked;
  const rows: ComparedRow[] = [];
  const add = (name: string, note: string, compute: () => number | Answer): void => {
    try {
      const answer = compute();
      const { epsilon, lower, warning } = typeof answer === 'number' ? { epsilon: answer } : { ...answer };
      rows.push({ name, epsilon, ...(lower !== undefined && { lower }), note: warning ?? note });
    } catch (error) {
      if (!(error instanceof EventError)) throw error;
      rows.push({ name, epsilon: Number.NaN, note: error.message });
    }
  };
  const notes = {
    pld: 'privacy loss distributions, connect-the-dots: upper bound',
    rdp: 'Rényi divergences: upper bound',
    prv: 'privacy random variables: upper end of a two-sided bound',
    gdp: '',
  } as const;
  for (const accountant of ACCOUNTANTS)
    add(accountant, notes[accountant], () => account({ event, accountant, relation, delta, recordsPerPerson }));
  add('rdp classic', 'Rényi divergences by the older conversion (Mironov 2017)', () =>
    account({ event, accountant: 'rdp', relation, delta, recordsPerPerson, conversion: 'classic' }),
  );
  add('buckets', 'privacy buckets of 1e-4: both ends are bounds', () => {
    const { lower, upper } = bucketEpsilons(directionsOf(event, relation, recordsPerPerson), delta, 1e-4);
    return { epsilon: upper, lower, delta, warning: null };
  });
  if (amplified && relation === 'add-or-remove' && recordsPerPerson === 1 && noiseMultiplier > 0) {
    const same = { noiseMultiplier, sampleRate, steps, delta };
    for (const name of ['prv', 'rdp', 'gdp'] as const)
      add(`Opacus ${name}`, 'what Opacus logs', () => opacusEpsilon(name, same));
    add('TF Privacy rdp', 'what compute_dp_sgd_privacy logs', () => tfPrivacyEpsilon(same));
  }
  if (amplified && epochs !== undefined) {
    add('not sampled', 'shuffled or fixed batches instead: upper bound', () =>
      deterministicBatchesEpsilon(noiseMultiplier, epochs, delta, relation, recordsPerPerson),
    );
    add('shuffled, at least', 'lower bound of one shuffled epoch (Chua et al. 2024)', () =>
      shuffleLowerEpsilon(noiseMultiplier, Math.max(1, Math.round(1 / sampleRate)), delta),
    );
  }
  return rows;
}

/** The rows as an aligned table. */
export function comparedText(rows: readonly ComparedRow[]): string {
  const cells = rows.map(({ name, epsilon, lower, note }) => [
    name,
    Number.isNaN(epsilon) ? '–' : lower === undefined ? digits(epsilon) : `${digits(lower)} … ${digits(epsilon)}`,
    note,
  ]);
  const width = (at: number): number => Math.max(...cells.map(row => row[at]!.length));
  return cells.map(([a, b, c]) => `  ${a!.padEnd(width(0))}  ε = ${b!.padEnd(width(1))}  ${c}\n`).join('');
}

/** ε as an attack: what the whole composition allows somebody who tests membership. */
export function attackText({ event, relation, recordsPerPerson }: AskedSteps): string {
  const { tprAt1Percent, auc } = attackReading(event, relation, recordsPerPerson);
  return `as an attack: at most ${digits(100 * tprAt1Percent)} % of members found at 1 % false alarms, AUC at most ${digits(auc)}\n`;
}
