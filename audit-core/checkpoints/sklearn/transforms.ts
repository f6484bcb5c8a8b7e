import { RuntimeError } from '../../runtime/error';
import {
  asMatrix,
  beside,
  type Cell,
  column,
  type Frame,
  type Matrix,
  matrixFrame,
  select,
} from '../../runtime/estimators/frame';
import { refuse } from '../inspection';
import { arrayNumbers, arrayOf } from '../pickle/numpy';
import { asNumber, isKind, items, type PyValue, qualified } from '../pickle/values';
import type { EstimatorState } from './state';

export type Transform = (frame: Frame) => Frame;

/** Changes each number by its column. */
const byColumn =
  (name: string, change: (value: number, index: number) => number): Transform =>
  frame => {
    const x = asMatrix(frame, name);
    return matrixFrame({ ...x, data: x.data.map((value, at) => change(value, at % x.width)) });
  };

const at = (values: Float64Array | null, index: number, fallback: number): number => values?.[index] ?? fallback;

/** The fitted preprocessing steps of scikit-learn that are data-independent once fitted; null for a class that is not known. */
export async function compileTransform(
  state: EstimatorState,
  nested: (value: PyValue | undefined) => Promise<Transform | null>,
): Promise<Transform | null> {
  const name = state.className;
  switch (name) {
    case 'StandardScaler':
    case 'RobustScaler': {
      const center = await state.optional(name === 'StandardScaler' ? 'mean_' : 'center_');
      const scale = await state.optional('scale_');
      const centered = state.get('with_mean') !== false && state.get('with_centering') !== false;
      const scaled = state.get('with_std') !== false && state.get('with_scaling') !== false;
      return byColumn(
        name,
        (value, index) => (value - (centered ? at(center, index, 0) : 0)) / (scaled ? at(scale, index, 1) : 1),
      );
    }
    case 'MinMaxScaler': {
      const scale = await state.numbers('scale_');
      const min = await state.numbers('min_');
      const range = (items(state.get('feature_range')) ?? [0, 1]).map(asNumber);
      const clip = state.get('clip') === true;
      const bound = (value: number): number => (clip ? Math.min(Math.max(value, range[0] ?? 0), range[1] ?? 1) : value);
      return byColumn(name, (value, index) => bound(value * at(scale, index, 1) + at(min, index, 0)));
    }
    case 'MaxAbsScaler': {
      const scale = await state.numbers('scale_');
      return byColumn(name, (value, index) => value / at(scale, index, 1));
    }
    case 'PCA':
    case 'TruncatedSVD':
      return await projection(state);
    case 'SimpleImputer': {
      const fill = await state.optional('statistics_');
      const texts = state.array('statistics_')?.objects ?? null;
      if (!fill && texts)
        return frame =>
          imputeCells(
            frame,
            texts.map(each => (typeof each === 'string' ? each : (asNumber(each) ?? null))),
          );
      const missing = asNumber(state.get('missing_values')) ?? Number.NaN;
      return byColumn(name, (value, index) =>
        (Number.isNaN(missing) ? Number.isNaN(value) : value === missing) ? at(fill, index, 0) : value,
      );
    }
    case 'OneHotEncoder':
    case 'OrdinalEncoder':
      return await encoder(state);
    case 'ColumnTransformer':
      return await columnTransformer(state, nested);
    case 'Normalizer': {
      const norm = state.text('norm') || 'l2';
      return frame => normalise(asMatrix(frame, name), norm);
    }
    case 'FunctionTransformer':
      return state.has('func') ? null : frame => frame;
    default:
      return null;
  }
}

function normalise(x: Matrix, norm: string): Frame {
  const data = Float64Array.from(x.data);
  for (let row = 0; row < x.rows; row++) {
    const part = data.subarray(row * x.width, (row + 1) * x.width);
    const size = part.reduce(
      (sum, value) =>
        norm === 'max' ? Math.max(sum, Math.abs(value)) : sum + (norm === 'l1' ? Math.abs(value) : value * value),
      0,
    );
    const by = (norm === 'l2' ? Math.sqrt(size) : size) || 1;
    for (let index = 0; index < part.length; index++) part[index] = (part[index] ?? 0) / by;
  }
  return matrixFrame({ ...x, data });
}

async function projection(state: EstimatorState): Promise<Transform> {
  const components = await state.numbers('components_');
  const [outputs = 0, width = 0] = state.shape('components_');
  const mean = state.className === 'PCA' ? await state.optional('mean_') : null;
  const variance = state.get('whiten') === true ? await state.numbers('explained_variance_') : null;
  return frame => {
    const x = asMatrix(frame, state.className);
    if (x.width !== width)
      throw new RuntimeError(`The step ${state.className} wants ${width} features; it was given ${x.width}.`);
    const data = new Float64Array(x.rows * outputs);
    for (let row = 0; row < x.rows; row++) {
      for (let output = 0; output < outputs; output++) {
        let sum = 0;
        for (let index = 0; index < width; index++)
          sum += ((x.data[row * width + index] ?? 0) - at(mean, index, 0)) * (components[output * width + index] ?? 0);
        data[row * outputs + output] = variance ? sum / Math.sqrt(variance[output] ?? 1) : sum;
      }
    }
    return matrixFrame({ rows: x.rows, width: outputs, data });
  };
}

function imputeCells(frame: Frame, fill: readonly Cell[]): Frame {
  const width = frame.columns?.length ?? frame.matrix?.width ?? 0;
  const columns = Array.from({ length: width }, (_, index) =>
    column(frame, index).map(cell =>
      cell === null || cell === '' || (typeof cell === 'number' && Number.isNaN(cell)) ? (fill[index] ?? null) : cell,
    ),
  );
  return { rows: frame.rows, names: frame.names, columns, matrix: null };
}

/** One-hot and ordinal encoding with the categories that were fitted; unknown categories as the encoder says. */
async function encoder(state: EstimatorState): Promise<Transform> {
  const categories: Cell[][] = [];
  for (const value of items(state.get('categories_')) ?? []) {
    const array = arrayOf(value, state.source) ?? refuse(`The ${state.className} in the file has broken categories.`);
    if (array.objects)
      categories.push(array.objects.map(each => (typeof each === 'string' ? each : (asNumber(each) ?? null))));
    else if (array.dtype.name === 'str') categories.push(await unicode(array));
    else categories.push([...(await arrayNumbers(array))]);
  }
  if (state.get('_infrequent_enabled') === true)
    refuse(`The ${state.className} in the file groups rare categories, which is not run here.`);
  const drop = arrayOf(state.get('drop_idx_'), state.source);
  const dropped = drop?.objects?.map(asNumber) ?? (drop ? [...(await arrayNumbers(drop))] : []);
  const same = (a: Cell, b: Cell): boolean =>
    a === b || (a !== null && b !== null && String(a) === String(b)) || (isMissing(a) && isMissing(b));
  const ordinal = state.className === 'OrdinalEncoder';
  const strict = state.text('handle_unknown') === 'error';
  const unknown = asNumber(state.get('unknown_value')) ?? Number.NaN;
  return frame => {
    const parts = categories.map((known, index) => {
      const cells = column(frame, index);
      const kept = known
        .map((_, position) => position)
        .filter(position => dropped[index] === undefined || dropped[index] === null || position !== dropped[index]);
      const width = ordinal ? 1 : kept.length;
      const data = new Float64Array(frame.rows * width);
      for (const [row, cell] of cells.entries()) {
        const position = known.findIndex(each => same(each, cell));
        if (position < 0 && strict)
          throw new RuntimeError(
            `Column ${index + 1} of the ${state.className} holds a category that the model never saw.`,
          );
        if (ordinal) data[row] = position < 0 ? unknown : position;
        else if (position >= 0 && kept.includes(position)) data[row * width + kept.indexOf(position)] = 1;
      }
      return { rows: frame.rows, width, data };
    });
    return matrixFrame(beside(parts, frame.rows));
  };
}

const isMissing = (cell: Cell): boolean =>
  cell === null || cell === '' || (typeof cell === 'number' && Number.isNaN(cell));

/** The texts of a numpy `<U` array (UTF-32). */
async function unicode(array: {
  readonly shape: readonly number[];
  readonly dtype: { readonly size: number };
  readonly bytes: () => Promise<Uint8Array>;
}): Promise<string[]> {
  const bytes = await array.bytes();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: array.shape[0] ?? 0 }, (_, index) => {
    let text = '';
    for (let letter = 0; letter < array.dtype.size / 4; letter++) {
      const code = view.getUint32(index * array.dtype.size + letter * 4, true);
      if (code > 0 && code < 0x110000) text += String.fromCodePoint(code);
    }
    return text;
  });
}

async function columnTransformer(
  state: EstimatorState,
  nested: (value: PyValue | undefined) => Promise<Transform | null>,
): Promise<Transform> {
  const steps: { columns: PyValue | undefined; run: Transform }[] = [];
  for (const entry of items(state.get('transformers_')) ?? []) {
    const [name, transformer, columns] = items(entry) ?? [];
    if (transformer === 'drop') continue;
    const run = transformer === 'passthrough' ? (frame: Frame) => frame : await nested(transformer);
    if (!run) refuse(`The step "${String(name)}" of the ColumnTransformer is not run here.`);
    steps.push({ columns, run });
  }
  const names = state.array('feature_names_in_')?.objects?.map(String) ?? null;
  return frame => {
    const parts = steps.flatMap(step => {
      const indices = positions(step.columns, frame, names);
      return indices.length === 0 ? [] : [asMatrix(step.run(select(frame, indices)), 'ColumnTransformer')];
    });
    return matrixFrame(beside(parts, frame.rows));
  };
}

/** Column positions from names, numbers, a mask or a slice. */
function positions(columns: PyValue | undefined, frame: Frame, fitted: readonly string[] | null): number[] {
  const find = (name: string): number => {
    const index = frame.names ? frame.names.indexOf(name) : (fitted?.indexOf(name) ?? -1);
    if (index < 0) throw new RuntimeError(`The data have no column "${name.slice(0, 80)}", which the model uses.`);
    return index;
  };
  if (typeof columns === 'string') return [find(columns)];
  if (isKind(columns, 'object') && qualified(columns) === 'builtins.slice') {
    const [from, to] = columns.args.map(asNumber);
    return Array.from({ length: Math.max(0, (to ?? 0) - (from ?? 0)) }, (_, index) => index + (from ?? 0));
  }
  const list = items(columns) ?? [];
  if (list.length > 0 && list.every(each => typeof each === 'boolean'))
    return list.flatMap((each, index) => (each ? [index] : []));
  return list.map(each =>
    typeof each === 'string'
      ? find(each)
      : (asNumber(each) ?? refuse('The ColumnTransformer names its columns in an unknown way.')),
  );
}
