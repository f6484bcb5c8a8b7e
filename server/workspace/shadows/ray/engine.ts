import { basename, dirname, relative } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { unzlibSync } from 'fflate';
import { bytesSource } from '../../../../audit-core/checkpoints/byte-source';
import { defaultLimits } from '../../../../audit-core/checkpoints/limits';
import { writeNpy } from '../../../../audit-core/checkpoints/npy/writer';
import { readNumpy } from '../../../../audit-core/datasets/npy';
import {
  type EngineWatch,
  type ShadowEngine,
  ShadowError,
  type ShadowJob,
} from '../../../../audit-core/shadows/engine';
import { scriptMask, spreadScores } from '../divided';
import { type JobStatus, newJobName, RayClient } from './client';
import { packageOf, workPackage } from './package';
import { answerIn, names } from './task';

/** How a script's own code trains reference models on a Ray cluster. */
export interface RayEngineSettings {
  /** `http://head:8265`. */
  readonly address: string;
  readonly script: string;
  /** The script's text with the lines that read the two variables. */
  readonly text: string;
  readonly originalLine: (line: number) => number | null;
  /** Data files and modules, absolute. */
  readonly files: readonly string[];
  readonly divided: Int32Array;
  readonly rows: number;
  readonly slots: number;
  readonly timeLimit: number;
  readonly cpus: number;
  readonly gpus: number;
  /** How often a model is begun again when its node or its job is lost. */
  readonly retries: number;
  /** A folder on every node that has the script's files; null: they are copied to the cluster. */
  readonly folder: string | null;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Milliseconds between two looks at a job. */
  readonly interval?: number;
}

/** One job with one task a model, by Ray's job submission. Lost nodes cost their running models only: Ray begins the task again elsewhere. */
export function rayEngine(settings: RayEngineSettings): ShadowEngine {
  const running = new Map<string, RayClient>();
  let work: Promise<string> | null = null;
  return {
    name: 'ray',
    slots: settings.slots,
    differences: [
      'Reference models were trained by the script itself on a Ray cluster, on half of the people each; what it draws at random is seeded as in the script.',
    ],
    dispose: async () => {
      await Promise.all([...running].map(([id, client]) => client.stop(id)));
    },
    train: async (job, watch) => {
      const client = new RayClient(settings.address, settings.env, watch.signal);
      work ??= uploadWork(settings, client);
      const workingDirectory = await work.catch(error => {
        work = null;
        throw error;
      });
      const mask = scriptMask(settings.divided, job);
      const held = packageOf({ [names.mask]: writeNpy({ data: mask, shape: [mask.length] }) });
      const modules = [await client.upload(held.name, held.bytes)];
      for (let attempt = 0; ; attempt++) {
        const id = newJobName();
        running.set(id, client);
        try {
          await client.submit(id, {
            entrypoint: `python ${names.task}`,
            workingDirectory,
            modules,
            environment: environmentOf(settings),
          });
          const log = await finished(client, id, watch, settings.interval ?? 2000);
          const answer = answerIn(log);
          if (answer?.kind === 'failed') throw new ShadowError(explain(settings, answer, job));
          if (answer?.kind === 'scores') return await scoresOf(settings, answer.base64);
          if (attempt >= settings.retries)
            throw new ShadowError(
              `Reference model ${job.model + 1} was lost on Ray ${attempt + 1} times; look at the job ${id} in its dashboard.`,
            );
        } catch (error) {
          await client.stop(id);
          throw error;
        } finally {
          running.delete(id);
        }
      }
    },
  };
}

async function uploadWork({ text, script, files, folder }: RayEngineSettings, client: RayClient): Promise<string> {
  const beside = folder === null ? files.map(path => relative(dirname(script), path)) : [];
  const { name, bytes } = await workPackage(text, dirname(script), beside);
  return await client.upload(name, bytes);
}

function environmentOf({ script, folder, cpus, gpus, retries, timeLimit }: RayEngineSettings): Record<string, string> {
  return {
    EPSILINT_SCRIPT: basename(script),
    EPSILINT_FOLDER: folder ?? '',
    EPSILINT_CPUS: String(cpus),
    EPSILINT_GPUS: String(gpus),
    EPSILINT_RETRIES: String(retries),
    EPSILINT_SECONDS: String(timeLimit),
    OMP_NUM_THREADS: String(Math.max(1, Math.floor(cpus))),
  };
}

const over: ReadonlySet<JobStatus> = new Set(['STOPPED', 'SUCCEEDED', 'FAILED']);

/** Waits for a job's end; answers its log. A dashboard that does not answer for a moment is asked again. */
async function finished(client: RayClient, id: string, { signal }: EngineWatch, interval: number): Promise<string> {
  for (let silent = 0; ; ) {
    await wait(interval, undefined, { signal }).catch(() => {
      throw signal.reason;
    });
    try {
      if (over.has(await client.status(id))) return await client.logs(id);
      silent = 0;
    } catch (error) {
      if (signal.aborted || ++silent > 15) throw error;
    }
  }
}

async function scoresOf({ divided, rows, script }: RayEngineSettings, base64: string) {
  const bytes = unzlibSync(new Uint8Array(Buffer.from(base64, 'base64')));
  const array = await readNumpy(bytesSource('scores.npy', bytes), 'scores', defaultLimits);
  return await spreadScores(array, divided, rows, basename(script));
}

function explain(
  { script, originalLine, timeLimit }: RayEngineSettings,
  { what, line }: { readonly what: string; readonly line: number | null },
  job: ShadowJob,
): string {
  const name = basename(script);
  const which = `(reference model ${job.model + 1}, on Ray)`;
  if (what === 'time')
    return `${name} was stopped after ${timeLimit} s ${which}; raise the time limit or train on less.`;
  if (what === 'scores')
    return `${name} ended without writing scores ${which}; the lines behind its training were not reached.`;
  const original = line === null ? null : originalLine(line);
  const where =
    line === null ? '' : original === null ? ' in the lines that make it auditable' : ` at line ${original}`;
  return `${name} stopped${what === 'code' ? '' : ` with ${what}`}${where} ${which}; the cluster needs the script's packages.`;
}
