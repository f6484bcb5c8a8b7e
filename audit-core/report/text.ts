import type { AttackResult, AuditResult } from '../audit/result';
import { comparisonText } from './comparison';
import { dpBound } from './dp-bound';
import {
  area,
  attackTitle,
  boundOf,
  checkNames,
  figure,
  limitsOf,
  percent,
  plainWords,
  range,
  type Subject,
  strongest,
  thousands,
} from './words';

/** ANSI styles, or none where the output is no terminal. */
export interface Style {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
}

const plain: Style = { bold: t => t, dim: t => t, good: t => t, bad: t => t };
const code =
  (start: number, end: number) =>
  (text: string): string =>
    `\u001b[${start}m${text}\u001b[${end}m`;
const coloured: Style = { bold: code(1, 22), dim: code(2, 22), good: code(32, 39), bad: code(31, 39) };

/** The audit for a terminal: short, the plain words first. */
export function textReport(result: AuditResult, subject: Subject, options: { colour?: boolean } = {}): string {
  const style = options.colour ? coloured : plain;
  const blocks = [
    `${style.bold(`Audit of ${subject.name}`)}${subject.script ? style.dim(`  (${subject.script})`) : ''}`,
    wrap(plainWords(result), 96),
    findingBlock(subject, style),
    gateBlock(result, style),
  ];
  if (result.attacks.length > 0) {
    blocks.push(attackBlock(result, style), certifiedBlock(result, style));
    if (result.exposure) blocks.push(exposureBlock(result, style), dpBlock(result, style));
    if (result.groups.some(row => row.q !== null && row.q <= 0.05)) blocks.push(groupBlock(result, style));
  }
  if (subject.comparison) blocks.push(comparisonText(subject.comparison).trimEnd());
  const notes = [...result.assumptions, ...result.warnings];
  if (notes.length > 0) blocks.push(`${style.bold('Read this with it')}\n${bullets(notes)}`);
  if (result.attacks.length > 0) blocks.push(`${style.bold('What this does not show')}\n${bullets(limitsOf(result))}`);
  return `${blocks.filter(block => block !== '').join('\n\n')}\n`;
}

function findingBlock({ findings = [], suppressed = 0 }: Subject, style: Style): string {
  const lines = findings.map(({ rule, name, severity, place, message }) => {
    const paint = severity === 'information' ? style.dim : style.bad;
    return `  ${paint(severity)} ${style.bold(rule)} ${name}  ${style.dim(place)}\n    ${wrap(message, 94, '    ')}`;
  });
  if (suppressed > 0)
    lines.push(`  ${suppressed} ${suppressed === 1 ? 'finding is' : 'findings are'} suppressed in the script.`);
  return lines.length === 0 ? '' : `${style.bold('Findings')}\n${lines.join('\n')}`;
}

function gateBlock(result: AuditResult, style: Style): string {
  const lines = result.gate.checks.map(
    check =>
      `  ${check.passed ? style.good('✓') : style.bad('✗')} ${(checkNames[check.name] ?? check.name).padEnd(33)} ${style.dim(check.message)}`,
  );
  return `${style.bold(result.gate.passed ? 'Gate passed' : 'Gate failed')}\n${lines.join('\n')}`;
}

function attackBlock(result: AuditResult, style: Style): string {
  const rates = [...new Set(result.attacks.flatMap(({ tpr }) => tpr.map(({ fpr }) => fpr)))].sort((a, b) => b - a);
  const attacks = result.attacks.filter(shown(result));
  const width = Math.max(36, ...attacks.map(attack => attackTitle(attack).length));
  const header = [
    ''.padEnd(width),
    'AUC'.padEnd(7),
    '95 % CI'.padEnd(13),
    ...rates.map(fpr => `TPR@${percent(fpr)}`.padStart(11)),
  ].join(' ');
  const lines = attacks.map(attack => row(attack, rates, width));
  return `${style.bold('Members against non-members')}\n  ${style.dim(header)}\n${lines.join('\n')}`;
}

/** All record-level attacks; per person the mean of each headline attack and of the one that the first paragraph quotes. */
const shown = (result: AuditResult): ((attack: AttackResult) => boolean) => {
  const quoted = strongest(result, 'person');
  return attack =>
    attack.level === 'record' ||
    attack === quoted ||
    (attack.join === 'mean' && ['confidence', 'lira-online-pooled', 'rmia'].includes(attack.name));
};

function row(attack: AttackResult, rates: readonly number[], width: number): string {
  const { auc, tpr } = attack;
  const points = rates.map(fpr => {
    const point = tpr.find(each => each.fpr === fpr);
    return (point ? percent(point.tpr) : '–').padStart(11);
  });
  return `  ${[attackTitle(attack).padEnd(width), area(auc.value).padEnd(7), range(auc).padEnd(13), ...points].join(' ')}`;
}

function certifiedBlock(result: AuditResult, style: Style): string {
  const lines = (['record', 'person'] as const).flatMap(level => {
    const bound = boundOf(result, level);
    return bound
      ? [
          `  per ${level}: ε ≥ ${figure(bound.value)} at δ = ${figure(bound.delta)} (95 %; these numbers certify at most ${figure(bound.ceiling)})`,
        ]
      : [];
  });
  const claim = result.claimedEpsilon;
  if (claim) {
    const person =
      claim.personValue === null ? 'nothing about a person' : `ε = ${figure(claim.personValue)} per person`;
    lines.push(
      `  claimed: ε = ${figure(claim.value)} per ${claim.unit}${claim.unit === 'record' ? `, ${person}` : ''} (${claim.origin})`,
    );
    if (result.contradicted) lines.push(`  ${style.bad('The claim is contradicted: the mechanism is not effective.')}`);
    else lines.push('  The claim is not contradicted by this attack.');
  }
  return lines.length === 0 ? '' : `${style.bold('Certified lower bound')}\n${lines.join('\n')}`;
}

function exposureBlock(result: AuditResult, style: Style): string {
  const { survival, named, references } = result.exposure!;
  const noun = result.people ? 'people' : 'records';
  const header = `  ${'record AUC of at least'.padEnd(24)}${survival.map(({ threshold }) => String(threshold).padStart(8)).join('')}`;
  const seen = `  ${noun.padEnd(24)}${survival.map(({ people }) => thousands(people).padStart(8)).join('')}`;
  const chance = `  ${'by chance'.padEnd(24)}${survival.map(row => figure(row.null).padStart(8)).join('')}`;
  return `${style.bold(`Who is exposed (${references} reference models)`)}\n${style.dim(header)}\n${seen}\n${style.dim(chance)}\n  ${thousands(named)} ${noun} are exposed beyond chance (paired test, Benjamini–Hochberg 5 %).`;
}

function dpBlock(result: AuditResult, style: Style): string {
  const bound = dpBound(result);
  if (!bound) return '';
  const lines = bound.rows.map(
    ([what, auc, tpr]) => `  ${what.padEnd(42)} AUC ${auc.padEnd(20)} TPR at FPR 1 %: ${tpr}`,
  );
  return `${style.bold(bound.question)}\n${lines.join('\n')}\n  ${style.dim(wrap(bound.note, 94, '  '))}`;
}

function groupBlock(result: AuditResult, style: Style): string {
  const lines = result.groups
    .filter(group => group.q !== null && group.q <= 0.05)
    .map(
      group =>
        `  ${`${group.attribute} = ${group.level}`.padEnd(32)} ${group.inTop} seen, ${figure(group.expected!)} expected (×${figure(group.effect!)}, q ${group.q! < 0.001 ? '< 0.001' : `= ${figure(group.q!)}`})`,
    );
  return `${style.bold('Groups over- or under-represented among the most exposed')}\n${lines.join('\n')}`;
}

const bullets = (lines: readonly string[]): string =>
  lines.map(line => wrap(`• ${line}`, 96, '    ').replace(/^/, '  ')).join('\n');

/** Breaks a paragraph at spaces. */
export function wrap(text: string, width: number, indent = ''): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line.length > 0 && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line.length === 0 ? word : `${line} ${word}`;
  }
  lines.push(line);
  return lines.join(`\n${indent}`);
}
