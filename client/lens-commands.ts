import { type CodeLens, type Command, commands, type Disposable } from 'vscode';

/**
 * Gives the commands of lenses a name of their own instead of arguments. VS Code keeps the arguments of a lens only until newer lenses
 * are there, and draws a lens that was off the screen with its old command first: a click in that moment was lost ("Actual command not
 * found"). A command without arguments has nothing that could be forgotten.
 */
export class LensCommands implements Disposable {
  private readonly known = new Map<string, Disposable>();

  /** The lens, to be clicked at any time. */
  readonly lasting = <Lens extends CodeLens>(lens: Lens): Lens => {
    if (lens.command) lens.command = this.named(lens.command);
    return lens;
  };

  dispose(): void {
    for (const registered of this.known.values()) registered.dispose();
    this.known.clear();
  }

  private named({ command, title, tooltip, arguments: given = [] }: Command): Command {
    if (given.length === 0) return { command, title, ...(tooltip !== undefined && { tooltip }) };
    const name = `${command}.lens:${JSON.stringify(given)}`;
    if (!this.known.has(name))
      this.known.set(
        name,
        commands.registerCommand(name, () => commands.executeCommand(command, ...given)),
      );
    return { command: name, title, ...(tooltip !== undefined && { tooltip }) };
  }
}
