import type { SurvivalRow } from '../people/exposure';
import type { GroupRow } from '../people/groups';
import type { Direction } from '../statistics/epsilon';

export type CheckName = 'person-overlap' | 'duplicates' | 'label-shift' | 'blind-baseline';

/** One check of the gate. `value` with its interval where there is one. */
export interface GateCheck {
  readonly name: CheckName;
  readonly passed: boolean;
  readonly value: number;
  readonly low: number | null;
  readonly high: number | null;
  readonly message: string;
}

export interface Gate {
  readonly passed: boolean;
  readonly checks: readonly GateCheck[];
}

export type JoinName = 'mean' | 'max' | 'logsumexp';

/** One attack at one level. `fpr` is the nominal rate ("FPR ≤ x"); `low`, `high` are 95 % intervals. */
export interface AttackResult {
  readonly name: string;
  readonly level: 'record' | 'person';
  readonly join: JoinName | null;
  /** `error`: standard error by DeLong's components, summed by person where records have people (Obuchowski). */
  readonly auc: { readonly value: number; readonly low: number; readonly high: number; readonly error?: number };
  readonly tpr: readonly { readonly fpr: number; readonly tpr: number; readonly low: number; readonly high: number }[];
}

/** A certified lower bound at one δ. */
export interface BoundResult {
  readonly level: 'record' | 'person';
  readonly score: string;
  readonly join: string | null;
  readonly direction: Direction;
  readonly value: number;
  readonly delta: number;
  readonly confidence: number;
  readonly ceiling: number;
}

export interface ClaimResult {
  readonly value: number;
  readonly delta: number | null;
  readonly unit: 'record' | 'person';
  readonly origin: string;
  /** The claim for the person with most records; null where it says nothing about a person (δ would reach 1). */
  readonly personValue: number | null;
}

/** A point of the ROC chart, with a band by resampling people. */
export interface RocPoint {
  readonly fpr: number;
  readonly tpr: number;
  readonly low: number;
  readonly high: number;
}

/** Histogram of a score, members and non-members as shares of their side. */
export interface Distribution {
  readonly edges: readonly number[];
  readonly members: readonly number[];
  readonly nonMembers: readonly number[];
}

/** An attack within one level of a group column; null figures where the level has too few people on a side. */
export interface SubgroupRow {
  readonly attribute: string;
  readonly level: string | null;
  readonly people: number | null;
  readonly auc: { readonly value: number; readonly low: number; readonly high: number } | null;
  readonly suppressed: boolean;
}

/** What an audit found; the machine format of design.md §6. No value of a data cell but levels of at least 30 people. */
export interface AuditResult {
  readonly version: 1;
  readonly gate: Gate;
  readonly records: { readonly members: number; readonly nonMembers: number };
  readonly people: {
    readonly key: string;
    readonly members: number;
    readonly nonMembers: number;
    readonly maxRecords: number;
  } | null;
  readonly attacks: readonly AttackResult[];
  /** Reference models beside the target. */
  readonly references?: number;
  readonly epsilonLowerBounds: readonly BoundResult[];
  readonly claimedEpsilon: ClaimResult | null;
  readonly contradicted: boolean | null;
  readonly groups: readonly GroupRow[];
  readonly subgroups: readonly SubgroupRow[];
  readonly exposure: {
    /** People by the largest of their record AUCs (records where there is no person key). */
    readonly survival: readonly SurvivalRow[];
    /** Single records by their AUC (`people` counts records), and people by one score a model (logsumexp of their records). */
    readonly records: readonly SurvivalRow[];
    readonly joint: readonly SurvivalRow[];
    readonly named: number;
    readonly references: number;
    readonly pairs: number;
    readonly test: 'paired-t' | 'mann-whitney';
  } | null;
  /** Probability that a flagged record is a member, at the lowest reported FPR of the headline attack. */
  readonly positivePredictiveValue: readonly { readonly prior: number; readonly fpr: number; readonly value: number }[];
  readonly accuracy: { readonly members: number; readonly nonMembers: number } | null;
  readonly assumptions: readonly string[];
  readonly warnings: readonly string[];
}

/** Figures of the report that are no part of the machine format. */
export interface Charts {
  readonly roc: readonly { readonly name: string; readonly points: readonly RocPoint[] }[];
  readonly distribution: Distribution | null;
  readonly survival: {
    readonly auc: readonly number[];
    readonly people: readonly number[];
    readonly null: readonly number[];
    /** The band of 95 % of the null. */
    readonly low: readonly number[];
    readonly high: readonly number[];
    readonly total: number;
  } | null;
}

/** One person of the private list of `--exposed-ids`. */
export interface ExposedPerson {
  readonly person: string | number;
  readonly auc: number;
  readonly q: number;
}

/** An audit with everything its outputs need; `exposed` is filled only when asked for. */
export interface AuditOutcome {
  readonly result: AuditResult;
  readonly charts: Charts;
  readonly exposed: readonly ExposedPerson[] | null;
  /** Number of member rows in the data and the digest of their sorted indexes (int64, little-endian), for the history. */
  readonly members?: { readonly count: number; readonly sha256: string };
}
