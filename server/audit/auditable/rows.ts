import type { Expression, Statement } from '../../facts/syntax';
import { namesIn, nodesIn, statementsOf } from './walk';

/** Calls that take something from all rows: what they give is the same for every row and is not asked anew for the others. */
const statistics =
  /\.(?:mean|std|median|min|max|var|quantile|mode|sum|fit|fit_transform|unique|nunique|shape|shuffle)\b/;

/** An expression as it is for the training rows, and the same for the rows left out. */
export interface BothSides {
  readonly inside: string;
  readonly outside: string;
}

/**
 * Follows names from the split to the training: what each name of training rows is for the other rows. That is the name made in the same
 * way (`fit_transform` of one is `transform` of the other), else how it was made, written out.
 */
export function followRows(
  block: readonly Statement[],
  roles: ReadonlyMap<string, string>,
  from: number,
  to: number,
  text: string,
): Map<string, BothSides> {
  const known = new Map([...roles].map(([inside, outside]) => [inside, { inside, outside }]));
  const others = new Set(roles.values());
  const assigned = assignmentsOf(block, from, to);
  for (const { name, value } of assigned) {
    if (known.has(name) || others.has(name)) continue;
    if (![...namesIn(value)].some(used => known.has(used))) continue;
    const own = text.slice(value.start, value.end);
    const sides = bothSides(value, known, text);
    const twin = assigned.find(
      each => each.name !== name && plain(text.slice(each.value.start, each.value.end)) === plain(sides.outside),
    );
    if (twin) {
      known.set(name, { inside: name, outside: twin.name });
      others.add(twin.name);
    } else if (!statistics.test(own)) known.set(name, sides);
  }
  return known;
}

/** The text of an expression for either side: names of rows replaced where they stand as names. */
export function bothSides(value: Expression, known: ReadonlyMap<string, BothSides>, text: string): BothSides {
  const places = [...nodesIn(value)].flatMap(node =>
    node.kind === 'name' && known.has(node.name)
      ? [{ start: node.start, end: node.end, by: known.get(node.name)! }]
      : [],
  );
  places.sort((x, y) => y.start - x.start);
  const write = (side: keyof BothSides): string => {
    let out = text.slice(value.start, value.end);
    for (const { start, end, by } of places)
      out = out.slice(0, start - value.start) + by[side] + out.slice(end - value.start);
    return out.replace(/\s*\n\s*/g, ' ');
  };
  return { inside: write('inside'), outside: write('outside') };
}

const plain = (expression: string): string => expression.replace(/\s+/g, '').replaceAll('fit_transform', 'transform');

function assignmentsOf(block: readonly Statement[], from: number, to: number) {
  return [...statementsOf(block)].flatMap(statement => {
    if (statement.kind !== 'assign' || statement.start <= from || statement.start > to) return [];
    const [target] = statement.targets;
    if (target?.kind === 'name') return [{ name: target.name, value: statement.value }];
    const { value } = statement;
    if (target?.kind !== 'tuple' || value.kind !== 'tuple') return [];
    return target.items.flatMap((item, i) =>
      item.kind === 'name' && value.items[i] ? [{ name: item.name, value: value.items[i] }] : [],
    );
  });
}
