import { availableParallelism } from 'node:os';
import { basename } from 'node:path';
import type { ScriptRequest } from '../../../audit-core/audit/request';
import type { AuditOutcome } from '../../../audit-core/audit/result';
import { type ShadowEngine, ShadowError } from '../../../audit-core/shadows/engine';
import { ScoreStore } from '../../../audit-core/shadows/store';
import { trainShadows } from '../../../audit-core/shadows/train';
import { duration } from '../../../audit-core/shadows/words';
import type { ModuleFacts } from '../../facts/syntax';
import { AuditError } from '../audit-runner';
import { makeEngine, recipeOf } from './engines';
import type { PreparedShadows } from './messages';
import { openPrivateFolder, purgeRuns } from './private-folder';
import { runKey } from './run-key';
import { ShadowSession } from './session';

export type EngineName = ShadowEngine['name'];

/** What "who is exposed?" is asked of. */
export interface ShadowAuditRequest {
  /** The specification, as for a quick audit of the script. */
  readonly request: ScriptRequest;
  /** Absolute path of the script. */
  readonly script: string;
  readonly text: string;
  readonly facts: ModuleFacts;
  /** How many reference models; even. */
  readonly models: number;
  readonly engine: EngineName;
  readonly seed: number;
  readonly listExposed: boolean;
  readonly settings: ShadowSettings;
}

export interface ShadowSettings {
  /** Python for the process engine; null: looked for (`findInterpreter`). */
  readonly python: string | null;
  /** Models trained at the same time; null: one a core. */
  readonly workers: number | null;
  /** Seconds for one model. */
  readonly timeLimit: number;
  /** Runs that nothing was written to for so many days are removed; 0 keeps them. */
  readonly retentionDays: number;
  readonly ray: RaySettings;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** An existing Ray cluster and what one model may use of it. */
export interface RaySettings {
  /** Address of the job server, such as `http://head:8265`; null: from `RAY_ADDRESS`. */
  readonly address: string | null;
  readonly cpus: number;
  readonly gpus: number;
  readonly retries: number;
  /** A folder on every node that has the script's files; null: they are copied to the cluster. */
  readonly folder: string | null;
}

export const defaultShadowSettings: Omit<ShadowSettings, 'env' | 'retentionDays'> = {
  python: null,
  workers: null,
  timeLimit: 3600,
  ray: { address: null, cpus: 1, gpus: 0, retries: 3, folder: null },
};

export interface ShadowWatch {
  readonly signal: AbortSignal;
  /** `fraction` in [0, 1]. */
  readonly progress: (message: string, fraction: number) => void;
  /** Results so far, at 16, 32, 64 … models. */
  readonly partial?: (models: number, outcome: AuditOutcome) => void;
  /** Folder of the bundled workers. */
  readonly folder?: string;
}

/**
 * Who is exposed: gate and quick audit first, then reference models on complementary halves of the people, then the audit with all of
 * them. Scores are kept as they come: a run that was cancelled or crashed goes on where it stopped.
 * Rejects with an AuditError (one sentence) or the signal's reason.
 */
export async function auditWithShadows(asked: ShadowAuditRequest, watch: ShadowWatch): Promise<AuditOutcome> {
  const { request, models, seed, settings } = asked;
  const { signal, progress } = watch;
  const session = new ShadowSession((message, fraction) => progress(message, 0.05 * fraction), watch.folder);
  const abort = (): void => void session.dispose();
  signal.addEventListener('abort', abort, { once: true });
  let engine: ShadowEngine | null = null;
  try {
    const prepared = await session.prepare({ request, divided: asked.engine !== 'embedded' });
    if (!prepared.quick.result.gate.passed && !request.despiteGate) return prepared.quick;
    progress('Looking for scores of an earlier run', 0.05);
    const { folder, store } = await openStore(asked, prepared);
    if (settings.retentionDays > 0) await purgeRuns(asked.script, settings.retentionDays, basename(folder));
    engine = await makeEngine(asked, prepared, folder, watch);
    const { differences } = engine;
    const audit = (scores: Parameters<ShadowSession['audit']>[0]['scores'], listExposed: boolean) =>
      session.audit({ scores, seed, listExposed, assumptions: differences });
    const scores = await trainShadows(prepared.people, engine, store, {
      models,
      seed,
      signal,
      now: () => performance.now(),
      progress: ({ done, fraction, secondsLeft }) =>
        progress(
          `Training reference model ${Math.min(done + 1, models)} of ${models} (${asked.engine})${secondsLeft === null ? '' : `, about ${duration(secondsLeft)} left`}`,
          0.05 + 0.9 * fraction,
        ),
      partial: async first => watch.partial?.(first.length, await audit(first, false)),
    });
    progress('Attacking', 0.96);
    return await audit(scores, asked.listExposed);
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (error instanceof ShadowError) throw new AuditError(error.message);
    throw error;
  } finally {
    signal.removeEventListener('abort', abort);
    await engine?.dispose();
    await session.dispose();
  }
}

/** How many models are trained at the same time. */
export const workersOf = (settings: ShadowSettings): number => settings.workers ?? Math.max(1, availableParallelism());

async function openStore(asked: ShadowAuditRequest, prepared: PreparedShadows) {
  const { request, text, facts, engine, seed } = asked;
  const key = await runKey({
    script: asked.script,
    text,
    facts,
    data: request.data,
    engine,
    recipe: await recipeOf(asked),
    seed,
  });
  const folder = await openPrivateFolder(asked.script, key);
  const store = await ScoreStore.open(folder, {
    version: 1,
    key,
    engine,
    rows: prepared.people.codes.length,
    seed,
    begun: new Date().toISOString(),
  });
  return { folder: folder.path, store };
}
