import type { AuditOutcome } from '../audit/result';
import { toldApart } from '../audit/told';
import { distributionChart, rocChart, survivalChart } from './charts';
import { comparisonTable } from './comparison';
import { intervalChart } from './interval-chart';
import { type PlainAnswer, plainPage } from './plain';
import { style } from './style';
import { escapeHtml } from './svg';
import { type Table, tablesOf } from './tables';
import { findingLines, modelCard, type Subject, sentence } from './words';

/** The audit as one self-contained page: no script, no address outside, light and dark, fit for paper. */
export function htmlReport({ result, charts }: AuditOutcome, subject: Subject): string {
  const verdict = !result.gate.passed
    ? 'stopped'
    : result.contradicted
      ? 'contradicted'
      : toldApart(result)
        ? 'leaks'
        : (result.exposure?.named ?? 0) > 0
          ? 'exposed'
          : 'quiet';
  const badges: Readonly<Record<string, string>> = {
    stopped: 'Stopped at the gate',
    contradicted: 'Claim contradicted',
    leaks: 'Members are told apart',
    exposed: `Single ${result.people ? 'people' : 'records'} are exposed`,
    quiet: 'No leakage found by this probe',
  };
  const tables = tablesOf(result);
  const compared = subject.comparison ? comparisonTable(subject.comparison) : null;
  const figures = [
    rocChart(charts, result),
    intervalChart(result),
    distributionChart(charts),
    survivalChart(charts, result),
  ].filter(Boolean);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="color-scheme" content="light dark">
<title>Audit of ${escapeHtml(subject.name)}</title>
<style>${style}</style>
</head>
<body>
<main>
<header>
<p class="badge ${verdict}">${badges[verdict]}</p>
<h1>Audit of ${escapeHtml(subject.name)}</h1>
<p class="meta">${subject.script ? `${escapeHtml(subject.script)} · ` : ''}${escapeHtml(subject.date.slice(0, 16).replace('T', ' '))} UTC · Epsilint ${escapeHtml(subject.version)}</p>
</header>
<section class="plain">${plainPage(result, subject).map(answered).join('')}</section>
<h2 class="part">Figures</h2>
${result.attacks.length > 0 ? `<p class="sentence">${escapeHtml(sentence(result))}</p>` : ''}
${list('Findings', findingLines(subject))}
${tables.slice(0, 1).map(table).join('')}
${figures.length > 0 ? `<section class="figures">${figures.join('')}</section>` : ''}
${tables.slice(1).map(table).join('')}
${compared ? table(compared) + list('Of the comparison', subject.comparison?.notes ?? []) : ''}
${list('What was assumed', result.assumptions)}
${list('Read this with it', result.warnings)}
<section><h2>For the model card</h2><blockquote>${escapeHtml(modelCard(result, subject))}</blockquote></section>
</main>
</body>
</html>
`;
}

const answered = ({ question, answer, list: isList }: PlainAnswer): string =>
  `<section><h2>${escapeHtml(question)}</h2>${
    isList
      ? `<ul>${answer.map(line => `<li>${escapeHtml(line)}</li>`).join('')}</ul>`
      : answer.map(line => `<p>${escapeHtml(line)}</p>`).join('')
  }</section>`;

const list = (title: string, lines: readonly string[]): string =>
  lines.length === 0
    ? ''
    : `<section><h2>${title}</h2><ul>${lines.map(line => `<li>${escapeHtml(line)}</li>`).join('')}</ul></section>`;

function table({ title, header, rows, numeric, note }: Table): string {
  const kind = (column: number): string => (column >= numeric ? ' class="n"' : '');
  const head = header.map((cell, column) => `<th scope="col"${kind(column)}>${escapeHtml(cell)}</th>`).join('');
  const body = rows
    .map(cells => {
      const state = cells.includes('failed') ? ' class="failed"' : '';
      return `<tr${state}>${cells.map((cell, column) => `<td${kind(column)}>${escapeHtml(cell)}</td>`).join('')}</tr>`;
    })
    .join('');
  return `<section><h2>${escapeHtml(title)}</h2><div class="scroll" tabindex="0" role="region" aria-label="${escapeHtml(title)}"><table><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table></div>${note ? `<p class="note">${escapeHtml(note)}</p>` : ''}</section>`;
}
