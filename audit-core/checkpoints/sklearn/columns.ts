import { RuntimeError } from '../../runtime/error';
import { asMatrix, beside, type Frame, matrixFrame, select } from '../../runtime/estimators/frame';
import { refuse } from '../inspection';
import { arrayNumbers, arrayOf } from '../pickle/numpy';
import { asNumber, get, isKind, items, type PyValue, qualified } from '../pickle/values';
import type { EstimatorState } from './state';
import type { Transform } from './transforms';

/** Steps on some of the columns each, side by side. */
export async function columnTransformer(
  state: EstimatorState,
  nested: (value: PyValue | undefined) => Promise<Transform | null>,
): Promise<Transform> {
  const steps: { columns: PyValue | undefined; run: Transform; weight: number }[] = [];
  for (const entry of items(state.get('transformers_')) ?? []) {
    const [name, transformer, columns] = items(entry) ?? [];
    if (transformer === 'drop') continue;
    const run = transformer === 'passthrough' ? (frame: Frame) => frame : await nested(transformer);
    if (!run) refuse(`The step "${String(name)}" of the ColumnTransformer is not run here.`);
    steps.push({
      columns: await listed(columns, state),
      run,
      weight: asNumber(get(state.get('transformer_weights'), String(name))) ?? 1,
    });
  }
  const names = state.array('feature_names_in_')?.objects?.map(String) ?? null;
  return frame => {
    const parts = steps.flatMap(step => {
      const indices = positions(step.columns, frame, names);
      if (indices.length === 0) return [];
      const part = asMatrix(step.run(select(frame, indices)), 'ColumnTransformer');
      return [step.weight === 1 ? part : { ...part, data: part.data.map(value => value * step.weight) }];
    });
    return matrixFrame(beside(parts, frame.rows));
  };
}

/** Columns that stand in an array: a mask, numbers or names, as a list. */
async function listed(columns: PyValue | undefined, state: EstimatorState): Promise<PyValue | undefined> {
  const array = arrayOf(columns, state.source);
  if (!array) return columns;
  if (array.objects) return { kind: 'list', items: [...array.objects] };
  const numbers = await arrayNumbers(array);
  const mask = array.dtype.name === 'bool';
  return { kind: 'list', items: Array.from(numbers, each => (mask ? each !== 0 : each)) };
}

/** Column positions from names, numbers, a mask or a slice. */
function positions(columns: PyValue | undefined, frame: Frame, fitted: readonly string[] | null): number[] {
  const find = (name: string): number => {
    const index = frame.names ? frame.names.indexOf(name) : (fitted?.indexOf(name) ?? -1);
    if (index < 0) throw new RuntimeError(`The data have no column "${name.slice(0, 80)}", which the model uses.`);
    return index;
  };
  if (typeof columns === 'string') return [find(columns)];
  if (isKind(columns, 'object') && /^(?:builtins|__builtin__)\.slice$/.test(qualified(columns))) {
    const [from, to, step] = columns.args.map(end => (typeof end === 'string' ? find(end) : asNumber(end)));
    const width = frame.columns?.length ?? frame.matrix?.width ?? 0;
    const place = (end: number | null | undefined, fallback: number): number =>
      end === null || end === undefined ? fallback : end < 0 ? end + width : Math.min(end, width);
    // A slice of names has its end in it, one of positions has not.
    const last = place(to, width) + (typeof columns.args[1] === 'string' ? 1 : 0);
    const out: number[] = [];
    for (let index = place(from, 0); index < last; index += Math.max(1, step ?? 1)) out.push(index);
    return out;
  }
  const list = items(columns) ?? refuse('The ColumnTransformer names its columns in an unknown way.');
  if (list.length > 0 && list.every(each => typeof each === 'boolean'))
    return list.flatMap((each, index) => (each ? [index] : []));
  return list.map(each =>
    typeof each === 'string'
      ? find(each)
      : (asNumber(each) ?? refuse('The ColumnTransformer names its columns in an unknown way.')),
  );
}

/** Transformers side by side, each on all columns, some weighted. */
export async function featureUnion(
  state: EstimatorState,
  nested: (value: PyValue | undefined) => Promise<Transform | null>,
): Promise<Transform> {
  const parts: { run: Transform; weight: number }[] = [];
  for (const entry of items(state.get('transformer_list')) ?? []) {
    const [name, transformer] = items(entry) ?? [];
    if (transformer === 'drop') continue;
    const run = transformer === 'passthrough' ? (frame: Frame) => frame : await nested(transformer);
    if (!run) refuse(`The part "${String(name)}" of the FeatureUnion is not run here.`);
    parts.push({ run, weight: asNumber(get(state.get('transformer_weights'), String(name))) ?? 1 });
  }
  return frame =>
    matrixFrame(
      beside(
        parts.map(({ run, weight }) => {
          const x = asMatrix(run(frame), 'FeatureUnion');
          return weight === 1 ? x : { ...x, data: x.data.map(value => value * weight) };
        }),
        frame.rows,
      ),
    );
}
