import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ScriptText } from '../host';

const checkpoint = /\.(onnx|pt|pth|ckpt|safetensors|keras|h5|hdf5|joblib|pkl|skops|ubj|cbm|pt2|tflite|msgpack)$/i;
const skipped = /^(\.|node_modules$|venv$|env$|__pycache__$|site-packages$)/;
const limits = { scriptBytes: 1_000_000, scripts: 50, folders: 200, checkpoints: 50 } as const;

export const languageIds: Readonly<Record<string, string>> = {
  '.py': 'python',
  '.ts': 'typescript',
  '.tsx': 'typescriptreact',
  '.js': 'javascript',
  '.jsx': 'javascriptreact',
};

/** Checkpoint files below some folders, nearest first; stops at a few hundred folders, so that a large tree costs nothing. */
export async function findCheckpoints(roots: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  const queue = [...roots];
  for (let visited = 0; queue.length > 0 && visited < limits.folders && found.length < limits.checkpoints; visited++) {
    const folder = queue.shift()!;
    // Other messages get their turn between folders.
    await new Promise(resolve => setImmediate(resolve));
    for (const entry of entries(folder)) {
      if (entry.isDirectory() && !skipped.test(entry.name)) queue.push(join(folder, entry.name));
      else if (entry.isFile() && checkpoint.test(entry.name)) found.push(join(folder, entry.name));
    }
  }
  return found.slice(0, limits.checkpoints);
}

/** Scripts in a checkpoint's folder and in the one above it. */
export async function scriptsBeside(path: string): Promise<ScriptText[]> {
  const folder = dirname(path);
  const out: ScriptText[] = [];
  for (const place of new Set([folder, dirname(folder)]))
    for (const entry of entries(place)) {
      const languageId = languageIds[extname(entry.name).toLowerCase()];
      const script = join(place, entry.name);
      if (!entry.isFile() || languageId === undefined || out.length >= limits.scripts) continue;
      if ((statSync(script, { throwIfNoEntry: false })?.size ?? Number.POSITIVE_INFINITY) > limits.scriptBytes)
        continue;
      out.push({ path: script, text: readFileSync(script, 'utf8'), languageId });
    }
  return out;
}

function entries(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    // A folder that may not be read has nothing to offer.
    return [];
  }
}

/** The pages of the rules: beside the bundle's folder, or in the repository when run from source. */
export function rulePages(from: string = __dirname): (rule: string) => { href: string; text: string } | null {
  const folder = pagesFolder(from);
  const known = new Map<string, { href: string; text: string } | null>();
  return rule => {
    let page = known.get(rule);
    if (page === undefined) {
      const path = folder === undefined ? '' : join(folder, `${rule}.md`);
      page =
        /^[A-Z]{2,5}\d{3}$/.test(rule) && existsSync(path)
          ? { href: pathToFileURL(path).href, text: readFileSync(path, 'utf8') }
          : null;
      known.set(rule, page);
    }
    return page;
  };
}

const pagesFolder = (from: string): string | undefined =>
  [join(from, '..'), join(from, '..', '..', '..')]
    .map(base => join(base, 'docs', 'rules'))
    .find(path => existsSync(path));

/** Ids and names of the rules, by the headings of their pages; read when first asked for. */
export function ruleNames(from: string = __dirname): () => readonly { id: string; name: string }[] {
  let known: { id: string; name: string }[] | null = null;
  return () => {
    const folder = pagesFolder(from);
    known ??=
      folder === undefined
        ? []
        : readdirSync(folder)
            .sort()
            .flatMap(file => headingOf(join(folder, file)));
    return known;
  };
}

function headingOf(path: string): { id: string; name: string }[] {
  const found = /^# ([A-Z]{2,5}\d{3}) (.+)$/m.exec(path.endsWith('.md') ? readFileSync(path, 'utf8') : '');
  return found ? [{ id: found[1]!, name: found[2]!.trim() }] : [];
}
