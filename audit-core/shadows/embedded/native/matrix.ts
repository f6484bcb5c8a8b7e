import type { Heap } from './heap';
import { panelColumns, tileRows } from './matrix-code';

/** A matrix in memory: its address, and the bytes from row to row and from column to column; one of both is 4. */
export interface Matrix {
  readonly at: number;
  readonly row: number;
  readonly column: number;
}

/** Numbers of the depth that are multiplied before the sums are put down: a panel of B stays in the first cache. */
const depthBlock = 512;
/** Rows of A that meet all panels before the next: they stay in the second cache. A multiple of a tile. */
const rowBlock = 120;

export interface Product {
  readonly a: Matrix;
  readonly b: Matrix;
  /** Address of C, whose rows follow each other. */
  readonly c: number;
  readonly rows: number;
  readonly columns: number;
  readonly depth: number;
  /** Adds to C instead of putting it down. */
  readonly add?: boolean;
}

/**
 * C (+)= A·B, `[rows, depth]·[depth, columns]`. B is packed into panels of eight columns and A into tiles of six rows, as Goto and van de Geijn
 * (2008) describe; the 6 × 8 sums of a tile stay in registers. An A whose rows already lie next to each other is read in place.
 */
export function multiply(heap: Heap, { a, b, c, rows, columns, depth, add = false }: Product): void {
  const cRow = 4 * columns;
  const panels = Math.ceil(columns / panelColumns);
  const packed = heap.room('panels', panels * panelColumns * Math.min(depth, depthBlock));
  const ragged = heap.room('ragged', panelColumns * rowBlock);
  const copy = heap.run('copyColumns');
  const run = heap.run('panel');
  const turned = a.row === 4;
  const tiles = turned ? 0 : heap.room('tiles', rowBlock * Math.min(depth, depthBlock));
  const tileBytes = 4 * tileRows;
  for (let from = 0; from < depth; from += depthBlock) {
    const part = Math.min(depthBlock, depth - from);
    const panelBytes = 4 * panelColumns * part;
    for (let panel = 0; panel < panels; panel++)
      pack(heap, b, packed + panel * panelBytes, panel * panelColumns, columns, from, part);
    const adding = add || from > 0 ? 1 : 0;
    for (let top = 0; top < rows; top += rowBlock) {
      const some = Math.min(rowBlock, rows - top);
      const corner = a.at + top * a.row + from * a.column;
      if (!turned) packTiles(heap, corner, a.row, tiles, some, part);
      const left = turned ? [corner, a.column, tileBytes] : [tiles, tileBytes, tileBytes * part];
      for (let panel = 0; panel < panels; panel++) {
        const right = packed + panel * panelBytes;
        const to = c + top * cRow + 4 * panel * panelColumns;
        const wide = Math.min(panelColumns, columns - panel * panelColumns);
        if (wide === panelColumns) run(...left, right, to, cRow, part, adding, some);
        else {
          run(...left, right, ragged, 4 * panelColumns, part, 0, some);
          copy(ragged, 4 * panelColumns, to, cRow, some, wide, adding);
        }
      }
    }
  }
}

/** Rows of A, six at a time, as `[depth, 6]`; rows beyond the last hold what was there before, and nothing reads their sums. */
function packTiles(heap: Heap, from: number, row: number, to: number, rows: number, depth: number): void {
  const run = heap.run('transpose');
  for (let top = 0; top < rows; top += tileRows)
    run(from + top * row, row, to + 4 * top * depth, 4 * tileRows, Math.min(tileRows, rows - top), depth);
}

/** One panel of B: `[depth, 8]`; columns beyond the last hold what was there before, and nothing reads their sums. */
function pack(heap: Heap, b: Matrix, to: number, first: number, columns: number, from: number, depth: number): void {
  const at = b.at + first * b.column + from * b.row;
  const wide = Math.min(panelColumns, columns - first);
  if (b.column !== 4) heap.run('transpose')(at, b.column, to, 4 * panelColumns, wide, depth);
  else if (wide === panelColumns) heap.run('packPlain')(at, b.row, to, depth);
  else heap.run('copyColumns')(at, b.row, to, 4 * panelColumns, depth, wide, 0);
}
