import type { Raster } from '../raster';
import { broken, type Reader } from './frame';
import { maxima } from './scan';

/** Samples of one component with the width and height that the picture has of it. */
export interface Samples {
  readonly data: Uint8Array;
  readonly stride: number;
  readonly width: number;
  readonly height: number;
}

/** One component at the picture's own size. */
function enlarged(from: Samples, across: number, down: number, width: number, height: number): Uint8Array {
  const out = new Uint8Array(width * height);
  // libjpeg smooths what is halved, and repeats other samples.
  const smooth = from.width > 2;
  if (across === 2 && down === 1 && smooth) halvedAcross(from, out, width, height);
  else if (across === 2 && down === 2 && smooth) halvedBoth(from, out, width, height);
  else if (across === 1 && down === 2) halvedDown(from, out, width, height);
  else
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++)
        out[y * width + x] = from.data[Math.floor(y / down) * from.stride + Math.floor(x / across)]!;
  return out;
}

function halvedAcross(from: Samples, out: Uint8Array, width: number, height: number): void {
  for (let y = 0; y < height; y++) {
    const row = y * from.stride;
    for (let x = 0; x < width; x++) {
      const i = x >> 1;
      const own = from.data[row + i]!;
      const other =
        x & 1 ? (i + 1 < from.width ? from.data[row + i + 1]! : null) : i > 0 ? from.data[row + i - 1]! : null;
      out[y * width + x] = other === null ? own : (3 * own + other + (x & 1 ? 2 : 1)) >> 2;
    }
  }
}

const besides = (y: number, height: number): number => Math.max(0, Math.min(height - 1, (y >> 1) + (y & 1 ? 1 : -1)));

function halvedBoth(from: Samples, out: Uint8Array, width: number, height: number): void {
  for (let y = 0; y < height; y++) {
    const [near, far] = [(y >> 1) * from.stride, besides(y, from.height) * from.stride];
    const sum = (i: number): number => 3 * from.data[near + i]! + from.data[far + i]!;
    for (let x = 0; x < width; x++) {
      const i = x >> 1;
      const own = sum(i);
      const odd = x & 1;
      const next = odd ? i + 1 : i - 1;
      const other = next >= 0 && next < from.width ? sum(next) : own;
      out[y * width + x] = (3 * own + other + (odd ? 7 : 8)) >> 4;
    }
  }
}

function halvedDown(from: Samples, out: Uint8Array, width: number, height: number): void {
  for (let y = 0; y < height; y++) {
    const [near, far] = [(y >> 1) * from.stride, besides(y, from.height) * from.stride];
    for (let x = 0; x < width; x++)
      out[y * width + x] = (3 * from.data[near + x]! + from.data[far + x]! + (y & 1 ? 2 : 1)) >> 2;
  }
}

const half = 1 << 15;
const fixed = (x: number): number => Math.trunc(x * 65536 + 0.5);

/** Grey or colour from the components, as libjpeg does it (JFIF 1.02's YCbCr in 16 bits of fraction). */
export function coloured(reader: Reader, parts: readonly Samples[]): Raster {
  const { frame } = reader;
  const { width, height, components } = frame;
  const [hMax, vMax] = maxima(frame);
  const planes = parts.map((part, i) => {
    const { h, v } = components[i]!;
    if (hMax % h !== 0 || vMax % v !== 0) broken();
    return enlarged(part, hMax / h, vMax / v, width, height);
  });
  const [first, second, third] = planes;
  if (!second || !third) return { width, height, channels: 1, data: first! };
  const data = new Uint8Array(3 * width * height);
  const plain = isRgb(reader);
  for (let i = 0; i < width * height; i++) {
    const [y, b, r] = [first![i]!, second[i]!, third[i]!];
    if (plain) data.set([y, b, r], 3 * i);
    else {
      data[3 * i] = clamp(y + ((fixed(1.402) * (r - 128) + half) >> 16));
      data[3 * i + 1] = clamp(y + ((-fixed(0.34414) * (b - 128) + half - fixed(0.71414) * (r - 128)) >> 16));
      data[3 * i + 2] = clamp(y + ((fixed(1.772) * (b - 128) + half) >> 16));
    }
  }
  return { width, height, channels: 3, data };
}

/** What libjpeg takes for red, green and blue. */
function isRgb({ adobe, isJfif, frame }: Reader): boolean {
  if (isJfif) return false;
  if (adobe !== null) return adobe === 0;
  const ids = frame.components.map(({ id }) => String.fromCharCode(id)).join('');
  return ids === 'RGB';
}

const clamp = (x: number): number => (x < 0 ? 0 : x > 255 ? 255 : x);
