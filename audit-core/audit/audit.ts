import { type Attacked, type AttackScores, attack } from '../attacks/attacks';
import { quantileScores } from '../attacks/quantile';
import { type Exposure, exposureOf } from '../people/exposure';
import { groupsAmong, mostExposed } from '../people/groups';
import { type Units, unitsOf } from '../people/joins';
import { positivePredictiveValue } from '../statistics/proportions';
import { auc, rank as rankOf } from '../statistics/ranking';
import { boundsOf, claimDeltas, claimOf, isContradicted } from './bounds';
import { capacitySentence, parametersPerPerson } from './capacity';
import { distributionOf, evaluate, rocOf } from './evaluate';
import { runGate } from './gate';
import type { Claim, ScoreArrays } from './inputs';
import type { AuditOutcome, AuditResult, Charts, ExposedPerson, Gate } from './result';
import { subgroupsOf } from './subgroups';
import { warningsOf } from './warnings';

/** What an audit is asked for. */
export interface AuditOptions {
  readonly claim?: Claim | null;
  /** Inputs of the rows, for the gate's duplicates and blind baseline. */
  readonly features?: { readonly data: Float32Array; readonly width: number } | null;
  readonly assumptions?: readonly string[];
  /** Parameters of the model, for the note on its capacity. */
  readonly parameters?: number;
  /** Go on after a failed gate: the numbers are then marked. */
  readonly despiteGate?: boolean;
  /** Fill the private list of named people. */
  readonly listExposed?: boolean;
  readonly resamples?: number;
  readonly progress?: (message: string, fraction: number) => void;
  readonly signal?: AbortSignal;
}

/** Fewest references for a table of exposed people: below, a record's own AUC is noise (auditing by people, 8 a side). */
const fewestReferences = 8;

/** Scores → gate → attacks → statement. */
export function audit(arrays: ScoreArrays, options: AuditOptions = {}): AuditOutcome {
  const { progress = () => {}, signal, claim: claimed = null, resamples = 1000 } = options;
  const { rows } = arrays;
  const members = arrays.members.subarray(0, rows);
  const step = (message: string, fraction: number): void => {
    signal?.throwIfAborted();
    progress(message, fraction);
  };
  const units = arrays.people ? unitsOf(arrays.people.codes, arrays.people.count, members) : null;
  const maxRecords = units ? units.records.reduce((most, each) => Math.max(most, each), 0) : 1;
  step('Checking that members and non-members compare', 0.02);
  const gate = runGate({
    rows,
    members,
    people: arrays.people,
    labels: arrays.logits ? arrays.labels : null,
    classes: arrays.classes,
    features: options.features ?? null,
  });
  const claim = claimOf(claimed, maxRecords);
  const inside = members.reduce((sum, each) => sum + each, 0);
  const base = {
    version: 1 as const,
    gate,
    records: { members: inside, nonMembers: rows - inside },
    people: peopleOf(arrays, units, maxRecords),
    claimedEpsilon: claim,
    assumptions: options.assumptions ?? [],
  };
  if (!gate.passed && !options.despiteGate) return stopped(base);
  step('Attacking', 0.2);
  const attacked = withQuantile(attack(arrays), arrays, options.features ?? null, members);
  const { results, headline } = evaluate(attacked.attacks, members, units, {
    resamples,
    progress: fraction => step('Intervals by resampling people', 0.2 + 0.4 * fraction),
  });
  step('Certifying a lower bound', 0.62);
  const deltas = claimDeltas(claim, maxRecords);
  const bounds = boundsOf(attacked.attacks, units, members, arrays.ids, {
    record: distinct([0, 1e-5, deltas?.record]),
    person: distinct([0, 1e-5, deltas?.person]),
  });
  step('Who is exposed', 0.7);
  const own =
    units ??
    unitsOf(
      Int32Array.from({ length: rows }, (_, row) => row),
      rows,
      members,
    );
  const exposure =
    attacked.references && attacked.references.models >= fewestReferences ? exposureOf(attacked.references, own) : null;
  step('Groups', 0.9);
  const groups = exposure ? groupsAmong(mostExposed(exposure.largest), arrays.groups, own.codes, own.count) : [];
  const result: AuditResult = {
    ...base,
    attacks: results,
    references: attacked.references?.models ?? 0,
    epsilonLowerBounds: bounds,
    contradicted: isContradicted(claim, bounds, maxRecords),
    groups,
    subgroups: subgroupsOf(attacked.confidence, members, own, arrays.groups, resamples / 2),
    exposure: exposure && {
      survival: exposure.survival,
      records: exposure.records,
      joint: exposure.joint,
      named: exposure.named,
      references: attacked.references!.models,
      pairs: exposure.design.pairs.length,
      test: exposure.test,
    },
    positivePredictiveValue: predictive(results),
    accuracy: accuracyOf(attacked, members),
    warnings: [],
  };
  const warnings = warningsOf(result, {
    attacked,
    exposure,
    hasPeople: units !== null,
    recordsDiffer: units && recordsDiffer(units),
    capacity: capacityOf(result, options.parameters ?? 0),
  });
  step('Charts', 0.95);
  return {
    result: { ...result, warnings },
    charts: chartsOf(headline, attacked, members, units, exposure),
    exposed: options.listExposed && exposure ? exposedOf(arrays, exposure) : null,
  };
}

/** The note on capacity: always beside reference models, else where there is room to store people whole. */
function capacityOf({ people, references }: AuditResult, parameters: number): string | null {
  if (!people || (references === 0 && parameters < parametersPerPerson * people.members)) return null;
  return capacitySentence(parameters, people.members);
}

/** The quantile score beside the others, where the inputs are at hand. */
function withQuantile(
  attacked: Attacked,
  arrays: ScoreArrays,
  features: AuditOptions['features'] | null,
  members: Uint8Array,
): Attacked {
  if (!features || features.width === 0 || arrays.correct) return attacked;
  const scores = quantileScores({
    confidence: attacked.confidence,
    features,
    labels: arrays.logits ? arrays.labels : new Int32Array(0),
    classes: arrays.classes,
    members,
    people: arrays.people,
  });
  if (!scores) return attacked;
  const at = attacked.attacks.findIndex(({ name }) => name === 'difference');
  const own = at < 0 ? attacked.attacks.length : at;
  const attacks = [...attacked.attacks.slice(0, own), { name: 'quantile', scores }, ...attacked.attacks.slice(own)];
  return { ...attacked, attacks };
}

const distinct = (values: readonly (number | undefined)[]): number[] => [
  ...new Set(values.filter((value): value is number => value !== undefined)),
];

function peopleOf(arrays: ScoreArrays, units: Units | null, maxRecords: number): AuditResult['people'] {
  if (!units || !arrays.people) return null;
  const present = units.records.reduce((sum, each) => sum + (each > 0 ? 1 : 0), 0);
  const inside = units.members.reduce((sum, each) => sum + each, 0);
  return { key: arrays.people.key, members: inside, nonMembers: present - inside, maxRecords };
}

type Base = Pick<AuditResult, 'version' | 'records' | 'people' | 'claimedEpsilon' | 'assumptions'> & {
  readonly gate: Gate;
};

/** The answer behind a failed gate: no number about the model. */
function stopped(base: Base): AuditOutcome {
  return {
    result: {
      ...base,
      attacks: [],
      epsilonLowerBounds: [],
      contradicted: null,
      groups: [],
      subgroups: [],
      exposure: null,
      positivePredictiveValue: [],
      accuracy: null,
      warnings: base.gate.checks.filter(check => !check.passed).map(check => check.message),
    },
    charts: { roc: [], distribution: null, survival: null },
    exposed: null,
  };
}

/** A sentence where members and others have different numbers of records each (by more than three standard errors). */
function recordsDiffer({ members, records, count }: Units): string | null {
  const sides = [0, 1].map(side => {
    const own = Array.from({ length: count }, (_, unit) => unit).filter(
      unit => records[unit]! > 0 && members[unit] === side,
    );
    const mean = own.reduce((sum, unit) => sum + records[unit]!, 0) / own.length;
    const square = own.reduce((sum, unit) => sum + (records[unit]! - mean) ** 2, 0);
    return { mean, variance: square / Math.max(1, own.length - 1) / own.length };
  });
  const [outside, inside] = [sides[0]!, sides[1]!];
  if (!(Math.abs(inside.mean - outside.mean) > 3 * Math.sqrt(inside.variance + outside.variance))) return null;
  return `Members have ${inside.mean.toFixed(2)} records each and others ${outside.mean.toFixed(2)}: a maximum or logsumexp over a person’s records differs for that reason alone.`;
}

/** PPV at the lowest reported FPR of the first attack, at 1 %, 10 % and 50 % of candidates being members. */
function predictive(results: AuditResult['attacks']): AuditResult['positivePredictiveValue'] {
  const point = results[0]?.tpr.at(-1);
  if (!point) return [];
  return [0.01, 0.1, 0.5].map(prior => ({
    prior,
    fpr: point.fpr,
    value: positivePredictiveValue(prior, point.tpr, point.fpr),
  }));
}

function accuracyOf(attacked: Attacked, members: Uint8Array): AuditResult['accuracy'] {
  const gap = attacked.attacks.find(({ name }) => name === 'gap')?.scores;
  if (!gap) return null;
  const right = [0, 0];
  const all = [0, 0];
  for (const [row, correct] of gap.entries()) {
    right[members[row]!]! += correct;
    all[members[row]!]!++;
  }
  return { members: right[1]! / all[1]!, nonMembers: right[0]! / all[0]! };
}

function chartsOf(
  headline: ReturnType<typeof evaluate>['headline'],
  attacked: Attacked,
  members: Uint8Array,
  units: Units | null,
  exposure: Exposure | null,
): Charts {
  const clusters = units ? { codes: units.codes, count: units.count } : null;
  const best = strongestOther(attacked, members);
  const roc = [{ name: 'confidence', points: rocOf(headline, clusters) }];
  if (best) roc.push({ name: best.name, points: rocOf(rankOf(best.scores, members), clusters) });
  return {
    roc,
    distribution: distributionOf(headline),
    survival: exposure && {
      auc: Array.from(exposure.curve.auc),
      people: Array.from(exposure.curve.people),
      null: Array.from(exposure.curve.null),
      low: Array.from(exposure.curve.low),
      high: Array.from(exposure.curve.high),
      total: exposure.largest.length,
    },
  };
}

/** The attack with the largest AUC beside the headline: what a better attacker reaches. */
function strongestOther({ attacks }: Attacked, members: Uint8Array): AttackScores | undefined {
  const [headline, ...others] = attacks;
  let best: { attack: AttackScores; area: number } | undefined;
  for (const attack of others) {
    if (attack.name === 'gap') continue;
    const area = auc(rankOf(attack.scores, members));
    if (!best || area > best.area) best = { attack, area };
  }
  // Loss, hinge and entropy rank much as confidence does: a second curve on the first says nothing.
  const own = headline ? auc(rankOf(headline.scores, members)) : 0;
  return best && best.area > own + 0.005 ? best.attack : undefined;
}

function exposedOf(arrays: ScoreArrays, exposure: Exposure): ExposedPerson[] {
  const id = (unit: number): string | number => arrays.people?.ids[unit] ?? unit;
  return Array.from(exposure.q.keys())
    .filter(unit => exposure.q[unit]! <= 0.05)
    .sort((a, b) => exposure.largest[b]! - exposure.largest[a]! || exposure.q[a]! - exposure.q[b]!)
    .map(unit => ({ person: id(unit), auc: exposure.largest[unit]!, q: exposure.q[unit]! }));
}
