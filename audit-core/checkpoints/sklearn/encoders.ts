import { RuntimeError } from '../../runtime/error';
import { beside, type Cell, column, type Frame, matrixFrame } from '../../runtime/estimators/frame';
import { refuse } from '../inspection';
import { arrayNumbers, arrayOf } from '../pickle/numpy';
import { asNumber, items, type PyValue } from '../pickle/values';
import type { EstimatorState } from './state';
import type { Transform } from './transforms';

/** The fitted categories of each column. */
async function categoriesOf(state: EstimatorState): Promise<Cell[][]> {
  const categories: Cell[][] = [];
  for (const value of items(state.get('categories_')) ?? []) {
    const array = arrayOf(value, state.source) ?? refuse(`The ${state.className} in the file has broken categories.`);
    if (array.objects)
      categories.push(array.objects.map(each => (typeof each === 'string' ? each : (asNumber(each) ?? null))));
    else if (array.dtype.name === 'str') categories.push(await unicode(array));
    else categories.push([...(await arrayNumbers(array))]);
  }
  return categories;
}

const key = (cell: Cell): string => (isMissing(cell) ? '\u0000missing' : String(cell));

/** The position of each category, by how a table writes it. */
const lookup = (known: readonly Cell[]): ReadonlyMap<string, number> =>
  new Map(known.map((cell, position) => [key(cell), position] as const));

/** Arrays of a list with gaps (`_infrequent_indices`): null where a column has none. */
async function arraysOf(value: PyValue | undefined, state: EstimatorState): Promise<(number[] | null)[]> {
  const out: (number[] | null)[] = [];
  for (const each of items(value) ?? []) {
    const array = arrayOf(each, state.source);
    out.push(array && !array.objects ? [...(await arrayNumbers(array))] : null);
  }
  return out;
}

/** Where a fitted category goes: rare ones share the last place. */
async function placesOf(state: EstimatorState, count: number): Promise<(readonly number[] | null)[]> {
  if (state.get('_infrequent_enabled') !== true) return new Array<null>(count).fill(null);
  return await arraysOf(state.get('_default_to_infrequent_mappings'), state);
}

function stranger(state: EstimatorState, index: number): never {
  throw new RuntimeError(`Column ${index + 1} of the ${state.className} holds a category that the model never saw.`);
}

/** One column of zeros and ones a category; rare categories share one, and what was never seen is as the encoder says. */
export async function oneHot(state: EstimatorState): Promise<Transform> {
  const categories = await categoriesOf(state);
  const places = await placesOf(state, categories.length);
  const drop =
    arrayOf(state.get('_drop_idx_after_grouping'), state.source) ?? arrayOf(state.get('drop_idx_'), state.source);
  const dropped = drop?.objects?.map(asNumber) ?? (drop ? [...(await arrayNumbers(drop))] : []);
  const strange = state.text('handle_unknown');
  const columns = categories.map((known, index) => {
    const place = places[index];
    const width = place ? Math.max(...place) + 1 : known.length;
    const gone = dropped[index] ?? null;
    return {
      known: lookup(known),
      place,
      // The rare ones' place is the last, where there are any.
      rare: place ? width - 1 : null,
      gone,
      width: gone === null ? width : width - 1,
    };
  });
  return frame => {
    const parts = columns.map(({ known, place, rare, gone, width }, index) => {
      const data = new Float64Array(frame.rows * width);
      for (const [row, cell] of column(frame, index).entries()) {
        const position = known.get(key(cell));
        if (position === undefined && strange === 'error') stranger(state, index);
        const at =
          position === undefined
            ? strange === 'infrequent_if_exist'
              ? rare
              : null
            : place
              ? (place[position] ?? null)
              : position;
        if (at === null || at === gone) continue;
        data[row * width + (gone !== null && at > gone ? at - 1 : at)] = 1;
      }
      return { rows: frame.rows, width, data };
    });
    return matrixFrame(beside(parts, frame.rows));
  };
}

/** Categories as their numbers. */
export async function ordinal(state: EstimatorState): Promise<Transform> {
  const categories = await categoriesOf(state);
  const places = await placesOf(state, categories.length);
  const strict = state.text('handle_unknown') === 'error';
  const strange = asNumber(state.get('unknown_value')) ?? Number.NaN;
  // A missing value that was seen has a number of its own: by default it stays missing.
  const missing = state.has('encoded_missing_value') ? await state.number('encoded_missing_value') : Number.NaN;
  const columns = categories.map(lookup);
  return frame => {
    const parts = columns.map((known, index) => {
      const data = Float64Array.from(column(frame, index), cell => {
        const position = known.get(key(cell));
        if (position !== undefined) return isMissing(cell) ? missing : (places[index]?.[position] ?? position);
        if (strict) stranger(state, index);
        return strange;
      });
      return { rows: frame.rows, width: 1, data };
    });
    return matrixFrame(beside(parts, frame.rows));
  };
}

/** Categories as the target's smoothed mean among the training rows; of several classes one column a class. */
export async function targets(state: EstimatorState): Promise<Transform> {
  const categories = await categoriesOf(state);
  const encodings = await state.list('encodings_');
  const mean = await state.numbers('target_mean_');
  const classes = state.text('target_type_') === 'multiclass' ? mean.length : 1;
  const columns = categories.map(lookup);
  return (frame: Frame) => {
    const cells = columns.map((_, index) => column(frame, index));
    const parts = encodings.map(({ values }, at) => {
      const feature = Math.floor(at / classes);
      const fallback = mean[at % classes] ?? 0;
      const known = columns[feature];
      const data = Float64Array.from(cells[feature] ?? [], cell => {
        const position = known?.get(key(cell));
        return position === undefined ? fallback : (values[position] ?? fallback);
      });
      return { rows: frame.rows, width: 1, data };
    });
    return matrixFrame(beside(parts, frame.rows));
  };
}

export const isMissing = (cell: Cell): boolean =>
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
