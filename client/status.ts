import { type Disposable, type LanguageStatusItem, LanguageStatusSeverity, type languages } from 'vscode';
import type { Status } from '../server/protocol';
import { CLIENT_COMMANDS } from '../server/protocol';
import { selector } from './selector';

/** The language status item: ready, limited, busy with an audit, restricted, stopped. No notification, no status bar. */
export class StatusItem implements Disposable {
  private readonly item: LanguageStatusItem;

  constructor(api: Pick<typeof languages, 'createLanguageStatusItem'>) {
    this.item = api.createLanguageStatusItem('epsilint.status', [...selector]);
    this.item.name = 'Epsilint';
    this.item.command = { title: 'Show log', command: CLIENT_COMMANDS.showLog };
    this.starting();
  }

  starting(): void {
    this.set('Epsilint: starting', LanguageStatusSeverity.Information, true);
  }

  show(status: Status): void {
    const severity = status.state === 'limited' ? LanguageStatusSeverity.Warning : LanguageStatusSeverity.Information;
    this.set(`Epsilint: ${status.detail}`, severity, status.state === 'auditing');
  }

  stopped(reason: string): void {
    this.set(`Epsilint: ${reason}`, LanguageStatusSeverity.Error, false);
  }

  dispose(): void {
    this.item.dispose();
  }

  private set(text: string, severity: LanguageStatusSeverity, busy: boolean): void {
    this.item.text = text;
    this.item.severity = severity;
    this.item.busy = busy;
  }
}
