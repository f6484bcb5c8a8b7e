import type { AuditResult } from '../audit/result';
import { comparisonTable } from './comparison';
import { type PlainAnswer, plainPage } from './plain';
import { type Table, tablesOf } from './tables';
import { findingLines, modelCard, type Subject, sentence } from './words';

/** The audit as Markdown, for a pull request or a wiki. */
export function markdownReport(result: AuditResult, subject: Subject): string {
  const blocks = [
    `# Audit of ${escapeMarkdown(subject.name)}`,
    ...plainPage(result, subject).map(answered),
    '## Figures',
    result.attacks.length > 0 ? `> ${escapeMarkdown(sentence(result))}` : '',
    section('Findings', findingLines(subject)),
    ...tablesOf(result).map(table),
    comparisonBlock(subject),
    section('What was assumed', result.assumptions),
    section('Read this with it', result.warnings),
    `## For the model card\n\n${escapeMarkdown(modelCard(result, subject))}`,
    `Epsilint ${subject.version}, ${subject.date.slice(0, 10)}.`,
  ];
  return `${blocks.filter(block => block !== '').join('\n\n')}\n`;
}

const answered = ({ question, answer, list }: PlainAnswer): string =>
  `## ${question}\n\n${answer.map(line => `${list ? '- ' : ''}${escapeMarkdown(line)}`).join(list ? '\n' : '\n\n')}`;

function comparisonBlock({ comparison }: Subject): string {
  const compared = comparison ? comparisonTable(comparison) : null;
  if (!comparison || !compared) return '';
  return [table(compared), ...comparison.notes.map(note => `- ${escapeMarkdown(note)}`)].join('\n\n');
}

const section = (title: string, lines: readonly string[]): string =>
  lines.length === 0 ? '' : `## ${title}\n\n${lines.map(line => `- ${escapeMarkdown(line)}`).join('\n')}`;

function table({ title, header, rows, numeric, note }: Table): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(escapeMarkdown).join(' | ')} |`;
  const rule = `| ${header.map((_, column) => (column >= numeric ? '--:' : '---')).join(' | ')} |`;
  return `## ${escapeMarkdown(title)}\n\n${[line(header), rule, ...rows.map(line)].join('\n')}${note ? `\n\n${escapeMarkdown(note)}` : ''}`;
}

/** File names and group levels come from outside: no Markdown or HTML of theirs is let through. */
const escapeMarkdown = (text: string): string =>
  text.replace(/[\\`*_[\]<>|]/g, character => `\\${character}`).replace(/\s+/g, ' ');
