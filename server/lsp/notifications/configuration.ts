import {
  CompletionRequest,
  DidChangeConfigurationNotification,
  type DidChangeConfigurationParams,
  DidChangeWatchedFilesNotification,
  type DidChangeWatchedFilesParams,
  FileChangeType,
  type FileEvent,
  type WorkspaceFoldersChangeEvent,
} from 'vscode-languageserver';
import { readSettings, Trust } from '../../protocol';
import { configurationKind } from '../configuration/files';
import { refreshAll } from '../refresh';
import { pathOf, type Session } from '../session';

/**
 * Files whose change changes findings: configurations, and the sources and settings that scripts name. What is open comes through the
 * editor; of the others only what an analysis stands on is looked at again (`didChangeWatchedFiles`).
 */
const WATCHED = ['**/*.{toml,yaml,yml,json}', '**/*.{py,ipynb,ts,tsx,js,jsx,mjs,cjs,mts,cts}'];

/** After `initialized`: settings are asked for and watchers registered, as far as the client takes them. */
export async function initialized(session: Session): Promise<void> {
  const { workspace } = session.client;
  const register = session.connection.client;
  if (workspace?.didChangeConfiguration?.dynamicRegistration)
    await register.register(DidChangeConfigurationNotification.type, { section: 'epsilint' });
  if (workspace?.didChangeWatchedFiles?.dynamicRegistration)
    await register.register(DidChangeWatchedFilesNotification.type, {
      watchers: WATCHED.map(globPattern => ({ globPattern })),
    });
  // Only there: the hands of other editors would have us asked at every key of every script.
  if (session.client.textDocument?.completion?.dynamicRegistration)
    await register.register(CompletionRequest.type, {
      documentSelector: [{ pattern: '**/epsilint.toml' }, { pattern: '**/pyproject.toml' }],
      triggerCharacters: ['[', '"', '.', '='],
    });
  if (await pullSettings(session)) again(session);
}

/** The payload counts only for clients that cannot be asked. */
export async function didChangeConfiguration(session: Session, params: DidChangeConfigurationParams): Promise<void> {
  if (!session.client.workspace?.configuration) session.settings = readSettings(params.settings);
  else await pullSettings(session);
  again(session);
}

export function didChangeWatchedFiles(session: Session, params: DidChangeWatchedFilesParams): void {
  const telling = params.changes.filter(change => tells(session, change));
  if (telling.length === 0) return;
  session.host.forget(telling.flatMap(change => pathOf(change.uri) ?? []));
  // A checkout changes many files at once.
  session.later('watched', telling.some(({ uri }) => isConfiguration(uri)) ? 0 : 100, () => again(session));
}

const isConfiguration = (uri: string): boolean => configurationKind(uri) !== null || /\/package\.json$/.test(uri);

/** Whether a change on disk can change what is shown: not that of an open file (its text is the editor's), nor of one nothing stands on. */
function tells(session: Session, { uri, type }: FileEvent): boolean {
  if (isConfiguration(uri)) return true;
  if (session.documents.get(uri)) return false;
  const path = pathOf(uri);
  if (path === null) return false;
  // A new file may be what an import was looking for.
  return type === FileChangeType.Created || session.standsOn(path);
}

export function didChangeWorkspaceFolders(session: Session, event: WorkspaceFoldersChangeEvent): void {
  const removed = new Set(event.removed.flatMap(folder => pathOf(folder.uri) ?? []));
  const added = event.added.flatMap(folder => pathOf(folder.uri) ?? []);
  session.folders = [...session.folders.filter(folder => !removed.has(folder)), ...added];
  again(session);
}

export function didChangeTrust(session: Session, params: unknown): void {
  session.trusted = Trust.parse(params).trusted;
  again(session);
}

/** True when the settings are others than before. */
async function pullSettings(session: Session): Promise<boolean> {
  if (!session.client.workspace?.configuration) return false;
  const settings = readSettings(await session.connection.workspace.getConfiguration('epsilint'));
  const changed = JSON.stringify(settings) !== JSON.stringify(session.settings);
  session.settings = settings;
  return changed;
}

function again(session: Session): void {
  session.epoch++;
  refreshAll(session);
}
