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
import { budgetPage } from './budget-page';
import { secured } from './secured';
import type { Server } from './server';

/** What the page sends. */
type Message =
  | { readonly kind: 'ask'; readonly id: number; readonly method: 'whatIf' | 'solve'; readonly question: unknown }
  | { readonly kind: 'copy'; readonly text: string }
  | { readonly kind: 'write'; readonly name: string; readonly value: number };

/** The budget explorer beside the script: it asks the server for every number and only draws. */
export class BudgetPanel implements Disposable {
  private panel: WebviewPanel | null = null;
  private shown: { readonly uri: string; readonly answer: NonNullable<BudgetAnswer> } | null = null;

  constructor(private readonly server: Server) {}

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
    panel.webview.html = secured(budgetPage(answer), panel.webview.cspSource, randomBytes(16).toString('hex'));
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
      localResourceRoots: [],
    });
    panel.webview.onDidReceiveMessage((message: Message) => void this.receive(message));
    panel.onDidDispose(() => {
      this.panel = null;
    });
    this.panel = panel;
    return panel;
  }

  private async receive(message: Message): Promise<void> {
    if (message.kind === 'copy') return void (await env.clipboard.writeText(message.text));
    if (message.kind === 'write') return this.write(message.name, message.value);
    const method = message.method === 'solve' ? SOLVE : WHAT_IF;
    const answer = await this.server.ask<unknown>(method, message.question);
    await this.panel?.webview.postMessage({ id: message.id, answer });
  }

  /** Writes a value over the literal that sets it: an edit like any other, so it can be undone. */
  private async write(name: string, value: number): Promise<void> {
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
    edit.replace(Uri.parse(place.uri), range, String(value));
    await workspace.applyEdit(edit);
  }
}
