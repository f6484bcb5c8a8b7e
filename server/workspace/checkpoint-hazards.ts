import { CheckpointError, type Hazard, openCheckpoint } from '../../audit-core/checkpoints';
import { FileError, type FileSource, fileSource } from './byte-source';
import { readingLimitsOf } from './reading-limits';

/** What a checkpoint holds beside weights: read by headers and opcodes, nothing is executed. Empty where the file cannot be read. */
export async function checkpointHazards(path: string): Promise<readonly Hazard[]> {
  let source: FileSource | null = null;
  try {
    source = await fileSource(path);
    return (await openCheckpoint(source, readingLimitsOf(path).checkpoints)).inspection.hazards;
  } catch (error) {
    if (error instanceof CheckpointError) return error.hazard ? [error.hazard] : [];
    if (error instanceof FileError) return [];
    throw error;
  } finally {
    await source?.close();
  }
}
