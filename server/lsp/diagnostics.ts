import { createHash } from 'node:crypto';
import {
  type Diagnostic,
  type DiagnosticRelatedInformation,
  DiagnosticSeverity,
  type Range,
} from 'vscode-languageserver';
import type { Finding, Severity } from '../rules/finding';
import { governed } from './audits';
import { configurationDiagnostics } from './configuration/diagnostics';
import { configurationKind } from './configuration/files';
import { firstLineRange, rangeOf } from './positions';
import { type Analysed, pathOf, type Session, uriOf } from './session';

const severities: Readonly<Record<Severity, DiagnosticSeverity>> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  information: DiagnosticSeverity.Information,
};

/** What a diagnostic carries for code actions and lenses. */
export interface DiagnosticData {
  readonly tier: Finding['tier'];
  readonly fixes: number;
  readonly audit?: string | undefined;
}

/** All diagnostics of one of the client's documents: the rules' findings, then the audits'. */
export async function diagnosticsOf(session: Session, uri: string): Promise<Diagnostic[]> {
  if (configurationKind(uri)) return configurationDiagnostics(session, uri);
  const analysed = await session.analysed(uri);
  if (!analysed) return [];
  const found = findingsOf(uri, analysed).map(({ finding, range }) =>
    diagnosticOf(session, finding, range, related(finding, analysed)),
  );
  const audits = session.audits.diagnostics(uri, analysed);
  return [...found, ...audits, ...hazards(session, uri, analysed, audits)].slice(
    0,
    session.settings.maxFindingsPerFile,
  );
}

/** AUD005 at each line that saves or loads a checkpoint with more in it than weights, unless an audit has said so there. */
function hazards(session: Session, uri: string, analysed: Analysed, audits: readonly Diagnostic[]): Diagnostic[] {
  return analysed.analysis.checkpoints.flatMap(({ path, span, ruled }) => {
    const placed = path === null ? null : analysed.module.place(span);
    if (path === null || placed?.document.uri !== uri) return [];
    const range = firstLineRange(placed.document, placed.span);
    if (audits.some(({ code, range: at }) => code === 'AUD005' && at.start.line === range.start.line)) return [];
    return governed(session.inspections.findings(path), ruled).map(finding =>
      diagnosticOf(session, { ...finding, tier: 'certain', fixes: [] }, range, []),
    );
  });
}

/** The findings that stand in one of the client's documents. */
export function findingsOf(
  uri: string,
  { module, analysis }: Analysed,
): { readonly finding: Finding; readonly range: Range }[] {
  return analysis.findings.flatMap(finding => {
    const placed = module.place(finding.span);
    return placed && placed.document.uri === uri
      ? [{ finding, range: firstLineRange(placed.document, placed.span) }]
      : [];
  });
}

export function diagnosticOf(
  session: Session,
  finding: Pick<Finding, 'rule' | 'severity' | 'message' | 'tier' | 'fixes'>,
  range: Range,
  relatedInformation: DiagnosticRelatedInformation[],
  more: { audit?: string | undefined } = {},
): Diagnostic {
  const page = session.host.rulePage(finding.rule);
  const data: DiagnosticData = { tier: finding.tier, fixes: finding.fixes.length, ...more };
  return {
    range,
    severity: severities[finding.severity],
    code: finding.rule,
    source: 'epsilint',
    message: finding.message,
    ...(page && { codeDescription: { href: page.href } }),
    ...(relatedInformation.length > 0 && { relatedInformation }),
    data,
  };
}

function related(finding: Finding, { module }: Analysed): DiagnosticRelatedInformation[] {
  return finding.related.flatMap(place => {
    if (place.path === undefined) {
      const placed = module.place(place.span);
      return placed
        ? [
            {
              location: { uri: placed.document.uri, range: rangeOf(placed.document, placed.span) },
              message: place.message,
            },
          ]
        : [];
    }
    // Offsets of a file that is not open cannot be turned into lines here: the top of the file is where it points.
    const own = pathOf(module.uri);
    if (own === null) return [];
    const zero = { line: 0, character: 0 };
    return [{ location: { uri: uriOf(place.path), range: { start: zero, end: zero } }, message: place.message }];
  });
}

/** Identity of a list of diagnostics, for `unchanged` reports. */
export const resultIdOf = (items: readonly Diagnostic[]): string =>
  createHash('sha1').update(JSON.stringify(items)).digest('base64url');
