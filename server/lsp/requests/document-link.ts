import type { DocumentLink, DocumentLinkParams } from 'vscode-languageserver';
import * as z from 'zod';
import { CLIENT_COMMANDS } from '../../protocol';
import type { Session } from '../session';
import { uriOf } from '../session';

/**
 * `textDocument/documentLink`: the path of each checkpoint and each data file or folder. Nothing is read from disk to say so; whether a
 * path of data is a file or a folder is looked up when somebody follows the link.
 */
export async function documentLink(session: Session, params: DocumentLinkParams): Promise<DocumentLink[]> {
  const analysed = await session.analysed(params.textDocument.uri);
  if (!analysed) return [];
  const { checkpoints, data } = analysed.analysis;
  const models = checkpoints.flatMap(({ path, nameSpan }): DocumentLink[] => {
    const placed = path !== null && nameSpan !== null ? analysed.module.place(nameSpan) : null;
    return path !== null && placed?.document.uri === params.textDocument.uri
      ? [{ range: placed.range, target: uriOf(path), tooltip: 'Open the checkpoint' }]
      : [];
  });
  const sources = data.flatMap(({ path, span }): DocumentLink[] => {
    const placed = analysed.module.place(span);
    return placed?.document.uri === params.textDocument.uri
      ? [{ range: placed.range, data: { path }, tooltip: 'Open the data' }]
      : [];
  });
  return [...models, ...sources];
}

const Unresolved = z.object({ path: z.string() });

/** `documentLink/resolve`: a file opens; a folder is shown in the explorer, where the client has one. */
export async function documentLinkResolve(session: Session, link: DocumentLink): Promise<DocumentLink> {
  const of = Unresolved.safeParse(link.data);
  if (!of.success) return link;
  const uri = uriOf(of.data.path);
  const folder = (await session.host.stamp(of.data.path))?.startsWith('folder:') === true;
  const shows = `command:${CLIENT_COMMANDS.reveal}?${encodeURIComponent(JSON.stringify([uri]))}`;
  return { ...link, target: folder && session.options.panels ? shows : uri };
}
