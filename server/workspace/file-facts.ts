import { closeSync, openSync, readSync } from 'node:fs';
import { open } from 'node:fs/promises';
import type { FileFacts, FileFactsLookup } from '../facts/file-facts';
import { classifyColumn } from '../models/identifiers';
import { fileSource } from './byte-source';
import { CsvScan, type TableCounts } from './csv-scan';
import { countFolder } from './folder-facts';
import type { FileStatus, Host } from './host';

/** Data files up to this size are counted without being asked to. */
const sizeLimit = 200_000_000;
const chunkSize = 1 << 20;

const isText = (path: string): boolean => /\.(?:csv|tsv|tab)$/i.test(path);
/** Formats whose readers look here and there in the file, and so cannot answer without waiting. */
const isColumnar = (path: string): boolean => /\.(?:parquet|pq|feather|ftr|arrow|ipc|npy|npz)$/i.test(path);

export interface FileFactsOptions {
  /**
   * `at-once`: text is counted when first asked for, other formats until `caughtUp` resolves (command line). `background`: null at first, counted in slices between other
   * work, then `learned` is called (editor). `never`: nothing is opened (Restricted Mode).
   */
  readonly reading: 'at-once' | 'background' | 'never';
  readonly learned?: (path: string) => void;
}

/** What is known of data files: rows, columns, people. In memory only, by size and time of the file; never a value. */
export class DataFiles {
  private readonly known = new Map<string, { readonly stamp: string; readonly facts: FileFacts | null }>();
  private readonly running = new Map<string, Promise<void>>();
  /** Declared keys of people, beside those that are known by name. */
  private readonly declared = new Set<string>();

  constructor(
    private readonly host: Host,
    private readonly options: FileFactsOptions,
  ) {}

  /** Answers by absolute path. */
  readonly lookup: FileFactsLookup = path => {
    if (this.options.reading === 'never') return null;
    const status = this.host.stat(path);
    if (!status || !this.isCounted(path, status)) return null;
    const stamp = `${status.bytes}:${status.modified}:${this.declared.size}`;
    const known = this.known.get(path);
    if (known?.stamp === stamp) return known.facts;
    if (this.options.reading === 'at-once' && status.kind === 'file' && isText(path))
      return this.remember(path, stamp, status, readNow(path, this.scan())?.finish() ?? null);
    if (!this.running.has(path)) this.running.set(path, this.readLater(path, stamp, status));
    return null;
  };

  /** Keys of people that a configuration declares are counted too, whatever they are called. */
  declare(keys: readonly string[]): void {
    for (const key of keys) this.declared.add(key);
  }

  /** Waits for what is counted on behalf of the command line; true if there was something, so that an analysis may say more now. */
  async caughtUp(): Promise<boolean> {
    if (this.options.reading !== 'at-once' || this.running.size === 0) return false;
    await this.settled();
    return true;
  }

  /** Resolves when nothing is being counted. */
  async settled(): Promise<void> {
    while (this.running.size > 0) await Promise.all(this.running.values());
  }

  private isCounted(path: string, { kind, bytes }: FileStatus): boolean {
    if (kind === 'folder') return true;
    return kind === 'file' && (isText(path) || isColumnar(path)) && bytes <= sizeLimit;
  }

  private async readLater(path: string, stamp: string, status: FileStatus): Promise<void> {
    if (status.kind === 'folder') return await this.listLater(path, stamp, status);
    const counts = isText(path)
      ? ((await readSlices(path, this.scan()))?.finish() ?? null)
      : await readColumnar(path, this.isKey());
    this.remember(path, stamp, status, counts);
    this.running.delete(path);
    if (counts) this.options.learned?.(path);
  }

  private async listLater(path: string, stamp: string, { bytes, modified }: FileStatus): Promise<void> {
    const counts = await countFolder(path);
    const facts = counts && {
      ...{ path, bytes, modified, classes: counts.classes },
      ...(counts.pictures !== null && { data: { rows: counts.pictures, columns: [], keys: {} } }),
    };
    this.known.set(path, { stamp, facts });
    this.running.delete(path);
    if (facts) this.options.learned?.(path);
  }

  private scan(): CsvScan {
    return new CsvScan(this.isKey());
  }

  private isKey(): (column: string) => boolean {
    const own = new Set(this.declared);
    return column => own.has(column) || classifyColumn(column) === 'subject-key';
  }

  private remember(path: string, stamp: string, status: FileStatus, data: TableCounts | null): FileFacts | null {
    const facts = data ? { path, bytes: status.bytes, modified: status.modified, data } : null;
    this.known.set(path, { stamp, facts });
    return facts;
  }
}

/** null when the file went away or may not be read: then nothing is known. */
function readNow(path: string, scan: CsvScan): CsvScan | null {
  let file: number | null = null;
  try {
    file = openSync(path, 'r');
    const buffer = new Uint8Array(chunkSize);
    for (let count = readSync(file, buffer); count > 0 && !scan.isOver; count = readSync(file, buffer))
      scan.push(buffer.subarray(0, count));
    return scan;
  } catch {
    return null;
  } finally {
    if (file !== null) closeSync(file);
  }
}

/** null also for what is broken or hides its length: then nothing is known. The readers are loaded when they are first needed. */
async function readColumnar(path: string, isKey: (column: string) => boolean): Promise<TableCounts | null> {
  try {
    const { countColumnar } = await import('./columnar-counts');
    const source = await fileSource(path);
    try {
      return await countColumnar(source, isKey);
    } finally {
      await source.close();
    }
  } catch {
    return null;
  }
}

/** A slice of a megabyte takes some 10 ms; between two the event loop runs. */
async function readSlices(path: string, scan: CsvScan): Promise<CsvScan | null> {
  try {
    const file = await open(path, 'r');
    try {
      const buffer = new Uint8Array(chunkSize);
      for (;;) {
        const { bytesRead } = await file.read(buffer, 0, chunkSize, null);
        if (bytesRead === 0 || scan.isOver) return scan;
        scan.push(buffer.subarray(0, bytesRead));
        await new Promise(resolve => setImmediate(resolve));
      }
    } finally {
      await file.close();
    }
  } catch {
    return null;
  }
}
