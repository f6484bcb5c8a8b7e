import type { Comparison } from '../audit/compare';
import type { Table } from './tables';
import { attackNames, figure } from './words';

/** Names of attacks in the words of the report. */
const worded = (what: string): string =>
  what.replace(/, ([a-z-]+)/, (whole, name: string) =>
    attackNames[name] ? `, ${attackNames[name].toLowerCase()}` : whole,
  );

const signed = (value: number): string => (value > 0 ? `+${figure(value)}` : value < 0 ? `−${figure(-value)}` : '0');

/** The figures of two audits as a table; null where nothing can be set side by side. */
export function comparisonTable({ date, figures }: Comparison): Table | null {
  if (figures.length === 0) return null;
  return {
    title: date === null ? 'Compared with the earlier audit' : `Compared with the audit of ${date.slice(0, 10)}`,
    header: ['Figure', 'Before', 'Now', 'Change', '95 % CI of the change', 'Reading'],
    rows: figures.map(({ what, before, after, change, beyondChance }) => [
      worded(what),
      figure(before),
      figure(after),
      signed(after - before),
      change ? `${signed(change.low)} to ${signed(change.high)}` : '',
      beyondChance === null ? '' : beyondChance ? 'changed' : 'within chance',
    ]),
    numeric: 1,
    note: 'The interval of a change takes the two audits as independent; with the same people in both it is too wide, never too narrow.',
  };
}

/** The comparison alone, for a terminal. */
export function comparisonText(comparison: Comparison): string {
  const table = comparisonTable(comparison);
  if (!table) return 'The two audits have no figure in common.\n';
  const widths = table.header.map((cell, column) =>
    Math.max(cell.length, ...table.rows.map(row => (row[column] ?? '').length)),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  return [table.title, line(table.header), ...table.rows.map(line), ...comparison.notes, table.note ?? '']
    .join('\n')
    .concat('\n');
}
