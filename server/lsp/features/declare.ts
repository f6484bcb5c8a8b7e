import { basename } from 'node:path';
import { type CodeAction, CodeActionKind } from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { COMMANDS, type Declare } from '../../protocol';
import { type Analysed, pathOf, type Session } from '../session';
import { saveText } from './save-text';

/** What may be said of a column, in the order in which people ask. */
const kinds = [
  ['direct', 'an identifier of people'],
  ['subject', 'a key that tells people apart'],
  ['protected', 'a protected group'],
  ['safe', 'public: it tells nobody apart'],
] as const;

/**
 * Actions on a string of the script that names a column or a data file that the script really uses: what the project says of
 * it is written into the configuration, and beats every heuristic from then on.
 */
export function declareActions(analysed: Analysed, document: TextDocument, at: number): CodeAction[] {
  const script = pathOf(analysed.module.uri);
  const name = stringAt(document, at);
  if (script === null || name === null) return [];
  const action = (title: string, argument: Declare): CodeAction => ({
    title,
    kind: CodeActionKind.QuickFix,
    command: { title, command: COMMANDS.declare, arguments: [argument] },
  });
  const { columns, dataFiles } = analysed.analysis;
  const uri = analysed.module.uri;
  if (dataFiles.includes(name))
    return [action(`Declare ${basename(name)} as public data`, { uri, of: 'file', as: 'public', name })];
  if (!columns.includes(name)) return [];
  return kinds.map(([as, words]) => action(`Declare column "${name}" as ${words}`, { uri, of: 'column', as, name }));
}

/** `epsilint.declare`: writes the declaration; the answer says where, or why not. */
export async function declare(session: Session, { uri, ...declaration }: Declare): Promise<{ message: string }> {
  const script = pathOf(session.module(uri)?.uri ?? uri);
  if (script === null) return { message: 'Save the script first: the configuration is written beside it.' };
  try {
    const { path, text, changed } = await session.host.declare(script, declaration);
    if (!changed) return { message: `${basename(path)} says so already.` };
    const done = await saveText(session, path, text);
    return { message: done ? `Written to ${path}.` : `The editor did not take the change of ${basename(path)}.` };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    session.connection.window.showWarningMessage(`Epsilint: ${message}`);
    return { message };
  }
}

/** The content of the string literal around an offset, when it stands on one line. */
function stringAt(document: TextDocument, at: number): string | null {
  const { line } = document.positionAt(at);
  const start = document.offsetAt({ line, character: 0 });
  const text = document.getText().slice(start, document.offsetAt({ line: line + 1, character: 0 }));
  for (const match of text.matchAll(/(["'`])((?:(?!\1)[^\\\n]){1,200})\1/g)) {
    const from = start + match.index;
    if (from <= at && at <= from + match[0].length) return match[2]!;
  }
  return null;
}
