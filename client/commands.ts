import {
  commands,
  type Disposable,
  type ExtensionContext,
  ProgressLocation,
  TabInputCustom,
  Uri,
  window,
  workspace,
} from 'vscode';
import {
  type AuditResult,
  type AuditTarget,
  CLIENT_COMMANDS,
  COMMANDS,
  REPORT,
  REPORTS,
  type Report,
  type ReportEntry,
  TARGETS,
  type Target,
} from '../server/protocol';
import { BudgetPanel } from './budget-panel';
import { offerExport } from './export';
import { ReportPanel } from './report-panel';
import { isScript } from './selector';
import type { Server } from './server';
import { pickShadows } from './shadows';

/** The commands of the palette. Each works from any state of the editor: what is not obvious is picked. */
export function registerCommands(context: ExtensionContext, server: Server): Disposable[] {
  const panel = new ReportPanel(context);
  const budget = new BudgetPanel(server, context.extensionUri);
  return [
    commands.registerCommand(CLIENT_COMMANDS.quickAudit, (argument: unknown) => quickAudit(server, panel, argument)),
    commands.registerCommand(CLIENT_COMMANDS.exposed, (argument: unknown) => whoIsExposed(server, panel, argument)),
    commands.registerCommand(CLIENT_COMMANDS.showReport, (argument: unknown) => showReport(server, panel, argument)),
    commands.registerCommand(CLIENT_COMMANDS.showBudget, (argument: unknown) => budget.show(argument)),
    commands.registerCommand(CLIENT_COMMANDS.restart, () => server.restart()),
    commands.registerCommand(CLIENT_COMMANDS.showLog, () => server.log.show()),
    commands.registerCommand(CLIENT_COMMANDS.reveal, (uri: unknown) => reveal(uri)),
    panel,
    budget,
  ];
}

async function quickAudit(server: Server, panel: ReportPanel, argument: unknown): Promise<AuditResult | null> {
  if (!workspace.isTrusted) return refuse();
  const target = targetOf(argument) ?? activeCheckpoint() ?? (await pickTarget(server));
  if (!target) return null;
  if (target.uri !== undefined) await workspace.openTextDocument(Uri.parse(target.uri));
  return run(server, panel, `Quick audit of ${nameOf(target)}`, COMMANDS.quickAudit, target);
}

const nameOf = (target: AuditTarget): string =>
  decodeURIComponent((target.checkpoint ?? target.uri ?? '').split(/[\\/]/).at(-1) ?? '');

/** Reference models: how many and where they are trained is asked; the user's own script runs only after a yes of its own. */
async function whoIsExposed(server: Server, panel: ReportPanel, argument: unknown): Promise<AuditResult | null> {
  if (!workspace.isTrusted) return refuse();
  const target = targetOf(argument) ?? activeCheckpoint() ?? (await pickTarget(server));
  if (!target) return null;
  const shadows = await pickShadows(nameOf(target));
  if (!shadows) return null;
  if (target.uri !== undefined) await workspace.openTextDocument(Uri.parse(target.uri));
  return run(server, panel, `Who is exposed by ${nameOf(target)}`, COMMANDS.exposed, { ...target, ...shadows });
}

async function run(
  server: Server,
  panel: ReportPanel,
  title: string,
  command: string,
  argument: object,
): Promise<AuditResult> {
  const result = await window.withProgress(
    { location: ProgressLocation.Notification, title, cancellable: true },
    (progress, token) =>
      server.watch<AuditResult>('workspace/executeCommand', { command, arguments: [argument] }, token, step =>
        progress.report(step),
      ),
  );
  void tell(server, panel, result);
  return result;
}

/** In Restricted Mode nothing is asked first: the one sentence comes at once. */
async function refuse(): Promise<AuditResult> {
  const manage = 'Manage workspace trust';
  const message = 'This workspace is in Restricted Mode: trust it to read data files and checkpoints for an audit.';
  void window.showWarningMessage(message, manage).then(choice => {
    if (choice === manage) void commands.executeCommand('workbench.trust.manage');
  });
  return { kind: 'failed', message };
}

/** A link to a folder of data opens it in the explorer: there is no editor of folders. */
async function reveal(uri: unknown): Promise<void> {
  if (typeof uri === 'string') await commands.executeCommand('revealInExplorer', Uri.parse(uri));
}

/** The checkpoint whose page is in front. */
function activeCheckpoint(): AuditTarget | null {
  const input = window.tabGroups.activeTabGroup.activeTab?.input;
  return input instanceof TabInputCustom ? { checkpoint: input.uri.toString() } : null;
}

async function tell(server: Server, panel: ReportPanel, result: AuditResult): Promise<void> {
  const show = 'Show report';
  const log = 'Show log';
  switch (result.kind) {
    case 'cancelled':
      return;
    case 'done':
    case 'gate': {
      const say =
        result.kind === 'gate' || result.findings > 0 ? window.showWarningMessage : window.showInformationMessage;
      if ((await say(result.summary, show)) === show)
        await showReport(server, panel, { checkpoint: result.checkpoint });
      return;
    }
    case 'unbuilt':
      return offerExport(result, (title, command, argument) => run(server, panel, title, command, argument));
    case 'exported':
      return;
    case 'missing':
      await window.showWarningMessage(
        `The audit needs what the script does not tell: ${result.missing.map(question => question.message).join(' ')}`,
      );
      return;
    case 'failed':
      if ((await window.showErrorMessage(result.message, log)) === log) server.log.show();
  }
}

async function showReport(server: Server, panel: ReportPanel, argument: unknown): Promise<boolean> {
  const editor = window.activeTextEditor;
  const target =
    targetOf(argument) ??
    (editor && isScript(editor.document.languageId) ? { uri: editor.document.uri.toString() } : null);
  let report = target ? await server.ask<Report>(REPORT, target) : null;
  if (!report) {
    const entries = await server.ask<ReportEntry[]>(REPORTS, {});
    const audit = 'Quick audit';
    if (entries.length === 0) {
      const choice = await window.showInformationMessage('No checkpoint has been audited in this window yet.', audit);
      if (choice === audit) await commands.executeCommand(CLIENT_COMMANDS.quickAudit);
      return false;
    }
    const entry =
      entries.length === 1 ? entries[0] : await window.showQuickPick(entries, { placeHolder: 'Which audit?' });
    if (!entry) return false;
    report = await server.ask<Report>(REPORT, { checkpoint: entry.checkpoint });
  }
  if (report) panel.show(report);
  return report !== null;
}

/** From a lens (`{uri, checkpoint}`), the explorer's menu (a `Uri`), or nothing (the palette). */
function targetOf(argument: unknown): AuditTarget | null {
  if (argument instanceof Uri) {
    return /\.(py|ipynb|[cm]?[jt]sx?)$/i.test(argument.path)
      ? { uri: argument.toString() }
      : { checkpoint: argument.toString() };
  }
  if (typeof argument !== 'object' || argument === null) return null;
  const { uri, checkpoint } = argument as { uri?: unknown; checkpoint?: unknown };
  const target = {
    ...(typeof uri === 'string' && { uri }),
    ...(typeof checkpoint === 'string' && { checkpoint }),
  };
  return target.uri === undefined && target.checkpoint === undefined ? null : target;
}

/** The active script if it saves or loads a checkpoint; else a choice of all that is known; else a file dialog. */
async function pickTarget(server: Server): Promise<AuditTarget | null> {
  const targets = await server.ask<Target[]>(TARGETS, {});
  const active = window.activeTextEditor?.document.uri.toString();
  if (active !== undefined && targets.some(({ target }) => target.uri === active)) return { uri: active };
  const browse = { label: 'Choose a file…', description: 'a script or a checkpoint', target: null };
  const picked =
    targets.length === 0
      ? browse
      : await window.showQuickPick([...targets, browse], { placeHolder: 'Which checkpoint is to be audited?' });
  if (!picked) return null;
  if (picked.target) return picked.target;
  const files = await window.showOpenDialog({ title: 'Quick audit: a script or a checkpoint', canSelectMany: false });
  return files?.[0] ? targetOf(files[0]) : null;
}
