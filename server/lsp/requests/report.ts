import { AuditTarget, type Report } from '../../protocol';
import { pathOf, type Session } from '../session';

/** `epsilint/report`: the page of the last audit of a checkpoint, of a script's checkpoints, or of anything. */
export async function report(session: Session, params: unknown): Promise<Report> {
  const target = AuditTarget.safeParse(params);
  const wanted = target.success ? await checkpointsOf(session, target.data) : [undefined];
  for (const checkpoint of wanted) {
    const run = session.audits.last(checkpoint);
    if (run?.html != null) return { title: run.title, checkpoint: run.checkpoints[0]!, html: run.html };
  }
  return null;
}

async function checkpointsOf(session: Session, target: AuditTarget): Promise<string[]> {
  const named = target.checkpoint === undefined ? null : (pathOf(target.checkpoint) ?? target.checkpoint);
  if (named !== null) return [named];
  const analysed = target.uri === undefined ? null : await session.analysed(target.uri);
  return analysed?.analysis.checkpoints.flatMap(place => place.path ?? []) ?? [];
}
