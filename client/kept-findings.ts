import {
  type Diagnostic,
  type DiagnosticCollection,
  languages,
  TabInputNotebook,
  type Uri,
  window,
  workspace,
} from 'vscode';
import type { DiagnosticCollectionProvider } from 'vscode-languageclient/node';

/**
 * Where the language client keeps findings. It takes a cell for closed as soon as its editor is off the screen (scrolled away, or
 * the notebook behind another tab) and would drop the cell's findings: here they stay as long as the notebook has a tab.
 */
export const keptFindings: DiagnosticCollectionProvider = {
  create: name => new KeptFindings(languages.createDiagnosticCollection(name)),
  dispose: collection => collection.dispose(),
};

class KeptFindings implements DiagnosticCollection {
  private readonly closed = window.tabGroups.onDidChangeTabs(({ closed }) => {
    if (closed.some(({ input }) => input instanceof TabInputNotebook)) this.sweep();
  });

  constructor(private readonly all: DiagnosticCollection) {}

  get name(): string {
    return this.all.name;
  }

  set(uri: Uri, found: readonly Diagnostic[] | undefined): void;
  set(entries: readonly [Uri, readonly Diagnostic[] | undefined][]): void;
  set(first: Uri | readonly [Uri, readonly Diagnostic[] | undefined][], found?: readonly Diagnostic[]): void {
    if ('scheme' in first) this.all.set(first, found);
    else this.all.set(first);
  }

  delete(uri: Uri): void {
    const notebook = notebookOf(uri);
    if (!notebook || !hasTab(notebook)) this.all.delete(uri);
  }

  clear(): void {
    this.all.clear();
  }

  forEach(callback: Parameters<DiagnosticCollection['forEach']>[0], thisArg?: unknown): void {
    this.all.forEach(callback, thisArg);
  }

  get(uri: Uri): readonly Diagnostic[] | undefined {
    return this.all.get(uri);
  }

  has(uri: Uri): boolean {
    return this.all.has(uri);
  }

  [Symbol.iterator](): Iterator<[Uri, readonly Diagnostic[]]> {
    return this.all[Symbol.iterator]();
  }

  dispose(): void {
    this.closed.dispose();
    this.all.dispose();
  }

  /** The last tab of a notebook is gone: with it, what stands in its cells. */
  private sweep(): void {
    for (const [uri] of [...this.all]) if (uri.scheme === CELL) this.delete(uri);
  }
}

const CELL = 'vscode-notebook-cell';

function notebookOf(cell: Uri): Uri | null {
  if (cell.scheme !== CELL) return null;
  const same = cell.toString();
  const open = workspace.notebookDocuments.find(notebook =>
    notebook.getCells().some(({ document }) => document.uri.toString() === same),
  );
  return open?.uri ?? null;
}

const hasTab = (notebook: Uri): boolean =>
  window.tabGroups.all.some(({ tabs }) =>
    tabs.some(({ input }) => input instanceof TabInputNotebook && input.uri.toString() === notebook.toString()),
  );
