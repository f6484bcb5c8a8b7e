import type { ByteSource } from './byte-source';
import type { Checkpoint } from './checkpoint';
import type { Limits } from './limits';

/** Reads one format. */
export type Reader = (source: ByteSource, limits: Limits) => Promise<Checkpoint>;

const startsWith = (head: Uint8Array, bytes: readonly number[]): boolean =>
  bytes.every((byte, index) => head[index] === byte);

/** The reader for a file, told by its first bytes; names decide only where bytes cannot. Readers are loaded on demand. */
export async function sniff(source: ByteSource, limits: Limits): Promise<Reader | null> {
  const head = await source.read(0, 4096);
  if (startsWith(head, [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59])) return (await import('./npy')).openNumpy;
  if (startsWith(head, [0x50, 0x4b])) return await sniffZip(source, limits);
  const { looksLikeOnnx, openOnnx } = await import('./onnx');
  if (looksLikeOnnx(head) || source.name.endsWith('.onnx')) return openOnnx;
  return null;
}

async function sniffZip(source: ByteSource, limits: Limits): Promise<Reader | null> {
  const { readZip } = await import('./zip/directory');
  const { entries } = await readZip(source, limits);
  const names = [...entries.keys()];
  if (names.every(name => name.endsWith('.npy'))) return (await import('./npy')).openNumpy;
  return null;
}
