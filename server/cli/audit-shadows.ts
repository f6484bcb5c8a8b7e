import { basename } from 'node:path';
import type { AuditOutcome } from '../../audit-core/audit/result';
import { partialSentence } from '../../audit-core/shadows/words';
import { purgeRuns } from '../workspace/shadows/private-folder';
import {
  auditWithShadows,
  defaultShadowSettings,
  type ShadowAuditRequest,
  type ShadowSettings,
} from '../workspace/shadows/shadow-audit';
import { clearProgress, progressOn } from './audit-report';
import type { ShadowOptions } from './audit-shadow-options';
import type { CliIO } from './io';

/** `--shadows K`: reference models by the chosen engine, with partial results on standard error as they come. */
export async function runShadows(
  subject: Pick<ShadowAuditRequest, 'request' | 'script' | 'text' | 'facts' | 'listExposed'>,
  options: ShadowOptions & Pick<ShadowSettings, 'retentionDays'>,
  io: CliIO,
): Promise<AuditOutcome> {
  const settings: ShadowSettings = {
    ...defaultShadowSettings,
    python: options.python,
    workers: options.workers,
    retentionDays: options.retentionDays,
    timeLimit: options.timeLimit ?? defaultShadowSettings.timeLimit,
    ray: { ...defaultShadowSettings.ray, ...options.ray },
    env: io.env,
  };
  if (options.engine === 'process')
    io.stderr(
      `Training ${options.models} reference models by running ${basename(subject.script)} itself, as --engine process says.\n`,
    );
  if (options.engine === 'ray')
    io.stderr(
      `Training ${options.models} reference models on Ray: ${basename(subject.script)} and its data are copied to the cluster and run there.\n`,
    );
  return await auditWithShadows(
    { ...subject, models: options.models, engine: options.engine, seed: options.seed, settings },
    {
      signal: io.signal,
      progress: progressOn(io),
      partial: (models, outcome) => {
        clearProgress(io);
        io.stderr(`${partialSentence(models, outcome)}\n`);
      },
    },
  );
}

/** `--purge`: removes the kept scores of a script's reference models; one sentence. */
export async function purgeScores(script: string): Promise<string> {
  const removed = await purgeRuns(script);
  return removed === 0
    ? `There are no kept scores of ${basename(script)}.\n`
    : `Removed the kept scores of ${removed} ${removed === 1 ? 'run' : 'runs'} of reference models.\n`;
}
