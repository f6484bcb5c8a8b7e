import { DataFileError } from '../../errors';
import { checkSize } from '../raster';
import { type Huffman, huffman } from './bits';

export const broken = (): never => {
  throw new DataFileError('The JPEG picture is cut off or broken.');
};

export interface Component {
  readonly id: number;
  /** Sampling factors, across and down. */
  readonly h: number;
  readonly v: number;
  readonly table: number;
}

/** What the frame header says (ITU-T T.81, B.2.2). */
export interface Frame {
  /** SOF marker: 0xc0 baseline, 0xc1 extended, 0xc2 progressive, 0xc3 lossless. */
  readonly kind: number;
  readonly precision: number;
  readonly width: number;
  readonly height: number;
  readonly components: readonly Component[];
}

/** One scan with the tables that are in force for it. */
export interface Scan {
  readonly components: readonly { readonly index: number; readonly dc: number; readonly ac: number }[];
  /** Spectral selection and successive approximation; of a lossless scan: the predictor and the point transform. */
  readonly from: number;
  readonly to: number;
  readonly high: number;
  readonly low: number;
  /** Place of the entropy-coded data. */
  readonly data: number;
  readonly restart: number;
  readonly dc: readonly (Huffman | undefined)[];
  readonly ac: readonly (Huffman | undefined)[];
}

export interface Reader {
  readonly frame: Frame;
  readonly quantisers: readonly (Int32Array | undefined)[];
  /** Adobe's transform flag; null where there is none. */
  readonly adobe: number | null;
  readonly isJfif: boolean;
}

/** Natural place of each coefficient in zigzag order. */
export const zigzag = Uint8Array.from([
  0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28,
  35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47,
  55, 62, 63,
]);

/** Goes through the segments; `begin` is told the frame, `scan` each scan and answers where its data end. */
export function readSegments(
  bytes: Uint8Array,
  pixels: number,
  begin: (frame: Frame) => void,
  scan: (scan: Scan, quantisers: readonly (Int32Array | undefined)[]) => number,
): Reader {
  const quantisers: (Int32Array | undefined)[] = [];
  const dc: (Huffman | undefined)[] = [];
  const ac: (Huffman | undefined)[] = [];
  let frame: Frame | null = null;
  let restart = 0;
  let adobe: number | null = null;
  let isJfif = false;
  let scans = 0;
  let at = 2;
  const u16 = (place: number): number => {
    if (place + 2 > bytes.length) broken();
    return (bytes[place]! << 8) | bytes[place + 1]!;
  };
  for (;;) {
    while (bytes[at] === 0xff && bytes[at + 1] === 0xff) at++;
    // The end mark may be missing, as it may for libjpeg.
    if (at >= bytes.length && scans > 0) break;
    if (at + 2 > bytes.length || bytes[at] !== 0xff) broken();
    const marker = bytes[at + 1]!;
    at += 2;
    if (marker === 0xd9) break;
    if (marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8)) continue;
    const length = u16(at);
    const end = at + length;
    if (length < 2 || end > bytes.length) broken();
    const start = at + 2;
    at = end;
    if (marker === 0xdb) readQuantisers(bytes, start, end, quantisers);
    else if (marker === 0xc4) readHuffman(bytes, start, end, dc, ac);
    else if (marker === 0xdd) restart = u16(start);
    else if (marker === 0xe0) isJfif ||= text(bytes, start, 4) === 'JFIF';
    else if (marker === 0xee && length >= 14 && text(bytes, start, 5) === 'Adobe') adobe = bytes[start + 11]!;
    else if (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc8 && marker !== 0xcc) {
      if (frame) broken();
      frame = readFrame(bytes, start, end, marker, pixels);
      begin(frame);
    } else if (marker === 0xda) {
      if (!frame) return broken();
      if (++scans > 500) broken();
      at = scan({ ...readScan(bytes, start, end, frame), data: end, restart, dc: [...dc], ac: [...ac] }, quantisers);
    }
  }
  if (!frame || scans === 0) return broken();
  return { frame, quantisers, adobe, isJfif };
}

const text = (bytes: Uint8Array, at: number, n: number): string => String.fromCharCode(...bytes.subarray(at, at + n));

function readQuantisers(bytes: Uint8Array, start: number, end: number, into: (Int32Array | undefined)[]): void {
  for (let at = start; at < end; ) {
    const [wide, id] = [bytes[at]! >> 4, bytes[at]! & 15];
    at++;
    const size = wide ? 128 : 64;
    if (id > 3 || at + size > end) broken();
    const table = new Int32Array(64);
    for (let i = 0; i < 64; i++)
      table[zigzag[i]!] = wide ? (bytes[at + 2 * i]! << 8) | bytes[at + 2 * i + 1]! : bytes[at + i]!;
    into[id] = table;
    at += size;
  }
}

function readHuffman(
  bytes: Uint8Array,
  start: number,
  end: number,
  dc: (Huffman | undefined)[],
  ac: (Huffman | undefined)[],
): void {
  for (let at = start; at < end; ) {
    const [kind, id] = [bytes[at]! >> 4, bytes[at]! & 15];
    const counts = bytes.subarray(at + 1, at + 17);
    const total = counts.reduce((a, b) => a + b, 0);
    at += 17;
    if (kind > 1 || id > 3 || total > 256 || at + total > end) broken();
    (kind === 0 ? dc : ac)[id] = huffman(counts, bytes.subarray(at, at + total));
    at += total;
  }
}

function readFrame(bytes: Uint8Array, start: number, end: number, kind: number, pixels: number): Frame {
  if (kind > 0xc3) throw new DataFileError('The JPEG picture is hierarchical or arithmetically coded; it is not read.');
  const count = bytes[start + 5] ?? 0;
  if (start + 6 + 3 * count > end) broken();
  const height = (bytes[start + 1]! << 8) | bytes[start + 2]!;
  const width = (bytes[start + 3]! << 8) | bytes[start + 4]!;
  checkSize(width, height, pixels);
  const components = Array.from({ length: count }, (_, i) => {
    const at = start + 6 + 3 * i;
    return { id: bytes[at]!, h: bytes[at + 1]! >> 4, v: bytes[at + 1]! & 15, table: bytes[at + 2]! };
  });
  if (components.some(({ h, v, table }) => h < 1 || h > 4 || v < 1 || v > 4 || table > 3)) broken();
  return { kind, precision: bytes[start]!, width, height, components };
}

function readScan(bytes: Uint8Array, start: number, end: number, frame: Frame) {
  const count = bytes[start] ?? 0;
  if (count < 1 || count > 4 || start + 4 + 2 * count > end) broken();
  const components = Array.from({ length: count }, (_, i) => {
    const id = bytes[start + 1 + 2 * i]!;
    const index = frame.components.findIndex(each => each.id === id);
    const tables = bytes[start + 2 + 2 * i]!;
    if (index < 0) broken();
    return { index, dc: tables >> 4, ac: tables & 15 };
  });
  const at = start + 1 + 2 * count;
  return { components, from: bytes[at]!, to: bytes[at + 1]!, high: bytes[at + 2]! >> 4, low: bytes[at + 2]! & 15 };
}
