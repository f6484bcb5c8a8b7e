import { basename } from 'node:path';
import { CheckpointError, openCheckpoint } from '../../../audit-core/checkpoints';
import type { CheckpointPage } from '../../protocol/checkpoints';
import { FileError, type FileSource, fileSource } from '../../workspace/byte-source';
import { readingLimitsOf } from '../../workspace/reading-limits';
import { networkFor } from './script-weights';

/** A checkpoint, and the script that saves or loads it where one is known. */
export interface Inspection {
  readonly path: string;
  readonly script: string | null;
}

/** A page lists no more tensors than a person can look through. */
const shownTensors = 5_000;

/**
 * What is in a checkpoint: read by headers and opcodes, nothing of it is executed. Weights without an architecture are tried with the
 * network that the script builds. Never throws on what a file holds.
 */
export async function inspect({ path, script }: Inspection): Promise<CheckpointPage> {
  const name = basename(path);
  let source: FileSource | null = null;
  try {
    source = await fileSource(path);
    const { inspection, stateDict } = await openCheckpoint(source, readingLimitsOf(path).checkpoints);
    const { format, parameters, tensors, inputs, outputs, hazards, warnings } = inspection;
    const { runnable, why, architecture } =
      (script !== null && stateDict && (await networkFor(stateDict, path, script))) || inspection;
    const copy = (ports: typeof inputs) => ports.map(port => ({ ...port, shape: [...port.shape] }));
    return {
      kind: 'inspected',
      name,
      bytes: source.size,
      format,
      architecture,
      parameters,
      tensors: copy(tensors.slice(0, shownTensors)),
      tensorCount: tensors.length,
      inputs: copy(inputs),
      outputs: copy(outputs),
      metadata: Object.entries(inspection.metadata)
        .filter(([, value]) => value !== '')
        .map(([key, value]) => [key, String(value)]),
      hazards: hazards.map(({ kind, message }) => ({ kind, message })),
      warnings: [...warnings],
      runnable,
      why,
    };
  } catch (error) {
    if (!(error instanceof CheckpointError) && !(error instanceof FileError)) throw error;
    const hazard = error instanceof CheckpointError ? error.hazard : null;
    return {
      kind: 'refused',
      name,
      message: error.message,
      hazards: hazard ? [{ kind: hazard.kind, message: hazard.message }] : [],
    };
  } finally {
    await source?.close();
  }
}
