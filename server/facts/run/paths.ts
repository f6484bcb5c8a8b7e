import { combine } from './constants';
import { Value } from './value';

/** The folder of a path; of a folder that is only known as "here", the one above. */
export function folderOf(path: string): string {
  const bare = path.replace(/\/+$/, '');
  if (bare === '' || bare === '.') return path.startsWith('/') ? '/' : '..';
  if (/(?:^|\/)\.\.$/.test(bare)) return `${bare}/..`;
  const at = bare.lastIndexOf('/');
  return at < 0 ? '.' : at === 0 ? '/' : bare.slice(0, at);
}

const MOST_PARENTS = 6;

/** `path.parent`, `path.parents`, `path.name`, `path.stem` of a known path; null: not known. */
export function pathAttribute(path: Value, name: string): Value | null {
  if (!path.types.includes('pathlib.Path') || path.constants.length === 0) return null;
  if (name === 'parent') return folder(path);
  if (name === 'parents') {
    const out = new Value();
    out.items = [];
    for (let at = folder(path); out.items.length < MOST_PARENTS; at = folder(at)) out.items.push(at);
    return out;
  }
  if (name !== 'name' && name !== 'stem') return null;
  const out = new Value();
  out.constants = combine([path.constants], ([own]) => {
    const last = String(own).split('/').at(-1)!;
    return name === 'stem' ? last.replace(/(?<=.)\.[^.]*$/, '') : last;
  });
  return out;
}

function folder(path: Value): Value {
  const out = new Value();
  out.types = ['pathlib.Path'];
  out.constants = combine([path.constants], ([own]) => folderOf(String(own)));
  return out;
}
