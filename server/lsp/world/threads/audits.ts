import type { AuditRequest, AuditRun, AuditWatch, EditorState } from '../../host';
import { Thread } from './thread';

/** A cancelled audit may take so long (ms) to end the processes that it started. */
const PATIENCE = 3_000;

/**
 * Each audit has a thread of its own for as long as it runs: planning, the report and whatever else takes time happen
 * there, and cancelling ends it with everything that it started.
 */
export function audits(editor: () => EditorState): {
  readonly audit: (request: AuditRequest, watch: AuditWatch) => Promise<AuditRun>;
  readonly end: () => Promise<void>;
} {
  const running = new Set<Thread>();
  const audit = async (request: AuditRequest, watch: AuditWatch): Promise<AuditRun> => {
    const { signal, progress } = watch;
    signal.throwIfAborted();
    const { texts, folders, log } = editor();
    const thread = new Thread({ log, progress, person: watch }, { maxOldGenerationSizeMb: 2048 });
    running.add(thread);
    const abort = (): void => thread.stop(PATIENCE);
    signal.addEventListener('abort', abort, { once: true });
    try {
      return await thread.run('audit', { ...request, opened: [...texts()], folders: folders() });
    } finally {
      signal.removeEventListener('abort', abort);
      running.delete(thread);
      await thread.end();
    }
  };
  return {
    audit,
    end: async () => {
      await Promise.all([...running].map(thread => thread.end()));
    },
  };
}
