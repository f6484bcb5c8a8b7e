import { dirname, resolve } from 'node:path';
import type { ModuleRun } from '../facts/events';
import type { Span } from '../facts/syntax';

/** Where a script names a data file or a folder of data. */
export interface DataPlace {
  /** Absolute path. */
  readonly path: string;
  /** Span of the path's own literal or expression. */
  readonly span: Span;
}

/**
 * Where a module reads data files, from its load events: paths that the text resolves to one constant, relative to the
 * script's folder. Names of data sets on a hub, tables of a database and addresses are no files.
 */
export function dataPlaces(run: ModuleRun, script: string | null): DataPlace[] {
  if (script === null) return [];
  return run.events.flatMap((event): DataPlace[] => {
    if (event.kind !== 'load' || elsewhere.has(event.format)) return [];
    // A helper of another file: its line is not in this text.
    if (event.path !== undefined && event.path !== run.path) return [];
    const { name } = event.source;
    if (name === null || name === '' || isAddress.test(name)) return [];
    const said = Object.values(event.arguments).find(({ constant }) => constant?.value === name);
    return said ? [{ path: resolve(dirname(script), name), span: said.span }] : [];
  });
}

/** Formats of loads that are no files of this machine. */
const elsewhere: ReadonlySet<string> = new Set(['hub', 'toy', 'tfds', 'sql', 'request', 'artifact', 'data-set']);
const isAddress = /^[a-z][a-z0-9+.-]+:\/\//i;
