import { type ExtensionContext, languages, window, workspace } from 'vscode';
import { registerCheckpointEditor } from './checkpoint-editor';
import { registerCommands } from './commands';
import { registerTool } from './lm-tool';
import { Server } from './server';
import { StatusItem } from './status';

/**
 * The editor's side of Epsilint: it starts the server, shows what the server says, and asks what the server asks. It
 * knows nothing of privacy.
 */
let server: Server | null = null;

export async function activate(context: ExtensionContext): Promise<void> {
  const log = window.createOutputChannel('Epsilint', { log: true });
  const status = new StatusItem(languages);
  server = new Server(context.asAbsolutePath('dist/server.js'), log, status);
  context.subscriptions.push(log, status, ...registerCommands(context, server));
  context.subscriptions.push(registerCheckpointEditor(server), registerTool(server));
  context.subscriptions.push(workspace.onDidGrantWorkspaceTrust(() => server?.trusted()));
  await server.restart();
}

/** Waits for the server's clean end: a server without a client is an orphan. */
export async function deactivate(): Promise<void> {
  await server?.stop();
}
