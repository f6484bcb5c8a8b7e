import { type Disposable, LanguageModelTextPart, LanguageModelToolResult, lm, Uri, workspace } from 'vscode';
import { COMMANDS } from '../server/protocol';
import type { Server } from './server';

interface Input {
  /** Path or address of a script. */
  readonly file?: unknown;
}

/**
 * The one tool for language models: what Epsilint found in a script, as rule ids, counts and figures. No code, no column, no value and
 * no message goes to the model.
 */
export function registerTool(server: Server): Disposable {
  return lm.registerTool<Input>('epsilint_summary', {
    prepareInvocation: () => ({ invocationMessage: 'Epsilint counts its findings' }),
    invoke: async ({ input }, token) => {
      const file = typeof input.file === 'string' ? input.file : '';
      const uri = /^[a-z][a-z+.-]+:\/\//i.test(file) ? Uri.parse(file) : Uri.file(file);
      await workspace.openTextDocument(uri);
      const request = { command: COMMANDS.summary, arguments: [{ uri: uri.toString() }] };
      const summary = await server.ask<unknown>('workspace/executeCommand', request, token);
      return new LanguageModelToolResult([new LanguageModelTextPart(JSON.stringify(summary))]);
    },
  });
}
