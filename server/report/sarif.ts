import type { LocatedFinding, Range } from '../workspace/located';
import type { CheckReport, RuleInfo } from './check';

const levels = { error: 'error', warning: 'warning', information: 'note' } as const;
const precisions = { certain: 'very-high', likely: 'high', possible: 'medium' } as const;

/** GitHub takes at most so many results of a run. */
const resultLimit = 25_000;

/** Weaknesses that families of rules are about: exposure of private information, of it in logs, of data to others. */
const weaknesses: Readonly<Record<string, string>> = {
  DP: 'external/cwe/cwe-359',
  LEAK: 'external/cwe/cwe-201',
  PHI: 'external/cwe/cwe-359',
  MEM: 'external/cwe/cwe-359',
  GOV: 'external/cwe/cwe-494',
  AUD: 'external/cwe/cwe-359',
};

/** SARIF 2.1.0: rules with their pages, fingerprints, related places, fixes and suppressions. */
export function checkSarif(report: CheckReport, rules: readonly RuleInfo[], version: string): string {
  const results = [...report.findings, ...report.suppressed].slice(0, resultLimit);
  const used = new Set(results.map(({ rule }) => rule));
  const described = rules.filter(({ id }) => used.has(id));
  const index = new Map(described.map(({ id }, i) => [id, i]));
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'Epsilint',
            semanticVersion: version,
            rules: described.map(descriptor),
          },
        },
        columnKind: 'utf16CodeUnits',
        originalUriBaseIds: { SRCROOT: { description: { text: 'The folder in which the check was run.' } } },
        results: results.map(finding => result(finding, index.get(finding.rule))),
        invocations: [
          {
            executionSuccessful: report.errors.length === 0,
            toolExecutionNotifications: report.errors.map(({ path, message }) => ({
              level: 'error',
              message: { text: `The file was not read: ${message}.` },
              locations: [{ physicalLocation: { artifactLocation: artifact(path) } }],
            })),
          },
        ],
      },
    ],
  };
  return `${JSON.stringify(log, null, 1)}\n`;
}

function descriptor({ id, name, summary, severity, page }: RuleInfo): object {
  const weakness = weaknesses[/^[A-Z]+/.exec(id)![0]];
  return {
    id,
    name: name.replace(/(^|-)(\w)/g, (_, __, letter: string) => letter.toUpperCase()),
    shortDescription: { text: summary },
    fullDescription: { text: summary },
    help: { text: summary, ...(page === null ? {} : { markdown: page }) },
    defaultConfiguration: { level: levels[severity] },
    properties: {
      tags: ['privacy', ...(weakness ? [weakness] : [])],
      'problem.severity': severity === 'information' ? 'recommendation' : severity,
    },
  };
}

function result(finding: LocatedFinding, ruleIndex: number | undefined): object {
  const { rule, severity, tier, message, path, cell, range, related, fingerprint, fixes, suppressed } = finding;
  const where = cell === null ? '' : `Cell ${cell}, line ${range.start.line}: `;
  return {
    ruleId: rule,
    ...(ruleIndex === undefined ? {} : { ruleIndex }),
    level: levels[severity],
    message: { text: where + message },
    locations: [location(path, cell, range)],
    ...(related.length > 0
      ? {
          relatedLocations: related.map((one, id) => ({
            id,
            ...location(one.path, one.cell, one.range),
            message: { text: one.message },
          })),
        }
      : {}),
    partialFingerprints: { 'epsilint/v1': fingerprint, primaryLocationLineHash: fingerprint },
    ...(fixes.length > 0 && cell === null
      ? {
          fixes: fixes.map(({ title, edits }) => ({
            description: { text: title },
            artifactChanges: [
              {
                artifactLocation: artifact(path),
                replacements: edits.map(edit => ({
                  deletedRegion: region(edit.range),
                  insertedContent: { text: edit.text },
                })),
              },
            ],
          })),
        }
      : {}),
    ...(suppressed
      ? {
          suppressions: [
            { kind: suppressed.kind, ...(suppressed.reason === null ? {} : { justification: suppressed.reason }) },
          ],
        }
      : {}),
    properties: { tier, precision: precisions[tier] },
  };
}

/** A notebook's lines are not lines of its file: the cell stands as a logical location. */
function location(path: string, cell: number | null, range: Range): object {
  if (cell === null) return { physicalLocation: { artifactLocation: artifact(path), region: region(range) } };
  return {
    physicalLocation: { artifactLocation: artifact(path), region: { startLine: 1 } },
    logicalLocations: [
      {
        name: `cell ${cell}, line ${range.start.line}`,
        fullyQualifiedName: `cell:${cell}:${range.start.line}`,
        kind: 'module',
      },
    ],
  };
}

const region = ({ start, end }: Range): object => ({
  startLine: start.line,
  startColumn: start.column,
  endLine: end.line,
  endColumn: end.column,
});

/** Relative to the root of the sources, or an absolute file address. */
function artifact(path: string): object {
  const escaped = path
    .split('/')
    .map(part => encodeURIComponent(part).replace(/%3A/g, ':'))
    .join('/');
  if (path.startsWith('/')) return { uri: `file://${escaped}` };
  if (/^[a-zA-Z]:\//.test(path)) return { uri: `file:///${escaped}` };
  return { uri: escaped, uriBaseId: 'SRCROOT' };
}
