import { closeSync, openSync, readSync } from 'node:fs';
import { open } from 'node:fs/promises';
import type { FileFacts, FileFactsLookup } from '../facts/file-facts';
import { classifyColumn } from '../models/identifiers';
import { CsvScan } from './csv-scan';
import type { FileStatus, Host } from './host';

/** Data files up to this size are counted without being asked to. */
const sizeLimit = 200_000_000;
const chunkSize = 1 << 20;

const isTable = (path: string): boolean => /\.(csv|tsv|tab)$/i.test(path);

export interface FileFactsOptions {
  /**
   * `at-once`: counted when first asked for (command line). `background`: null at first, counted in slices between other
   * work, then `learned` is called (editor). `never`: nothing is opened (Restricted Mode).
   */
  readonly reading: 'at-once' | 'background' | 'never';
  readonly learned?: (path: string) => void;
  /** Declared keys of people, beside those that are known by name. */
  readonly keys?: readonly string[];
}

/** What is known of data files: rows, columns, people. In memory only, by size and time of the file; never a value. */
export class DataFiles {
  private readonly known = new Map<string, { readonly stamp: string; readonly facts: FileFacts | null }>();
  private readonly running = new Map<string, Promise<void>>();

  constructor(
    private readonly host: Host,
    private readonly options: FileFactsOptions,
  ) {}

  /** Answers by absolute path. */
  readonly lookup: FileFactsLookup = path => {
    if (this.options.reading === 'never' || !isTable(path)) return null;
    const status = this.host.stat(path);
    if (status?.kind !== 'file' || status.bytes > sizeLimit) return null;
    const stamp = `${status.bytes}:${status.modified}`;
    const known = this.known.get(path);
    if (known?.stamp === stamp) return known.facts;
    if (this.options.reading === 'at-once') return this.remember(path, stamp, status, readNow(path, this.scan()));
    if (!this.running.has(path)) this.running.set(path, this.readLater(path, stamp, status));
    return null;
  };

  /** Resolves when nothing is being counted. */
  async settled(): Promise<void> {
    while (this.running.size > 0) await Promise.all(this.running.values());
  }

  private async readLater(path: string, stamp: string, status: FileStatus): Promise<void> {
    const scan = await readSlices(path, this.scan());
    this.remember(path, stamp, status, scan);
    this.running.delete(path);
    if (scan) this.options.learned?.(path);
  }

  private scan(): CsvScan {
    const own = new Set(this.options.keys);
    return new CsvScan(column => own.has(column) || classifyColumn(column) === 'subject-key');
  }

  private remember(path: string, stamp: string, status: FileStatus, scan: CsvScan | null): FileFacts | null {
    const data = scan?.finish();
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
    for (let count = readSync(file, buffer); count > 0; count = readSync(file, buffer))
      scan.push(buffer.subarray(0, count));
    return scan;
  } catch {
    return null;
  } finally {
    if (file !== null) closeSync(file);
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
        if (bytesRead === 0) return scan;
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
