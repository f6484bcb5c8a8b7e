import { type Cell, cellAt, mapCells } from '../column';
import { parseDate } from '../dates';
import { ReplayError } from '../errors';
import { column, mapColumns, vector } from '../grid';
import { asGrid, isList, isScalar, type Value } from '../values';
import type { Operations } from './index';

const change: Readonly<Record<string, (text: string) => string>> = {
  lower: text => text.toLowerCase(),
  upper: text => text.toUpperCase(),
  strip: text => text.trim(),
  lstrip: text => text.trimStart(),
  rstrip: text => text.trimEnd(),
  title: text => text.replace(/[A-Za-z]+/g, word => word[0]!.toUpperCase() + word.slice(1).toLowerCase()),
  capitalize: text => text.slice(0, 1).toUpperCase() + text.slice(1).toLowerCase(),
};

const dateParts: Readonly<Record<string, (date: Date) => number>> = {
  year: d => d.getUTCFullYear(),
  month: d => d.getUTCMonth() + 1,
  day: d => d.getUTCDate(),
  hour: d => d.getUTCHours(),
  minute: d => d.getUTCMinutes(),
  second: d => d.getUTCSeconds(),
  dayofweek: d => (d.getUTCDay() + 6) % 7,
  weekday: d => (d.getUTCDay() + 6) % 7,
  quarter: d => Math.floor(d.getUTCMonth() / 3) + 1,
  dayofyear: d => Math.floor((d.getTime() - Date.UTC(d.getUTCFullYear(), 0, 1)) / 86_400_000) + 1,
};

/** Steps on text and dates. */
export const texts: Operations = {
  text: step => {
    const how = change[step.text(1)];
    if (!how) throw new ReplayError(`The text step "${step.text(1)}" is not replayed.`);
    const from = step.value(0);
    if (isScalar(from)) return how(String(from));
    return mapColumns(step.grid(0), each => mapCells(each, cell => (cell === null ? null : how(String(cell)))));
  },
  'text-slice': step => {
    const bound = (i: number): number | undefined => {
      const value = step.has(i) ? step.value(i) : null;
      return value === null ? undefined : Number(value);
    };
    const from = step.value(0);
    if (isScalar(from)) return String(from).slice(bound(1), bound(2));
    return mapColumns(step.grid(0), each =>
      mapCells(each, cell => (cell === null ? null : String(cell).slice(bound(1), bound(2)))),
    );
  },
  'text-length': step =>
    mapColumns(step.grid(0), each => mapCells(each, cell => (cell === null ? null : String(cell).length))),
  date: step =>
    mapColumns(step.grid(0), each => {
      if (each.type === 'date') return each;
      const made = mapCells(each, cell => {
        if (cell === null) return null;
        const value = typeof cell === 'string' ? parseDate(cell) : Number.NaN;
        if (Number.isNaN(value))
          throw new ReplayError('A date is not in the form year-month-day; such dates are not replayed.');
        return value;
      });
      return { ...made, type: 'date' };
    }),
  'date-part': step => {
    const part = dateParts[step.text(1)];
    if (!part) throw new ReplayError(`The part "${step.text(1)}" of dates is not replayed.`);
    return mapColumns(step.grid(0), each =>
      mapCells(each, cell => (cell === null ? null : part(new Date(Number(cell))))),
    );
  },
  days: step =>
    mapColumns(step.grid(0), each =>
      mapCells(each, cell => (cell === null ? null : Math.floor(Number(cell) / 86_400_000))),
    ),
  'join-text': step => {
    // Parts of a path or a text, of which some are columns.
    const parts = Array.from({ length: step.count - 1 }, (_, i) => step.value(i + 1));
    const separator = step.text(0);
    const long = parts.find(part => !isScalar(part)) as Value | undefined;
    const cell = (part: Value, row: number): Cell => (isScalar(part) ? part : cellAt(column(asGrid(part), 0), row));
    const joined = (row: number): string => {
      let text = '';
      for (const [i, part] of parts.entries()) {
        const more = String(cell(part, row) ?? '');
        text =
          i === 0 || separator === ''
            ? text + more
            : more.startsWith('/')
              ? more
              : `${text.replace(/\/$/, '')}${text === '' ? '' : separator}${more}`;
      }
      return text;
    };
    if (long === undefined) return joined(0);
    const grid = asGrid(long);
    const made = vector(
      Array.from({ length: grid.height }, (_, row) => joined(row)),
      grid.rows,
      grid.index,
    );
    return isList(long) ? made : { ...made, names: grid.names };
  },
};
