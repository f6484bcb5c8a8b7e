import { Inflate } from 'fflate';
import { type ByteSource, bytesSource } from '../byte-source';
import { refuse } from '../inspection';
import type { Limits } from '../limits';
import type { ZipEntry } from './directory';

/** The bytes of one entry, inflated within the limits; a wrong checksum is refused. */
export async function readEntry(
  source: ByteSource,
  entry: ZipEntry,
  limits: Limits,
  atMost = limits.inflatedBytes,
): Promise<Uint8Array> {
  const name = entry.name.slice(0, 80);
  if (entry.size > atMost) refuse(`The archive's entry "${name}" has ${entry.size} bytes; the limit is ${atMost}.`);
  const packed = await source.read(entry.data, entry.data + entry.compressed);
  if (packed.length !== entry.compressed) refuse(`The archive's entry "${name}" is cut off.`);
  if (entry.method === 8 && entry.size > 1 << 20 && entry.size > entry.compressed * limits.inflationRatio) {
    refuse(
      `The archive's entry "${name}" grows ${Math.round(entry.size / Math.max(1, entry.compressed))}-fold; it looks like an archive bomb.`,
    );
  }
  const bytes = entry.method === 0 ? packed : inflateExactly(packed, entry.size, name);
  if (crc32(bytes) !== entry.crc) refuse(`The archive's entry "${name}" is damaged: its checksum does not fit.`);
  return bytes;
}

/** Inflates raw deflate data to exactly `size` bytes; stops as soon as it would grow beyond. */
export function inflateExactly(packed: Uint8Array, size: number, name: string): Uint8Array {
  const out = new Uint8Array(size);
  let at = 0;
  let over = false;
  const stream = new Inflate(chunk => {
    if (at + chunk.length > size) {
      over = true;
      throw new Error('beyond');
    }
    out.set(chunk, at);
    at += chunk.length;
  });
  try {
    const step = 1 << 16;
    for (let start = 0; start < packed.length || start === 0; start += step) {
      stream.push(packed.subarray(start, start + step), start + step >= packed.length);
    }
  } catch {
    refuse(
      over
        ? `The archive's entry "${name}" is larger than it says.`
        : `The archive's entry "${name}" is not valid compressed data.`,
    );
  }
  if (at !== size) refuse(`The archive's entry "${name}" is shorter than it says.`);
  return out;
}

/** A stored entry as a source of its own, read in place; a compressed one is inflated once, within the limits. */
export async function entrySource(source: ByteSource, entry: ZipEntry, limits: Limits): Promise<ByteSource> {
  if (entry.method !== 0) return bytesSource(entry.name, await readEntry(source, entry, limits));
  return {
    name: entry.name,
    size: entry.size,
    read: (start, end) =>
      source.read(entry.data + Math.max(0, start), entry.data + Math.min(entry.size, Math.max(0, end))),
    sibling: async () => null,
  };
}

const table = new Uint32Array(256).map((_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value >>> 0;
});

/** CRC-32 as in ISO 3309 / zip. */
export function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (let index = 0; index < bytes.length; index++)
    crc = (crc >>> 8) ^ (table[(crc ^ (bytes[index] ?? 0)) & 255] ?? 0);
  return (crc ^ 0xffffffff) >>> 0;
}
