import type { ConstantValue, Origin } from '../../values';
import { copyOf, Value } from '../value';

const MAX_DEPTH = 8;
const MAX_KEYS = 300;
const MAX_LISTED = 64;

/** A constant tree as a value whose members can be read by attribute, key, number or dotted path. */
export function spreadOut(held: ConstantValue, origin: Origin, depth = 0): Value {
  const value = new Value();
  value.constants = [{ value: held, origins: [origin], overridable: true }];
  if (typeof held !== 'object' || held === null || depth >= MAX_DEPTH) return value;
  const file = origin.note.split(' in ').at(-1);
  if (Array.isArray(held)) {
    if (held.length <= MAX_LISTED) value.items = held.map(inner => spreadOut(inner, origin, depth + 1));
    return value;
  }
  value.types = ['builtins.dict'];
  value.fields = new Map();
  for (const [name, inner] of Object.entries(held).slice(0, MAX_KEYS))
    value.fields.set(name, spreadOut(inner, { ...origin, note: `${name} in ${file}` }, depth + 1));
  return value;
}

/** Settings `b` over settings `a`, mapping by mapping; anything else is replaced whole. Neither is changed. */
export function mergeSettings(a: Value, b: Value): Value {
  if (!a.fields || !b.fields) return b;
  const out = copyOf(a);
  out.fields = new Map(a.fields);
  out.constants = [];
  for (const [name, value] of b.fields) {
    const known = out.fields.get(name);
    out.fields.set(name, known ? mergeSettings(known, value) : value);
  }
  return out;
}

/** What stands at a dotted path (`a.b[0]` too); null: nothing. */
export function settingAt(root: Value, path: string): Value | null {
  let at: Value | undefined = root;
  for (const part of path.replace(/\[([^\]]*)\]/g, '.$1').split('.')) {
    if (part === '') continue;
    at = at.items && /^-?\d+$/.test(part) ? at.items.at(Number(part)) : at.fields?.get(part);
    if (!at) return null;
  }
  return at;
}

/** A tree that has `value` at a dotted path and nothing else. */
export function settingsWith(path: string, value: Value): Value {
  let out = value;
  for (const part of path.split('.').filter(Boolean).reverse()) {
    const outer = mapping();
    outer.fields!.set(part, out);
    out = outer;
  }
  return out;
}

export function mapping(): Value {
  const out = new Value();
  out.types = ['builtins.dict'];
  out.fields = new Map();
  return out;
}
