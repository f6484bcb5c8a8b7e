import type { Event, ModuleRun } from '../../facts/events';
import type { Evidence } from '../../facts/values';

/** More names than this are not kept: nobody writes so many into a script. */
const LIMIT = 2_000;

/** The columns and data files that a run saw, by name. */
export function namesIn(run: ModuleRun): { columns: string[]; dataFiles: string[] } {
  const columns = new Set<string>();
  const dataFiles = new Set<string>();
  for (const event of run.events) {
    if (event.kind === 'load' && event.source.name !== null) dataFiles.add(event.source.name);
    for (const { columns: seen } of valuesOf(event))
      for (const name of seen?.names ?? []) if (columns.size < LIMIT) columns.add(name);
  }
  return { columns: [...columns], dataFiles: [...dataFiles] };
}

/** The values of an event that may be tables. */
function valuesOf(event: Event): readonly Evidence[] {
  switch (event.kind) {
    case 'load':
      return [event.result];
    case 'split':
      return [event.input, ...(event.groups ? [event.groups] : [])];
    case 'train':
      return event.data ? [event.data] : [];
    case 'log':
    case 'export':
    case 'send':
      return event.values;
    default:
      return [];
  }
}
