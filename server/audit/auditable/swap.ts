import { lineOf } from './edits';
import { membersVariable } from './protocol';
import type { Division } from './split';

/** The lines behind the last split that put the masked rows in place of the drawn ones. */
export function swapLines(
  divisions: readonly Division[],
  text: string,
  np: string,
): { before: string[]; lines: string[] } | string {
  const [first] = divisions;
  const before: string[] = [];
  const lines: string[] = [];
  const mask = 'epsilint_mask';
  const chained = new Map<string, string>();
  for (const division of divisions) {
    for (const [i, { source, sides }] of division.arrays.entries()) {
      const whole = source ? text.slice(source.start, source.end) : '';
      const root = division === first || !(source?.kind === 'name' && chained.has(source.name));
      if (root && division !== first)
        return `Line ${lineOf(text, division.statement.start)} splits other rows than the first split does.`;
      let from = root ? whole : chained.get((source as { name: string }).name)!;
      if (
        root &&
        source?.kind === 'name' &&
        divisions.some(each => each.arrays.some(a => a.sides.includes(source.name)))
      ) {
        before.push(`epsilint_rows_${i + 1} = ${whole}`);
        from = `epsilint_rows_${i + 1}`;
      }
      for (const side of sides) chained.set(side, from);
      const simple = /^[\w.]+$/.test(from) ? from : `(${from})`;
      const part = (which: string): string =>
        division.of === 'positions'
          ? `${np}.flatnonzero(${which})`
          : division.of === 'people'
            ? `${np}.unique(${simple}[${which}])`
            : division.of === 'subsets'
              ? `torch.utils.data.Subset(${from}, ${np}.flatnonzero(${which}).tolist())`
              : `${simple}[${which}]`;
      const trains = division === first || sides[0] !== undefined;
      const inTraining = trains && !outside(divisions, division, source);
      for (const [place, side] of sides.entries())
        lines.push(`    ${side} = ${part(inTraining && place === 0 ? mask : `~${mask}`)}`);
    }
  }
  const unique = lastAssignments(lines);
  const head = [
    `${mask} = ${np}.load(os.environ["${membersVariable}"]) if "${membersVariable}" in os.environ else None`,
    `if ${mask} is not None:  # Epsilint trains a reference model on other people`,
  ];
  return { before, lines: [...head, ...unique] };
}

/** True where a later split divides rows that an earlier one left out of the training. */
function outside(
  divisions: readonly Division[],
  division: Division,
  source: Division['arrays'][number]['source'],
): boolean {
  const name = source?.kind === 'name' ? source.name : null;
  if (name === null) return false;
  const earlier = divisions.slice(0, divisions.indexOf(division));
  return earlier.some(each => each.arrays.some(({ sides }) => sides.slice(1).includes(name)));
}

/** Of several lines that set the same name, the last. */
function lastAssignments(lines: readonly string[]): string[] {
  const byName = new Map<string, string>();
  for (const line of lines) {
    const name = line.trim().split(' ')[0]!;
    byName.delete(name);
    byName.set(name, line);
  }
  return [...byName.values()];
}
