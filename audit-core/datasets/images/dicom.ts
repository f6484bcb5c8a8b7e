import { Inflate } from 'fflate';
import { DataFileError } from '../errors';
import { readJpeg } from './jpeg';
import { checkSize } from './raster';

/** Pixels of a DICOM object as they are stored (no rescaling), frames × rows × columns × samples. */
export interface DicomPixels {
  readonly frames: number;
  readonly rows: number;
  readonly columns: number;
  readonly samples: number;
  readonly data: Float32Array;
  /** Stored values to real ones: `slope · x + intercept`. */
  readonly slope: number;
  readonly intercept: number;
  readonly photometric: string;
  readonly transferSyntax: string;
}

const bad = (what: string): never => {
  throw new DataFileError(`The DICOM object ${what}.`);
};

const named: Readonly<Record<string, string>> = {
  '1.2.840.10008.1.2.4.80': 'JPEG-LS',
  '1.2.840.10008.1.2.4.81': 'JPEG-LS',
  '1.2.840.10008.1.2.4.90': 'JPEG 2000',
  '1.2.840.10008.1.2.4.91': 'JPEG 2000',
  '1.2.840.10008.1.2.4.201': 'High-Throughput JPEG 2000',
  '1.2.840.10008.1.2.4.202': 'High-Throughput JPEG 2000',
  '1.2.840.10008.1.2.4.203': 'High-Throughput JPEG 2000',
};
const longForms = new Set(['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'SQ', 'UC', 'UN', 'UR', 'UT', 'SV', 'UV']);
const undefinedLength = 0xffffffff;

export const isDicom = (head: Uint8Array): boolean =>
  head[128] === 0x44 && head[129] === 0x49 && head[130] === 0x43 && head[131] === 0x4d;

interface Element {
  readonly start: number;
  readonly length: number;
}

/** Reads the data elements of the top level; sequences are stepped over. Source: DICOM PS3.5, sections 7 and 10. */
class Reader {
  private readonly view: DataView;
  constructor(
    readonly bytes: Uint8Array,
    private readonly little: boolean,
    private readonly explicit: boolean,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }
  u16(at: number): number {
    if (at + 2 > this.bytes.length) bad('is cut off');
    return this.view.getUint16(at, this.little);
  }
  u32(at: number): number {
    if (at + 4 > this.bytes.length) bad('is cut off');
    return this.view.getUint32(at, this.little);
  }

  /** Elements by tag from `at`, until the end, a tag beyond `last`, or the item's end. */
  elements(at: number, into: Map<number, Element>, last: number): number {
    let place = at;
    for (let count = 0; place + 8 <= this.bytes.length; count++) {
      if (count > 100_000) bad('has more than 100,000 elements');
      const tag = this.u16(place) * 65536 + this.u16(place + 2);
      if (tag > last) return place;
      const { start, length } = this.head(place, tag);
      into.set(tag, { start, length });
      if (tag === 0x7fe00010) return place;
      place = length === undefinedLength ? this.afterItems(start, 0) : start + length;
      if (place > this.bytes.length) bad('is cut off');
    }
    return place;
  }

  private head(place: number, tag: number): { start: number; length: number; form: string } {
    if (!this.explicit || (tag >= 0xfffee000 && tag <= 0xfffee0ff))
      return { start: place + 8, length: this.u32(place + 4), form: '' };
    const form = String.fromCharCode(this.bytes[place + 4]!, this.bytes[place + 5]!);
    return longForms.has(form)
      ? { start: place + 12, length: this.u32(place + 8), form }
      : { start: place + 8, length: this.u16(place + 6), form };
  }

  /** The place after the items of a sequence (or of encapsulated pixels) of undefined length. */
  private afterItems(at: number, depth: number): number {
    if (depth > 32) bad('nests sequences more than 32 deep');
    let place = at;
    for (;;) {
      const tag = this.u16(place) * 65536 + this.u16(place + 2);
      const length = this.u32(place + 4);
      place += 8;
      if (tag === 0xfffee0dd) return place;
      if (tag !== 0xfffee000) bad('has a broken sequence');
      place = length === undefinedLength ? this.afterElements(place, depth + 1) : place + length;
      if (place > this.bytes.length) bad('is cut off');
    }
  }

  private afterElements(at: number, depth: number): number {
    let place = at;
    for (;;) {
      const tag = this.u16(place) * 65536 + this.u16(place + 2);
      if (tag === 0xfffee00d) return place + 8;
      const { start, length } = this.head(place, tag);
      place = length === undefinedLength ? this.afterItems(start, depth) : start + length;
      if (place > this.bytes.length) bad('is cut off');
    }
  }

  text(element: Element | undefined): string {
    if (!element || element.length > 1024) return '';
    return String.fromCharCode(...this.bytes.subarray(element.start, element.start + element.length))
      .replace(/[\0 ]+$/, '')
      .trim();
  }
  short(element: Element | undefined): number | null {
    return element && element.length >= 2 ? this.u16(element.start) : null;
  }
  number(element: Element | undefined, otherwise: number): number {
    const value = Number.parseFloat(this.text(element));
    return Number.isFinite(value) ? value : otherwise;
  }
}

/** Decodes the pixels of one object: uncompressed, deflated, run-length, JPEG baseline and lossless; other codings are refused by name. */
export async function readDicom(bytes: Uint8Array, pixels: number): Promise<DicomPixels> {
  if (!isDicom(bytes)) bad('has no DICM mark');
  const meta = new Map<number, Element>();
  const front = new Reader(bytes, true, true);
  const begin = front.elements(132, meta, 0x0002ffff);
  const syntax = front.text(meta.get(0x00020010)) || '1.2.840.10008.1.2';
  const other = named[syntax];
  if (other)
    bad(
      `is coded as ${other}, which is not read; save it uncompressed (dcmdjpeg or gdcmconv --raw, or pydicom's Dataset.decompress)`,
    );
  const deflated = syntax === '1.2.840.10008.1.2.1.99';
  const known = [
    '1.2.840.10008.1.2',
    '1.2.840.10008.1.2.1',
    '1.2.840.10008.1.2.2',
    '1.2.840.10008.1.2.5',
    '1.2.840.10008.1.2.4.50',
    '1.2.840.10008.1.2.4.51',
    '1.2.840.10008.1.2.4.57',
    '1.2.840.10008.1.2.4.70',
  ];
  if (!deflated && !known.includes(syntax)) bad('has a transfer syntax that is not read');
  const body = deflated ? inflated(bytes.subarray(begin)) : bytes;
  const little = syntax !== '1.2.840.10008.1.2.2';
  const reader = new Reader(body, little, syntax !== '1.2.840.10008.1.2');
  const elements = new Map<number, Element>();
  reader.elements(deflated ? 0 : begin, elements, 0x7fe00010);
  const rows = reader.short(elements.get(0x00280010)) ?? bad('has no rows');
  const columns = reader.short(elements.get(0x00280011)) ?? bad('has no columns');
  const samples = reader.short(elements.get(0x00280002)) ?? 1;
  const allocated = reader.short(elements.get(0x00280100)) ?? 16;
  const stored = reader.short(elements.get(0x00280101)) ?? allocated;
  const signed = reader.short(elements.get(0x00280103)) === 1;
  const planar = reader.short(elements.get(0x00280006)) === 1;
  const frames = Math.max(1, Math.trunc(reader.number(elements.get(0x00280008), 1)));
  const pixelData = elements.get(0x7fe00010) ?? bad('has no pixels');
  if (![1, 3].includes(samples)) bad(`has ${samples} samples a pixel; 1 and 3 are read`);
  if (![8, 16, 32].includes(allocated)) bad(`has ${allocated} bits a sample; 8, 16 and 32 are read`);
  checkSize(columns, rows, pixels);
  if (frames * rows * columns * samples > 4 * pixels)
    bad(`says it has ${frames} frames; that is more than is read at once`);
  const geometry = { rows, columns, samples, allocated, stored, signed, frames };
  const data =
    pixelData.length !== undefinedLength
      ? native(body, pixelData, geometry, little, planar)
      : await encapsulated(reader, pixelData.start, geometry, syntax, pixels);
  return {
    frames,
    rows,
    columns,
    samples,
    data,
    slope: reader.number(elements.get(0x00281053), 1),
    intercept: reader.number(elements.get(0x00281052), 0),
    photometric: reader.text(elements.get(0x00280004)),
    transferSyntax: syntax,
  };
}

interface Geometry {
  readonly rows: number;
  readonly columns: number;
  readonly samples: number;
  readonly allocated: number;
  readonly stored: number;
  readonly signed: boolean;
  readonly frames: number;
}

function native(bytes: Uint8Array, at: Element, g: Geometry, little: boolean, planar: boolean): Float32Array {
  const width = g.allocated / 8;
  const frame = g.rows * g.columns * g.samples;
  if (at.length < frame * g.frames * width || at.start + frame * g.frames * width > bytes.length)
    bad('has fewer pixels than its rows and columns say');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const out = new Float32Array(frame * g.frames);
  const read = sampleReader(view, g, little);
  const plane = g.rows * g.columns;
  for (let f = 0; f < g.frames; f++)
    for (let i = 0; i < frame; i++) {
      const to = planar && g.samples > 1 ? (i % plane) * g.samples + Math.floor(i / plane) : i;
      out[f * frame + to] = read(at.start + (f * frame + i) * width);
    }
  return out;
}

function sampleReader(view: DataView, g: Geometry, little: boolean): (at: number) => number {
  if (g.allocated === 8) return g.signed ? at => view.getInt8(at) : at => view.getUint8(at);
  if (g.allocated === 32) return g.signed ? at => view.getInt32(at, little) : at => view.getUint32(at, little);
  const spare = 32 - Math.min(16, Math.max(1, g.stored));
  // Bits above those stored may hold anything.
  return g.signed
    ? at => (view.getUint16(at, little) << spare) >> spare
    : at => (view.getUint16(at, little) << spare) >>> spare;
}

async function encapsulated(
  reader: Reader,
  start: number,
  g: Geometry,
  syntax: string,
  pixels: number,
): Promise<Float32Array> {
  const fragments: Uint8Array[] = [];
  let at = start;
  let first = true;
  for (;;) {
    const tag = reader.u16(at) * 65536 + reader.u16(at + 2);
    const length = reader.u32(at + 4);
    at += 8;
    if (tag === 0xfffee0dd) break;
    if (tag !== 0xfffee000 || at + length > reader.bytes.length) bad('has broken pixel fragments');
    if (!first) fragments.push(reader.bytes.subarray(at, at + length));
    first = false;
    at += length;
  }
  const frame = g.rows * g.columns * g.samples;
  const out = new Float32Array(frame * g.frames);
  if (syntax === '1.2.840.10008.1.2.5') {
    if (fragments.length < g.frames) bad('has fewer frames than it says');
    for (let f = 0; f < g.frames; f++) out.set(runLength(fragments[f]!, g), f * frame);
    return out;
  }
  const pictures = fragments.length === g.frames ? fragments : framesOf(fragments);
  if (pictures.length !== g.frames) bad('has fewer or more frames than it says');
  for (const [f, bytes] of pictures.entries()) {
    const raster = await readJpeg(bytes, pixels);
    if (raster.width !== g.columns || raster.height !== g.rows || raster.channels !== g.samples)
      bad('has a JPEG picture of another size than it says');
    // Lossless samples are bits as they are stored.
    const spare = 32 - Math.min(g.allocated, Math.max(1, g.stored));
    out.set(g.signed ? Float32Array.from(raster.data, x => (x << spare) >> spare) : raster.data, f * frame);
  }
  return out;
}

/** Fragments put together to frames: each begins with JPEG's start mark. */
function framesOf(fragments: readonly Uint8Array[]): Uint8Array[] {
  const groups: Uint8Array[][] = [];
  for (const fragment of fragments)
    if (groups.length === 0 || (fragment[0] === 0xff && fragment[1] === 0xd8)) groups.push([fragment]);
    else groups.at(-1)!.push(fragment);
  return groups.map(joined);
}

/** One frame of PackBits segments, most significant byte first (PS3.5, annex G). */
function runLength(bytes: Uint8Array, g: Geometry): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 64) bad('has a run-length frame that is cut off');
  const width = g.allocated / 8;
  const segments = view.getUint32(0, true);
  if (segments !== width * g.samples) bad('has another number of run-length segments than its samples need');
  const plane = g.rows * g.columns;
  const out = new Float32Array(plane * g.samples);
  const words = new Uint32Array(plane);
  for (let s = 0; s < g.samples; s++) {
    words.fill(0);
    for (let b = 0; b < width; b++) {
      const index = s * width + b;
      const from = view.getUint32(4 + 4 * index, true);
      const to = index + 1 < segments ? view.getUint32(8 + 4 * index, true) : bytes.length;
      if (from > to || to > bytes.length) bad('has run-length segments that overlap');
      const part = packBits(bytes.subarray(from, to), plane);
      for (let i = 0; i < plane; i++) words[i] = ((words[i]! << 8) | part[i]!) >>> 0;
    }
    const spare = 32 - g.allocated;
    for (let i = 0; i < plane; i++) out[i * g.samples + s] = g.signed ? (words[i]! << spare) >> spare : words[i]!;
  }
  return out;
}

function packBits(bytes: Uint8Array, size: number): Uint8Array {
  const out = new Uint8Array(size);
  let done = 0;
  for (let at = 0; at < bytes.length && done < size; ) {
    const code = bytes[at++]!;
    if (code < 128) {
      const n = Math.min(code + 1, size - done);
      if (at + n > bytes.length) bad('has a run-length frame that is cut off');
      out.set(bytes.subarray(at, at + n), done);
      at += code + 1;
      done += n;
    } else if (code > 128) {
      const n = Math.min(257 - code, size - done);
      out.fill(bytes[at++] ?? 0, done, done + n);
      done += n;
    }
  }
  return done === size ? out : bad('has a run-length frame that is cut off');
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** The deflated data set (raw deflate), to no more than 200 times its size. */
function inflated(packed: Uint8Array): Uint8Array {
  const limit = Math.min(512 << 20, Math.max(1 << 20, packed.length * 200));
  const parts: Uint8Array[] = [];
  let total = 0;
  const stream = new Inflate(chunk => {
    total += chunk.length;
    if (total > limit) throw new DataFileError('The DICOM object grows beyond its limit when it is unpacked.');
    parts.push(chunk.slice());
  });
  try {
    for (let at = 0; at < packed.length; at += 1 << 15)
      stream.push(packed.subarray(at, at + (1 << 15)), at + (1 << 15) >= packed.length);
  } catch (error) {
    if (error instanceof DataFileError) throw error;
    bad('has broken compressed data');
  }
  return joined(parts);
}
