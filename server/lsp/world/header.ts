import { open } from 'node:fs/promises';
import { CsvScan } from '../../workspace/csv-scan';

/** So much of a file is looked at for its first line. */
const LIMIT = 1 << 18;

/** The column names in the first line of a table of text; empty for other files and what cannot be read. No row is kept. */
export async function headerOf(path: string): Promise<readonly string[]> {
  if (!/\.(csv|tsv|tab)$/i.test(path)) return [];
  try {
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
  } catch {
    return [];
  }
}
