import type { Resolved } from '../../values';
import { show } from '../containers';
import { copyOf, Value } from '../value';
import { settingAt } from './tree';

const MAX_STEPS = 24;
const innermost = /\$\{([^${}]*)\}/;
const whole = /^\$\{([^${}]*)\}$/;

/**
 * Settings with OmegaConf's references (`${train.batch}`, `${.sibling}`, `${oc.env:NAME,default}`) followed; what only the running
 * program knows becomes unknown. The tree as it was written stays at hand for later merges (`written`).
 */
export function interpolated(root: Value): Value {
  const out = followed(root, root, [], MAX_STEPS);
  if (out === root || !out.fields) return out;
  // A tree of its own: `followed` made it.
  out.fields.set('#written', root);
  return out;
}

/** The tree before its references were followed. */
export const written = (value: Value): Value => value.fields?.get('#written') ?? value;

function followed(root: Value, value: Value, at: readonly string[], left: number): Value {
  if (left <= 0) return new Value();
  if (value.fields || value.items) {
    const fields = new Map<string, Value>();
    let changed = false;
    for (const [name, inner] of value.fields ?? []) {
      const next = name.startsWith('#') ? inner : followed(root, inner, [...at, name], left - 1);
      changed ||= next !== inner;
      fields.set(name, next);
    }
    const items = value.items?.map((inner, i) => followed(root, inner, [...at, String(i)], left - 1)) ?? null;
    changed ||= items?.some((inner, i) => inner !== value.items![i]) ?? false;
    if (!changed) return value;
    const out = copyOf(value);
    out.constants = [];
    out.fields = value.fields && fields;
    out.items = items;
    return out;
  }
  const [only] = value.constants;
  if (value.constants.length !== 1 || typeof only?.value !== 'string') return value;
  if (only.value === '???') return new Value();
  return only.value.includes('${') ? texted(root, only as Resolved<string>, at, left - 1) : value;
}

/** A text with references in it, from the innermost outwards; one that is nothing but a reference becomes what it names. */
function texted(root: Value, held: Resolved<string>, at: readonly string[], left: number): Value {
  let text = held.value;
  for (let step = left; step > 0; step--) {
    const alone = whole.exec(text);
    if (alone) return named(root, alone[1]!, held, at, step - 1);
    const match = innermost.exec(text);
    if (!match) return plain(text, held);
    const [part] = named(root, match[1]!, held, at, step - 1).constants;
    if (!part) return new Value();
    text = text.slice(0, match.index) + show(part.value) + text.slice(match.index + match[0].length);
  }
  return new Value();
}

function named(root: Value, expression: string, held: Resolved<string>, at: readonly string[], left: number): Value {
  const resolver = /^\s*([A-Za-z_][\w.]*):(.*)$/s.exec(expression);
  if (resolver) {
    const [, name = '', given = ''] = resolver;
    const comma = given.indexOf(',');
    const fallback = comma < 0 ? null : given.slice(comma + 1).trim();
    if (name === 'oc.env' || name === 'env') return fallback === null ? new Value() : fromEnvironment(given, fallback);
    if (name === 'oc.select') {
      const found = settingAt(root, (comma < 0 ? given : given.slice(0, comma)).trim());
      if (found) return followed(root, found, at, left);
      return fallback === null ? plain(null, held) : plain(literal(fallback), held);
    }
    return name === 'oc.decode' ? plain(literal(given), held) : new Value();
  }
  const dots = /^\.*/.exec(expression.trim())![0].length;
  const base = dots === 0 ? [] : at.slice(0, Math.max(0, at.length - dots));
  const path = [...base, ...expression.trim().slice(dots).split('.')].join('.');
  const found = settingAt(root, path);
  return found ? followed(root, found, path.split('.'), left) : new Value();
}

function fromEnvironment(given: string, fallback: string): Value {
  const note = `default of the environment's ${given.split(',', 1)[0]!.trim()}`;
  const out = new Value();
  out.constants = [{ value: literal(fallback), origins: [{ kind: 'environment-default', note }], overridable: true }];
  return out;
}

function plain(value: string | number | boolean | null, { origins }: Resolved): Value {
  const out = new Value();
  out.constants = [{ value, origins, overridable: true }];
  return out;
}

/** A word of a configuration's small language: number, truth, null, else text. */
export function literal(word: string): string | number | boolean | null {
  const bare = word.trim();
  if (/^(['"]).*\1$/s.test(bare)) return bare.slice(1, -1);
  if (/^(?:true|false)$/i.test(bare)) return bare.toLowerCase() === 'true';
  if (/^(?:null|~)$/i.test(bare)) return null;
  return bare !== '' && /^[-+]?(?:\d|\.\d)[\d_]*(?:\.[\d_]*)?(?:e[-+]?\d+)?$/i.test(bare)
    ? Number(bare.replaceAll('_', ''))
    : bare;
}
