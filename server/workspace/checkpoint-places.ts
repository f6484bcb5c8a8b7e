import { dirname, resolve } from 'node:path';
import type { ModuleRun } from '../facts/events';
import type { Span } from '../facts/syntax';

/** Where a script saves or loads a checkpoint. */
export interface CheckpointPlace {
  readonly span: Span;
  readonly kind: 'save' | 'load';
  /** The path as written, when it resolves. */
  readonly name: string | null;
  /** Absolute path of the file, when it resolves. */
  readonly path: string | null;
  /** Span of the path's own literal or expression. */
  readonly nameSpan: Span | null;
}

/**
 * Where a module saves or loads a checkpoint, from its events. A path counts as known when the text resolves it to one
 * constant; it is relative to the script's folder. Remote models are no files.
 */
export function checkpointPlaces(run: ModuleRun, script: string | null): CheckpointPlace[] {
  return run.events.flatMap((event): CheckpointPlace[] => {
    if (event.kind !== 'save' && event.kind !== 'load-model') return [];
    // A helper of another file: its line is not in this text.
    if (event.path !== undefined && event.path !== run.path) return [];
    if (event.kind === 'load-model' && event.remote) return [];
    const value = event.target?.constant?.value;
    const name = typeof value === 'string' && value !== '' && !/^[a-z]+:\/\//i.test(value) ? value : null;
    return [
      {
        span: event.span,
        kind: event.kind === 'save' ? 'save' : 'load',
        name,
        path: name !== null && script !== null ? resolve(dirname(script), name) : null,
        nameSpan: name !== null ? (event.target?.span ?? null) : null,
      },
    ];
  });
}

const stem = (path: string): string => path.replace(/\.[^./\\]+$/, '');

/** The lines that save or load the audited model in any of its formats. */
export const placesOf = (places: readonly CheckpointPlace[], checkpoint: string): CheckpointPlace[] =>
  places.filter(({ path }) => path !== null && stem(path) === stem(checkpoint));
