import { classifyColumn, isPersonKey } from '../../models/identifiers';
import { areCounts, signalsOf, strongWords } from '../../models/person-data';
import { Taint } from '../values';
import type { SourceRecord } from './value';

/** What the project says of its data; beats every heuristic. */
export interface Declarations {
  readonly subjectKeys: readonly string[];
  readonly identifiers: readonly string[];
  readonly quasiIdentifiers: readonly string[];
  readonly protectedGroups: readonly string[];
  /** Columns that tell nobody apart, whatever they are called. */
  readonly safeColumns: readonly string[];
  /** Paths or names (with `*`) of data of people, and of data that is public. */
  readonly personData: readonly string[];
  readonly publicData: readonly string[];
  /** Loggers whose output stays protected, as name patterns with `*`. */
  readonly trustedLoggers: readonly string[];
}

export const noDeclarations: Declarations = {
  subjectKeys: [],
  identifiers: [],
  quasiIdentifiers: [],
  protectedGroups: [],
  safeColumns: [],
  personData: [],
  publicData: [],
  trustedLoggers: [],
};

export type ColumnTaint = (name: string) => number;

/** Taint of a column by its name: declared first, then the dictionaries. */
export function columnTaint(declared: Declarations): ColumnTaint {
  const own = new Map<string, number>();
  for (const name of declared.safeColumns) own.set(name, Taint.none);
  for (const name of declared.quasiIdentifiers) own.set(name, Taint.quasiIdentifier);
  for (const name of declared.subjectKeys) own.set(name, Taint.subjectKey);
  for (const name of declared.identifiers) own.set(name, Taint.identifier);
  return name => {
    const known = own.get(name);
    if (known !== undefined) return known;
    const kind = classifyColumn(name);
    if (kind === 'identifier') return Taint.identifier;
    if (kind === 'subject-key') return Taint.subjectKey;
    return kind === 'quasi-identifier' ? Taint.quasiIdentifier : Taint.none;
  };
}

const isNamed = (pattern: string): boolean => pattern !== '*';

/** Whether a name or path matches a pattern with `*`. */
export function matches(patterns: readonly string[], names: readonly string[]): boolean {
  return patterns.some(pattern => {
    const expression = new RegExp(`(^|/)${pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replace(/\*+/g, '.*')}$`, 'i');
    return names.some(name => expression.test(name));
  });
}

/**
 * Decides, after the run, whose data each source holds: declarations, then what the call says, then known sets, then
 * columns of people, then two independent weak signals: clinical words of the module outside its names (strings and
 * comments) are one. A project that speaks of people throughout is enough alone, unless the module names toy data.
 */
export function settleSources(
  sources: readonly SourceRecord[],
  declared: Declarations,
  modulePath: string,
  contextWords: () => readonly string[],
  projectWords: () => readonly string[],
): void {
  const taintOf = columnTaint(declared);
  for (const source of sources) {
    const names = source.name === null ? source.names : [source.name, ...source.names];
    const columns = [...source.seen];
    const keys = columns.filter(name => taintOf(name) === Taint.subjectKey);
    const direct = columns.filter(name => taintOf(name) === Taint.identifier);
    const preferred = declared.subjectKeys.find(name => source.seen.has(name));
    source.subjectKey = preferred ?? keys.find(isPersonKey) ?? source.subjectKey ?? keys[0] ?? null;
    if (matches(declared.publicData.filter(isNamed), names)) {
      source.people = 'public';
      source.reasons.push('declared public');
      continue;
    }
    const isPeople = matches(declared.personData.filter(isNamed), names);
    // "*": the configuration says of all other data whose it is.
    if (!isPeople && declared.publicData.includes('*')) {
      source.people = 'public';
      source.reasons.push('nothing declares it to be of people');
      continue;
    }
    if (
      isPeople ||
      declared.personData.includes('*') ||
      preferred ||
      direct.some(name => declared.identifiers.includes(name))
    ) {
      source.people = 'declared';
      source.reasons.push('declared in the configuration');
      continue;
    }
    const signals = names.flatMap(signalsOf);
    const known = signals.find(signal => signal.kind === 'known');
    const toy = signals.find(signal => signal.kind === 'toy');
    if (direct.length === 0 && areCounts(columns)) {
      source.people = 'public';
      source.reasons.push('counts by place');
      continue;
    }
    if (source.told === 'public' || (toy && !known && direct.length === 0)) {
      source.people = 'public';
      source.reasons.push(toy ? `public data set ${toy.word}` : 'public data set');
      continue;
    }
    if (source.told === 'inferred') source.people = 'inferred';
    if (known) {
      source.people = 'inferred';
      source.reasons.push(`known clinical source ${known.word}`);
    }
    if (direct.length > 0 || keys.length > 0) {
      source.people = 'inferred';
      source.reasons.push(`columns ${[...direct, ...keys].slice(0, 4).join(', ')}`);
    }
    const illness = classWords(source.classes);
    if (illness.length > 1 || (illness[0] && strongWords(illness[0]).size > 0)) {
      source.people = 'inferred';
      source.reasons.push(`its folders say ${illness.slice(0, 3).join(', ')}`);
    }
    if (source.people === 'inferred') continue;
    const weak: string[] = illness.map(word => `a folder says "${word}"`);
    const word = signals.find(signal => signal.kind === 'clinical');
    if (word) weak.push(`the name says "${word.word}"`);
    const telling = columns.filter(name => taintOf(name) !== 0 || signalsOf(name).some(one => one.kind === 'clinical'));
    if (telling.length > 0) weak.push(`columns ${telling.slice(0, 4).join(', ')}`);
    const place = signalsOf(modulePath).find(signal => signal.kind !== 'toy');
    if (place) weak.push(`the script's path says "${place.word}"`);
    if (weak.length > 0) {
      const words = contextWords();
      if (words.length >= 2) weak.push(`the script speaks of ${words.slice(0, 3).join(', ')}`);
    }
    if (weak.length >= 2) {
      source.people = 'inferred';
      source.reasons.push(...weak);
      continue;
    }
    const words = projectWords();
    if (words.length > 0) {
      source.people = 'inferred';
      source.reasons.push(...weak, `the project is about ${words.join(', ')}`);
    }
  }
}

/** Clinical words in the names of class folders; other words of such names may be anybody's and are not told. */
const classWords = (classes: readonly string[]): string[] => [
  ...new Set(
    classes
      .flatMap(signalsOf)
      .filter(({ kind }) => kind === 'clinical')
      .map(({ word }) => word),
  ),
];
