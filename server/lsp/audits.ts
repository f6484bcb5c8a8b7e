import { basename } from 'node:path';
import type { Diagnostic } from 'vscode-languageserver';
import { diagnosticOf } from './diagnostics';
import type { Documents, Mark } from './documents';
import type { AuditFinding, AuditRun, CheckpointPlace } from './host';
import { firstLineRange } from './positions';
import type { Analysed, Session } from './session';

/** A line that saves or loads the model, and what suppressions and configuration say of findings there. */
interface Place {
  readonly mark: Mark;
  readonly ruled: CheckpointPlace['ruled'];
}

/** One finished audit and where its findings stand in each open document. */
interface Entry {
  readonly run: AuditRun;
  readonly at: number;
  /** Per document: the marks of the lines that save or load the model, moved by edits. */
  readonly places: Map<string, Place[]>;
}

/**
 * The audits of this session, by checkpoint. A finding stands on every line that saves or loads the audited model;
 * while the text is broken it stays where the line has moved to.
 */
export class Audits {
  private readonly entries = new Map<string, Entry>();

  constructor(private readonly session: Session) {}

  record(run: AuditRun): void {
    const key = run.checkpoints[0];
    if (key === undefined) return;
    const old = this.entries.get(key);
    if (old) this.unmark(old, this.session.documents);
    this.entries.set(key, { run, at: Date.now(), places: new Map() });
  }

  /** The last audit of a checkpoint, or the last one at all. */
  last(checkpoint?: string): AuditRun | null {
    const all = [...this.entries.values()].sort((a, b) => b.at - a.at);
    if (checkpoint === undefined) return all[0]?.run ?? null;
    return all.find(entry => entry.run.checkpoints.includes(checkpoint))?.run ?? null;
  }

  list(): { checkpoint: string; label: string; description: string }[] {
    return [...this.entries.values()]
      .filter(entry => entry.run.html !== null)
      .sort((a, b) => b.at - a.at)
      .map(({ run, at }) => ({
        checkpoint: run.checkpoints[0]!,
        label: basename(run.checkpoints[0]!),
        description: `${run.title} · ${new Date(at).toLocaleTimeString()}`,
      }));
  }

  /** Audit diagnostics of one of the client's documents. */
  diagnostics(uri: string, { module, analysis }: Analysed): Diagnostic[] {
    const out: Diagnostic[] = [];
    for (const entry of this.entries.values()) {
      const seen = analysis.checkpoints.flatMap(place => {
        if (place.path === null || !entry.run.checkpoints.includes(place.path)) return [];
        const placed = module.place(place.span);
        return placed && placed.document.uri === uri ? [{ span: placed.span, ruled: place.ruled }] : [];
      });
      if (seen.length > 0) {
        for (const { mark } of entry.places.get(uri) ?? []) this.session.documents.unmark(uri, mark);
        entry.places.set(
          uri,
          seen.map(({ span, ruled }) => ({ mark: this.session.documents.mark(uri, span.start, span.end), ruled })),
        );
      }
      const document = this.session.documents.get(uri);
      if (!document) continue;
      // A line that is gone from a text that reads well is gone; in a broken text it may come back.
      const places = seen.length > 0 || analysis.broken ? (entry.places.get(uri) ?? []) : [];
      for (const { mark, ruled } of places)
        if (!mark.gone)
          for (const finding of governed(entry.run.findings, ruled))
            out.push(this.diagnostic(finding, firstLineRange(document, mark), entry.run));
    }
    return out;
  }

  private diagnostic(finding: AuditFinding, range: Diagnostic['range'], run: AuditRun): Diagnostic {
    return diagnosticOf(this.session, { ...finding, tier: 'certain', fixes: [] }, range, [], {
      audit: run.checkpoints[0],
    });
  }

  private unmark(entry: Entry, documents: Documents): void {
    for (const [uri, places] of entry.places) for (const { mark } of places) documents.unmark(uri, mark);
  }
}

/** Findings at a place as its suppressions and the configuration leave them. */
export const governed = (findings: readonly AuditFinding[], ruled: CheckpointPlace['ruled']): AuditFinding[] =>
  findings.flatMap(finding => {
    const severity = ruled.get(finding.rule);
    return severity === null ? [] : [{ ...finding, severity: severity ?? finding.severity }];
  });
