import { Decompress } from 'fflate';
import { refuse } from '../inspection';
import type { Limits } from '../limits';

/** The compression of a stream, told by its first bytes (joblib's compressors). */
export function compressionOf(head: Uint8Array): 'zlib' | 'gzip' | 'bz2' | 'xz' | 'lzma' | null {
  const [a = 0, b = 0, c = 0] = head;
  if (a === 0x1f && b === 0x8b) return 'gzip';
  if (a === 0x78 && (b === 0x01 || b === 0x5e || b === 0x9c || b === 0xda) && ((a << 8) | b) % 31 === 0) return 'zlib';
  if (a === 0x42 && b === 0x5a && c === 0x68) return 'bz2';
  if (a === 0xfd && b === 0x37 && c === 0x7a) return 'xz';
  if (a === 0x5d && b === 0 && c === 0) return 'lzma';
  return null;
}

/** Decompresses a whole stream within the limits; what grows beyond them, or by an absurd factor, is refused. */
export async function decompress(
  packed: Uint8Array,
  kind: NonNullable<ReturnType<typeof compressionOf>>,
  limits: Limits,
): Promise<Uint8Array> {
  if (kind === 'bz2') return (await import('./bzip2')).bunzip2(packed, ceiling(packed, limits));
  if (kind === 'xz' || kind === 'lzma') return (await import('./lzma')).unlzma(packed, kind, ceiling(packed, limits));
  const limit = ceiling(packed, limits);
  const chunks: Uint8Array[] = [];
  let total = 0;
  let over = false;
  try {
    const stream = new Decompress(chunk => {
      total += chunk.length;
      if (total > limit) {
        over = true;
        throw new Error('beyond');
      }
      chunks.push(chunk);
    });
    for (let start = 0; start < packed.length; start += 1 << 16)
      stream.push(packed.subarray(start, start + (1 << 16)), start + (1 << 16) >= packed.length);
  } catch {
    refuse(over ? grows(limit) : 'The file is cut off or broken: its compressed data cannot be unpacked.');
  }
  const out = new Uint8Array(total);
  let at = 0;
  for (const chunk of chunks) {
    out.set(chunk, at);
    at += chunk.length;
  }
  return out;
}

/** The first bytes of a gzip stream, so that a header can be read before the rest is unpacked; fewer where the stream ends or is broken. */
export function gzipHead(packed: Uint8Array, count: number): Uint8Array {
  const out = new Uint8Array(count);
  let filled = 0;
  try {
    const stream = new Decompress(chunk => {
      out.set(chunk.subarray(0, count - filled), filled);
      filled = Math.min(count, filled + chunk.length);
    });
    // Small pieces: one of them may grow a thousandfold.
    for (let start = 0; start < packed.length && filled < count; start += 1024)
      stream.push(packed.subarray(start, start + 1024), start + 1024 >= packed.length);
  } catch {
    // What was unpacked before the break is what there is.
  }
  return out.subarray(0, filled);
}

/** One megabyte is always allowed; beyond that the size may grow by the limit's factor. */
const ceiling = (packed: Uint8Array, limits: Limits): number =>
  Math.min(limits.inflatedBytes, Math.max(1 << 20, packed.length * limits.inflationRatio));

/** The sentence for a stream that grows beyond its limit. */
export const grows = (limit: number): string =>
  `The compressed data grow beyond ${limit >> 20} MB; it looks like an archive bomb.`;
