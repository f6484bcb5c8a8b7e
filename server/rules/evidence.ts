import type { Event, Tier } from '../facts/events';
import type { FileFacts } from '../facts/file-facts';
import type { Span } from '../facts/syntax';
import { type Evidence, type Parameter, Taint, type TaintSet } from '../facts/values';
import { classifyColumns } from '../models/identifiers';
import { strongest } from './context';
import type { Finding, Fix, RelatedPlace, Severity } from './finding';
import type { Rule, RuleContext } from './rule';

export interface People {
  readonly people: 'declared' | 'inferred' | 'unknown' | 'public';
  readonly reason: string;
  readonly subjectKey: string | null;
}

/** Whose data a value holds: its own sources first, then its columns, then what the module as a whole shows. */
export function peopleOf(context: RuleContext, ...values: readonly (Evidence | null)[]): People {
  const present = values.filter(value => value !== null);
  const sources = present.flatMap(value => value.sources);
  const best = strongest(sources);
  const key = sources.find(source => source.subjectKey)?.subjectKey ?? null;
  if (best && (best.people === 'declared' || best.people === 'inferred'))
    return { people: best.people, reason: best.reasons[0] ?? 'its source', subjectKey: key };
  const mayInfer = context.settings.sensitivity !== 'never';
  if (mayInfer && present.some(value => value.taint & (Taint.identifier | Taint.subjectKey)))
    return { people: 'inferred', reason: 'it has columns that identify people', subjectKey: key };
  if (best?.people === 'public') return { people: 'public', reason: 'public data', subjectKey: null };
  const module = context.people();
  return { people: module.people, reason: module.reasons[0] ?? '', subjectKey: key ?? module.subjectKey };
}

/**
 * What came with a request or stands under a name belongs to no source that could tell whose it is: it is a person's where
 * the module is about people, and possibly one's elsewhere.
 */
export const surely = (context: RuleContext, value: Evidence): Tier =>
  value.sources.length > 0 ? 'certain' : isPeople(peopleOf(context)) ? 'likely' : 'possible';

export const isPeople = (people: People): boolean => people.people === 'declared' || people.people === 'inferred';

export const has = (value: Evidence | null, bits: TaintSet): boolean => value !== null && (value.taint & bits) !== 0;

/** Carries one of the bits row by row: a mean over rows does not. */
export const perRecord = (value: Evidence, bits: TaintSet): boolean =>
  value.strength !== 'aggregate' && (value.taint & bits) !== 0;

export const modelOutput = Taint.confidence | Taint.perRecordLoss | Taint.embedding;

/** The words for what a value carries, for messages. */
export function outputWords(taint: TaintSet): string {
  if (taint & Taint.confidence) return 'confidences';
  if (taint & Taint.perRecordLoss) return 'losses';
  if (taint & Taint.embedding) return 'embeddings or attributions';
  return 'predictions';
}

const order: readonly Tier[] = ['possible', 'likely', 'certain'];
/** The weakest of several tiers: a finding is no surer than its weakest step. */
export const weakest = (...tiers: readonly Tier[]): Tier =>
  order[Math.min(...tiers.map(tier => order.indexOf(tier)))] ?? 'possible';

export const peopleTier = (people: People): Tier =>
  people.people === 'declared' ? 'certain' : people.people === 'inferred' ? 'likely' : 'possible';

/** The number of a resolved parameter; null for unknowns, sweeps and other kinds. */
export function numberOf(parameter: Parameter | undefined): number | null {
  if (parameter?.kind !== 'constant') return null;
  const { value } = parameter.resolved;
  if (typeof value === 'number') return value;
  if (typeof value === 'string' && /^[+-]?inf(inity)?$/i.test(value))
    return value.startsWith('-') ? -Infinity : Infinity;
  return null;
}

/** All numbers that a parameter may take: one, or those of a sweep. */
export function numbersOf(parameter: Parameter | undefined): readonly number[] {
  if (parameter?.kind === 'several')
    return parameter.resolved.flatMap(each => (typeof each.value === 'number' ? [each.value] : []));
  const one = numberOf(parameter);
  return one === null ? [] : [one];
}

export const overridable = (parameter: Parameter | undefined): boolean =>
  parameter?.kind === 'constant' && parameter.resolved.overridable;

/** "(--sigma default)" or nothing: the provenance that belongs in a message. */
export function provenance(parameter: Parameter | undefined): string {
  if (parameter?.kind !== 'constant') return '';
  const origin = parameter.resolved.origins.find(each => each.kind !== 'literal');
  return origin ? ` (${origin.note})` : '';
}

export function originPlaces(parameter: Parameter | undefined): RelatedPlace[] {
  const resolved =
    parameter?.kind === 'constant' ? [parameter.resolved] : parameter?.kind === 'several' ? parameter.resolved : [];
  return resolved
    .flatMap(each => each.origins)
    .flatMap(origin =>
      origin.span
        ? [
            {
              ...(origin.path === undefined ? {} : { path: origin.path }),
              span: origin.span,
              message: `value from here: ${origin.note}`,
            },
          ]
        : [],
    )
    .slice(0, 3);
}

/** Writes another literal for a parameter that the call itself spells out: an edit that changes what the script does. */
export function literalFix(call: Span, parameter: Parameter | undefined, text: string, title: string): Fix[] {
  const origins = parameter?.kind === 'constant' ? parameter.resolved.origins : [];
  const span = origins[0]?.span;
  const elsewhere = origins.some(origin => origin.path !== undefined || origin.kind !== 'literal');
  if (!span || elsewhere || span.start < call.start || span.end > call.end) return [];
  return [{ title, safety: 'unsafe', edits: [{ span: { start: span.start, end: span.end }, text }] }];
}

/**
 * Where to change a parameter: the place in this file where its value is written (a constant, an option's default), when that
 * is not inside the call itself; else null. The first origin is the nearest to the value.
 */
export function writtenAt(event: Event, parameter: Parameter | undefined): Span | null {
  const resolved =
    parameter?.kind === 'constant' ? [parameter.resolved] : parameter?.kind === 'several' ? parameter.resolved : [];
  const places = resolved.flatMap(each => each.origins).filter(origin => origin.span && origin.path === undefined);
  const outside = places.find(({ span }) => span!.start < event.span.start || span!.end > event.span.end);
  const inside = places.some(({ span }) => span!.start >= event.span.start && span!.end <= event.span.end);
  return outside?.span && !inside ? outside.span : null;
}

/** Source and steps of a value as related places, source first. */
export function way(value: Evidence | null): RelatedPlace[] {
  return (value?.trace ?? []).map(step => ({
    ...(step.path === undefined ? {} : { path: step.path }),
    span: step.span,
    message: step.note,
  }));
}

/** Three significant digits, as shown to people. */
export function digits(value: number): string {
  if (!Number.isFinite(value)) return '∞';
  if (value !== 0 && (Math.abs(value) >= 1e5 || Math.abs(value) < 1e-3))
    return value.toExponential(2).replace(/\.?0+e/, 'e');
  return String(Number(value.toPrecision(3)));
}

/** Identifying columns of a value: names only, which are schema and not data. What the project declares of a column counts. */
export function identifyingColumns(
  { declared }: RuleContext,
  value: Evidence,
): {
  direct: string[];
  keys: string[];
  quasi: string[];
  protected: string[];
} {
  const names = value.columns?.names ?? [];
  const byName = classifyColumns(names);
  const own = new Map<string, string>();
  for (const name of declared.safeColumns) own.set(name, 'safe');
  for (const name of declared.protectedGroups) own.set(name, 'protected');
  for (const name of declared.quasiIdentifiers) own.set(name, 'quasi-identifier');
  for (const name of declared.subjectKeys) own.set(name, 'subject-key');
  for (const name of declared.identifiers) own.set(name, 'identifier');
  const of = (kind: string) => names.filter(name => (own.get(name) ?? byName.get(name)) === kind);
  return {
    direct: of('identifier'),
    keys: of('subject-key'),
    quasi: of('quasi-identifier'),
    protected: of('protected'),
  };
}

export const listed = (names: readonly string[]): string =>
  names.length <= 3
    ? names.map(name => `\`${name}\``).join(', ')
    : `${names
        .slice(0, 3)
        .map(name => `\`${name}\``)
        .join(', ')} and ${names.length - 3} more`;

export const overlap = (a: Evidence | null, b: Evidence | null): boolean =>
  a !== null && b !== null && a.objects.some(id => b.objects.includes(id));

/** The person key of a data file whose records repeat, when the file's facts are known. */
export function repeatedKey(
  context: RuleContext,
  value: Evidence | null,
): { key: string; people: number; maxRecords: number; file: FileFacts } | null {
  for (const source of value?.sources ?? []) {
    const file = source.name ? context.files(source.name) : null;
    if (!file?.data) continue;
    const key = source.subjectKey ?? Object.keys(file.data.keys)[0];
    const facts = key ? file.data.keys[key] : undefined;
    if (key && facts) return { key, ...facts, file };
  }
  return null;
}

export interface Report {
  readonly tier: Tier;
  readonly severity?: Severity;
  readonly message: string;
  readonly related?: readonly RelatedPlace[];
  readonly fixes?: readonly Fix[];
}

export function finding(rule: Pick<Rule, 'id' | 'severity'>, at: Event | Span, report: Report): Finding {
  return {
    rule: rule.id,
    tier: report.tier,
    severity: report.severity ?? rule.severity,
    span: 'span' in at ? at.span : at,
    message: report.message,
    related: report.related ?? [],
    fixes: report.fixes ?? [],
  };
}

/**
 * Events of this file, and those that its calls cause in helpers of other files, at the call: rows or scores that this file
 * hands to a helper leave by its hand.
 */
export const caused = <E extends Event>(events: readonly E[]): readonly E[] =>
  events.flatMap(event =>
    event.path === undefined
      ? [event]
      : event.callSite
        ? [{ ...event, path: undefined, span: event.callSite } as E]
        : [],
  );

/** Events of this very file: what happens inside a helper of another file is reported there. */
export const here = <E extends Event>(events: readonly E[]): readonly E[] =>
  events.filter(event => event.path === undefined);
