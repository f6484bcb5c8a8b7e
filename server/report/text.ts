import type { LocatedFinding } from '../workspace/located';
import { type CheckReport, countByRule } from './check';

export interface TextOptions {
  readonly color: boolean;
  readonly statistics: boolean;
}

type Paint = (code: number, text: string) => string;

/** Findings for people: grouped by file, each with its line of code and a caret under the place. */
export function checkText(report: CheckReport, { color, statistics }: TextOptions): string {
  const paint: Paint = (code, text) => (color ? `\u001b[${code}m${text}\u001b[0m` : text);
  if (statistics) return `${statisticsText(report)}${summary(report, paint)}`;
  let out = '';
  let path: string | null = null;
  for (const finding of report.findings) {
    if (finding.path !== path) {
      path = finding.path;
      out += `${out === '' ? '' : '\n'}${paint(1, printable(path))}\n`;
    }
    out += findingText(finding, paint);
  }
  for (const { path: at, message } of report.errors) out += `\n${paint(31, 'not read')} ${printable(at)}: ${message}\n`;
  return `${out}${out === '' ? '' : '\n'}${summary(report, paint)}`;
}

const colors = { error: 31, warning: 33, information: 36 } as const;

function findingText(finding: LocatedFinding, paint: Paint): string {
  const { range, cell, rule, name, severity, tier, message, related } = finding;
  const { line, column } = range.start;
  let out = `  ${placeText(cell, range).padEnd(8)} ${paint(colors[severity], severity)} ${paint(1, rule)} ${name} ${paint(2, `(${tier})`)}\n`;
  out += `    ${message}\n`;
  const code = finding.code.replace(/\t/g, ' ');
  const indent = code.length - code.trimStart().length;
  const shown = code.slice(indent, indent + 110).trimEnd();
  if (shown !== '') {
    const from = Math.max(0, column - 1 - indent);
    const end = range.end.line === line ? range.end.column - 1 - indent : shown.length;
    if (from < shown.length) {
      const carets = Math.max(1, Math.min(end, shown.length) - from);
      out += `    ${paint(2, '|')} ${printable(shown)}\n    ${paint(2, '|')} ${' '.repeat(from)}${paint(colors[severity], '^'.repeat(carets))}\n`;
    } else out += `    ${paint(2, '|')} ${printable(shown)}\n`;
  }
  for (const one of related) {
    const file =
      one.cell === null ? `${printable(one.path)}:` : one.path === finding.path ? '' : `${printable(one.path)} `;
    out += `    ${paint(2, file + placeText(one.cell, one.range))} ${one.message}\n`;
  }
  return out;
}

const placeText = (cell: number | null, { start }: LocatedFinding['range']): string =>
  `${cell === null ? '' : `cell ${cell}:`}${start.line}:${start.column}`;

function summary({ findings, suppressed, files, errors, durationMs }: CheckReport, paint: Paint): string {
  const count = (severity: LocatedFinding['severity']): number =>
    findings.filter(one => one.severity === severity).length;
  const parts = (['error', 'warning', 'information'] as const)
    .map(severity => [count(severity), severity] as const)
    .filter(([n]) => n > 0)
    .map(([n, severity]) =>
      paint(colors[severity], `${n} ${severity}${n > 1 && severity !== 'information' ? 's' : ''}`),
    );
  const what = parts.length > 0 ? parts.join(', ') : 'No findings';
  const quiet = suppressed.length > 0 ? `; ${suppressed.length} suppressed` : '';
  const failed = errors.length > 0 ? `; ${errors.length} not read` : '';
  return `${what} in ${files} file${files === 1 ? '' : 's'}${quiet}${failed} (${(durationMs / 1000).toFixed(1)} s).\n`;
}

function statisticsText({ findings }: CheckReport): string {
  const names = new Map(findings.map(({ rule, name }) => [rule, name]));
  return countByRule(findings)
    .map(([rule, n]) => `${String(n).padStart(6)}  ${rule.padEnd(8)} ${names.get(rule)}\n`)
    .join('');
}

/** File names and code may hold control and direction characters; a terminal must not obey them. */
const printable = (text: string): string => text.replace(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, '·');
