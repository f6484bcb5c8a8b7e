import type { Expression, Statement } from '../../facts/syntax';
import { type Imports, statementsOf } from './walk';

type Assignment = Extract<Statement, { kind: 'assign' }>;

/** One division of rows: for each array that is divided, the names of its sides, training side first. */
export interface Division {
  readonly statement: Assignment;
  /** `arrays`: rows themselves; `positions`: row positions; `people`: distinct keys of rows; `subsets`: torch subsets. */
  readonly of: 'arrays' | 'positions' | 'people' | 'subsets';
  readonly arrays: readonly { readonly source: Expression | null; readonly sides: readonly string[] }[];
}

/** The divisions of rows in a block, in the order of the text, as far as scikit-learn, torch or slices of a permutation make them. */
export function divisionsIn(block: readonly Statement[], imports: Imports): Division[] {
  const out: Division[] = [];
  const values = new Map<string, Expression>();
  const slices: { statement: Assignment; name: string; of: string; first: boolean }[] = [];
  for (const statement of statementsOf(block)) {
    if (statement.kind !== 'assign') continue;
    const target = statement.targets[0]!;
    if (target.kind === 'name') values.set(target.name, statement.value);
    const names = namesOf(target);
    if (names) {
      const found = divisionOf(statement, names, imports, values);
      if (found) out.push(found);
    }
    for (const piece of slicesOf(statement)) slices.push({ statement, ...piece });
  }
  return out.length > 0 ? out : bySlices(slices, values, imports);
}

function divisionOf(
  statement: Assignment,
  names: readonly string[],
  imports: Imports,
  values: ReadonlyMap<string, Expression>,
): Division | null {
  const call = statement.value;
  if (call.kind !== 'call') return null;
  const path = imports.pathOf(call.callee);
  if (path === 'sklearn.model_selection.train_test_split' && names.length === 2 * call.arguments.length) {
    const arrays = call.arguments.map((source, i) => ({ source, sides: [names[2 * i]!, names[2 * i + 1]!] }));
    const keys = call.arguments.length === 1 ? distinctOf(call.arguments[0]!, values, imports) : null;
    if (keys) return { statement, of: 'people', arrays: [{ source: keys, sides: names }] };
    return { statement, of: 'arrays', arrays };
  }
  if (path === 'torch.utils.data.random_split' && call.arguments[0])
    return { statement, of: 'subsets', arrays: [{ source: call.arguments[0], sides: names }] };
  if (path !== 'next' || names.length !== 2) return null;
  const inner = call.arguments[0];
  if (inner?.kind !== 'call' || inner.callee.kind !== 'attribute' || inner.callee.name !== 'split') return null;
  const splitter = inner.callee.object;
  const made = splitter.kind === 'name' ? values.get(splitter.name) : splitter;
  const type = made?.kind === 'call' ? imports.pathOf(made.callee) : null;
  if (!type?.startsWith('sklearn.model_selection.')) return null;
  return { statement, of: 'positions', arrays: [{ source: inner.arguments[0] ?? null, sides: names }] };
}

/** `x.unique()` or `np.unique(x)`: the rows' keys `x`. */
function distinctOf(e: Expression, values: ReadonlyMap<string, Expression>, imports: Imports): Expression | null {
  const found = e.kind === 'name' ? values.get(e.name) : e;
  if (found?.kind !== 'call') return null;
  if (found.callee.kind === 'attribute' && found.callee.name === 'unique' && found.arguments.length === 0)
    return found.callee.object;
  return imports.pathOf(found.callee) === 'numpy.unique' ? (found.arguments[0] ?? null) : null;
}

function* slicesOf(statement: Assignment): Generator<{ name: string; of: string; first: boolean }> {
  const target = statement.targets[0]!;
  const pairs: [Expression, Expression][] =
    target.kind === 'tuple' && statement.value.kind === 'tuple'
      ? target.items.map((item, i) => [item, (statement.value as { items: readonly Expression[] }).items[i]!])
      : [[target, statement.value]];
  for (const [name, value] of pairs)
    if (name.kind === 'name' && value?.kind === 'index' && value.index.kind === 'slice' && value.object.kind === 'name')
      yield { name: name.name, of: value.object.name, first: !value.index.from };
}

/** `order = rng.permutation(n); train, test = order[:k], order[k:]`. */
function bySlices(
  slices: readonly { statement: Assignment; name: string; of: string; first: boolean }[],
  values: ReadonlyMap<string, Expression>,
  imports: Imports,
): Division[] {
  for (const first of slices) {
    const made = values.get(first.of);
    const path = made?.kind === 'call' ? (imports.pathOf(made.callee) ?? lastName(made.callee)) : null;
    if (!first.first || !path || !/(?:^|\.)(?:permutation|randperm)$/.test(path)) continue;
    const rest = slices.filter(each => each.of === first.of && each.name !== first.name);
    const last = rest.at(-1);
    if (last)
      return [
        {
          statement: last.statement.start > first.statement.start ? last.statement : first.statement,
          of: 'positions',
          arrays: [{ source: null, sides: [first.name, ...rest.map(({ name }) => name)] }],
        },
      ];
  }
  return [];
}

const lastName = (e: Expression): string | null => (e.kind === 'attribute' ? e.name : null);

function namesOf(target: Expression): string[] | null {
  if (target.kind !== 'tuple' && target.kind !== 'list') return null;
  const names = target.items.map(item => (item.kind === 'name' ? item.name : null));
  return names.every((name): name is string => name !== null) ? names : null;
}
