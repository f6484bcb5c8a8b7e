import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type AuditFigures, type Comparison, compareAudits, figuresOf } from '../../audit-core/audit/compare';
import type { AuditOutcome, AuditResult } from '../../audit-core/audit/result';
import { AuditHistory } from '../workspace/audit-history';
import { UsageError } from './io';

/** Beside an earlier audit: the last one in the checkpoint's history, or the JSON of one. */
export function comparisonWith(earlier: string, checkpoint: string, outcome: AuditOutcome, cwd: string): Comparison {
  const after = figuresOf(outcome.result);
  if (earlier !== 'last') return compareAudits(readFigures(earlier, cwd), after, { date: null, sameMembers: null });
  const last = new AuditHistory().records(checkpoint).at(-1);
  if (!last) throw new UsageError('--compare last: there is no earlier audit of this checkpoint in the history.');
  const same = last.members && outcome.members ? last.members.sha256 === outcome.members.sha256 : null;
  return compareAudits(last.figures, after, { date: last.date, sameMembers: same });
}

/** The figures of an audit's JSON. Throws `UsageError`. */
export function readFigures(path: string, cwd: string): AuditFigures {
  let value: Partial<AuditResult>;
  try {
    value = JSON.parse(readFileSync(resolve(cwd, path), 'utf8')) as Partial<AuditResult>;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    throw new UsageError(`${path}: ${code ? `cannot be read (${code})` : 'is not valid JSON'}.`);
  }
  const whole =
    value?.version === 1 &&
    Array.isArray(value.attacks) &&
    value.gate &&
    value.records &&
    Array.isArray(value.epsilonLowerBounds);
  if (!whole) throw new UsageError(`${path}: is no audit as \`epsilint audit --format json\` writes it.`);
  return figuresOf(value as AuditResult);
}
