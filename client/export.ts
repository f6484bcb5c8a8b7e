import { Uri, window, workspace } from 'vscode';
import { type AuditResult, COMMANDS } from '../server/protocol';

type Unbuilt = Extract<AuditResult, { kind: 'unbuilt' }>;
type Run = (title: string, command: string, argument: object) => Promise<AuditResult>;

const nameOf = (path: string): string => path.split(/[\\/]/).at(-1) ?? path;

/**
 * A network that cannot be rebuilt here: the user's own interpreter may export it. First the script is written and shown; it runs only after
 * a second yes that names interpreter and file. Then the audit is made on what it wrote.
 */
export async function offerExport(found: Unbuilt, run: Run): Promise<void> {
  const write = 'Write export script';
  const question = `${found.message} Your own Python can export it to ONNX by a script that you read first.`;
  if ((await window.showWarningMessage(question, write)) !== write) return;
  const subject = { uri: Uri.file(found.script).toString(), checkpoint: found.checkpoint };
  const name = nameOf(found.checkpoint);
  const written = await run(`Export of ${name}`, COMMANDS.exportNetwork, { ...subject, step: 'write' });
  if (written.kind !== 'exported') return;
  await window.showTextDocument(await workspace.openTextDocument(written.file));
  if (written.interpreter === null) {
    void window.showInformationMessage(
      `${nameOf(written.file)} is written. No Python was found: name one in the setting "epsilint.python", or run it yourself.`,
    );
    return;
  }
  const yes = 'Run it';
  const choice = await window.showInformationMessage(
    `Read ${nameOf(written.file)}; it exports the network to ${nameOf(written.output)}.`,
    yes,
  );
  if (choice !== yes) return;
  const sure = await window.showWarningMessage(
    `Run ${nameOf(written.file)} with ${written.interpreter}?`,
    {
      modal: true,
      detail:
        'It runs the imports, functions and classes of your training script, not the training. It is ended after ten minutes or when you cancel; what it prints is not kept.',
    },
    yes,
  );
  if (sure !== yes) return;
  await workspace.textDocuments.find(each => each.uri.fsPath === written.file)?.save();
  const made = await run(`Export of ${name}`, COMMANDS.exportNetwork, { ...subject, step: 'run' });
  if (made.kind === 'exported')
    await run(`Quick audit of ${nameOf(made.output)}`, COMMANDS.quickAudit, {
      uri: subject.uri,
      checkpoint: made.output,
    });
}
