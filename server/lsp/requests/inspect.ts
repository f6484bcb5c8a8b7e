import { basename } from 'node:path';
import { type CheckpointPage, InspectQuestion } from '../../protocol';
import { scriptOf } from '../features/script-of';
import { pathOf, type Session } from '../session';

/** `epsilint/inspect`: what is in a checkpoint file, or the one sentence why that is not said. */
export async function inspection(session: Session, params: unknown): Promise<CheckpointPage> {
  const { uri } = InspectQuestion.parse(params);
  const path = pathOf(uri);
  const refused = (message: string): CheckpointPage => ({
    kind: 'refused',
    name: basename(path ?? uri),
    message,
    hazards: [],
  });
  if (!session.trusted)
    return refused(
      'This workspace is in Restricted Mode, where no checkpoint is read: trust it to see what is in the file.',
    );
  if (path === null) return refused('Only files of a local file system can be read.');
  const page = await session.inspections.of(path);
  if (!page) return refused('There is no such file.');
  if (page.kind === 'refused' || page.runnable || page.parameters === 0) return page;
  // Weights alone: a script beside the file may build their network.
  const script = await scriptOf(session, path);
  return (script && (await session.inspections.of(path, script.path))) ?? page;
}
