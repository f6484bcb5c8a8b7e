import { readFile, stat } from 'node:fs/promises';
import type { NetworkDescription } from '../../audit-core/runtime/network/network';
import { describeNetworks } from '../audit/architecture/describe';
import { parseNotebook } from '../languages/notebook/notebook';
import { FrontEnds } from './front-ends';

/** Largest script that is read for its networks. */
const maxBytes = 4 << 20;

/**
 * The networks of a training script (absolute path) and of the project's modules that it imports, as plain data; null for a file that is
 * no Python. Nothing is run. `assets`: the folder with the parser's WebAssembly, where it is not the bundle's own.
 */
export async function networksOfScript(
  script: string,
  checkpoint: string | null = null,
  assets?: string,
): Promise<NetworkDescription | null> {
  const frontEnds = new FrontEnds(assets);
  try {
    await frontEnds.load('python');
    const text = await readScript(script);
    const facts = text === null ? null : frontEnds.parse(script, text, 'python');
    if (text === null || !facts || facts.language !== 'python') return null;
    return await describeNetworks(
      script.replaceAll('\\', '/'),
      facts,
      text,
      { read: readScript, parse: (path, source) => frontEnds.parse(path, source, 'python') },
      checkpoint,
    );
  } finally {
    frontEnds.dispose();
  }
}

async function readScript(path: string): Promise<string | null> {
  try {
    const found = await stat(path);
    return found.isFile() && found.size <= maxBytes ? await readText(path) : null;
  } catch {
    return null;
  }
}

/** A notebook's cells are one module. */
async function readText(path: string): Promise<string> {
  const text = await readFile(path, 'utf8');
  return path.endsWith('.ipynb') ? parseNotebook(text).text : text;
}
