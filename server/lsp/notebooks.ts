import {
  type DidChangeNotebookDocumentParams,
  type DidCloseNotebookDocumentParams,
  type DidOpenNotebookDocumentParams,
  type NotebookCell,
  NotebookCellKind,
} from 'vscode-languageserver';
import type { Documents } from './documents';

interface Notebook {
  readonly uri: string;
  /** Addresses of the code cells in their order. */
  cells: string[];
  version: number;
  /** How manieth each cell was run, of those that were; by their addresses. */
  readonly executed: Map<string, number>;
}

function noteRuns({ executed }: Notebook, cells: readonly NotebookCell[]): void {
  for (const { document, executionSummary } of cells)
    if (executionSummary) executed.set(document, executionSummary.executionOrder);
    else executed.delete(document);
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
      executed: new Map(),
    });
    noteRuns(this.open.get(notebookDocument.uri)!, notebookDocument.cells);
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
      noteRuns(notebook, cells ?? []);
      for (const textDocument of structure.didOpen ?? []) documents.add({ textDocument });
      for (const textDocument of structure.didClose ?? []) documents.remove({ textDocument });
    }
    noteRuns(notebook, change.cells?.data ?? []);
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
