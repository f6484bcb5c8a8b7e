import type { Heap } from './heap';
import { multiply } from './matrix';

/** A convolution without padding or dilation over `[batch, height, width, inside]`, as sizes. */
export interface Window {
  readonly batch: number;
  readonly height: number;
  readonly width: number;
  readonly inside: number;
  readonly outHeight: number;
  readonly outWidth: number;
  readonly outside: number;
  readonly kernelHeight: number;
  readonly kernelWidth: number;
  readonly strideHeight: number;
  readonly strideWidth: number;
}

/** Numbers of patches that are laid out at a time: they stay in the second cache where an image is small. */
const most = 1 << 18;

/** Groups of whole images whose patches are worked on together: `[first, images)`. */
function* groups(
  size: Window,
): Generator<{ readonly first: number; readonly images: number; readonly places: number }> {
  const one = size.outHeight * size.outWidth * reach(size);
  const many = Math.max(1, Math.floor(most / one));
  for (let first = 0; first < size.batch; first += many) {
    const images = Math.min(many, size.batch - first);
    yield { first, images, places: images * size.outHeight * size.outWidth };
  }
}

/** Numbers of one patch. */
const reach = ({ kernelHeight, kernelWidth, inside }: Window): number => kernelHeight * kernelWidth * inside;

/** Runs `patches` or `unpatch` over every row of places of some images. */
function everyRow(
  heap: Heap,
  name: 'patches' | 'unpatch',
  size: Window,
  x: number,
  patches: number,
  images: number,
): void {
  const run = heap.run(name);
  const imageRow = 4 * size.width * size.inside;
  const span = size.kernelWidth * size.inside;
  const rowBytes = 4 * size.outWidth * reach(size);
  for (let image = 0; image < images; image++)
    for (let row = 0; row < size.outHeight; row++)
      run(
        x + image * size.height * imageRow + row * size.strideHeight * imageRow,
        imageRow,
        4 * size.strideWidth * size.inside,
        span,
        size.kernelHeight,
        patches + (image * size.outHeight + row) * rowBytes,
        size.outWidth,
      );
}

const imageBytes = (size: Window): number => 4 * size.height * size.width * size.inside;
const answerBytes = (size: Window): number => 4 * size.outHeight * size.outWidth * size.outside;

/** `[batch, outHeight, outWidth, outside]` at `y`: patches times the filter `[kernelHeight, kernelWidth, inside, outside]`. */
export function convolve(heap: Heap, size: Window, x: number, filter: number, y: number): void {
  const depth = reach(size);
  for (const { first, images, places } of groups(size)) {
    const patches = heap.room('patches', places * depth);
    everyRow(heap, 'patches', size, x + first * imageBytes(size), patches, images);
    multiply(heap, {
      a: { at: patches, row: 4 * depth, column: 4 },
      b: { at: filter, row: 4 * size.outside, column: 4 },
      c: y + first * answerBytes(size),
      rows: places,
      columns: size.outside,
      depth,
    });
  }
}

/** ∂L/∂filter at `to`: the patches turned, times the outgoing gradient. */
export function filterGradient(heap: Heap, size: Window, x: number, dy: number, to: number): void {
  const depth = reach(size);
  for (const { first, images, places } of groups(size)) {
    const patches = heap.room('patches', places * depth);
    everyRow(heap, 'patches', size, x + first * imageBytes(size), patches, images);
    multiply(heap, {
      a: { at: patches, row: 4, column: 4 * depth },
      b: { at: dy + first * answerBytes(size), row: 4 * size.outside, column: 4 },
      c: to,
      rows: depth,
      columns: size.outside,
      depth: places,
      add: first > 0,
    });
  }
}

/** ∂L/∂x added to the zeros at `dx`: the outgoing gradient times the filter turned, put back where the patches came from. */
export function inputGradient(heap: Heap, size: Window, dy: number, filter: number, dx: number): void {
  const depth = reach(size);
  for (const { first, images, places } of groups(size)) {
    const patches = heap.room('patches', places * depth);
    multiply(heap, {
      a: { at: dy + first * answerBytes(size), row: 4 * size.outside, column: 4 },
      b: { at: filter, row: 4, column: 4 * size.outside },
      c: patches,
      rows: places,
      columns: depth,
      depth: size.outside,
    });
    everyRow(heap, 'unpatch', size, dx + first * imageBytes(size), patches, images);
  }
}

/** The images inside their margins: `[batch, height, width, inside]` at `to`. */
export function cutMargins(
  heap: Heap,
  whole: Window,
  inner: { readonly top: number; readonly left: number; readonly height: number; readonly width: number },
  from: number,
  to: number,
): void {
  const imageRow = 4 * whole.width * whole.inside;
  const span = inner.width * whole.inside;
  const first = from + inner.top * imageRow + 4 * inner.left * whole.inside;
  for (let image = 0; image < whole.batch; image++)
    heap.run('patches')(
      first + image * imageBytes(whole),
      ...[imageRow, 0, span, inner.height],
      to + 4 * image * inner.height * span,
      1,
    );
}
