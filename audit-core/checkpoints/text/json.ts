import { refuse } from '../inspection';

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** Parses JSON after a linear check of its nesting; keys such as `__proto__` become ordinary own properties. */
export function parseJson(text: string, depth: number, what: string): Json {
  checkDepth(text, depth, what);
  try {
    return JSON.parse(text) as Json;
  } catch {
    return refuse(`${what} is not valid JSON.`);
  }
}

function checkDepth(text: string, limit: number, what: string): void {
  let depth = 0;
  let inside = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (inside) {
      if (code === 92) at++;
      else if (code === 34) inside = false;
    } else if (code === 34) inside = true;
    else if (code === 91 || code === 123) {
      depth++;
      if (depth > limit) refuse(`${what} is nested too deeply.`);
    } else if (code === 93 || code === 125) depth--;
  }
}

/** UTF-8 bytes as text; a byte order mark or invalid UTF-8 is refused. */
export function utf8(bytes: Uint8Array, what: string): string {
  if (bytes[0] === 0xef && bytes[1] === 0xbb) refuse(`${what} starts with a byte order mark.`);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return refuse(`${what} is not UTF-8 text.`);
  }
}

/**
 * Parses JSON strictly: a key that occurs twice is refused (two readers would take different values), and so are numbers that
 * are not plain integers when `integersOnly`. Objects have no prototype.
 */
export function parseStrictJson(text: string, depth: number, what: string, integersOnly: boolean): Json {
  let at = 0;
  const fail = (): never => refuse(`${what} is not valid JSON.`);
  const space = (): void => {
    while (at < text.length && ' \t\r\n'.includes(text[at] ?? 'x')) at++;
  };
  const string = (): string => {
    let end = at + 1;
    while (end < text.length && text[end] !== '"') end += text[end] === '\\' ? 2 : 1;
    const raw = text.slice(at, end + 1);
    at = end + 1;
    try {
      return JSON.parse(raw) as string;
    } catch {
      return fail();
    }
  };
  const value = (level: number): Json => {
    if (level > depth) refuse(`${what} is nested too deeply.`);
    space();
    const next = text[at];
    if (next === '"') return string();
    if (next === '{') return object(level);
    if (next === '[') return array(level);
    const word = /^(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)/.exec(text.slice(at, at + 40))?.[0];
    if (word === undefined) return fail();
    at += word.length;
    if (word === 'true' || word === 'false') return word === 'true';
    if (word === 'null') return null;
    if (integersOnly && !/^-?\d+$/.test(word)) refuse(`${what} has the number ${word} where a whole number belongs.`);
    return Number(word);
  };
  const object = (level: number): Json => {
    const out = Object.create(null) as { [key: string]: Json };
    const seen = new Set<string>();
    at++;
    space();
    if (text[at] === '}') {
      at++;
      return out;
    }
    for (;;) {
      space();
      if (text[at] !== '"') fail();
      const key = string();
      if (seen.has(key)) refuse(`${what} has the key "${key.slice(0, 80)}" twice.`);
      seen.add(key);
      space();
      if (text[at++] !== ':') fail();
      out[key] = value(level + 1);
      space();
      const end = text[at++];
      if (end === '}') return out;
      if (end !== ',') fail();
    }
  };
  const array = (level: number): Json => {
    const out: Json[] = [];
    at++;
    space();
    if (text[at] === ']') {
      at++;
      return out;
    }
    for (;;) {
      out.push(value(level + 1));
      space();
      const end = text[at++];
      if (end === ']') return out;
      if (end !== ',') fail();
    }
  };
  const result = value(0);
  space();
  if (at < text.length) fail();
  return result;
}

/** A JSON object, or null. */
export const asObject = (value: Json | undefined): { [key: string]: Json } | null =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? value : null;
export const asArray = (value: Json | undefined): Json[] | null => (Array.isArray(value) ? value : null);
export const asString = (value: Json | undefined): string | null => (typeof value === 'string' ? value : null);
export const asNumber = (value: Json | undefined): number | null => (typeof value === 'number' ? value : null);
