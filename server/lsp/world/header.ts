import { open } from 'node:fs/promises';
import { openCheckpoint } from '../../../audit-core/checkpoints';
import { fileSource } from '../../workspace/byte-source';
import { CsvScan } from '../../workspace/csv-scan';
import { readingLimitsOf } from '../../workspace/reading-limits';

/** So much of a file is looked at for its first line. */
const LIMIT = 1 << 18;

/**
 * The column names of a table, or the names of the arrays in a file of arrays; empty where a file has none or cannot be read. No row is
 * kept: of text the first line is read, of other formats their own list of names.
 */
export async function headerOf(path: string): Promise<readonly string[]> {
  try {
    return /\.(csv|tsv|tab)$/i.test(path)
      ? await firstLine(path)
      : /\.(parquet|pq|feather|arrow|npz)$/i.test(path)
        ? await namesOf(path)
        : [];
  } catch {
    return [];
  }
}

async function firstLine(path: string): Promise<readonly string[]> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(new Uint8Array(LIMIT), 0, LIMIT, 0);
    const end = buffer.indexOf(10);
    const scan = new CsvScan(() => false);
    scan.push(buffer.subarray(0, end < 0 || end > bytesRead ? bytesRead : end + 1));
    return scan.finish()?.columns ?? [];
  } finally {
    await file.close();
  }
}

async function namesOf(path: string): Promise<readonly string[]> {
  const source = await fileSource(path);
  try {
    const { inspection } = await openCheckpoint(source, readingLimitsOf(path).checkpoints);
    return inspection.tensors.map(({ name }) => name);
  } finally {
    await source.close();
  }
}
