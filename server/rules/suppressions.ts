import type { ModuleFacts, Span } from '../facts/syntax';
import { type Directive, type MalformedDirective, readDirectives } from './directives';
import type { Finding, Fix } from './finding';
import { lineAround, logicalLines } from './logical-lines';

export interface SuppressionInput {
  readonly facts: ModuleFacts;
  readonly text: string;
  readonly findings: readonly Finding[];
  /** Id → name of every rule that there is. */
  readonly rules: ReadonlyMap<string, string>;
  /** Rules that are on; suppressions of others are not called unused. */
  readonly isOn: (rule: string) => boolean;
  readonly requireReason: boolean;
  /** Spans of notebook cells, for `cell-ignore`. */
  readonly cells?: readonly Span[];
}

export interface Suppressed {
  readonly finding: Finding;
  readonly reason: string | null;
}

export interface SuppressionResult {
  /** What is left, with EPS001 and EPS002 added, in the order of the text. */
  readonly findings: readonly Finding[];
  readonly suppressed: readonly Suppressed[];
}

/** What a directive covers for one of its codes, and whether that was of use. */
interface Cover {
  readonly directive: Directive;
  readonly code: string;
  readonly codeSpan: Span;
  readonly covers: (finding: Finding) => boolean;
  used: boolean;
}

/** Applies the suppressions of a module to its findings (the grammar is in `docs/configuration.md`). */
export function suppress(input: SuppressionInput): SuppressionResult {
  const { facts, text, findings, rules } = input;
  if (!facts.comments.some(comment => comment.text.includes('epsilint'))) return { findings, suppressed: [] };
  const names = new Map([...rules].map(([id, name]) => [name, id]));
  const isRule = (code: string): boolean =>
    names.has(code) || (/^[A-Z]+\d*$/.test(code) && [...rules.keys()].some(id => id.startsWith(code)));
  const { directives, malformed } = readDirectives(facts.comments, text, isRule, input.requireReason);
  const covers = coversOf(directives, input, names);
  const left: Finding[] = [];
  const suppressed: Suppressed[] = [];
  for (const finding of findings) {
    const by = covers.filter(cover => finding.rule.startsWith(cover.code) && cover.covers(finding));
    if (by.length === 0) left.push(finding);
    else {
      for (const cover of by) cover.used = true;
      suppressed.push({ finding, reason: by.find(({ directive }) => directive.reason)?.directive.reason ?? null });
    }
  }
  // Where part of the text could not be read, a suppression may well belong to what was not seen.
  const whole = facts.problems.length === 0;
  const own = [
    ...malformed.map(malformedFinding(text)),
    ...(whole ? directives.flatMap(directive => unusedFinding(directive, covers, input, names)) : []),
  ];
  return { findings: [...left, ...own].sort((a, b) => a.span.start - b.span.start), suppressed };
}

function coversOf(
  directives: readonly Directive[],
  input: SuppressionInput,
  names: ReadonlyMap<string, string>,
): Cover[] {
  const { text, facts, cells = [] } = input;
  const lines = logicalLines(facts, text);
  const lineStarts = (offset: number): Span => {
    const start = text.lastIndexOf('\n', offset - 1) + 1;
    const end = text.indexOf('\n', offset);
    return { start, end: end === -1 ? text.length : end };
  };
  const touches = (span: Span) => (finding: Finding) =>
    finding.span.start <= span.end && reach(finding, lines) >= span.start;
  return directives
    .filter(({ kind }) => kind !== 'enable')
    .flatMap(directive =>
      directive.codes.map(({ code, start, end }) => {
        const id = names.get(code) ?? code;
        let covers: Cover['covers'] = () => true;
        if (directive.kind === 'ignore') {
          const next = directive.ownLine ? lines.find(line => line.start >= directive.end) : undefined;
          if (!directive.ownLine) covers = touches(lineStarts(directive.start));
          else if (next) covers = ({ span }) => span.start >= next.start && span.start <= next.end;
          else covers = () => false;
        } else if (directive.kind === 'disable') {
          const off = directives.find(
            other =>
              other.kind === 'enable' &&
              other.start > directive.start &&
              other.codes.some(one => id.startsWith(names.get(one.code) ?? one.code)),
          );
          const until = off?.start ?? Number.POSITIVE_INFINITY;
          covers = ({ span }) => span.start >= directive.start && span.start < until;
        } else if (directive.kind === 'cell-ignore') {
          const cell = cells.find(one => one.start <= directive.start && directive.start <= one.end);
          covers = ({ span }) => cell !== undefined && span.start >= cell.start && span.start <= cell.end;
        }
        return { directive, code: id, codeSpan: { start, end }, covers, used: false };
      }),
    );
}

/** How far down a finding can be suppressed: to the end of its own logical line, never into the body of a statement. */
function reach(finding: Finding, lines: readonly Span[]): number {
  return lineAround(lines, finding.span.start)?.end ?? finding.span.end;
}

const malformedFinding =
  (text: string) =>
  ({ start, end, message, ownLine }: MalformedDirective): Finding => ({
    rule: 'EPS002',
    tier: 'certain',
    severity: 'warning',
    span: { start, end },
    message,
    related: [],
    fixes: [removal({ start, end, ownLine }, text, 'Remove the directive', 'unsafe')],
  });

function unusedFinding(
  directive: Directive,
  covers: readonly Cover[],
  input: SuppressionInput,
  names: ReadonlyMap<string, string>,
): Finding[] {
  const unused =
    directive.kind === 'enable'
      ? []
      : covers.filter(cover => cover.directive === directive && !cover.used && canBeUsed(cover.code, input));
  if (unused.length === 0) return [];
  const all = unused.length === directive.codes.length;
  const codes = unused.map(({ code }) => code).join(', ');
  const kept = directive.codes
    .map(({ code }) => code)
    .filter(code => !unused.some(one => one.code === (names.get(code) ?? code)));
  const first = directive.codes[0]!;
  const last = directive.codes.at(-1)!;
  const fix: Fix = all
    ? removal(directive, input.text, 'Remove the unused suppression', 'safe')
    : {
        title: `Remove ${codes} from the suppression`,
        safety: 'safe',
        edits: [{ span: { start: first.start, end: last.end }, text: kept.join(', ') }],
      };
  return [
    {
      rule: 'EPS001',
      tier: 'certain',
      severity: 'warning',
      span: { start: directive.start, end: directive.end },
      message: `This suppression matches no finding of ${codes}; remove it, or it will hide a later one unseen.`,
      related: [],
      fixes: [fix],
    },
  ];
}

/** Findings of audits come and go with audits, and a rule that is off finds nothing: such suppressions are not unused. */
const canBeUsed = (code: string, { rules, isOn }: SuppressionInput): boolean =>
  !code.startsWith('AUD') && [...rules.keys()].some(id => id.startsWith(code) && isOn(id));

/** Deletes a comment: its whole line, or itself with the blanks before it. */
function removal(
  comment: Span & { readonly ownLine: boolean },
  text: string,
  title: string,
  safety: Fix['safety'],
): Fix {
  let { start, end } = comment;
  while (start > 0 && (text[start - 1] === ' ' || text[start - 1] === '\t')) start--;
  if (comment.ownLine) {
    if (text[end] === '\r') end++;
    if (text[end] === '\n') end++;
  }
  return { title, safety, edits: [{ span: { start, end }, text: '' }] };
}
