import {
  type CodeAction,
  CodeActionKind,
  type CodeActionParams,
  type Diagnostic,
  type TextDocumentEdit,
  type TextEdit,
  type WorkspaceEdit,
} from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { Finding, Fix } from '../../rules/finding';
import { diagnosticOf, findingsOf } from '../diagnostics';
import { declareActions } from '../features/declare';
import { auditableActions } from '../features/make-auditable';
import { REASON, suppressFile, suppressLine, type TextEditAt } from '../features/suppress';
import type { SourceModule } from '../modules';
import { overlaps, rangeOf } from '../positions';
import type { Session } from '../session';

export const FIX_ALL = 'source.fixAll.epsilint';

/** `textDocument/codeAction`: the rules' fixes, suppressions with a reason, and the safe fixes of the whole file. */
export async function codeAction(session: Session, params: CodeActionParams): Promise<CodeAction[]> {
  const uri = params.textDocument.uri;
  const document = session.documents.get(uri);
  const analysed = await session.analysed(uri);
  // The text moved on while it was analysed: actions of an older text would edit the wrong place.
  if (!document || !analysed || session.documents.get(uri) !== document) return [];
  const wants = (kind: string): boolean =>
    (params.context.only ?? ['']).some(only => only === '' || kind === only || kind.startsWith(`${only}.`));
  const found = findingsOf(uri, analysed);
  const actions: CodeAction[] = [];
  if (wants(CodeActionKind.QuickFix)) {
    const here = found.filter(({ range }) => overlaps(range, params.range));
    for (const { finding, range } of here) {
      const diagnostic =
        params.context.diagnostics.find(d => d.code === finding.rule && overlaps(d.range, range)) ??
        diagnosticOf(session, finding, range, []);
      for (const fix of finding.fixes) actions.push(...fixAction(session, analysed.module, document, fix, diagnostic));
    }
    const rules = new Map<string, Diagnostic>();
    for (const { finding, range } of here) rules.set(finding.rule, diagnosticOf(session, finding, range, []));
    for (const d of params.context.diagnostics)
      if (d.source === 'epsilint' && typeof d.code === 'string') rules.set(d.code, d);
    for (const [rule, diagnostic] of rules)
      if (!rule.startsWith('EPS')) actions.push(...suppressions(session, document, rule, diagnostic));
    actions.push(...declareActions(analysed, document, document.offsetAt(params.range.start)));
  }
  if (wants(CodeActionKind.RefactorRewrite)) actions.push(...(await auditableActions(session, analysed, document)));
  if (params.context.only?.some(only => FIX_ALL === only || FIX_ALL.startsWith(`${only}.`)))
    actions.push(
      ...fixAll(
        session,
        analysed.module,
        document,
        found.map(({ finding }) => finding),
      ),
    );
  return actions;
}

function fixAction(
  session: Session,
  module: SourceModule,
  document: TextDocument,
  fix: Fix,
  diagnostic: Diagnostic,
): CodeAction[] {
  const edits = placedEdits(module, document, [fix]);
  if (edits.length === 0) return [];
  return [
    {
      title: fix.safety === 'safe' ? fix.title : `${fix.title} (changes what the script does)`,
      kind: CodeActionKind.QuickFix,
      diagnostics: [diagnostic],
      isPreferred: fix.safety === 'safe',
      edit: workspaceEdit(session, document, edits),
    },
  ];
}

function suppressions(session: Session, document: TextDocument, rule: string, diagnostic: Diagnostic): CodeAction[] {
  const make = (title: string, edit: TextEditAt): CodeAction => ({
    title,
    kind: CodeActionKind.QuickFix,
    diagnostics: [diagnostic],
    edit: suppressionEdit(session, document, edit),
  });
  return [
    make(`Suppress ${rule} on this line, with a reason`, suppressLine(document, diagnostic.range.start, rule)),
    make(`Suppress ${rule} in this file, with a reason`, suppressFile(document, rule)),
  ];
}

/** Clients that take snippets get the reason as a field to type over. */
function suppressionEdit(session: Session, document: TextDocument, edit: TextEditAt): WorkspaceEdit {
  const range = rangeOf(document, edit);
  const can = session.client.workspace?.workspaceEdit;
  if (can?.snippetEditSupport && can.documentChanges && edit.text.includes(REASON)) {
    const value = edit.text.replace(/[\\$}]/g, '\\$&').replace(`-- ${REASON}`, `-- \${1:${REASON}}`);
    return versioned(document, [{ range, snippet: { kind: 'snippet', value } }]);
  }
  return workspaceEdit(session, document, [{ range, newText: edit.text }]);
}

function fixAll(
  session: Session,
  module: SourceModule,
  document: TextDocument,
  findings: readonly Finding[],
): CodeAction[] {
  const fixes = findings.flatMap(finding => finding.fixes.find(fix => fix.safety === 'safe') ?? []);
  const edits = placedEdits(module, document, fixes);
  if (edits.length === 0) return [];
  return [{ title: 'Epsilint: apply all safe fixes', kind: FIX_ALL, edit: workspaceEdit(session, document, edits) }];
}

/** Edits of this document, earlier fixes first; a fix that overlaps an earlier one waits for the next round. */
function placedEdits(module: SourceModule, document: TextDocument, fixes: readonly Fix[]): TextEdit[] {
  const taken: { start: number; end: number; text: string }[] = [];
  for (const fix of fixes) {
    const edits = fix.edits.map(edit => {
      const placed = module.place(edit.span);
      return placed?.document === document ? { ...placed.span, text: edit.text } : null;
    });
    const whole = edits.every(edit => edit !== null);
    const clash = edits.some(edit =>
      taken.some(
        other =>
          edit !== null &&
          ((edit.start < other.end && other.start < edit.end) ||
            (edit.start === other.start && edit.end === other.end)),
      ),
    );
    if (whole && !clash) for (const edit of edits) if (edit) taken.push(edit);
  }
  return taken.map(edit => ({ range: rangeOf(document, edit), newText: edit.text }));
}

function workspaceEdit(session: Session, document: TextDocument, edits: TextEdit[]): WorkspaceEdit {
  if (session.client.workspace?.workspaceEdit?.documentChanges) return versioned(document, edits);
  return { changes: { [document.uri]: edits } };
}

const versioned = (document: TextDocument, edits: TextDocumentEdit['edits']): WorkspaceEdit => ({
  documentChanges: [{ textDocument: { uri: document.uri, version: document.version }, edits }],
});
