import { DataFileError } from '../errors';
import type { Raster } from './raster';

type Filter = (x: number) => number;
const filters: Readonly<Record<string, { readonly support: number; readonly at: Filter }>> = {
  bilinear: { support: 1, at: x => Math.max(0, 1 - Math.abs(x)) },
  bicubic: {
    support: 2,
    at: given => {
      const x = Math.abs(given);
      const a = -0.5;
      if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
      return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0;
    },
  },
};

interface Weights {
  readonly first: number;
  readonly values: Float64Array;
}

/** For every place of the smaller or larger side, which places of the other side count and how much (Pillow's `precompute_coeffs`). */
function weightsOf(size: number, wanted: number, filter: { support: number; at: Filter }, fixed: boolean): Weights[] {
  const scale = size / wanted;
  const filterScale = Math.max(scale, 1);
  const support = filter.support * filterScale;
  return Array.from({ length: wanted }, (_, i) => {
    const centre = (i + 0.5) * scale;
    const first = Math.max(0, Math.trunc(centre - support + 0.5));
    const last = Math.min(size, Math.trunc(centre + support + 0.5));
    const values = Float64Array.from({ length: last - first }, (_w, k) =>
      filter.at((k + first - centre + 0.5) / filterScale),
    );
    const total = values.reduce((a, b) => a + b, 0);
    for (let k = 0; k < values.length; k++) {
      const value = total === 0 ? 0 : values[k]! / total;
      // 22 bits of fixed point, as Pillow computes 8-bit pictures.
      values[k] = fixed ? Math.trunc(value * 4194304 + (value < 0 ? -0.5 : 0.5)) : value;
    }
    return { first, values };
  });
}

/**
 * Resizes with antialiasing as Pillow does: first along rows, then along columns, 8-bit pictures rounded after each. Source: Pillow
 * `src/libImaging/Resample.c`.
 */
export function resize(from: Raster, width: number, height: number, method: string): Raster {
  if (from.width === width && from.height === height) return from;
  if (method === 'nearest') return nearest(from, width, height);
  const filter = filters[method];
  if (!filter) throw new DataFileError(`Resizing by "${method.slice(0, 20)}" is not replayed.`);
  const bytes = from.data instanceof Uint8Array;
  const { channels } = from;
  const store = (out: Uint8Array | Float32Array, at: number, sum: number): void => {
    out[at] = bytes ? Math.max(0, Math.min(255, Math.floor((sum + 2097152) / 4194304))) : sum;
  };
  const make = (n: number): Uint8Array | Float32Array => (bytes ? new Uint8Array(n) : new Float32Array(n));
  let data: ArrayLike<number> = from.data;
  if (from.width !== width) {
    const out = make(width * from.height * channels);
    const weights = weightsOf(from.width, width, filter, bytes);
    for (let y = 0; y < from.height; y++)
      for (let x = 0; x < width; x++) {
        const { first, values } = weights[x]!;
        for (let c = 0; c < channels; c++) {
          let sum = 0;
          for (let k = 0; k < values.length; k++)
            sum += values[k]! * data[(y * from.width + first + k) * channels + c]!;
          store(out, (y * width + x) * channels + c, sum);
        }
      }
    data = out;
  }
  if (from.height !== height) {
    const out = make(width * height * channels);
    const weights = weightsOf(from.height, height, filter, bytes);
    const row = width * channels;
    for (let y = 0; y < height; y++) {
      const { first, values } = weights[y]!;
      for (let i = 0; i < row; i++) {
        let sum = 0;
        for (let k = 0; k < values.length; k++) sum += values[k]! * data[(first + k) * row + i]!;
        store(out, y * row + i, sum);
      }
    }
    data = out;
  }
  return { width, height, channels, data: data as Uint8Array | Float32Array };
}

/** Pillow adds the scale up from pixel to pixel, and so do the rounding errors that decide at the edges. */
function placesOf(size: number, wanted: number): Int32Array {
  const out = new Int32Array(wanted);
  const scale = size / wanted;
  for (let i = 0, at = scale * 0.5; i < wanted; i++, at += scale) out[i] = Math.min(size - 1, Math.trunc(at));
  return out;
}

function nearest(from: Raster, width: number, height: number): Raster {
  const { channels } = from;
  const data =
    from.data instanceof Uint8Array
      ? new Uint8Array(width * height * channels)
      : new Float32Array(width * height * channels);
  const [columns, rows] = [placesOf(from.width, width), placesOf(from.height, height)];
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const [sx, sy] = [columns[x]!, rows[y]!];
      for (let c = 0; c < channels; c++)
        data[(y * width + x) * channels + c] = from.data[(sy * from.width + sx) * channels + c]!;
    }
  return { width, height, channels, data };
}

/** Bilinear without antialiasing at pixel centres, in float32 (`tf.image.resize`, and `cv2.resize` up to rounding). */
export function resizePlain(from: Raster, width: number, height: number, round: boolean): Raster {
  if (from.width === width && from.height === height && round) return from;
  const { channels } = from;
  const out = round ? new Uint8Array(width * height * channels) : new Float32Array(width * height * channels);
  const along = (size: number, wanted: number): { low: number; high: number; t: number }[] =>
    Array.from({ length: wanted }, (_, i) => {
      const at = (i + 0.5) * (size / wanted) - 0.5;
      const low = Math.floor(at);
      return { low: Math.max(0, low), high: Math.min(size - 1, low + 1), t: Math.fround(at - low) };
    });
  const [xs, ys] = [along(from.width, width), along(from.height, height)];
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const [a, b] = [ys[y]!, xs[x]!];
      for (let c = 0; c < channels; c++) {
        const at = (row: number, column: number): number => from.data[(row * from.width + column) * channels + c]!;
        const top = at(a.low, b.low) + (at(a.low, b.high) - at(a.low, b.low)) * b.t;
        const bottom = at(a.high, b.low) + (at(a.high, b.high) - at(a.high, b.low)) * b.t;
        const value = top + (bottom - top) * a.t;
        out[(y * width + x) * channels + c] = round ? Math.round(value) : value;
      }
    }
  return { width, height, channels, data: out };
}
