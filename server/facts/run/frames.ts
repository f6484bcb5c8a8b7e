import type { ColumnEffect } from '../../models/schema';
import { Taint } from '../values';
import type { LibraryCall } from './arguments';
import type { Given, Machine } from './machine';
import { type FrameColumns, UNKNOWN, type Value } from './value';

/** The strings of a constant or of a list's items; null when not all are known. */
export function stringsOf(value: Value | undefined): string[] | null {
  if (!value) return null;
  const [only] = value.constants;
  if (value.constants.length === 1 && only) {
    if (typeof only.value === 'string') return [only.value];
    if (Array.isArray(only.value) && only.value.every(item => typeof item === 'string')) return [...only.value];
  }
  if (value.items) {
    const found = value.items.map(item => item.constants[0]?.value);
    return found.every((item): item is string => typeof item === 'string') ? found : null;
  }
  return null;
}

/** The text names a column of these rows: their source has it. */
export function noteColumns(value: Value, names: readonly string[]): void {
  if (value.columns?.complete === false)
    for (const source of value.sources) for (const name of names) source.seen.add(name);
}

const columnBits = Taint.identifier | Taint.subjectKey | Taint.quasiIdentifier;

/** A frame of these columns only. */
export function select(from: Value, names: readonly string[], into: Value): void {
  noteColumns(from, names);
  into.columns = { names: [...names], complete: true, dropped: [] };
  into.taint &= ~columnBits;
}

/** One column as a series. */
export function pick(machine: Pick<Machine, 'columnTaint'>, from: Value, name: string, into: Value): void {
  noteColumns(from, [name]);
  into.columns = { names: [name], complete: true, dropped: [] };
  into.taint = (into.taint & ~columnBits) | machine.columnTaint(name);
}

export function without(columns: FrameColumns, names: readonly string[]): FrameColumns {
  return {
    names: columns.names.filter(name => !names.includes(name)),
    complete: columns.complete,
    dropped: columns.complete ? columns.dropped : [...columns.dropped, ...names],
  };
}

export function withColumn(columns: FrameColumns, name: string): FrameColumns {
  if (columns.names.includes(name)) return columns;
  return { ...columns, names: [...columns.names, name], dropped: columns.dropped.filter(gone => gone !== name) };
}

interface Resolver extends Pick<Machine, 'columnTaint'> {
  one(ref: string, call: LibraryCall, result: Value | null): Given | null;
}

/** What a modelled call does to columns: on the result, or on the receiver where it is done in place. */
export function applyColumns(machine: Resolver, effect: ColumnEffect, call: LibraryCall, result: Value): void {
  const receiver = call.receiver?.value ?? null;
  const argument = (ref: string) => machine.one(ref, call, result)?.value;
  const before = receiver?.columns ?? null;
  switch (effect.kind) {
    case 'keep':
      result.columns ??= before ?? [...call.named.values()].find(given => given.value.columns)?.value.columns ?? null;
      return;
    case 'forget':
      result.columns = null;
      return;
    case 'select': {
      const names = stringsOf(argument(effect.list));
      if (!names) return;
      if (receiver) select(receiver, names, result);
      else result.columns = { names, complete: true, dropped: [] };
      return;
    }
    case 'drop': {
      const list = argument(effect.list);
      const axis = effect.axis ? argument(effect.axis)?.constants[0]?.value : undefined;
      if (!receiver || (list === undefined && axis === undefined)) return;
      const names = stringsOf(list);
      const target = isTrue(effect.inPlaceWhen ? argument(effect.inPlaceWhen) : undefined) ? receiver : result;
      if (names && before) {
        noteColumns(receiver, names);
        target.columns = without(before, names);
      } else if (list) target.columns = null;
      target.taint &= ~columnBits;
      return;
    }
    case 'rename': {
      const mapping = argument(effect.mapping);
      const target = isTrue(effect.inPlaceWhen ? argument(effect.inPlaceWhen) : undefined) ? receiver! : result;
      if (!before || !mapping?.fields) {
        target.columns = before && mapping ? null : before;
        return;
      }
      let columns = before;
      for (const [old, fresh] of mapping.fields) {
        const name = fresh.constants[0]?.value;
        if (receiver) noteColumns(receiver, [old]);
        if (typeof name === 'string') columns = withColumn(without(columns, [old]), name);
      }
      target.columns = columns;
      return;
    }
    case 'assign': {
      let columns = before;
      for (const name of call.arguments.keywords.keys()) columns = columns && withColumn(columns, name);
      result.columns = columns;
      return;
    }
    case 'pop': {
      const [name] = stringsOf(argument(effect.name)) ?? [];
      if (!receiver || name === undefined) return;
      pick(machine, receiver, name, result);
      if (before && receiver !== UNKNOWN) receiver.columns = without(before, [name]);
      return;
    }
    case 'join': {
      // Tables may be the receiver, named arguments or the items of a list (`concat([a, b])`).
      const given = [receiver, ...[...call.named.values()].flatMap(({ value }) => [value, ...(value.items ?? [])])];
      const tables = given.flatMap(value => value?.columns ?? []);
      const [first, ...others] = tables;
      result.columns = first
        ? {
            names: [...new Set(tables.flatMap(table => table.names))],
            complete: tables.length > 1 && tables.every(table => table.complete),
            dropped: first.dropped.filter(name => others.every(table => table.dropped.includes(name))),
          }
        : null;
      return;
    }
    case 'make': {
      const from = argument(effect.from);
      const names = effect.names ? stringsOf(argument(effect.names)) : null;
      const keys = from?.fields ? [...from.fields.keys()].filter(key => !key.startsWith('#')) : null;
      const list = names ?? keys;
      result.columns = list ? { names: list, complete: true, dropped: [] } : (from?.columns ?? null);
      return;
    }
  }
}

function isTrue(value: Value | undefined): boolean {
  return value?.constants.some(one => one.value === true) ?? false;
}
