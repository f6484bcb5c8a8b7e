import type {
  DidChangeTextDocumentParams,
  DidCloseTextDocumentParams,
  DidOpenTextDocumentParams,
  TextDocumentContentChangeEvent,
} from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';

/** A span that moves with the text around it; `gone` once an edit has removed all of it. */
export interface Mark {
  start: number;
  end: number;
  gone: boolean;
}

/**
 * Open documents as immutable snapshots: an edit makes a new one, so that an analysis that started before the edit
 * still maps its offsets to the text that it read. Marks (audit results, lenses) are moved by every edit.
 */
export class Documents {
  private readonly open = new Map<string, TextDocument>();
  private readonly marks = new Map<string, Set<Mark>>();

  all(): IterableIterator<TextDocument> {
    return this.open.values();
  }

  get(uri: string): TextDocument | undefined {
    return this.open.get(uri);
  }

  add({ textDocument: { uri, languageId, version, text } }: DidOpenTextDocumentParams): void {
    this.open.set(uri, TextDocument.create(uri, languageId, version, text));
  }

  /** False when the document is not open: such an edit is a client's mistake and is ignored. */
  change({ textDocument, contentChanges }: DidChangeTextDocumentParams): boolean {
    let document = this.open.get(textDocument.uri);
    if (!document) return false;
    for (const change of contentChanges) document = this.apply(document, change, textDocument.version);
    this.open.set(textDocument.uri, document);
    return true;
  }

  remove({ textDocument }: DidCloseTextDocumentParams): void {
    this.open.delete(textDocument.uri);
    this.marks.delete(textDocument.uri);
  }

  mark(uri: string, start: number, end: number): Mark {
    const mark = { start, end, gone: false };
    let marks = this.marks.get(uri);
    if (!marks) {
      marks = new Set();
      this.marks.set(uri, marks);
    }
    marks.add(mark);
    return mark;
  }

  unmark(uri: string, mark: Mark): void {
    this.marks.get(uri)?.delete(mark);
  }

  private apply(document: TextDocument, change: TextDocumentContentChangeEvent, version: number): TextDocument {
    const old = document.getText();
    const edit = 'range' in change ? editOf(document, change) : wholeEdit(old, change.text);
    for (const mark of this.marks.get(document.uri) ?? []) move(mark, edit);
    const text = old.slice(0, edit.start) + edit.text + old.slice(edit.end);
    return TextDocument.create(document.uri, document.languageId, version, text);
  }
}

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

function editOf(document: TextDocument, change: Extract<TextDocumentContentChangeEvent, { range: object }>): Edit {
  const a = document.offsetAt(change.range.start);
  const b = document.offsetAt(change.range.end);
  return { start: Math.min(a, b), end: Math.max(a, b), text: change.text };
}

/** A replacement of the whole text as the smallest edit, so that marks outside it keep their place. */
export function wholeEdit(old: string, text: string): Edit {
  const shorter = Math.min(old.length, text.length);
  let start = 0;
  while (start < shorter && old.charCodeAt(start) === text.charCodeAt(start)) start++;
  let tail = 0;
  while (tail < shorter - start && old.charCodeAt(old.length - 1 - tail) === text.charCodeAt(text.length - 1 - tail))
    tail++;
  return { start, end: old.length - tail, text: text.slice(start, text.length - tail) };
}

/** Moves a mark by one edit: text inserted at its start goes before it, text inserted at its end stays behind it. */
export function move(mark: Mark, { start, end, text }: Edit): void {
  const shift = text.length - (end - start);
  if (end <= mark.start) {
    mark.start += shift;
    mark.end += shift;
  } else if (start >= mark.end) {
    return;
  } else if (start <= mark.start && end >= mark.end) {
    mark.start = start;
    mark.end = start + text.length;
    mark.gone = text.length === 0;
  } else if (start < mark.start) {
    mark.end += shift;
    mark.start = start + text.length;
  } else {
    mark.end = Math.max(mark.start, end >= mark.end ? start : mark.end + shift);
  }
}
