import { randomBytes } from 'node:crypto';
import {
  type Disposable,
  env,
  Range,
  Uri,
  ViewColumn,
  type WebviewPanel,
  WorkspaceEdit,
  window,
  workspace,
} from 'vscode';
import { BUDGET, type BudgetAnswer, SOLVE, WHAT_IF } from '../server/protocol';
import type { FromPage, ToPage } from './budget-messages';
import { budgetPage } from './budget-page';
import { secured } from './secured';
import type { Server } from './server';

/** The budget explorer beside the script: it asks the server for every number and only draws. */
export class BudgetPanel implements Disposable {
  private panel: WebviewPanel | null = null;
  private shown: { readonly uri: string; readonly answer: NonNullable<BudgetAnswer> } | null = null;

  constructor(
    private readonly server: Server,
    private readonly extension: Uri,
  ) {}

  /** From a lens (`{uri, event}`) or the palette (the active editor). */
  async show(argument: unknown): Promise<boolean> {
    const editor = window.activeTextEditor;
    const given = (argument as { uri?: unknown } | undefined)?.uri;
    const uri = typeof given === 'string' ? given : editor?.document.uri.toString();
    const line = editor?.document.uri.toString() === uri ? editor?.selection.active.line : undefined;
    const event = (argument as { event?: unknown } | undefined)?.event;
    const answer =
      uri === undefined
        ? null
        : await this.server.ask<BudgetAnswer>(BUDGET, { uri, line, ...(typeof event === 'number' && { event }) });
    if (!answer || uri === undefined) {
      void window.showInformationMessage('There is no differentially private training call in this editor.');
      return false;
    }
    this.shown = { uri, answer };
    const panel = this.open();
    panel.title = 'Privacy budget';
    const script = panel.webview.asWebviewUri(Uri.joinPath(this.extension, 'dist', 'explorer.js')).toString();
    const page = budgetPage(answer, script);
    panel.webview.html = secured(page, panel.webview.cspSource, randomBytes(16).toString('hex'));
    panel.reveal(undefined, true);
    return true;
  }

  dispose(): void {
    this.panel?.dispose();
  }

  private open(): WebviewPanel {
    if (this.panel) return this.panel;
    const panel = window.createWebviewPanel('epsilint.budget', 'Privacy budget', ViewColumn.Beside, {
      enableScripts: true,
      retainContextWhenHidden: true,
      localResourceRoots: [Uri.joinPath(this.extension, 'dist')],
    });
    panel.webview.onDidReceiveMessage((message: FromPage) => void this.receive(message));
    panel.onDidDispose(() => {
      this.panel = null;
    });
    this.panel = panel;
    return panel;
  }

  private async receive(message: FromPage): Promise<void> {
    switch (message.kind) {
      case 'copy':
        await env.clipboard.writeText(message.text);
        return void window.setStatusBarMessage(`${message.what} is on the clipboard.`, 4_000);
      case 'save':
        return this.save(message.name, message.content, message.base64);
      case 'write':
        return this.write(message.name, message.text);
      case 'ask': {
        const method = message.method === 'solve' ? SOLVE : WHAT_IF;
        const answer = await this.server.ask<unknown>(method, message.question);
        await this.panel?.webview.postMessage({ id: message.id, answer } satisfies ToPage);
      }
    }
  }

  /** Saves an export where the person says; the folder of the script is proposed. */
  private async save(name: string, content: string, base64: boolean): Promise<void> {
    const beside = this.shown ? Uri.joinPath(Uri.parse(this.shown.uri), '..', name) : undefined;
    const file = await window.showSaveDialog({
      title: `Save ${name}`,
      ...(beside?.scheme === 'file' && { defaultUri: beside }),
    });
    if (file) await workspace.fs.writeFile(file, Buffer.from(content, base64 ? 'base64' : 'utf8'));
  }

  /** Writes a value over the literal that sets it: an edit like any other, so it can be undone. */
  private async write(name: string, text: string): Promise<void> {
    const fresh =
      this.shown &&
      (await this.server.ask<BudgetAnswer>(BUDGET, { uri: this.shown.uri, line: this.shown.answer.line }));
    const place = fresh?.places[name];
    if (!place) {
      void window.showInformationMessage('No literal in this file sets that value; change it where it comes from.');
      return;
    }
    const edit = new WorkspaceEdit();
    const { start, end } = place;
    const range = new Range(start.line, start.character, end.line, end.character);
    edit.replace(Uri.parse(place.uri), range, text);
    await workspace.applyEdit(edit);
    await window.showTextDocument(Uri.parse(place.uri), {
      viewColumn: ViewColumn.One,
      preserveFocus: true,
      selection: range.with({ end: range.start }),
    });
  }
}
