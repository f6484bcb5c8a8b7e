import {
  type Code,
  call,
  FunctionBuilder,
  f32,
  f32x4,
  i32,
  type Local,
  loop,
  type WasmFunction,
  when,
} from './assembler';

/** Rows of a tile: with two vectors of columns its sums fill twelve of the sixteen vector registers of x86-64. */
export const tileRows = 6;
/** Columns of a tile and of a packed panel. */
export const panelColumns = 8;
const panelBytes = 4 * panelColumns;

/**
 * C (+)= A·B for `rows` × 8 numbers over `depth`. B is a packed panel (8 numbers for each step of the depth); the rows of A lie next to each
 * other, `aStep` bytes from step to step.
 */
function tile(rows: number): WasmFunction {
  const f = new FunctionBuilder();
  const { a, aStep, b, c, cRow, depth, accumulate } = f.take(['a', 'aStep', 'b', 'c', 'cRow', 'depth', 'accumulate']);
  const at = f.local();
  const { splat, left, right } = f.own(['splat', 'left', 'right'], 'v128');
  const sums = Array.from({ length: rows }, () => [f.local('v128'), f.local('v128')] as const);
  const store = (adding: boolean): Code =>
    sums.flatMap(([low, high], row) => [
      ...(row > 0 ? c.add(cRow.get) : []),
      ...f32x4.store(c.get, adding ? f32x4.add(f32x4.load(c.get), low.get) : low.get),
      ...f32x4.store(c.get, adding ? f32x4.add(f32x4.load(c.get, 16), high.get) : high.get, 16),
    ]);
  return f.finish(
    loop(
      at,
      depth.get,
      i32.constant(1),
      left.set(f32x4.load(b.get)),
      right.set(f32x4.load(b.get, 16)),
      sums.flatMap(([low, high], row) => [
        ...splat.set(f32x4.loadSplat(a.get, 4 * row)),
        ...low.set(f32x4.add(low.get, f32x4.mul(splat.get, left.get))),
        ...high.set(f32x4.add(high.get, f32x4.mul(splat.get, right.get))),
      ]),
      b.add(i32.constant(panelBytes)),
      a.add(aStep.get),
    ),
    when(accumulate.get, store(true), store(false)),
  );
}

/** All tiles of one panel: `rows` of A, a tile `aTile` bytes from the next, against 8 columns. The tiles' functions come first in the module. */
function panel(): WasmFunction {
  const f = new FunctionBuilder();
  const { a, aStep, aTile, b, c, cRow, depth, accumulate, rows } = f.take([
    ...(['a', 'aStep', 'aTile', 'b', 'c', 'cRow', 'depth', 'accumulate', 'rows'] as const),
  ]);
  const at = f.local();
  const run = (count: number): Code =>
    call(count - 1, a.get, aStep.get, b.get, c.get, cRow.get, depth.get, accumulate.get);
  return f.finish(
    loop(
      at,
      i32.sub(rows.get, i32.constant(tileRows - 1)),
      i32.constant(tileRows),
      run(tileRows),
      a.add(aTile.get),
      c.add(i32.mul(cRow.get, i32.constant(tileRows))),
    ),
    rows.set(i32.sub(rows.get, at.get)),
    Array.from({ length: tileRows - 1 }, (_, less) =>
      when(i32.isZero(i32.sub(rows.get, i32.constant(less + 1))), run(less + 1)),
    ).flat(),
  );
}

/** A panel of B whose columns are next to each other: `depth` rows of 8 numbers. */
function packPlain(): WasmFunction {
  const f = new FunctionBuilder();
  const { b, bRow, to, depth } = f.take(['b', 'bRow', 'to', 'depth']);
  const at = f.local();
  return f.finish(
    loop(
      at,
      depth.get,
      i32.constant(1),
      f32x4.store(to.get, f32x4.load(b.get)),
      f32x4.store(to.get, f32x4.load(b.get, 16), 16),
      b.add(bRow.get),
      to.add(i32.constant(panelBytes)),
    ),
  );
}

/** The four columns of four vectors. */
const turned = (
  rows: readonly Local[],
  spare: readonly Local[],
): { readonly code: Code; readonly columns: readonly Code[] } => {
  const [r0, r1, r2, r3] = rows.map(each => each.get) as [Code, Code, Code, Code];
  const [low, high, lower, higher] = spare as [Local, Local, Local, Local];
  return {
    code: [
      ...low.set(f32x4.shuffle(r0, r1, [0, 4, 1, 5])),
      ...high.set(f32x4.shuffle(r0, r1, [2, 6, 3, 7])),
      ...lower.set(f32x4.shuffle(r2, r3, [0, 4, 1, 5])),
      ...higher.set(f32x4.shuffle(r2, r3, [2, 6, 3, 7])),
    ],
    columns: [
      f32x4.shuffle(low.get, lower.get, [0, 1, 4, 5]),
      f32x4.shuffle(low.get, lower.get, [2, 3, 6, 7]),
      f32x4.shuffle(high.get, higher.get, [0, 1, 4, 5]),
      f32x4.shuffle(high.get, higher.get, [2, 3, 6, 7]),
    ],
  };
};

/**
 * `[rows, columns]` → `[columns, rows]`, both a multiple of four or their remainder left alone: `fromRow` and `toRow` in bytes. Also packs a
 * panel of B that lies turned (8 rows, `toRow` of a panel).
 */
function transpose(): WasmFunction {
  const f = new FunctionBuilder();
  const { from, fromRow, to, toRow, rows, columns } = f.take(['from', 'fromRow', 'to', 'toRow', 'rows', 'columns']);
  const { row, column, source, target, single } = f.own(['row', 'column', 'source', 'target', 'single']);
  const vectors = Array.from({ length: 4 }, () => f.local('v128'));
  const spare = Array.from({ length: 4 }, () => f.local('v128'));
  const block = turned(vectors, spare);
  const quads = (count: Local): Code => i32.sub(count.get, i32.constant(3));
  const walk = (pointer: Local, code: (place: number) => Code, stride: Local): Code =>
    [0, 1, 2, 3].flatMap(place => [...code(place), ...pointer.add(stride.get)]);
  const offset = (base: Local, place: Local): Code => i32.add(base.get, i32.mul(place.get, i32.constant(4)));
  const four = i32.constant(4);
  return f.finish(
    loop(
      row,
      quads(rows),
      four,
      column.set(i32.constant(0)),
      loop(
        column,
        quads(columns),
        four,
        source.set(offset(from, column)),
        walk(source, place => vectors[place]!.set(f32x4.load(source.get)), fromRow),
        block.code,
        target.set(i32.add(offset(to, row), i32.mul(column.get, toRow.get))),
        walk(target, place => f32x4.store(target.get, block.columns[place]!), toRow),
      ),
      loop(
        column,
        columns.get,
        i32.constant(1),
        source.set(offset(from, column)),
        target.set(i32.add(offset(to, row), i32.mul(column.get, toRow.get))),
        [0, 1, 2, 3].flatMap(place => [
          ...f32.store(target.get, f32.load(source.get), 4 * place),
          ...source.add(fromRow.get),
        ]),
      ),
      from.add(i32.mul(fromRow.get, four)),
    ),
    loop(
      row,
      rows.get,
      i32.constant(1),
      single.set(i32.constant(0)),
      target.set(offset(to, row)),
      loop(
        single,
        columns.get,
        i32.constant(1),
        f32.store(target.get, f32.load(offset(from, single))),
        target.add(toRow.get),
      ),
      from.add(fromRow.get),
    ),
  );
}

/** `columns` numbers of each of `rows` rows, put or added elsewhere: the ragged edge of a product, and ragged panels. */
function copyColumns(): WasmFunction {
  const f = new FunctionBuilder();
  const { from, fromRow, to, toRow, rows, columns, accumulate } = f.take([
    'from',
    'fromRow',
    'to',
    'toRow',
    'rows',
    'columns',
    'accumulate',
  ]);
  const { row, column, source, target } = f.own(['row', 'column', 'source', 'target']);
  return f.finish(
    loop(
      row,
      rows.get,
      i32.constant(1),
      source.set(from.get),
      target.set(to.get),
      column.set(i32.constant(0)),
      loop(
        column,
        columns.get,
        i32.constant(1),
        when(
          accumulate.get,
          f32.store(target.get, f32.add(f32.load(target.get), f32.load(source.get))),
          f32.store(target.get, f32.load(source.get)),
        ),
        source.add(i32.constant(4)),
        target.add(i32.constant(4)),
      ),
      from.add(fromRow.get),
      to.add(toRow.get),
    ),
  );
}

/** The functions of matrix products, in an order that their calls rely on: first in the module. */
export const matrixCode: readonly (readonly [name: string, made: WasmFunction])[] = [
  ...Array.from({ length: tileRows }, (_, less) => [`tile${less + 1}`, tile(less + 1)] as const),
  ['panel', panel()],
  ['packPlain', packPlain()],
  ['transpose', transpose()],
  ['copyColumns', copyColumns()],
];
