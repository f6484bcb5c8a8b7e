import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { DataFile } from '../../../audit-core/audit/request';
import { openCheckpoint } from '../../../audit-core/checkpoints';
import type { ModuleFacts } from '../../facts/syntax';
import { fileSource } from '../byte-source';

export interface KeyedRun {
  readonly script: string;
  readonly text: string;
  readonly facts: ModuleFacts;
  readonly data: readonly DataFile[];
  readonly engine: string;
  /** What else decides the scores: the engine's recipe, the person key. */
  readonly recipe: string;
  readonly seed: number;
}

/** The key of a run: SHA-256 over data, code (the script and the modules beside it that it imports), recipe, engine and seed. */
export async function runKey(run: KeyedRun): Promise<string> {
  const hash = createHash('sha256');
  const part = (name: string, value: string): void => void hash.update(`${name}\0${value.length}\0${value}\0`);
  part('version', '2');
  part('engine', run.engine);
  part('recipe', run.recipe);
  part('seed', String(run.seed));
  part('script', run.text);
  for (const path of modulesBeside(run.script, run.facts)) part('module', await readFile(path, 'utf8'));
  for (const { name, path } of run.data) {
    part('data', name);
    if ((await stat(path)).isDirectory()) part('folder', await listingOf(path));
    else for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  }
  return hash.digest('hex').slice(0, 32);
}

/**
 * What a checkpoint tells of the architecture: its tensors, its layers and what it says in words. Numbers trained differ from run to run; they
 * decide nothing, as reference models start from fresh ones.
 */
export async function structureOf(path: string): Promise<unknown> {
  const source = await fileSource(path);
  try {
    const { inspection, layers } = await openCheckpoint(source);
    const { format, tensors, inputs, outputs, architecture } = inspection;
    return {
      format,
      tensors: tensors.map(({ name, shape }) => [name, shape]),
      inputs,
      outputs,
      architecture,
      layers: layers?.config ?? null,
    };
  } finally {
    await source.close();
  }
}

export async function fileHash(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

/** Names, sizes and times of a folder's files: pictures are not read again for every run. */
async function listingOf(folder: string): Promise<string> {
  const names = (await readdir(folder, { recursive: true })).toSorted();
  const lines = names.map(async name => {
    const found = await stat(join(folder, name));
    return found.isFile() ? `${name}\0${found.size}\0${found.mtimeMs}` : '';
  });
  return (await Promise.all(lines)).join('\n');
}

/** Modules of the script's folder that it imports, absolute. */
export function modulesBeside(script: string, facts: ModuleFacts): string[] {
  const names = facts.body.flatMap(statement =>
    statement.kind === 'import' ? statement.names.map(({ module }) => module.replace(/^\.+/, '').split('.')[0]!) : [],
  );
  return [...new Set(names)]
    .filter(name => name !== '')
    .map(name => join(dirname(script), `${name}.py`))
    .filter(path => path !== script && existsSync(path))
    .sort();
}
