import type { ScriptText } from '../host';
import { pathOf, type Session, uriOf } from '../session';

/** The script that saves or loads a checkpoint: an open one, else one beside the file. */
export async function scriptOf(session: Session, checkpoint: string): Promise<ScriptText | null> {
  for (const document of session.documents.all()) {
    const analysed = await session.analysed(document.uri);
    const path = analysed && pathOf(analysed.module.uri);
    if (path && analysed.analysis.checkpoints.some(place => place.path === checkpoint))
      return { path, text: analysed.module.text, languageId: analysed.module.languageId };
  }
  for (const script of await session.host.scriptsBeside(checkpoint)) {
    const { settings, trusted } = session;
    const input = { ...script, uri: uriOf(script.path), version: 0, trusted, settings, notebook: false, cells: [] };
    const { checkpoints } = await session.host.analyse(input);
    if (checkpoints.some(place => place.path === checkpoint)) return script;
  }
  return null;
}
