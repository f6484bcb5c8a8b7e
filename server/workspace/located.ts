import { relative, sep } from 'node:path';
import type { Tier } from '../facts/events';
import type { Finding, Severity } from '../rules';
import { type DocumentAnalysis, placeOf, ruleNames } from './analysis';
import { enclosingNames, fingerprint, statementText } from './fingerprint';
import { LineIndex, type Position } from './line-index';
import { redactLine } from './redact';

export interface Range {
  readonly start: Position;
  readonly end: Position;
}

export interface RelatedPlace {
  readonly path: string;
  /** The cell of a notebook that the range counts in; null in plain files. */
  readonly cell: number | null;
  readonly range: Range;
  readonly message: string;
}

/** A finding as it leaves the analysis: plain data with lines instead of offsets. */
export interface LocatedFinding {
  readonly rule: string;
  readonly name: string;
  readonly tier: Tier;
  readonly severity: Severity;
  /** Relative to the folder that was asked for, `/`-separated. */
  readonly path: string;
  readonly cell: number | null;
  /** 1-based, UTF-16 columns; inside the cell for notebooks. */
  readonly range: Range;
  readonly message: string;
  readonly related: readonly RelatedPlace[];
  readonly fingerprint: string;
  /** The line itself with possible values of people hidden: for reports, not part of the JSON. */
  readonly code: string;
  /** Safe fixes, for SARIF. */
  readonly fixes: readonly {
    readonly title: string;
    readonly edits: readonly { readonly range: Range; readonly text: string }[];
  }[];
  /** The reason of a suppression, when it is suppressed. */
  readonly suppressed?: { readonly kind: 'inSource' | 'external'; readonly reason: string | null };
}

/** Gives lines, columns, cells and fingerprints to the findings of one document. `textOf` reads other files for related places. */
export function locateFindings(
  analysis: DocumentAnalysis,
  base: string,
  fingerprintBase: string,
  textOf: (path: string) => string | null,
): { readonly findings: LocatedFinding[]; readonly suppressed: LocatedFinding[] } {
  const shown = (path: string): string => displayPath(base, path);
  const indexes = new Map<string, LineIndex>();
  const indexOf = (key: string, text: string): LineIndex => {
    let index = indexes.get(key);
    if (!index) {
      index = new LineIndex(text);
      indexes.set(key, index);
    }
    return index;
  };
  const own = (span: Finding['span']): { cell: number | null; cellId: string | null; range: Range; code: string } => {
    const place = placeOf(analysis, span);
    const cell = analysis.notebook?.cells.find(one => one.index === place.cell);
    const text = cell ? analysis.text.slice(cell.start, cell.end) : analysis.text;
    const index = indexOf(`${place.cell}`, text);
    const range = { start: index.positionOf(place.span.start), end: index.positionOf(place.span.end) };
    return { cell: place.cell, cellId: place.cellId, range, code: index.line(range.start.line) };
  };
  const occurrences = new Map<string, number>();
  const located = (finding: Finding): LocatedFinding => {
    const { cell, cellId, range, code } = own(finding.span);
    const statement = redactLine(statementText(analysis.text, finding.span));
    const place = cellId ?? enclosingNames(analysis.facts, finding.span.start);
    const key = `${finding.rule}\0${place}\0${statement}`;
    const occurrence = occurrences.get(key) ?? 0;
    occurrences.set(key, occurrence + 1);
    return {
      rule: finding.rule,
      name: ruleNames.get(finding.rule) ?? finding.rule,
      tier: finding.tier,
      severity: finding.severity,
      path: shown(analysis.path),
      cell,
      range,
      message: finding.message,
      related: finding.related.flatMap(({ path, span, message }) => {
        if (path === undefined || path === analysis.path) {
          const { cell, range } = own(span);
          return [{ path: shown(analysis.path), cell, range, message }];
        }
        const text = textOf(path);
        if (text === null) return [];
        const index = indexOf(path, text);
        return [
          {
            path: shown(path),
            cell: null,
            range: { start: index.positionOf(span.start), end: index.positionOf(span.end) },
            message,
          },
        ];
      }),
      fingerprint: fingerprint({
        rule: finding.rule,
        path: displayPath(fingerprintBase, analysis.path),
        place,
        statement,
        occurrence,
      }),
      code: redactLine(code.slice(0, 400)),
      fixes: finding.fixes
        .filter(({ safety }) => safety === 'safe')
        .map(({ title, edits }) => ({
          title,
          edits: edits.map(({ span, text }) => ({ range: own(span).range, text })),
        })),
    };
  };
  return {
    findings: analysis.findings.map(located),
    suppressed: analysis.suppressed.map(({ finding, reason }) => ({
      ...located(finding),
      suppressed: { kind: 'inSource' as const, reason },
    })),
  };
}

/** Relative where the file lies below the folder, else absolute; always with `/`. */
export function displayPath(base: string, path: string): string {
  const name = relative(base, path);
  const inside = name !== '' && name !== '..' && !name.startsWith(`..${sep}`) && !/^[a-zA-Z]:/.test(name);
  return (inside ? name : path).split(sep).join('/');
}
