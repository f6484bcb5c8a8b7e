import { Unzlib } from 'fflate';
import { DataFileError } from '../errors';
import { checkSize, type Raster } from './raster';

const broken = (): never => {
  throw new DataFileError('The PNG picture is cut off or broken.');
};

/** Unpacked bytes and samples are held at the same time. 64 million pixels of three colours stay below. */
const largestSize = 200 << 20;

export const isPng = (head: Uint8Array): boolean =>
  [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a].every((byte, i) => head[i] === byte);

/** Decodes a PNG picture of any colour type and depth, palettes expanded (PNG specification, third edition). */
export function readPng(bytes: Uint8Array, pixels: number): Raster {
  if (!isPng(bytes)) broken();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let header: Header | null = null;
  let palette: Uint8Array | null = null;
  let transparency: Uint8Array | null = null;
  const parts: Uint8Array[] = [];
  for (let at = 8; at + 8 <= bytes.length; ) {
    const length = view.getUint32(at);
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (at + 12 + length > bytes.length) broken();
    const data = bytes.subarray(at + 8, at + 8 + length);
    if (type === 'IHDR') header = readHeader(data, pixels);
    else if (type === 'PLTE') palette = data;
    else if (type === 'tRNS') transparency = data;
    else if (type === 'IDAT') parts.push(data);
    else if (type === 'IEND') break;
    at += 12 + length;
  }
  if (!header || parts.length === 0) return broken();
  const samples = unpack(header, parts);
  return finish(header, samples, palette, transparency);
}

interface Header {
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  readonly colour: number;
  readonly channels: number;
  readonly interlaced: boolean;
}

function readHeader(data: Uint8Array, pixels: number): Header {
  if (data.length !== 13) broken();
  const view = new DataView(data.buffer, data.byteOffset, 13);
  const [width, height] = [view.getUint32(0), view.getUint32(4)];
  const [depth, colour] = [data[8]!, data[9]!];
  const channels = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 }[colour];
  if (channels === undefined || ![1, 2, 4, 8, 16].includes(depth) || data[10] !== 0 || data[11] !== 0 || data[12]! > 1)
    return broken();
  if ((depth < 8 && channels > 1) || (depth === 16 && colour === 3)) broken();
  checkSize(width, height, pixels);
  return { width, height, depth, colour, channels, interlaced: data[12] === 1 };
}

/** The seven passes of Adam7, or one: first column, first row, steps. */
const passes = (header: Header): readonly (readonly [number, number, number, number])[] =>
  header.interlaced
    ? [
        [0, 0, 8, 8],
        [4, 0, 8, 8],
        [0, 4, 4, 8],
        [2, 0, 4, 4],
        [0, 2, 2, 4],
        [1, 0, 2, 2],
        [0, 1, 1, 2],
      ]
    : [[0, 0, 1, 1]];

function unpack(header: Header, parts: readonly Uint8Array[]): Uint8Array | Uint16Array {
  const { width, height, depth, channels } = header;
  const sizes = passes(header).map(([x, y, dx, dy]) => {
    const [columns, rows] = [Math.max(0, Math.ceil((width - x) / dx)), Math.max(0, Math.ceil((height - y) / dy))];
    return { x, y, dx, dy, columns, rows: columns === 0 ? 0 : rows, line: Math.ceil((columns * channels * depth) / 8) };
  });
  const size = sizes.reduce((sum, pass) => sum + pass.rows * (pass.line + 1), 0);
  if (size > largestSize)
    throw new DataFileError(`The PNG picture takes ${size >> 20} MB unpacked; the limit is ${largestSize >> 20} MB.`);
  const raw = inflate(parts, size);
  const out = depth === 16 ? new Uint16Array(width * height * channels) : new Uint8Array(width * height * channels);
  const step = Math.max(1, (channels * depth) / 8);
  let at = 0;
  for (const pass of sizes) {
    let above = new Uint8Array(pass.line);
    for (let row = 0; row < pass.rows; row++) {
      const filter = raw[at]!;
      const line = raw.subarray(at + 1, at + 1 + pass.line);
      unfilter(filter, line, above, step);
      above = line;
      at += pass.line + 1;
      const y = pass.y + row * pass.dy;
      for (let column = 0; column < pass.columns; column++)
        for (let c = 0; c < channels; c++)
          out[(y * width + pass.x + column * pass.dx) * channels + c] = sample(line, column * channels + c, depth);
    }
  }
  return out;
}

/** Inflates to exactly the size that the header promises; more is refused as it appears. */
function inflate(parts: readonly Uint8Array[], size: number): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(size);
  let at = 0;
  const stream = new Unzlib(chunk => {
    if (at + chunk.length > size) throw new DataFileError('The PNG picture holds more than its header says.');
    out.set(chunk, at);
    at += chunk.length;
  });
  try {
    parts.forEach((part, i) => {
      for (let start = 0; start < part.length; start += 1 << 15) {
        const end = start + (1 << 15) >= part.length;
        stream.push(part.subarray(start, start + (1 << 15)), end && i === parts.length - 1);
      }
    });
  } catch (error) {
    if (error instanceof DataFileError) throw error;
    return broken();
  }
  return at === size ? out : broken();
}

function unfilter(filter: number, line: Uint8Array, above: Uint8Array, step: number): void {
  const n = line.length;
  switch (filter) {
    case 0:
      return;
    case 1:
      for (let i = step; i < n; i++) line[i] = line[i]! + line[i - step]!;
      return;
    case 2:
      for (let i = 0; i < n; i++) line[i] = line[i]! + above[i]!;
      return;
    case 3:
      for (let i = 0; i < n; i++) line[i] = line[i]! + (((i >= step ? line[i - step]! : 0) + above[i]!) >> 1);
      return;
    case 4:
      for (let i = 0; i < n; i++) {
        const [a, b, c] = [i >= step ? line[i - step]! : 0, above[i]!, i >= step ? above[i - step]! : 0];
        const p = a + b - c;
        const [pa, pb, pc] = [Math.abs(p - a), Math.abs(p - b), Math.abs(p - c)];
        line[i] = line[i]! + (pa <= pb && pa <= pc ? a : pb <= pc ? b : c);
      }
      return;
    default:
      broken();
  }
}

function sample(line: Uint8Array, i: number, depth: number): number {
  if (depth === 8) return line[i]!;
  if (depth === 16) return (line[2 * i]! << 8) | line[2 * i + 1]!;
  const bit = i * depth;
  return (line[bit >> 3]! >> (8 - depth - (bit & 7))) & ((1 << depth) - 1);
}

function finish(
  header: Header,
  samples: Uint8Array | Uint16Array,
  palette: Uint8Array | null,
  transparency: Uint8Array | null,
): Raster {
  const { width, height, depth, colour, channels } = header;
  if (colour !== 3) {
    if (depth < 8) {
      const factor = 255 / ((1 << depth) - 1);
      return { width, height, channels, data: Uint8Array.from(samples, value => value * factor) };
    }
    return { width, height, channels, data: samples };
  }
  if (!palette || palette.length % 3 !== 0) return broken();
  const colours = transparency ? 4 : 3;
  const data = new Uint8Array(width * height * colours);
  for (let i = 0; i < samples.length; i++) {
    const code = samples[i]!;
    if (3 * code + 3 > palette.length) broken();
    data.set(palette.subarray(3 * code, 3 * code + 3), i * colours);
    if (transparency) data[i * colours + 3] = transparency[code] ?? 255;
  }
  return { width, height, channels: colours, data };
}
