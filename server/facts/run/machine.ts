import type { Models } from '../../models/lookup';
import type { Role } from '../../models/schema';
import type { DisabledBy, Event, LoopFacts, Tier } from '../events';
import type { Language, ModuleFacts, Span } from '../syntax';
import {
  type Columns,
  type ConstantValue,
  type Evidence,
  type Origin,
  type Parameter,
  type Resolved,
  Taint,
  type TraceStep,
} from '../values';
import { mergeEvidence, mergeField } from './merge';
import { type ColumnTaint, columnTaint, type Declarations, noDeclarations, settleSources } from './sources';
import {
  type FrameColumns,
  joinTrace,
  PER_RECORD,
  PERSONAL,
  type Place,
  type Scope,
  type SourceRecord,
  stronger,
  UNKNOWN,
  union,
  Value,
} from './value';

/** Another module of the project, as an import finds it. */
export interface ProjectModule {
  readonly path: string;
  readonly text: string;
  readonly facts: ModuleFacts;
}

/** What the run asks of the project. All answers may be null: then it stays unknown. */
export interface Project {
  /** The module that an import of `path` means, dots of relative imports included. */
  readonly module: (fromPath: string, name: string) => ProjectModule | null;
  /** Where it lies. */
  readonly locate: (fromPath: string, name: string) => string | null;
  /** The constants of a YAML, TOML or JSON file named by the script. */
  readonly configuration: (fromPath: string, file: string) => ConstantValue | null;
  /** Columns of a data file named by the script, when they are known. */
  readonly columns: (fromPath: string, file: string) => readonly string[] | null;
  /** Rows of a data file named by the script, when they were counted. */
  readonly rows: (fromPath: string, file: string) => number | null;
  /** Folders inside a data folder named by the script, when they were listed: classes of pictures. */
  readonly classes: (fromPath: string, folder: string) => readonly string[] | null;
  /** The command lines that start a script, as the files around it have them. */
  readonly commands: (script: string) => readonly CommandLine[];
  /** Words of the files around a script that make the project one about people; empty where it is not. */
  readonly people: (fromPath: string) => readonly string[];
}

/** How a shell script, a read-me or a job description starts a script. */
export interface CommandLine {
  /** The file that it stands in, for people. */
  readonly file: string;
  /** Values by option, dashes cut and those inside written as `_`; a switch has none, null is one that only the shell knows. */
  readonly options: ReadonlyMap<string, readonly string[] | null>;
}

export interface RunOptions {
  readonly path: string;
  readonly text: string;
  readonly models: Models;
  readonly project?: Partial<Project>;
  readonly declared?: Declarations;
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };
export type MutableEvidence = Writable<Evidence>;
type Loose<T> = T extends unknown
  ? Omit<T, 'id' | 'span' | 'path' | 'callSite' | 'callScope' | 'scope' | 'loops' | 'disabledBy'>
  : never;
/** An event before the machine adds where and when it happens. */
export type NewEvent = Loose<Event>;

/** What is known of an object across names: whether a mechanism made it private, and what it learned from. */
export interface ObjectState {
  taint: number;
  sources: readonly SourceRecord[];
  privatise: { readonly event: number; readonly role: 'model' | 'optimizer' | 'loader' } | null;
}

export interface Given {
  readonly value: Value;
  readonly span: Span;
}

const MAX_EVENTS = 20_000;
const MAX_STEPS = 400_000;

/** State of one run: scopes, loops, events and the evidence that they hold. */
export class Machine {
  readonly events: Event[] = [];
  readonly sources: SourceRecord[] = [];
  readonly objects: ObjectState[] = [{ taint: 0, sources: [], privatise: null }];
  readonly models: Models;
  readonly project: Partial<Project>;
  readonly columnTaint: ColumnTaint;
  protected scope: Scope;
  protected place: Place;
  protected loops: LoopFacts[] = [];
  protected names: string[] = [];
  protected disabled: DisabledBy | null = null;
  protected limited = false;
  /** The call of this module that led into a helper of another file. */
  protected entry: (Span & { readonly scope: readonly string[] }) | null = null;
  /** Above zero while a helper module is read for its names only. */
  protected muted = 0;
  /** Events by where they begin: the same call may stand there for several of them. */
  private readonly index = new Map<
    number,
    {
      readonly kind: string;
      readonly api: string;
      readonly end: number;
      readonly path: string;
      readonly entry: number;
      readonly at: number;
    }[]
  >();
  private readonly pending: {
    evidence: MutableEvidence;
    columns: FrameColumns | null;
    sources: readonly SourceRecord[];
  }[] = [];
  private steps = 0;

  constructor(protected readonly options: RunOptions) {
    this.models = options.models;
    this.project = options.project ?? {};
    this.columnTaint = columnTaint(options.declared ?? noDeclarations);
    this.place = { path: options.path, text: options.text, language: 'python', body: [] };
    this.scope = moduleScope();
  }

  /** Of the module whose code runs now: another language's libraries have methods of the same names. */
  get language(): Language {
    return this.place.language;
  }

  /** Counts work; false when the module costs too much, and the rest of it is skipped. */
  protected step(): boolean {
    if (++this.steps > MAX_STEPS) this.limited = true;
    return !this.limited;
  }

  newObject(): number {
    this.objects.push({ taint: 0, sources: [], privatise: null });
    return this.objects.length - 1;
  }

  newSource(name: string | null, told: SourceRecord['told'], subjectKey: string | null): SourceRecord {
    const id = this.sources.length;
    const people = told ?? 'unknown';
    const source: SourceRecord = {
      id,
      name,
      people,
      reasons: [],
      subjectKey,
      seen: new Set(),
      classes: [],
      told,
      names: [],
    };
    this.sources.push(source);
    return source;
  }

  hasRole(value: Value, role: Role): boolean {
    return value.types.some(type => this.models.roles(type).has(role));
  }

  privateRole(value: Value): ObjectState['privatise'] {
    for (const id of value.objects) {
      const state = this.objects[id]!.privatise;
      if (state) return state;
    }
    return null;
  }

  /** Own taint, that of known columns, and what its objects learned. */
  taintOf(value: Value): number {
    let taint = value.taint;
    if (value.columns && value.strength !== 'aggregate')
      for (const name of value.columns.names) taint |= this.columnTaint(name);
    for (const id of value.objects) taint |= this.objects[id]!.taint;
    return taint;
  }

  sourcesOf(value: Value): readonly SourceRecord[] {
    let sources = value.sources;
    for (const id of value.objects) sources = union(sources, this.objects[id]!.sources);
    return sources;
  }

  /** What flows out of inputs at a strength, before anything is added. */
  flow(inputs: readonly Value[], strength: 'same' | 'derived' | 'aggregate'): Value {
    const out = new Value();
    let seen = false;
    for (const input of inputs) {
      if (input === UNKNOWN) continue;
      const taint = this.taintOf(input);
      const sources = this.sourcesOf(input);
      if (taint === 0 && sources.length === 0) continue;
      out.taint |= taint;
      out.strength = seen ? stronger(out.strength, input.strength) : input.strength;
      seen = true;
      out.sources = union(out.sources, sources);
      out.trace = joinTrace(out.trace, input.trace);
    }
    if (strength === 'aggregate') {
      out.taint &= ~PER_RECORD;
      out.strength = 'aggregate';
    } else if (strength === 'derived' && out.strength === 'same') out.strength = 'derived';
    return out;
  }

  /** Asks the project of a file that code names: it stands beside the script that runs, or beside the module that names it. */
  protected asked<T>(ask: ((from: string, file: string) => T | null) | undefined, file: string): T | null {
    const { path } = this.options;
    return ask?.(path, file) ?? (this.place.path === path ? null : (ask?.(this.place.path, file) ?? null));
  }

  /** The path of the module that runs, from the folder of the script. */
  protected ownFile(): string {
    return relativePath(this.options.path, this.place.path);
  }

  /** The source text of a span of the module that runs. */
  textAt({ start, end }: Span): string {
    return this.place.text.slice(start, Math.min(end, start + 200));
  }

  /** Whether the module that runs has these very words. */
  mentions(words: string): boolean {
    const { text } = this.place;
    if (this.mentioned.text !== text) this.mentioned = { text, words: new Map() };
    let found = this.mentioned.words.get(words);
    if (found === undefined) {
      found = text.includes(words);
      this.mentioned.words.set(words, found);
    }
    return found;
  }
  private mentioned = { text: '', words: new Map<string, boolean>() };

  trace(value: Value, span: Span, note: string): void {
    const step: TraceStep =
      this.place.path === this.options.path ? { span, note } : { span, note, path: this.place.path };
    if (value.trace.some(known => known.span.start === span.start && known.note === note)) return;
    value.trace = [...value.trace, step].slice(-6);
  }

  origin(kind: Origin['kind'], note: string, { start, end }: Span): Origin {
    const span = { start, end };
    return this.place.path === this.options.path ? { kind, note, span } : { kind, note, span, path: this.place.path };
  }

  evidence(value: Value, span: Span): Evidence {
    const { start, end } = span;
    const sources = this.sourcesOf(value);
    const columns: Columns | null = value.columns && { names: value.columns.names, complete: value.columns.complete };
    const evidence: MutableEvidence = {
      span: { start, end },
      text: excerpt(this.place.text, start, end),
      types: value.types,
      constant: value.constants.length === 1 ? named(value.constants[0]!) : null,
      taint: this.taintOf(value),
      strength: value.strength,
      columns,
      sources,
      objects: value.objects,
      trace: value.trace,
    };
    const [rows, batch] = [value.counts?.rows ?? [], value.counts?.batch ?? []];
    if (rows.length > 0) evidence.rows = rows;
    if (batch.length > 0) evidence.batch = batch;
    if (sources.length > 0) this.pending.push({ evidence, columns: value.columns, sources });
    return evidence;
  }

  parameter(given: Given | null): Parameter {
    if (!given) return { kind: 'absent' };
    const { constants } = given.value;
    if (constants.length === 1) return { kind: 'constant', resolved: named(constants[0]!) };
    if (constants.length > 1) return { kind: 'several', resolved: constants.map(named) };
    const { start, end } = given.span;
    return { kind: 'unknown', expression: excerpt(this.place.text, start, end), span: { start, end } };
  }

  /** How often something was made private so far. */
  protected privatisations = 0;

  /** Adds an event; the same call seen again (a second round, another call site) adds to the first. */
  emit(event: NewEvent, span: Span): Event | null {
    if (this.muted > 0) return null;
    const { kind, api } = event;
    if (kind === 'privatise') this.privatisations++;
    const { path } = this.place;
    const entry = this.entry ? this.entry.start : -1;
    let here = this.index.get(span.start);
    for (const one of here ?? [])
      if (one.kind === kind && one.api === api && one.end === span.end && one.path === path && one.entry === entry)
        return this.merge(one.at, event);
    if (this.events.length >= MAX_EVENTS) {
      this.limited = true;
      return null;
    }
    const made = event as Writable<Event>;
    made.id = this.events.length;
    made.span = { start: span.start, end: span.end };
    if (path !== this.options.path) {
      made.path = path;
      if (this.entry) {
        made.callSite = { start: this.entry.start, end: this.entry.end };
        made.callScope = this.entry.scope;
      }
    }
    made.scope = [...this.names];
    made.loops = [...this.loops];
    if (this.disabled) made.disabledBy = this.disabled;
    if (!here) {
      here = [];
      this.index.set(span.start, here);
    }
    here.push({ kind, api, end: span.end, path, entry, at: made.id });
    this.events.push(made);
    return made;
  }

  private merge(at: number, event: NewEvent): Event {
    const old = this.events[at]! as unknown as Record<string, unknown>;
    const next = event as unknown as Record<string, unknown>;
    if (!this.disabled) delete old.disabledBy;
    if (this.loops.length > (old.loops as unknown[]).length) old.loops = [...this.loops];
    for (const field in next) {
      if (field === 'arguments') {
        const mine = old.arguments as Record<string, Evidence>;
        const theirs = next.arguments as Record<string, Evidence>;
        for (const name in theirs) {
          const known = mine[name];
          if (known) mergeEvidence(known, theirs[name]!);
          else mine[name] = theirs[name]!;
        }
      } else old[field] = mergeField(field, old[field], next[field]);
    }
    return this.events[at]!;
  }

  /** After the run: sources know whose data they hold, and evidence learns it from them. */
  protected settle(contextWords: () => readonly string[], projectWords: () => readonly string[]): void {
    const { declared = noDeclarations, path } = this.options;
    settleSources(this.sources, declared, path, contextWords, projectWords);
    for (const { evidence, columns, sources } of this.pending) {
      if (columns && !columns.complete && evidence.strength !== 'aggregate') {
        const names = new Set(columns.names);
        for (const source of sources)
          for (const name of source.seen) if (!columns.dropped.includes(name)) names.add(name);
        evidence.columns = { names: [...names], complete: false };
        for (const name of names) evidence.taint |= this.columnTaint(name);
      }
      if (evidence.sources.some(source => source.people === 'declared' || source.people === 'inferred')) continue;
      evidence.taint &= evidence.sources.every(source => source.people === 'public') ? ~PERSONAL : ~Taint.records;
    }
  }
}

/** A literal that no name was given to is called so. */
function named(resolved: Resolved): Resolved {
  if (resolved.origins.every(origin => origin.note !== '')) return resolved;
  return {
    ...resolved,
    origins: resolved.origins.map(origin => (origin.note === '' ? { ...origin, note: 'literal' } : origin)),
  };
}

/** `to` as seen from the folder of the file `from`, with `/`; both are absolute. */
export function relativePath(from: string, to: string): string {
  const [a, b] = [from, to].map(path => path.split(/[\\/]/)) as [string[], string[]];
  let same = 0;
  while (same < a.length - 1 && same < b.length - 1 && a[same] === b[same]) same++;
  return [...a.slice(same, -1).map(() => '..'), ...b.slice(same)].join('/');
}

export function moduleScope(): Scope {
  const scope = {
    names: new Map<string, Value>(),
    parent: null,
    kind: 'module' as const,
    globals: null,
    wildcards: [],
  };
  return Object.assign(scope, { module: scope as unknown as Scope });
}

const none: string[] = [];

export function childScope(parent: Scope, kind: 'function' | 'class'): Scope {
  return { names: new Map(), parent, kind, globals: new Set(), module: parent.module, wildcards: none };
}

/** At most 60 characters of source text; long digit runs and what looks like an address are left out of literals. */
export function excerpt(text: string, start: number, end: number): string {
  const stop = Math.min(end, start + 200);
  let plain = text.slice(start, stop);
  if (isSimple(text, start, stop)) return plain.length > 60 ? `${plain.slice(0, 59)}…` : plain;
  plain = plain.replace(/\s+/g, ' ');
  const safe = plain.replace(/(['"])((?:(?!\1).)*)\1/g, (whole, quote: string, inner: string) =>
    /\d[\d\s-]{4,}|@/.test(inner) ? `${quote}…${quote}` : whole,
  );
  return safe.length > 60 || end > start + 200 ? `${safe.slice(0, 59)}…` : safe;
}

/** Names, operators and single blanks only: nothing to shorten or to leave out. */
function isSimple(text: string, start: number, stop: number): boolean {
  for (let i = start; i < stop; i++) {
    const c = text.charCodeAt(i);
    if (c === 0x22 || c === 0x27 || c < 0x20 || c > 0x7e) return false;
    if (c === 0x20 && text.charCodeAt(i + 1) === 0x20) return false;
  }
  return true;
}

export function lowerTier(a: Tier, b: Tier): Tier {
  const rank = { certain: 0, likely: 1, possible: 2 };
  return rank[a] >= rank[b] ? a : b;
}
