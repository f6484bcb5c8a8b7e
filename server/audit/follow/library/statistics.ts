import { isOperation, literal, literalOf, operation, type Term } from '../../../../audit-core/datasets/recipe';
import type { CallSite } from '../follower';
import { known, literalIn, type Meaning, numberIn, termOf, text, unknown } from '../symbols';

type Data = Extract<Meaning, { kind: 'term' }>;

/** Methods that give one number a column. */
export const statistics = new Set([
  'median',
  'mean',
  'std',
  'var',
  'min',
  'max',
  'sum',
  'count',
  'nunique',
  'mode',
  'quantile',
]);

/** `frame.mean()`, `array.std(axis=0)` and their like. */
export function statistic(self: Data, method: string, { args, named }: CallSite): Meaning {
  const { term } = self;
  const axis = literalIn(named.get('axis') ?? named.get('dim') ?? (method === 'quantile' ? undefined : args[0]));
  if (self.row) return unknown;
  if ((axis === 1 || axis === 'columns') && method !== 'quantile')
    return known(operation('reduce', [term, literal(method)]));
  const extra = [...named.keys()].filter(
    key => !['axis', 'dim', 'skipna', 'numeric_only', 'q', 'ddof', 'keepdims', 'keepdim', 'dropna'].includes(key),
  );
  if (extra.length > 0) return unknown;
  // numpy divides by n, pandas by n − 1.
  const isArray = arrayLike(term);
  const ddof = numberIn(named.get('ddof'));
  const population = ddof === null ? isArray : ddof === 0;
  const name = (method === 'std' || method === 'var') && population ? `population-${method}` : method;
  const share = method === 'quantile' ? termOf(args[0] ?? named.get('q') ?? text(0.5)) : null;
  const whole = isArray && axis === undefined;
  return known(
    operation('statistic', [whole ? operation('flatten', [term]) : term, literal(name), ...(share ? [share] : [])]),
  );
}

/** Values of numpy rather than of pandas, by what made them. */
export function arrayLike(term: Term): boolean {
  if (!isOperation(term)) return 'items' in term;
  if (
    [
      'array',
      'numpy-file',
      'numpy-array',
      'torch-file',
      'records',
      'reshape',
      'one-hot',
      'join-columns-array',
    ].includes(term.op)
  )
    return true;
  if (term.op === 'transform') {
    // Encoders of pandas give frames and series; scikit-learn's give arrays.
    const fit = term.args[0];
    const spec = fit && isOperation(fit) && fit.op === 'fit' ? fit.args[0] : undefined;
    const type = spec && isOperation(spec) ? literalOf(spec.args[0]) : undefined;
    return type !== 'GetDummies' && type !== 'Codes';
  }
  if (
    ['part', 'rows', 'mask', 'slice-rows', 'cast', 'binary', 'column-at', 'column-slice', 'negate', 'call'].includes(
      term.op,
    )
  ) {
    const from = term.op === 'binary' || term.op === 'call' ? term.args[1] : term.args[0];
    return from !== undefined && arrayLike(from);
  }
  return false;
}
