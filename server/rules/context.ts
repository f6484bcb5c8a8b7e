import { type Declarations, noDeclarations } from '../facts';
import type { Event, EventKind, ModuleRun } from '../facts/events';
import type { FileFactsLookup } from '../facts/file-facts';
import type { Span } from '../facts/syntax';
import type { DataSource } from '../facts/values';
import { classifyColumn } from '../models/identifiers';
import { signalsOf, strongWords, toyMentions } from '../models/person-data';
import type { Finding } from './finding';
import type { AuditState, BudgetFigure, ModulePeople, Rule, RuleContext, RuleSettings, StoredOutput } from './rule';

export const defaultSettings: RuleSettings = {
  maxEpsilon: 8,
  maxDelta: 1e-3,
  internalHosts: [],
  sensitivity: 'auto',
  requireProvenance: false,
};

/** Everything a rule may know of one module; what is left out is unknown, and rules stay silent about it. */
export interface RuleInput {
  readonly run: ModuleRun;
  readonly text: string;
  readonly comments?: readonly Span[];
  readonly declared?: Declarations;
  readonly files?: FileFactsLookup;
  readonly settings?: Partial<RuleSettings>;
  readonly budgets?: readonly BudgetFigure[];
  readonly audit?: (checkpoint: string | null) => AuditState | null;
  readonly outputs?: readonly StoredOutput[];
  /** Words of the files around that make the project one about people. */
  readonly project?: () => readonly string[];
}

export function makeContext(input: RuleInput): RuleContext {
  const byKind = new Map<EventKind, Event[]>();
  for (const event of input.run.events) {
    const list = byKind.get(event.kind);
    if (list) list.push(event);
    else byKind.set(event.kind, [event]);
  }
  let people: ModulePeople | null = null;
  return {
    run: input.run,
    text: input.text,
    of: <K extends EventKind>(kind: K) => (byKind.get(kind) ?? []) as unknown as readonly Extract<Event, { kind: K }>[],
    comments: input.comments ?? [],
    declared: input.declared ?? noDeclarations,
    files: input.files ?? (() => null),
    settings: { ...defaultSettings, ...input.settings },
    budgets: input.budgets ?? [],
    audit: input.audit ?? (() => null),
    outputs: input.outputs ?? [],
    people: () => {
      people ??= told(input.settings?.sensitivity) ?? modulePeople(input.run, input.text, input.project ?? (() => []));
      return people;
    },
  };
}

/** What the configuration says of all data; null: it is to be found out. */
function told(sensitivity: RuleSettings['sensitivity'] | undefined): ModulePeople | null {
  if (sensitivity === 'always') return { people: 'declared', reasons: ['the configuration says so'], subjectKey: null };
  return sensitivity === 'never' ? { people: 'unknown', reasons: [], subjectKey: null } : null;
}

/** Runs rules over one module; findings in the order of the text, at most one of a rule on one span. */
export function check(rules: readonly Rule[], context: RuleContext): Finding[] {
  const tests = isTest(context.run.path, context.text);
  const found = rules.flatMap(rule => rule.check(context)).map(each => (tests ? demoted(each) : each));
  const seen = new Set<string>();
  return found
    .sort((a, b) => a.span.start - b.span.start || (a.rule < b.rule ? -1 : 1))
    .filter(finding => {
      const key = `${finding.rule}:${finding.span.start}:${finding.span.end}`;
      if (seen.has(key)) return false;
      seen.add(key);
      return true;
    });
}

/**
 * Test code trains on made-up rows and turns mechanisms off on purpose. In Python a name that begins with `test` may also be
 * that of a script that tests a model on people: there the text tells.
 */
function isTest(path: string, text: string): boolean {
  const place = path.replaceAll('\\', '/');
  if (/\.(?:test|spec)\.[jt]sx?$|(?:^|\/)tests\/(?:[^/]+\/)?[^/]+$|(?:^|\/)conftest\.py$/.test(place)) return true;
  return (
    /(?:^|\/)(?:test_[^/]*|[^/]*_test)\.(?:py|ipynb)$/.test(place) &&
    (/\b(?:pytest|unittest|absltest|TestCase)\b/.test(text) ||
      (/^\s*def test_/m.test(text) && /^\s*assert\b/m.test(text)))
  );
}

/** What a test file does is possible at most; an identifier that stands in it is there all the same. */
const demoted = (finding: Finding): Finding =>
  finding.rule === 'PHI005' || finding.rule === 'PHI006' ? finding : { ...finding, tier: 'possible' };

const rank = { public: 0, unknown: 1, inferred: 2, declared: 3 } as const;

/** The strongest statement of several sources: declared, inferred, unknown, public. */
export function strongest(sources: readonly DataSource[]): DataSource | null {
  return sources.reduce<DataSource | null>(
    (best, source) => (best === null || rank[source.people] > rank[best.people] ? source : best),
    null,
  );
}

/**
 * One clinical word is a weak signal; two different ones in the module's text, or one and a key or identifier column,
 * are two. Public toy data in a load denies all.
 */
function modulePeople(run: ModuleRun, text: string, project: () => readonly string[]): ModulePeople {
  const sources = run.events.flatMap(event => (event.kind === 'load' ? [event.source] : []));
  const best = strongest(sources);
  const subjectKey = sources.find(source => source.subjectKey)?.subjectKey ?? null;
  if (best && rank[best.people] >= rank.inferred) return { people: best.people, reasons: best.reasons, subjectKey };
  if (best?.people === 'public') return { people: 'public', reasons: best.reasons, subjectKey };
  return {
    ...textSignals(`${run.path}\n${text.length > 200_000 ? text.slice(0, 200_000) : text}`, project),
    subjectKey,
  };
}

const literal =
  /"{3}([^"]{3,600})"{3}|'{3}([^']{3,600})'{3}|(["'`])((?:(?!\3)[^\\\n]|\\.){2,300})\3|(?:#|\/\/)([^\n]{3,200})|\/\*+([^*]{3,400})\*+\//g;

/** Words of people that say nothing of them alone: a health check, the subject of a mail, a survival of the fittest. */
const faint = new Set([
  'health',
  'subject',
  'subjects',
  'survival',
  'visits',
  'cohort',
  'doctor',
  'admission',
  'discharge',
]);

function textSignals(text: string, project: () => readonly string[]): Pick<ModulePeople, 'people' | 'reasons'> {
  const clinical = new Map<string, number>();
  const known = new Set<string>();
  let toys = 0;
  let columns = 0;
  let attributes = 0;
  const read = (part: string) => {
    for (const signal of signalsOf(part)) {
      if (signal.kind === 'known') known.add(signal.word);
      else if (signal.kind === 'toy') toys += toyMentions(part);
      else clinical.set(signal.word, (clinical.get(signal.word) ?? 0) + 1);
    }
  };
  read(text.slice(0, text.indexOf('\n')));
  for (const match of text.matchAll(literal)) {
    const name = match[4];
    const part = match[1] ?? match[2] ?? name ?? match[5] ?? match[6]!;
    read(part);
    if (name !== undefined) {
      const kind = classifyColumn(part);
      if (kind === 'identifier' || kind === 'subject-key') columns++;
      else if (kind !== null) attributes++;
    }
  }
  for (const [word, count] of strongWords(text)) if (count >= 3) clinical.set(word, (clinical.get(word) ?? 0) + count);
  if (attributes + columns === 0 && [...clinical.keys()].every(word => faint.has(word))) clinical.clear();
  const words = [...clinical.keys()];
  const total = [...clinical.values()].reduce((sum, n) => sum + n, 0);
  // An age or a sex says nothing of illness, but whose it is where one word does.
  const persons = columns > 0 || (attributes > 0 && words.length > 0) ? 1 : 0;
  const signals = known.size * 2 + (words.length >= 2 || total >= 3 ? 2 : words.length > 0 ? 1 : 0) + persons;
  if (toys > total && known.size === 0) return { people: 'public', reasons: ['the file names public teaching data'] };
  if (signals < 2) {
    // The module says too little or nothing, and the project around it speaks of people throughout.
    const around = toys === 0 ? project() : [];
    if (around.length === 0) return { people: 'unknown', reasons: [] };
    return { people: 'inferred', reasons: [`the project is about ${around.join(', ')}`] };
  }
  const named = [...known, ...words].slice(0, 3);
  return { people: 'inferred', reasons: [`the file speaks of ${named.join(', ') || 'a person key'}`] };
}
