import { randomBytes } from 'node:crypto';
import { rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Writes a file whole or not at all: into a new one beside it, then in its place. Throws as `fs` does. */
export async function writeAtomically(path: string, content: string | Uint8Array, mode = 0o644): Promise<void> {
  const beside = join(dirname(path), `.epsilint-${process.pid}-${randomBytes(4).toString('hex')}.tmp`);
  try {
    await writeFile(beside, content, { flag: 'wx', mode });
    await rename(beside, path);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
}
