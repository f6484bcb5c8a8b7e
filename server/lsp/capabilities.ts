import {
  CodeActionKind,
  type InitializeParams,
  type InitializeResult,
  type ServerCapabilities,
  TextDocumentSyncKind,
} from 'vscode-languageserver';
import { COMMANDS, readInitializationOptions, readSettings } from '../protocol';
import { FIX_ALL } from './requests/code-action';
import { pathOf, type Session } from './session';

export const LANGUAGES = ['python', 'typescript', 'typescriptreact', 'javascript', 'javascriptreact'];

/** Answers `initialize` and remembers what the client can do. */
export function initialize(session: Session, params: InitializeParams): InitializeResult {
  session.client = params.capabilities ?? {};
  session.options = readInitializationOptions(params.initializationOptions);
  session.trusted = session.options.trusted;
  session.settings = readSettings(session.options.settings);
  const folders = params.workspaceFolders?.map(folder => folder.uri) ?? (params.rootUri ? [params.rootUri] : []);
  session.folders = folders.flatMap(uri => pathOf(uri) ?? []);
  return { capabilities: capabilitiesOf(session), serverInfo: { name: 'epsilint', version: session.host.version } };
}

function capabilitiesOf(session: Session): ServerCapabilities {
  return {
    positionEncoding: 'utf-16',
    textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental, save: false },
    notebookDocumentSync: {
      notebookSelector: [
        { notebook: { notebookType: 'jupyter-notebook' }, cells: LANGUAGES.map(language => ({ language })) },
      ],
    },
    ...(session.pulls && {
      // Configuration files, imported modules and data files change what a script's findings are.
      diagnosticProvider: { identifier: 'epsilint', interFileDependencies: true, workspaceDiagnostics: false },
    }),
    ...(!session.client.textDocument?.completion?.dynamicRegistration && {
      completionProvider: { triggerCharacters: ['[', '"', '.', '='], resolveProvider: false },
    }),
    codeLensProvider: { resolveProvider: true },
    hoverProvider: true,
    codeActionProvider: {
      codeActionKinds: [CodeActionKind.QuickFix, CodeActionKind.RefactorRewrite, FIX_ALL],
      resolveProvider: false,
    },
    documentLinkProvider: { resolveProvider: true },
    inlayHintProvider: { resolveProvider: false },
    executeCommandProvider: { commands: Object.values(COMMANDS), workDoneProgress: true },
    workspace: { workspaceFolders: { supported: true, changeNotifications: true } },
  };
}
