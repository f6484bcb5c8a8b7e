import type { ConstantValue } from '../facts/values';
import type { CallModel, ClassModel, LibraryModel, Role } from './schema';

/** Answers by qualified name. Libraries are indexed when a name of theirs is first asked for. */
export interface Models {
  /** The canonical name behind re-exports: `tensorflow.keras.Model` → `keras.Model`. */
  canonical(name: string): string;
  /** The canonical name of a member: that of `of.name`. */
  member(of: string, name: string): string;
  call(name: string): CallModel | null;
  classOf(name: string): ClassModel | null;
  /** The method of a class or its bases, with the name it was found under. */
  method(className: string, method: string): { readonly name: string; readonly call: CallModel } | null;
  attribute(className: string, name: string): NonNullable<ClassModel['attributes']>[string] | null;
  /** Roles of a class and its bases. */
  roles(className: string): ReadonlySet<Role>;
  /** Settings of a class and its bases, with the library's defaults. */
  fields(className: string): Readonly<Record<string, ConstantValue>>;
  /** What one round of a loop over an object of a class gives. */
  round(className: string): NonNullable<ClassModel['round']> | null;
  /** The method that a loop over an object of a class calls. */
  walks(className: string): string | null;
  /** Methods of a class or its bases that answer requests. */
  answers(className: string): NonNullable<ClassModel['answers']> | null;
  /** Whether a library has this very name, not only a pattern that covers it. */
  declares(name: string): boolean;
  /** The call that a project's own function of this name and these parameters is a copy of. */
  copied(name: string, parameters: readonly string[]): { readonly name: string; readonly call: CallModel } | null;
  /** The call that a project's own method of this name and these parameters stands in for. */
  rewritten(name: string, parameters: readonly string[]): { readonly name: string; readonly call: CallModel } | null;
  /** Whether any library answers for names that start so. */
  knows(name: string): boolean;
}

const none: ReadonlySet<Role> = new Set();
const maxBases = 24;

/** Builds the answers; later libraries win over earlier ones (a user's model over ours). */
export function createModels(libraries: readonly LibraryModel[]): Models {
  const copies = new Map(libraries.flatMap(({ copied = {} }) => Object.entries(copied)));
  const methodsAnew = new Map(libraries.flatMap(({ rewritten = {} }) => Object.entries(rewritten)));
  const byTop = new Map<string, LibraryModel[]>();
  for (const library of libraries)
    for (const module of library.modules) {
      const top = topOf(module);
      const list = byTop.get(top);
      if (list) list.push(library);
      else byTop.set(top, [library]);
    }
  const loaded = new Set<LibraryModel>();
  const aliases = new Map<string, string>();
  const classes = new Map<string, ClassModel>();
  const calls = new Map<string, CallModel>();
  // Answers are kept by the parts of a name: to join them for each call costs more than to look twice.
  const canonicals = new Map<string, string>();
  const members = new Map<string, Map<string, string>>();
  const callsOf = new Map<string, CallModel | null>();
  const classesOf = new Map<string, ClassModel | null>();
  const methods = new Map<string, Map<string, { name: string; call: CallModel } | null>>();
  const roleSets = new Map<string, ReadonlySet<Role>>();
  // Asked at every loop, subscript and unpacking.
  const rounds = new Map<string, { round: NonNullable<ClassModel['round']> | null; walks: string | null }>();

  const index = (library: LibraryModel): void => {
    if (loaded.has(library)) return;
    loaded.add(library);
    for (const key in library.aliases) aliases.set(key, library.aliases[key]!);
    for (const key in library.classes) classes.set(key, library.classes[key]!);
    for (const key in library.calls) calls.set(key, library.calls[key]!);
    // A class may stand on another library's: answers kept so far could lack it.
    for (const memo of [canonicals, members, callsOf, classesOf, methods, roleSets, rounds]) memo.clear();
  };
  const load = (name: string): void => {
    const found = byTop.get(topOf(name));
    if (found) for (const library of found) index(library);
  };
  for (const always of ['builtins', '*']) for (const library of byTop.get(always) ?? []) index(library);

  const canonical = (name: string): string => {
    const known = canonicals.get(name);
    if (known !== undefined) return known;
    let current = packaged(name);
    load(current);
    for (let round = 0; round < 4; round++) {
      const next = rewrite(current, aliases);
      if (next === current) break;
      load(next);
      current = next;
    }
    return keep(canonicals, name, current);
  };
  const member = (of: string, name: string): string => {
    const known = members.get(of)?.get(name);
    if (known !== undefined) return known;
    return keep(within(members, of), name, canonical(`${of}.${name}`));
  };
  const call = (name: string): CallModel | null => {
    const known = callsOf.get(name);
    if (known !== undefined) return known;
    load(name);
    const found = calls.get(name) ?? calls.get(`${placeOf(name)}.*`) ?? null;
    return keep(callsOf, name, found);
  };
  const classOf = (name: string): ClassModel | null => {
    const known = classesOf.get(name);
    if (known !== undefined) return known;
    load(name);
    let found = classes.get(name) ?? null;
    if (!found) {
      const last = name.charCodeAt(name.lastIndexOf('.') + 1);
      if (last >= 65 && last <= 90) found = classes.get(`${placeOf(name)}.*`) ?? null;
    }
    return keep(classesOf, name, found);
  };
  const walk = <T>(className: string, visit: (name: string, model: ClassModel | null) => T | null): T | null => {
    const queue = [className];
    for (let at = 0; at < queue.length && at < maxBases; at++) {
      const name = queue[at]!;
      const model = classOf(name);
      const answer = visit(name, model);
      if (answer !== null) return answer;
      for (const base of model?.bases ?? []) if (!queue.includes(base)) queue.push(base);
    }
    return null;
  };
  const method = (className: string, name: string): { name: string; call: CallModel } | null => {
    const known = methods.get(className)?.get(name);
    if (known !== undefined) return known;
    const found = walk(className, at => {
      const own = calls.get(`${at}.${name}`) ?? (at === '*' ? undefined : calls.get(`${at}.*`));
      return own ? { name: `${at}.${name}`, call: own } : null;
    });
    return keep(within(methods, className), name, found);
  };
  const attribute: Models['attribute'] = (className, name) =>
    walk(className, (_, model) => model?.attributes?.[name] ?? model?.attributes?.['*'] ?? null);
  const fields: Models['fields'] = className => {
    const all: Record<string, ConstantValue> = {};
    walk(className, (_, model) => {
      for (const [name, value] of Object.entries(model?.fields ?? {})) if (!(name in all)) all[name] = value;
      return null;
    });
    return all;
  };
  const roundsOf = (className: string) => {
    const known = rounds.get(className);
    if (known !== undefined) return known;
    const round = walk(className, (_, model) => model?.round ?? null);
    const walked = walk(className, (_, model) => model?.walks ?? null);
    return keep(rounds, className, { round, walks: walked });
  };
  const round: Models['round'] = className => roundsOf(className).round;
  const walks: Models['walks'] = className => roundsOf(className).walks;
  const answers: Models['answers'] = className => walk(className, (_, model) => model?.answers ?? null);
  const roles = (className: string): ReadonlySet<Role> => {
    const known = roleSets.get(className);
    if (known) return known;
    const all = new Set<Role>();
    walk(className, (_, model) => {
      for (const role of model?.roles ?? []) all.add(role);
      return null;
    });
    const answer = all.size === 0 ? none : all;
    roleSets.set(className, answer);
    return answer;
  };
  const declares = (name: string): boolean => {
    load(name);
    return calls.has(name) || classes.has(name);
  };
  const copied: Models['copied'] = (name, parameters) => {
    const canonicalName = copies.get(name);
    const model = canonicalName === undefined ? null : call(canonicalName);
    return model?.parameters?.every((parameter, i) => parameters[i] === parameter)
      ? { name: canonicalName!, call: model }
      : null;
  };
  const rewritten: Models['rewritten'] = (name, parameters) => {
    const known = methodsAnew.get(name);
    if (!known?.parameters.every(parameter => parameters.includes(parameter))) return null;
    const model = call(known.call);
    return model && { name: known.call, call: model };
  };
  return {
    canonical,
    member,
    declares,
    call,
    classOf,
    method,
    attribute,
    roles,
    round,
    walks,
    answers,
    fields,
    copied,
    rewritten,
    knows: name => byTop.has(topOf(name)),
  };
}

/** Scripts bring names without end; so many answers are kept. */
const MOST = 20_000;

function keep<T>(memo: Map<string, T>, key: string, value: T): T {
  if (memo.size >= MOST) memo.clear();
  memo.set(key, value);
  return value;
}

const within = <T>(memo: Map<string, Map<string, T>>, key: string): Map<string, T> =>
  memo.get(key) ?? keep(memo, key, new Map());

/** The package: the first segment without a path inside it; a scope belongs to it (`@tensorflow/tfjs`, `@langchain/core/prompts`). */
function topOf(name: string): string {
  const dot = name.indexOf('.');
  const first = dot === -1 ? name : name.slice(0, dot);
  const slash = first.indexOf('/', first.startsWith('@') ? first.indexOf('/') + 1 : 0);
  return slash === -1 ? first : first.slice(0, slash);
}

/** A library that is carried along: cloned as it is (`opacus.opacus.…`), or in a folder for what others wrote. */
const packaged = (name: string): string =>
  name.replace(/^(?:([\w-]+)(?=\.\1\.)|third_?party|vendor(?:ed)?|externals?)\./, '');

function placeOf(name: string): string {
  const dot = name.lastIndexOf('.');
  return dot === -1 ? '' : name.slice(0, dot);
}

function rewrite(name: string, aliases: ReadonlyMap<string, string>): string {
  for (let end = name.length; end > 0; end = name.lastIndexOf('.', end - 1)) {
    const to = aliases.get(name.slice(0, end));
    if (to !== undefined) return to + name.slice(end);
  }
  return name;
}
