import type { SyntaxProblem } from '../../facts/syntax';
import { neutraliseMagics, runsOf } from './magics';

/** Longest stored output of a cell that is kept for scanning, in UTF-16 units. */
const MAX_OUTPUT = 200_000;

/** One code cell and where its source stands in the joined module. */
export interface NotebookCell {
  /** 0-based over all cells, Markdown ones included: the number that editors and reports use. */
  readonly index: number;
  readonly id: string | null;
  readonly start: number;
  readonly end: number;
  readonly executionCount: number | null;
  /** Stored outputs as text: scanned, never shown. */
  readonly outputs: readonly {
    readonly mime: 'text/plain' | 'text/html';
    readonly text: string;
    readonly truncated: boolean;
  }[];
}

/** All code cells as one module. Offsets of the module map back to cells by `locate`. */
export interface NotebookModule {
  readonly text: string;
  readonly language: 'python' | 'javascript' | 'other';
  readonly cells: readonly NotebookCell[];
  readonly problems: readonly SyntaxProblem[];
  /** Other files whose names `%run` brings in: where the line starts, and the file as an import would name it. */
  readonly runs: readonly { readonly start: number; readonly module: string }[];
}

/** A cell as an editor holds it. */
export interface SourceCell {
  readonly kind: 'code' | 'markup';
  readonly text: string;
  readonly languageId?: string;
  readonly id?: string | null;
  readonly executionCount?: number | null;
  readonly outputs?: NotebookCell['outputs'];
}

/** Joins code cells of the notebook's language, one newline between them, magics neutralised; others are left out. */
export function joinCells(
  cells: readonly SourceCell[],
  language: NotebookModule['language'] = 'python',
): NotebookModule {
  let text = '';
  const places: NotebookCell[] = [];
  const runs: { start: number; module: string }[] = [];
  cells.forEach((cell, index) => {
    if (cell.kind !== 'code') return;
    const foreign = cell.languageId !== undefined && familyOf(cell.languageId) !== language;
    const start = text.length;
    if (!foreign && language === 'python')
      for (const { start: at, module } of runsOf(cell.text)) runs.push({ start: start + at, module });
    if (!foreign) text += language === 'python' ? neutraliseMagics(cell.text) : cell.text;
    const { id = null, executionCount = null, outputs = [] } = cell;
    places.push({ index, id, start, end: text.length, executionCount, outputs });
    text += '\n';
  });
  return { text, language, cells: places, problems: [], runs };
}

/** Reads an `.ipynb` file (nbformat 3 or 4). Anything else gives an empty module with one problem. */
export function parseNotebook(json: string): NotebookModule {
  let value: unknown;
  try {
    value = JSON.parse(json.charCodeAt(0) === 0xfeff ? json.slice(1) : json);
  } catch {
    return unreadable(json, 'The notebook is not valid JSON; save it again from Jupyter or VS Code.');
  }
  const found = isRecord(value)
    ? (value.cells ??
      (Array.isArray(value.worksheets) && isRecord(value.worksheets[0]) ? value.worksheets[0].cells : undefined))
    : undefined;
  if (!isRecord(value) || !Array.isArray(found))
    return unreadable(json, 'The file has no list of cells: it is no notebook.');
  const cells = found.filter(isRecord).map(cellOf);
  return joinCells(cells, languageOf(value.metadata));
}

/** The cell that holds an offset of the module, and the offset inside it; null between cells. */
export function locate(module: NotebookModule, offset: number): { cell: NotebookCell; offset: number } | null {
  let low = 0;
  let high = module.cells.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const cell = module.cells[middle]!;
    if (offset < cell.start) high = middle - 1;
    else if (offset > cell.end) low = middle + 1;
    else return { cell, offset: offset - cell.start };
  }
  return null;
}

function cellOf(cell: Record<string, unknown>): SourceCell {
  const outputs = Array.isArray(cell.outputs) ? cell.outputs.filter(isRecord).flatMap(outputsOf) : [];
  return {
    kind: cell.cell_type === 'code' ? 'code' : 'markup',
    text: joined(cell.source ?? cell.input),
    id: typeof cell.id === 'string' ? cell.id : null,
    executionCount: typeof cell.execution_count === 'number' ? cell.execution_count : null,
    outputs,
  };
}

function outputsOf(output: Record<string, unknown>): NotebookCell['outputs'] {
  const data = isRecord(output.data) ? output.data : {};
  const given: ['text/plain' | 'text/html', unknown][] = [
    ['text/html', data['text/html'] ?? output.html],
    ['text/plain', data['text/plain'] ?? output.text],
  ];
  return given.flatMap(([mime, value]) => {
    const text = joined(value);
    return text === '' ? [] : [{ mime, text: text.slice(0, MAX_OUTPUT), truncated: text.length > MAX_OUTPUT }];
  });
}

function languageOf(metadata: unknown): NotebookModule['language'] {
  if (!isRecord(metadata)) return 'python';
  const info = isRecord(metadata.language_info) ? metadata.language_info.name : undefined;
  const kernel = isRecord(metadata.kernelspec) ? (metadata.kernelspec.language ?? metadata.kernelspec.name) : undefined;
  const name = info ?? kernel;
  return typeof name === 'string' ? familyOf(name) : 'python';
}

function familyOf(name: string): NotebookModule['language'] {
  if (/^(i?python|pypy|sage)/i.test(name)) return 'python';
  return /^(javascript|typescript|jslab|tslab|deno|node)/i.test(name) ? 'javascript' : 'other';
}

/** Sources and texts are a string or a list of lines. */
function joined(value: unknown): string {
  if (typeof value === 'string') return value;
  return Array.isArray(value) ? value.filter(part => typeof part === 'string').join('') : '';
}

function unreadable(json: string, message: string): NotebookModule {
  return {
    text: '',
    language: 'other',
    cells: [],
    problems: [{ kind: 'syntax', start: 0, end: Math.min(1, json.length), message }],
    runs: [],
  };
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
