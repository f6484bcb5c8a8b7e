import { randomBytes } from 'node:crypto';
import { type CustomReadonlyEditorProvider, commands, type Disposable, type Uri, window, workspace } from 'vscode';
import { CheckpointPage, CLIENT_COMMANDS, INSPECT } from '../server/protocol';
import { checkpointPage } from './checkpoint-page';
import { secured } from './secured';
import type { Server } from './server';

/** What the page sends. */
type Message = { readonly kind: 'audit' | 'trust' };

/** The read-only editor of checkpoint files: what is in one, what is dangerous, whether it runs. Nothing of it is executed. */
export function registerCheckpointEditor(server: Server): Disposable {
  const provider: CustomReadonlyEditorProvider = {
    openCustomDocument: uri => ({ uri, dispose: () => undefined }),
    resolveCustomEditor: async ({ uri }, panel) => {
      panel.webview.options = { enableScripts: true, localResourceRoots: [] };
      const show = async (): Promise<void> => {
        const answer = CheckpointPage.safeParse(await server.ask<unknown>(INSPECT, { uri: uri.toString() }));
        const page = answer.success ? answer.data : null;
        const html = checkpointPage(page, { path: uri.path, trusted: workspace.isTrusted });
        panel.webview.html = secured(html, panel.webview.cspSource, randomBytes(16).toString('hex'));
      };
      const subscriptions = [
        panel.webview.onDidReceiveMessage((message: Message) => void receive(message, uri)),
        workspace.onDidGrantWorkspaceTrust(() => void show()),
        watch(uri, () => void show()),
      ];
      panel.onDidDispose(() => {
        for (const one of subscriptions) one.dispose();
      });
      await show();
    },
  };
  return window.registerCustomEditorProvider('epsilint.checkpoint', provider, {
    webviewOptions: { enableFindWidget: true },
    supportsMultipleEditorsPerDocument: true,
  });
}

/** The one open file is watched, and only while it is open: training writes it again. */
function watch(uri: Uri, changed: () => void): Disposable {
  const watcher = workspace.createFileSystemWatcher(uri.fsPath);
  let timer: NodeJS.Timeout | undefined;
  const soon = (): void => {
    clearTimeout(timer);
    timer = setTimeout(changed, 500);
  };
  watcher.onDidChange(soon);
  watcher.onDidCreate(soon);
  return {
    dispose: () => {
      clearTimeout(timer);
      watcher.dispose();
    },
  };
}

async function receive({ kind }: Message, uri: Uri): Promise<void> {
  if (kind === 'audit') await commands.executeCommand(CLIENT_COMMANDS.quickAudit, uri);
  else await commands.executeCommand('workbench.trust.manage');
}
