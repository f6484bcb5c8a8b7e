import type { ConstantValue } from '../../values';
import { copyOf, Value } from '../value';
import { literal } from './interpolate';
import { mapping, mergeSettings, settingsWith } from './tree';

/** Where Hydra finds the parts of a configuration. */
export interface ConfigurationParts {
  /** A part by its path without the ending (`db/mysql`), files before what the program stored; null: it is not there. */
  readonly read: (path: string) => Value | null;
}

/** One line of a defaults list. */
interface Entry {
  readonly group: string | null;
  readonly names: readonly string[];
  /** Where its contents go, as written behind `@`. */
  readonly package: string | null;
  readonly override: boolean;
}

const MAX_PARTS = 64;

/**
 * What Hydra makes of a primary configuration and its defaults list (read in `hydra/_internal/defaults_list.py` of hydra-core 1.3):
 * later parts over earlier ones, the file itself last unless `_self_` says otherwise, `override` lines and the command line's words
 * (`words`) choosing for their group, each part at its package. null: the primary configuration is not there.
 */
export function composed(parts: ConfigurationParts, name: string, words: readonly string[] = []): Value | null {
  const composer = new Composer(parts);
  const assignments: [string, string][] = [];
  for (const word of words) {
    const [, sign, key, value] = /^([+~]{0,2})([\w./@-]+)(?:=(.*))?$/s.exec(word) ?? [];
    if (key === undefined || value === undefined || sign === '~') continue;
    if (composer.isGroup(key, value)) composer.choose(key, [value], sign === '+');
    else assignments.push([key, value]);
  }
  let out = composer.all(name.replace(/\.ya?ml$/, ''));
  for (const [key, value] of assignments)
    if (out) out = mergeSettings(out, settingsWith(key, given(literal(value), key)));
  out?.fields?.delete('hydra');
  return out;
}

function given(value: ConstantValue, key: string): Value {
  const out = new Value();
  out.constants = [{ value, origins: [{ kind: 'literal', note: `${key} as given` }], overridable: false }];
  return out;
}

class Composer {
  /** What a group was chosen to be; the first to say so wins. */
  private readonly chosen = new Map<string, readonly string[]>();
  private readonly added: Entry[] = [];
  private left = MAX_PARTS;

  constructor(private readonly parts: ConfigurationParts) {}

  isGroup(key: string, value: string): boolean {
    const [group] = key.split('@');
    return this.parts.read(`${group}/${value}`) !== null;
  }

  choose(key: string, names: readonly string[], add: boolean): void {
    if (!this.chosen.has(key)) this.chosen.set(key, names);
    const [group, at] = key.split('@');
    if (add) this.added.push({ group: `/${group}`, names, package: at ?? null, override: false });
  }

  all(name: string): Value | null {
    if (this.parts.read(name) === null) return null;
    return this.expand(name, '', false, this.added).reduce(mergeSettings, mapping());
  }

  /** The parts that a configuration stands for, each at its package, in the order in which they are merged; `told`: the package is written in the list. */
  private expand(path: string, at: string, told: boolean, more: readonly Entry[] = []): Value[] {
    if (this.left-- <= 0) return [];
    const found = this.parts.read(path);
    if (!found) return [];
    const group = path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';
    const entries = entriesOf(found.fields?.get('defaults'));
    const place = told ? at : placed(found, at);
    for (const entry of entries)
      if (entry.override && entry.group !== null) this.choose(keyOf(entry, group, place), entry.names, false);
    const list = entries.filter(entry => !entry.override);
    const self: Entry = { group: null, names: ['_self_'], package: null, override: false };
    if (!list.some(isSelf)) list.push(self);
    list.push(...more);
    // Hydra walks from the last, so that what a later part overrides holds for the earlier ones.
    const out: Value[][] = [];
    for (const entry of list.reverse()) {
      if (isSelf(entry)) {
        out.unshift([settingsWith(place, contents(found))]);
        continue;
      }
      const absolute = entry.group?.startsWith('/') ?? entry.names[0]?.startsWith('/') ?? false;
      const names = (entry.group !== null && this.chosen.get(keyOf(entry, group, place))) || entry.names;
      const folder = join(absolute ? '' : group, entry.group ?? '');
      const inner = placeOf(entry, group, place);
      out.unshift(names.flatMap(each => this.expand(join(folder, each), inner, entry.package !== null)));
    }
    return out.flat();
  }
}

const isSelf = (entry: Entry): boolean => entry.group === null && entry.names[0] === '_self_';
const dotted = (group: string): string => group.split('/').filter(Boolean).join('.');
const join = (...parts: readonly string[]): string =>
  parts
    .flatMap(part => part.split('/'))
    .filter(Boolean)
    .join('/');

/** By what an override names the choice: its group, and its package where that is another. */
function keyOf(entry: Entry, group: string, place: string): string {
  const full = entry.group!.startsWith('/') ? join(entry.group!) : join(group, entry.group!);
  const at = placeOf(entry, group, place);
  return at === dotted(full) ? full : `${full}@${at || '_global_'}`;
}

/** The package of a line's contents, in a file whose own contents go to `place`. */
function placeOf(entry: Entry, group: string, place: string): string {
  const absolute = entry.group?.startsWith('/') ?? false;
  const own = entry.package === null ? dotted(entry.group ?? '') : packageOf(entry, absolute ? '' : group);
  return own.startsWith('_global_') ? own.slice(9) : [place, own].filter(Boolean).join('.');
}

function packageOf(entry: Entry, group: string): string {
  const named = entry
    .package!.replace('_group_', dotted(join(group, entry.group ?? '')))
    .replace('_name_', entry.names[0] ?? '');
  return named === '_here_' ? '' : named;
}

/** Where a file's contents go: its `# @package` line, else where the defaults list puts it. */
function placed(found: Value, at: string): string {
  const header = found.fields?.get('#package')?.constants[0]?.value;
  if (typeof header !== 'string') return at;
  return header === '_global_' ? '' : header.replace(/^_global_\./, '');
}

function contents(found: Value): Value {
  const out = copyOf(found);
  out.constants = [];
  out.fields = new Map([...(found.fields ?? [])].filter(([name]) => name !== 'defaults' && name !== '#package'));
  return out;
}

function entriesOf(defaults: Value | undefined): Entry[] {
  const listed = defaults?.items?.map(item => whole(item)) ?? defaults?.constants[0]?.value;
  return Array.isArray(listed) ? listed.flatMap(entryOf) : [];
}

/** The constant that a value is, a mapping of constants included. */
function whole(value: Value): ConstantValue {
  if (value.constants.length === 1) return value.constants[0]!.value;
  return Object.fromEntries([...(value.fields ?? [])].map(([name, inner]) => [name, whole(inner)]));
}

function entryOf(line: ConstantValue): Entry[] {
  if (typeof line === 'string') {
    const [name = '', at] = line.split('@');
    return [{ group: null, names: [name.replace(/\.ya?ml$/, '')], package: at ?? null, override: false }];
  }
  if (typeof line !== 'object' || line === null || Array.isArray(line)) return [];
  const [first] = Object.entries(line);
  if (!first) return [];
  const words = first[0].split(/\s+/);
  const key = words.at(-1)!;
  const names = (Array.isArray(first[1]) ? first[1] : [first[1]]).filter(
    (name): name is string => typeof name === 'string' && name !== '???',
  );
  const [group = '', at] = key.split('@');
  const override = words.includes('override');
  const bare = names.map(name => name.replace(/\.ya?ml$/, ''));
  return [{ group, names: bare, package: at ?? null, override }];
}
