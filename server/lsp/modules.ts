import type { Range } from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { Span } from '../facts/syntax';
import { joinCells } from '../languages/notebook/notebook';
import type { Documents } from './documents';
import type { Notebooks } from './notebooks';
import { rangeOf } from './positions';

/** A place in one of the client's documents: for a notebook, the cell's. */
export interface Placed {
  readonly document: TextDocument;
  readonly span: Span;
  readonly range: Range;
}

/**
 * What is analysed as one: a text document, or a notebook whose cells form one module. Everything that goes to the
 * client passes `place`, so that no feature knows about cells.
 */
export interface SourceModule {
  /** The document's or the notebook's own address. */
  readonly uri: string;
  readonly languageId: string;
  readonly text: string;
  /** Changes with every edit of any part. */
  readonly stamp: string;
  readonly version: number;
  readonly notebook: boolean;
  /** The texts of a notebook's code cells. */
  readonly cells: readonly string[];
  /** How manieth each of them was run; null: not, as far as the editor says. */
  readonly executed: readonly (number | null)[];
  readonly place: (span: Span) => Placed | null;
  /** The module's offset of an offset in one of its documents. */
  readonly offsetOf: (uri: string, offset: number) => number | null;
}

export function moduleOf(uri: string, documents: Documents, notebooks: Notebooks): SourceModule | null {
  const notebook = notebooks.ofCell(uri);
  if (notebook) return notebookModule(notebook, documents);
  const document = documents.get(uri);
  if (!document) return null;
  return {
    uri,
    languageId: document.languageId,
    text: document.getText(),
    stamp: String(document.version),
    version: document.version,
    notebook: false,
    cells: [],
    executed: [],
    place: span => ({ document, span, range: rangeOf(document, span) }),
    offsetOf: (asked, offset) => (asked === uri ? offset : null),
  };
}

function notebookModule(
  { uri, cells, version, executed }: NonNullable<ReturnType<Notebooks['ofCell']>>,
  documents: Documents,
): SourceModule | null {
  const texts = cells.flatMap(cell => documents.get(cell) ?? []);
  const first = texts[0];
  if (!first) return null;
  const joined = joinCells(
    texts.map(cell => ({ kind: 'code', text: cell.getText(), languageId: cell.languageId })),
    first.languageId === 'python' ? 'python' : 'javascript',
  );
  return {
    uri,
    languageId: first.languageId,
    text: joined.text,
    stamp: `${version}:${texts.map(cell => cell.version).join(',')}`,
    version,
    notebook: true,
    cells: texts.map(cell => cell.getText()),
    executed: texts.map(cell => executed.get(cell.uri) ?? null),
    place: span => {
      const cell = joined.cells.find(part => span.start >= part.start && span.start <= part.end);
      const document = cell && texts[cell.index];
      if (!cell || !document) return null;
      const inside = { start: span.start - cell.start, end: Math.min(span.end, cell.end) - cell.start };
      return { document, span: inside, range: rangeOf(document, inside) };
    },
    offsetOf: (asked, offset) => {
      const index = texts.findIndex(cell => cell.uri === asked);
      const cell = joined.cells[index];
      return cell ? Math.min(cell.start + offset, cell.end) : null;
    },
  };
}
