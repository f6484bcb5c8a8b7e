import type { Event } from '../facts/events';
import type { Evidence, Parameter, Resolved } from '../facts/values';
import { numberIn, phraseOf, type StatedParameter, type StatedValue, type UnknownParameter } from './statement';

/** Names of a statement's parameters in the order in which people ask for them. */
export type Name =
  | 'noiseMultiplier'
  | 'sampleRate'
  | 'steps'
  | 'delta'
  | 'batchSize'
  | 'examples'
  | 'epochs'
  | 'targetEpsilon'
  | 'maxGradNorm'
  | 'microbatches'
  | 'noiseScale'
  | 'clientsPerRound'
  | 'clients'
  | 'rounds';

/** Parameters as they are found: the first place that tells one counts; what is only named is remembered as unknown. */
export class Found {
  /** `tree`, `banded`: noise is correlated over the steps, as in DP-FTRL; else each step draws its own. */
  constructor(public noise: 'independent' | 'tree' | 'banded' = 'independent') {}

  private readonly known = new Map<Name, StatedParameter>();
  private readonly named = new Map<Name, UnknownParameter>();

  has(name: Name): boolean {
    return this.known.has(name);
  }

  get(name: Name): StatedParameter | undefined {
    return this.known.get(name);
  }

  set(name: Name, value: StatedParameter | null): void {
    if (value && !this.known.has(name)) this.known.set(name, value);
  }

  replace(name: Name, value: StatedParameter): void {
    this.known.set(name, value);
  }

  /** What was found is not what counts, and what does is only named. */
  forget(name: Name, expression: string): void {
    this.known.delete(name);
    this.named.set(name, { name, expression, span: null });
  }

  /** A parameter of an event; `evidence` is that of an argument. */
  take(name: Name, parameter: Parameter | undefined): void {
    if (!parameter || this.known.has(name)) return;
    if (parameter.kind === 'constant') this.set(name, stated([parameter.resolved]));
    else if (parameter.kind === 'several') this.set(name, stated(parameter.resolved));
    if (this.known.has(name) || parameter.kind === 'absent' || this.named.has(name)) return;
    if (parameter.kind === 'unknown')
      this.named.set(name, { name, expression: parameter.expression, span: parameter.span });
    else {
      // The text says None: some other place is to fill it in.
      const [only] = parameter.kind === 'constant' ? [parameter.resolved] : parameter.resolved;
      this.named.set(name, { name, expression: only ? phraseOf(only.origins) : null, span: null });
    }
  }

  takeEvidence(name: Name, evidence: Evidence | null | undefined): void {
    if (!evidence) return;
    if (evidence.constant) this.set(name, stated([evidence.constant]));
    else if (!this.named.has(name) && !this.known.has(name) && evidence.text !== '')
      this.named.set(name, { name, expression: evidence.text, span: evidence.span });
  }

  takeResolved(name: Name, resolved: readonly Resolved[] | undefined): void {
    if (resolved) this.set(name, stated(resolved));
  }

  /** What the text says of a parameter that has no number here. */
  takeUnknown(name: Name, evidence: Evidence | undefined): void {
    if (evidence && evidence.text !== '' && !this.named.has(name))
      this.named.set(name, { name, expression: evidence.text, span: evidence.span });
  }

  unknown(name: Name): UnknownParameter {
    return this.named.get(name) ?? { name, expression: null, span: null };
  }

  entries(): Record<string, StatedParameter> {
    return Object.fromEntries(this.known);
  }

  /** Names with several values, in the order in which they were found. */
  swept(): Name[] {
    return [...this.known].flatMap(([name, { values }]) => (values && values.length > 1 ? [name] : []));
  }
}

/** A list of one (`num_self_compositions=[steps]`) is that one. */
const unlisted = (one: Resolved): Resolved =>
  Array.isArray(one.value) && one.value.length === 1 ? { ...one, value: one.value[0] } : one;

/** null where no value is a number, text or truth value (`None`). A word among numbers (`'None'`, of the branch without privacy) is none of them. */
function stated(resolved: readonly Resolved[]): StatedParameter | null {
  const values = resolved
    .map(unlisted)
    .filter(
      (one): one is Resolved<StatedValue> =>
        typeof one.value === 'number' || typeof one.value === 'string' || typeof one.value === 'boolean',
    );
  const numbers = values.filter(({ value }) => numberIn({ value }) !== null);
  const plain = numbers.length > 0 ? numbers : values;
  const [first] = plain;
  if (!first) return null;
  const { origins } = first;
  const literal = origins.find(origin => origin.kind === 'literal' && origin.path === undefined)?.span ?? null;
  const place = origins.find(({ span }) => span !== undefined) ?? origins.find(({ path }) => path !== undefined);
  return {
    value: first.value,
    ...(plain.length > 1 && { values: plain.map(one => one.value) }),
    origin: phraseOf(origins),
    overridable: plain.some(one => one.overridable),
    span: plain.length > 1 ? null : literal,
    ...(place && { place: { path: place.path ?? null, span: place.span ?? null } }),
  };
}

/** Events of one kind. */
export const ofKind = <K extends Event['kind']>(events: readonly Event[], kind: K): Extract<Event, { kind: K }>[] =>
  events.filter((event): event is Extract<Event, { kind: K }> => event.kind === kind);
