import { randomBytes } from 'node:crypto';
import { type Disposable, type ExtensionContext, Uri, ViewColumn, type WebviewPanel, window } from 'vscode';
import type { Report } from '../server/protocol';
import { secured } from './secured';

/** The audit's page beside the script. It is opened only when asked for, and loads nothing from anywhere. */
export class ReportPanel implements Disposable {
  private panel: WebviewPanel | null = null;

  constructor(private readonly context: ExtensionContext) {}

  show(report: NonNullable<Report>): void {
    if (!this.panel) {
      this.panel = window.createWebviewPanel('epsilint.report', report.title, ViewColumn.Beside, {
        enableScripts: true,
        enableFindWidget: true,
        localResourceRoots: [Uri.joinPath(this.context.extensionUri, 'dist')],
      });
      this.panel.onDidDispose(() => {
        this.panel = null;
      });
    }
    this.panel.title = report.title;
    this.panel.webview.html = secured(report.html, this.panel.webview.cspSource, randomBytes(16).toString('hex'));
    this.panel.reveal(undefined, true);
  }

  dispose(): void {
    this.panel?.dispose();
  }
}
