import { constantColumn, Lazy } from '../column';
import { ReplayError } from '../errors';
import { type Block, beside, concatRows, countUp, gridFromFlat, joinedRows, reshaped, stride, vector } from '../grid';
import { asCells, asGrid, cellOf, isBlock, isGrid, isList, lengthOf, listOf, type Value } from '../values';
import type { Operations } from './index';

const onText = (): never => {
  throw new ReplayError('An array holds text where numbers are needed.');
};

const shapeOf = (value: Value): number[] =>
  isBlock(value)
    ? [...value.shape]
    : asGrid(value).flat
      ? [lengthOf(value)]
      : [lengthOf(value), asGrid(value).columns.length];

function reshape(value: Value, shape: readonly number[]): Value {
  return reshaped(isBlock(value) ? value : asGrid(value), shape, onText);
}

/** Axes in another order; rows stay first. */
function transpose(block: Block, order: readonly number[]): Block {
  if (order[0] !== 0 || order.length !== block.shape.length)
    throw new ReplayError('The rows of an array are moved to another axis.');
  const shape = order.map(axis => block.shape[axis]!);
  return {
    ...block,
    shape,
    data: new Lazy(() => {
      const from = block.data.get();
      const steps = block.shape.map((_, axis) => block.shape.slice(axis + 1).reduce((a, b) => a * b, 1));
      const moved = order.map(axis => steps[axis]!);
      const out = from instanceof Float32Array ? new Float32Array(from.length) : new Float64Array(from.length);
      const place = new Array<number>(shape.length).fill(0);
      let at = 0;
      for (let i = 0; i < out.length; i++) {
        out[i] = from[at]!;
        for (let axis = shape.length - 1; axis >= 0; axis--) {
          at += moved[axis]!;
          if (++place[axis]! < shape[axis]!) break;
          at -= moved[axis]! * shape[axis]!;
          place[axis] = 0;
        }
      }
      return out;
    }),
  };
}

function concatBlocks(parts: readonly Block[]): Block {
  const [first] = parts;
  const tail = first!.shape.slice(1);
  if (parts.some(part => part.shape.slice(1).join() !== tail.join()))
    throw new ReplayError('Arrays of other shapes are put together.');
  return {
    kind: 'block',
    shape: [parts.reduce((sum, part) => sum + part.shape[0]!, 0), ...tail],
    rows: joinedRows(parts.map(part => part.rows)),
    data: new Lazy(() => {
      const all = parts.map(part => part.data.get());
      const size = all.reduce((sum, data) => sum + data.length, 0);
      const out = all.every(data => data instanceof Float32Array) ? new Float32Array(size) : new Float64Array(size);
      let at = 0;
      for (const data of all) {
        out.set(data, at);
        at += data.length;
      }
      return out;
    }),
  };
}

const parts = (value: Value): readonly Value[] => (isList(value) ? value.items : [value]);

/** Steps on the shape of arrays. */
export const arrays: Operations = {
  range: step => {
    const [from, to, by] = [step.number(0), step.number(1), step.has(2) ? step.number(2) : 1];
    const n = Math.max(0, Math.ceil((to - from) / by));
    if (n > 100_000_000) throw new ReplayError('A range is longer than 100 million.');
    const out = countUp(n);
    for (let i = 0; i < n; i++) out[i] = from + i * by;
    return vector(out);
  },
  'join-rows': step => {
    const given = parts(step.value(0));
    if (given.every(isBlock)) return concatBlocks(given as Block[]);
    return concatRows(given.map(asGrid), step.named('ignore_index') === 1);
  },
  'join-columns': step => beside(parts(step.value(0)).map(asGrid)),
  reshape: step => {
    const shape = asCells(step.value(1)).map(Number);
    return reshape(step.value(0), shape);
  },
  flatten: step => {
    const from = step.value(0);
    return isBlock(from) || (isGrid(from) && !from.flat)
      ? reshape(from, step.has(1) ? [lengthOf(from), -1] : [-1])
      : from;
  },
  'expand-dims': step => {
    const shape = shapeOf(step.value(0));
    const axis = step.number(1);
    shape.splice(axis < 0 ? axis + shape.length + 1 : axis, 0, 1);
    return reshape(step.value(0), shape);
  },
  squeeze: step => {
    const from = step.value(0);
    if (!isBlock(from) && !isGrid(from)) return from;
    const shape = shapeOf(from);
    const at = step.has(1) ? step.number(1) : null;
    const kept = shape.filter(
      (size, axis) => axis === 0 || size !== 1 || (at !== null && axis !== (at < 0 ? at + shape.length : at)),
    );
    return kept.length === shape.length ? from : reshape(from, kept);
  },
  transpose: step => {
    const from = step.value(0);
    if (!isBlock(from)) throw new ReplayError('A table is turned on its side; that is not replayed.');
    return transpose(from, asCells(step.value(1)).map(Number));
  },
  'swap-axes': step => {
    const from = step.value(0);
    if (!isBlock(from)) throw new ReplayError('A table is turned on its side; that is not replayed.');
    const order = from.shape.map((_, axis) => axis);
    const at = (i: number): number => (step.number(i) < 0 ? step.number(i) + order.length : step.number(i));
    [order[at(1)], order[at(2)]] = [at(2), at(1)];
    return transpose(from, order);
  },
  filled: step => {
    const n = step.number(0);
    if (n > 100_000_000) throw new ReplayError('An array is longer than 100 million.');
    return vector(constantColumn(cellOf(step.value(1)), n));
  },
  repeat: step => {
    // One channel made several.
    const from = step.value(0);
    const times = step.number(1);
    const axis = step.number(2);
    if (!isBlock(from)) throw new ReplayError('Only arrays of pictures are repeated.');
    const at = axis < 0 ? axis + from.shape.length : axis;
    if (at === 0) throw new ReplayError('Rows are repeated; that is not replayed.');
    const inner = from.shape.slice(at + 1).reduce((a, b) => a * b, 1);
    const size = from.shape[at]!;
    return {
      ...from,
      shape: from.shape.map((n, i) => (i === at ? n * times : n)),
      data: new Lazy(() => {
        const data = from.data.get();
        const out = new Float32Array(data.length * times);
        const outer = data.length / (size * inner);
        let to = 0;
        for (let o = 0; o < outer; o++)
          for (let t = 0; t < times; t++) {
            out.set(data.subarray(o * size * inner, (o + 1) * size * inner), to);
            to += size * inner;
          }
        return out;
      }),
    };
  },
  'one-hot': step => {
    const codes = asCells(step.value(0)).map(Number);
    const width = step.has(1) ? step.number(1) : codes.reduce((a, b) => Math.max(a, b), 0) + 1;
    const out = new Float32Array(codes.length * width);
    codes.forEach((code, row) => {
      if (code >= 0 && code < width) out[row * width + code] = 1;
    });
    const rows = isGrid(step.value(0)) ? (step.value(0) as { rows: Int32Array | null }).rows : null;
    return gridFromFlat(Lazy.of(out), codes.length, width, rows);
  },
  'each-item': step => listOf(asCells(step.value(0))),
  'pick-axis': step => {
    // One place of a later axis: array[:, i] of a block.
    const from = step.value(0);
    const axis = step.number(1);
    const i = step.number(2);
    if (!isBlock(from)) throw new ReplayError('A table has no such axis.');
    const shape = from.shape.filter((_, at) => at !== axis);
    const inner = from.shape.slice(axis + 1).reduce((a, b) => a * b, 1);
    const size = from.shape[axis]!;
    const place = i < 0 ? i + size : i;
    const data = new Lazy(() => {
      const all = from.data.get();
      const out = new Float32Array(all.length / size);
      for (let o = 0, to = 0; to < out.length; o++, to += inner)
        out.set(all.subarray((o * size + place) * inner, (o * size + place + 1) * inner), to);
      return out;
    });
    if (shape.length >= 3) return { ...from, shape, data };
    return gridFromFlat(data, shape[0]!, stride(shape), from.rows);
  },
};
