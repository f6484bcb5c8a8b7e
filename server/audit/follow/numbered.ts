import { isOperation, literalOf, type Term } from '../../../audit-core/datasets/recipe';

/** Steps that give back the table they are given, with the names of its columns. */
const keeping: ReadonlySet<string> = new Set([
  'set',
  'set-where',
  'replace-where',
  'replace',
  'fill',
  'fillna',
  'cast',
  'dropna',
  'drop-columns',
  'drop-rows',
  'drop-duplicates',
  'mask',
  'part',
  'rows',
  'labels',
  'slice-rows',
  'sort',
  'shuffled',
  'reset-index',
  'with-index',
]);

/** Whether a term is a table that was read without names, so that pandas calls its columns by number (`read_csv(…, header=None)`). */
export function hasNumberedColumns(term: Term): boolean {
  if (!isOperation(term)) return false;
  if (term.op === 'table') return literalOf(term.named.header) === null && term.named.names === undefined;
  const [first, second] = term.args;
  if (term.op === 'draw') return term.args[3] !== undefined && hasNumberedColumns(term.args[3]);
  if (term.op === 'columns') return second !== undefined && 'items' in second && hasNumberedColumns(first!);
  return keeping.has(term.op) && first !== undefined && hasNumberedColumns(first);
}

/** A number, or a list of numbers. */
export const isNumbers = (term: Term): boolean =>
  typeof literalOf(term) === 'number' ||
  ('items' in term && term.items.length > 0 && term.items.every(item => typeof literalOf(item) === 'number'));
