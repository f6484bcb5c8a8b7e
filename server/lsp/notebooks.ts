import {
  type DidChangeNotebookDocumentParams,
  type DidCloseNotebookDocumentParams,
  type DidOpenNotebookDocumentParams,
  NotebookCellKind,
} from 'vscode-languageserver';
import type { Documents } from './documents';

interface Notebook {
  readonly uri: string;
  /** Addresses of the code cells in their order. */
  cells: string[];
  version: number;
}

/** Notebooks that the editor holds; their cells' texts live among the documents. */
export class Notebooks {
  private readonly open = new Map<string, Notebook>();

  ofCell(uri: string): Notebook | null {
    for (const notebook of this.open.values()) if (notebook.cells.includes(uri)) return notebook;
    return null;
  }

  all(): IterableIterator<Notebook> {
    return this.open.values();
  }

  add({ notebookDocument, cellTextDocuments }: DidOpenNotebookDocumentParams, documents: Documents): void {
    for (const textDocument of cellTextDocuments) documents.add({ textDocument });
    this.open.set(notebookDocument.uri, {
      uri: notebookDocument.uri,
      cells: notebookDocument.cells.filter(cell => cell.kind === NotebookCellKind.Code).map(cell => cell.document),
      version: notebookDocument.version,
    });
  }

  change({ notebookDocument, change }: DidChangeNotebookDocumentParams, documents: Documents): Notebook | null {
    const notebook = this.open.get(notebookDocument.uri);
    if (!notebook) return null;
    notebook.version = notebookDocument.version;
    const structure = change.cells?.structure;
    if (structure) {
      const { start, deleteCount, cells } = structure.array;
      const code = (cells ?? []).filter(cell => cell.kind === NotebookCellKind.Code).map(cell => cell.document);
      // The array counts the cells that were synchronised: with the selector of `initialize`, code cells only.
      notebook.cells.splice(start, deleteCount, ...code);
      for (const textDocument of structure.didOpen ?? []) documents.add({ textDocument });
      for (const textDocument of structure.didClose ?? []) documents.remove({ textDocument });
    }
    for (const text of change.cells?.textContent ?? [])
      documents.change({ textDocument: text.document, contentChanges: text.changes });
    return notebook;
  }

  /** The cells that were closed with it. */
  remove({ notebookDocument, cellTextDocuments }: DidCloseNotebookDocumentParams, documents: Documents): string[] {
    const cells = this.open.get(notebookDocument.uri)?.cells ?? [];
    this.open.delete(notebookDocument.uri);
    for (const textDocument of cellTextDocuments) documents.remove({ textDocument });
    return cells;
  }
}
