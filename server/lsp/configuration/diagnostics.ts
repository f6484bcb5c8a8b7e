import { basename, dirname } from 'node:path';
import { type Diagnostic, DiagnosticSeverity } from 'vscode-languageserver';
import { parseConfiguration } from '../../workspace/configuration/parse';
import { pathOf, type Session } from '../session';
import { configurationKind } from './files';

/** What is wrong with a configuration, while it is written: unknown keys with what was meant, values that do not fit. */
export function configurationDiagnostics(session: Session, uri: string): Diagnostic[] {
  const document = session.documents.get(uri);
  const kind = configurationKind(uri);
  if (!document || !kind) return [];
  const path = pathOf(uri) ?? kind;
  const problems = parseConfiguration(document.getText(), kind, path, dirname(path))?.problems ?? [];
  return problems.map(({ line, column, message }) => {
    const start = { line: Math.min(line, document.lineCount) - 1, character: column - 1 };
    const rest = document
      .getText()
      .slice(document.offsetAt(start), document.offsetAt({ line: start.line + 1, character: 0 }));
    const word = /^[^\s=\]]*/.exec(rest)![0].length;
    return {
      range: { start, end: { line: start.line, character: start.character + Math.max(1, word) } },
      severity: DiagnosticSeverity.Error,
      source: 'epsilint',
      code: 'configuration',
      message: `${basename(path)}: ${message}`,
    };
  });
}
