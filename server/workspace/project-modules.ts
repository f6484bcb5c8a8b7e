import { readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { FindModule } from '../audit/follow/follower';
import type { ModuleFacts } from '../facts/syntax';

const largest = 2_000_000;
/** How many folders above the script may hold its packages. */
const above = 3;

/** Finds the modules that a script imports from its own project: beside it, relative to it, or in a folder above. Read once, never run. */
export function projectModules(script: string, parse: (path: string, text: string) => ModuleFacts | null): FindModule {
  const known = new Map<string, ModuleFacts | null>();
  const folders = [dirname(script)];
  for (let i = 0; i < above; i++) folders.push(dirname(folders.at(-1)!));
  const read = (path: string): ModuleFacts | null => {
    const done = known.get(path);
    if (done !== undefined) return done;
    let facts: ModuleFacts | null = null;
    try {
      if (path !== script && statSync(path).isFile() && statSync(path).size <= largest)
        facts = parse(path, readFileSync(path, 'utf8'));
    } catch {
      // No such module there.
    }
    known.set(path, facts);
    return facts;
  };
  return name => {
    if (!/^\.*[\w.]+$/.test(name)) return null;
    const dots = /^\.*/.exec(name)![0].length;
    const parts = name
      .slice(dots)
      .split('.')
      .filter(part => part !== '');
    const roots = dots === 0 ? folders : [folders[dots - 1] ?? folders[0]!];
    for (const root of roots) {
      const found = read(`${join(root, ...parts)}.py`) ?? read(join(root, ...parts, '__init__.py'));
      if (found) return found;
    }
    return null;
  };
}
