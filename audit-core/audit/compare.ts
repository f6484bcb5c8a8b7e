import type { AuditResult } from './result';

interface Interval {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** The figures of an audit that a history may keep: about the model and its people as a whole, never about one of them. */
export interface AuditFigures {
  readonly gatePassed: boolean;
  readonly records: { readonly members: number; readonly nonMembers: number };
  readonly people: { readonly members: number; readonly nonMembers: number } | null;
  readonly references: number;
  readonly attacks: readonly {
    readonly name: string;
    readonly level: 'record' | 'person';
    readonly join: string | null;
    readonly auc: Interval;
    readonly tpr: readonly ({ readonly fpr: number; readonly tpr: number } & Omit<Interval, 'value'>)[];
  }[];
  readonly bounds: readonly {
    readonly level: 'record' | 'person';
    readonly delta: number;
    readonly value: number;
    readonly ceiling: number;
  }[];
  readonly claim: { readonly value: number; readonly delta: number | null; readonly unit: 'record' | 'person' } | null;
  readonly contradicted: boolean | null;
  readonly exposure: {
    readonly named: number;
    readonly survival: readonly { readonly threshold: number; readonly people: number; readonly null: number }[];
  } | null;
  readonly accuracy: { readonly members: number; readonly nonMembers: number } | null;
}

export function figuresOf(result: AuditResult): AuditFigures {
  const { claimedEpsilon: claim, people, exposure } = result;
  return {
    gatePassed: result.gate.passed,
    records: result.records,
    people: people && { members: people.members, nonMembers: people.nonMembers },
    references: result.references ?? 0,
    attacks: result.attacks.map(({ name, level, join, auc, tpr }) => ({
      name,
      level,
      join,
      auc: { value: auc.value, low: auc.low, high: auc.high },
      tpr,
    })),
    bounds: result.epsilonLowerBounds.map(({ level, delta, value, ceiling }) => ({ level, delta, value, ceiling })),
    claim: claim && { value: claim.value, delta: claim.delta, unit: claim.unit },
    contradicted: result.contradicted,
    exposure: exposure && { named: exposure.named, survival: exposure.survival },
    accuracy: result.accuracy,
  };
}

/** One figure of two audits. `change` has a 95 % interval where both have one; `beyondChance` says whether it leaves out 0. */
export interface ComparedFigure {
  readonly what: string;
  readonly before: number;
  readonly after: number;
  readonly change: Interval | null;
  readonly beyondChance: boolean | null;
}

export interface Comparison {
  /** ISO date of the earlier audit; null where it is not known. */
  readonly date: string | null;
  readonly figures: readonly ComparedFigure[];
  /** What keeps the two from being compared as they stand. */
  readonly notes: readonly string[];
}

/** What is known of two audits beside their figures. */
export interface ComparedSubjects {
  readonly date: string | null;
  /** Whether both had the same members; null where that is not known. */
  readonly sameMembers: boolean | null;
}

/**
 * Two audits side by side. The interval of a change adds the variances of both (half-widths in quadrature, as for independent audits): with
 * the same people in both it is too wide, never too narrow, since their scores agree.
 */
export function compareAudits(before: AuditFigures, after: AuditFigures, subjects: ComparedSubjects): Comparison {
  const figures: ComparedFigure[] = [];
  for (const attack of after.attacks) {
    if (attack.level === 'person' && attack.join !== 'mean') continue;
    const old = before.attacks.find(
      one => one.name === attack.name && one.level === attack.level && one.join === attack.join,
    );
    if (!old) continue;
    const label = `${attack.name}${attack.level === 'person' ? ' by person' : ''}`;
    figures.push(compared(`AUC, ${label}`, old.auc, attack.auc));
    if (attack !== after.attacks[0]) continue;
    for (const point of attack.tpr) {
      const same = old.tpr.find(each => each.fpr === point.fpr);
      if (same)
        figures.push(
          compared(
            `TPR at FPR ≤ ${100 * point.fpr} %, ${label}`,
            { ...same, value: same.tpr },
            { ...point, value: point.tpr },
          ),
        );
    }
  }
  for (const bound of after.bounds) {
    const old = before.bounds.find(one => one.level === bound.level && one.delta === bound.delta);
    if (old && bound.delta === 1e-5) figures.push(plain(`Certified ε per ${bound.level}`, old.value, bound.value));
  }
  if (before.exposure && after.exposure) {
    figures.push(plain('Exposed beyond chance', before.exposure.named, after.exposure.named));
    for (const row of after.exposure.survival) {
      const old = before.exposure.survival.find(({ threshold }) => threshold === row.threshold);
      if (old) figures.push(plain(`Record AUC ≥ ${row.threshold}`, old.people, row.people));
    }
  }
  if (before.accuracy && after.accuracy)
    figures.push(
      plain('Accuracy, members', before.accuracy.members, after.accuracy.members),
      plain('Accuracy, non-members', before.accuracy.nonMembers, after.accuracy.nonMembers),
    );
  return { date: subjects.date, figures, notes: notesOf(before, after, subjects) };
}

function notesOf(before: AuditFigures, after: AuditFigures, { sameMembers }: ComparedSubjects): string[] {
  const out: string[] = [];
  if (!before.gatePassed || !after.gatePassed)
    out.push('The gate of one of the audits failed: its figures cannot be read as leakage, nor compared.');
  if (sameMembers === false) out.push('The two models were trained on other people: a change may be theirs.');
  if (before.references !== after.references)
    out.push(
      `The earlier audit had ${before.references} reference models and this one ${after.references}: attacks with references, and who is exposed, compare only with equal numbers.`,
    );
  return out;
}

const compared = (what: string, before: Interval, after: Interval): ComparedFigure => {
  const value = after.value - before.value;
  const half = Math.hypot(before.high - before.low, after.high - after.low) / 2;
  return {
    what,
    before: before.value,
    after: after.value,
    change: { value, low: value - half, high: value + half },
    beyondChance: Math.abs(value) > half,
  };
};

const plain = (what: string, before: number, after: number): ComparedFigure => ({
  what,
  before,
  after,
  change: null,
  beyondChance: null,
});
