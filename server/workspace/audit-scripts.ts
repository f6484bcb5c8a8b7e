import { basename, dirname, join, resolve } from 'node:path';
import { inferAudit } from '../audit/infer';
import type { FrontEnds } from './front-ends';
import { type Host, ReadError } from './host';
import { decodeSource } from './source-text';

const limits = { bytes: 1_000_000, scripts: 100 } as const;
const stem = (path: string): string => path.replace(/\.[^./\\]+$/, '');

/**
 * The scripts beside a checkpoint (in its folder, or in the one above) that save it: those that name the very file, else those that save
 * the model in another format. Small Python files only.
 */
export async function scriptsSaving(checkpoint: string, host: Host, frontEnds: FrontEnds): Promise<string[]> {
  await frontEnds.load('python');
  const folder = dirname(checkpoint);
  const exact: string[] = [];
  const other: string[] = [];
  for (const place of new Set([folder, dirname(folder)])) {
    for (const name of pythonFiles(place, host)) {
      const path = join(place, name);
      const text = textOf(path, host);
      if (text === null || !text.includes(basename(stem(checkpoint)))) continue;
      const facts = frontEnds.parse(path, text, 'python');
      const saved = facts ? inferAudit(facts).saved.map(one => resolve(place, one)) : [];
      if (saved.includes(checkpoint)) exact.push(path);
      else if (saved.some(one => stem(one) === stem(checkpoint))) other.push(path);
    }
    if (exact.length > 0) return exact;
  }
  return other;
}

function pythonFiles(folder: string, host: Host): string[] {
  try {
    return host
      .list(folder)
      .filter(({ name, kind }) => kind === 'file' && name.endsWith('.py'))
      .map(({ name }) => name)
      .slice(0, limits.scripts);
  } catch (error) {
    if (error instanceof ReadError) return [];
    throw error;
  }
}

function textOf(path: string, host: Host): string | null {
  try {
    return decodeSource(host.read(path, limits.bytes)).text;
  } catch (error) {
    if (error instanceof ReadError) return null;
    throw error;
  }
}
