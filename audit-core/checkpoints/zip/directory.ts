import type { ByteSource } from '../byte-source';
import { CheckpointError, type Hazard, refuse } from '../inspection';
import type { Limits } from '../limits';

/** One entry of an archive, checked against its local header. */
export interface ZipEntry {
  readonly name: string;
  readonly method: 0 | 8;
  readonly size: number;
  readonly compressed: number;
  /** Offset of the entry's data in the file. */
  readonly data: number;
  readonly crc: number;
}

export interface ZipDirectory {
  readonly entries: ReadonlyMap<string, ZipEntry>;
  readonly warnings: readonly string[];
}

const decoder = new TextDecoder('utf-8');

/**
 * The central directory of a zip archive (PKWARE APPNOTE 6.3.10), with zip64. Everything that two readers could take in
 * two ways is refused: duplicate names, names or sizes that differ between the directory and the local header, entries that
 * share bytes, names that leave the folder, symbolic links, encryption.
 */
export async function readZip(source: ByteSource, limits: Limits): Promise<ZipDirectory> {
  const warnings: string[] = [];
  const tailStart = Math.max(0, source.size - 65_557);
  const tail = await source.read(tailStart, source.size);
  const end = findEnd(tail, warnings);
  if (end < 0) refuse('The archive is cut off: its directory at the end is missing.');
  const view = viewOf(tail);
  let count = view.getUint16(end + 10, true);
  let size = view.getUint32(end + 12, true);
  let offset = view.getUint32(end + 16, true);
  let endOfDirectory = tailStart + end;
  if (count === 0xffff || size === 0xffffffff || offset === 0xffffffff || hasLocator(view, end)) {
    const wide = await zip64End(source, tail, view, end);
    if (wide) ({ count, size, offset, endOfDirectory } = wide);
  }
  if (count === 0) refuse('The archive is empty.');
  if (count > limits.entries) refuse(`The archive says it has ${count} entries; the limit is ${limits.entries}.`);
  const shift = endOfDirectory - size - offset;
  if (shift < 0 || size > endOfDirectory || size < count * 46)
    refuse("The archive's directory lies beyond the file; it is cut off or broken.");
  if (shift > 0) warnings.push(`The archive starts after ${shift} bytes of something else.`);
  if (size > limits.structureBytes) refuse("The archive's directory is larger than this reader allows.");
  const directory = await source.read(offset + shift, offset + shift + size);
  const raw = parseEntries(directory, count);
  const entries = new Map<string, ZipEntry>();
  for (const entry of raw) {
    checkName(entry.name, entry.isLink);
    if (entries.has(entry.name))
      trick(`The archive holds two entries called "${short(entry.name)}"; which one is read depends on the reader.`);
    const data = await checkLocal(source, entry, shift, offset + shift);
    if (entry.name.endsWith('/') && entry.size === 0) continue;
    entries.set(entry.name, {
      name: entry.name,
      method: entry.method,
      size: entry.size,
      compressed: entry.compressed,
      crc: entry.crc,
      data,
    });
  }
  checkOverlap([...entries.values()]);
  return { entries, warnings };
}

interface RawEntry {
  readonly name: string;
  readonly method: 0 | 8;
  readonly flags: number;
  readonly size: number;
  readonly compressed: number;
  readonly crc: number;
  readonly local: number;
  readonly isLink: boolean;
}

function parseEntries(directory: Uint8Array, count: number): RawEntry[] {
  const view = viewOf(directory);
  const entries: RawEntry[] = [];
  let at = 0;
  for (let index = 0; index < count; index++) {
    if (at + 46 > directory.length || view.getUint32(at, true) !== 0x02014b50)
      refuse("The archive's directory is broken: fewer entries than it says.");
    const flags = view.getUint16(at + 8, true);
    const method = view.getUint16(at + 10, true);
    const nameLength = view.getUint16(at + 28, true);
    const extraLength = view.getUint16(at + 30, true);
    const commentLength = view.getUint16(at + 32, true);
    const next = at + 46 + nameLength + extraLength + commentLength;
    if (next > directory.length) refuse("The archive's directory is broken: an entry goes beyond its end.");
    const name = decoder.decode(directory.subarray(at + 46, at + 46 + nameLength));
    if (flags & 1) refuse(`The archive's entry "${short(name)}" is encrypted.`);
    if (method !== 0 && method !== 8)
      refuse(`The archive's entry "${short(name)}" uses compression method ${method}, which is not read.`);
    const sizes = [view.getUint32(at + 24, true), view.getUint32(at + 20, true), view.getUint32(at + 42, true)];
    wideSizes(view, at + 46 + nameLength, extraLength, sizes, name);
    entries.push({
      name,
      method,
      flags,
      size: sizes[0] ?? 0,
      compressed: sizes[1] ?? 0,
      crc: view.getUint32(at + 16, true),
      local: sizes[2] ?? 0,
      isLink: ((view.getUint32(at + 38, true) >>> 16) & 0xf000) === 0xa000,
    });
    at = next;
  }
  if (at !== directory.length) refuse("The archive's directory has more bytes than its entries.");
  return entries;
}

/** Replaces sizes of 0xffffffff by those of the zip64 extra field. */
function wideSizes(view: DataView, start: number, length: number, sizes: number[], name: string): void {
  let at = start;
  while (at + 4 <= start + length) {
    const id = view.getUint16(at, true);
    const size = view.getUint16(at + 2, true);
    if (id === 1) {
      let inside = at + 4;
      for (let index = 0; index < 3; index++) {
        if (sizes[index] !== 0xffffffff) continue;
        if (inside + 8 > Math.min(at + 4 + size, start + length)) break;
        const wide = view.getBigUint64(inside, true);
        if (wide > BigInt(Number.MAX_SAFE_INTEGER))
          refuse(`The archive's entry "${short(name)}" has an impossible size.`);
        sizes[index] = Number(wide);
        inside += 8;
      }
    }
    at += 4 + size;
  }
}

async function checkLocal(source: ByteSource, entry: RawEntry, shift: number, directory: number): Promise<number> {
  const at = entry.local + shift;
  if (at + 30 > directory) refuse(`The archive's entry "${short(entry.name)}" lies beyond the file.`);
  const head = await source.read(at, at + 30);
  const view = viewOf(head);
  if (head.length < 30 || view.getUint32(0, true) !== 0x04034b50)
    refuse(`The archive's entry "${short(entry.name)}" does not start with an entry's header.`);
  const nameLength = view.getUint16(26, true);
  const extraLength = view.getUint16(28, true);
  const name = decoder.decode(await source.read(at + 30, at + 30 + nameLength));
  if (name !== entry.name)
    trick(`The archive calls one entry "${short(entry.name)}" in its directory and "${short(name)}" at its data.`);
  const deferred = (view.getUint16(6, true) & 8) !== 0;
  const localSizes = [view.getUint32(22, true), view.getUint32(18, true)];
  const known = [entry.size, entry.compressed];
  for (const [index, size] of localSizes.entries()) {
    if (!deferred && size !== 0xffffffff && size !== known[index])
      trick(`The archive gives two sizes for its entry "${short(entry.name)}".`);
  }
  if (view.getUint16(8, true) !== entry.method)
    trick(`The archive gives two compression methods for its entry "${short(entry.name)}".`);
  const data = at + 30 + nameLength + extraLength;
  if (data + entry.compressed > directory) refuse(`The archive's entry "${short(entry.name)}" goes beyond the file.`);
  if (entry.method === 0 && entry.size !== entry.compressed)
    refuse(`The archive's entry "${short(entry.name)}" is stored but has two sizes.`);
  return data;
}

function checkName(name: string, isLink: boolean): void {
  if (name.includes('\0')) trick('An entry of the archive has a NUL byte in its name.');
  if (/^[a-zA-Z]:|^[/\\]/.test(name) || name.split(/[/\\]/).includes('..'))
    trick(`The archive's entry "${short(name)}" would be written outside the folder.`);
  if (isLink) trick(`The archive's entry "${short(name)}" is a symbolic link.`);
}

function checkOverlap(entries: readonly ZipEntry[]): void {
  const ordered = [...entries].sort((a, b) => a.data - b.data);
  for (let index = 1; index < ordered.length; index++) {
    const before = ordered[index - 1];
    const here = ordered[index];
    if (before && here && before.data + before.compressed > here.data) {
      trick(`The archive's entries "${short(before.name)}" and "${short(here.name)}" share the same bytes.`);
    }
  }
}

/** The last end record that reaches exactly to the end of the file with its comment. */
function findEnd(tail: Uint8Array, warnings: string[]): number {
  const view = viewOf(tail);
  let found = -1;
  for (let at = tail.length - 22; at >= 0; at--) {
    if (view.getUint32(at, true) !== 0x06054b50) continue;
    if (at + 22 + view.getUint16(at + 20, true) !== tail.length) {
      if (found >= 0) trick('The archive holds two directories; which one is read depends on the reader.');
      continue;
    }
    if (found >= 0) trick('The archive holds two directories; which one is read depends on the reader.');
    found = at;
    if (view.getUint16(at + 20, true) === 0) break;
    warnings.push('The archive carries a comment.');
  }
  return found;
}

const hasLocator = (view: DataView, end: number): boolean => end >= 20 && view.getUint32(end - 20, true) === 0x07064b50;

async function zip64End(source: ByteSource, tail: Uint8Array, view: DataView, end: number) {
  if (!hasLocator(view, end)) return null;
  const start = view.getBigUint64(end - 12, true);
  if (start + 56n > BigInt(source.size)) refuse("The archive's directory lies beyond the file (zip64); it is broken.");
  const bytes = await source.read(Number(start), Number(start) + 56);
  const record = viewOf(bytes);
  if (record.getUint32(0, true) !== 0x06064b50) refuse("The archive's zip64 directory record is missing.");
  const [count, size, offset] = [
    record.getBigUint64(32, true),
    record.getBigUint64(40, true),
    record.getBigUint64(48, true),
  ];
  const limit = BigInt(source.size);
  if (count > limit || size > limit || offset > limit || tail.length === 0)
    refuse("The archive's directory lies beyond the file (zip64); it is broken.");
  return { count: Number(count), size: Number(size), offset: Number(offset), endOfDirectory: Number(start) };
}

function trick(message: string): never {
  const hazard: Hazard = { kind: 'archive-trick', message };
  throw new CheckpointError(message, hazard);
}

const short = (name: string): string => name.slice(0, 80).replace(/[^\x20-\x7e]/g, '?');
const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
