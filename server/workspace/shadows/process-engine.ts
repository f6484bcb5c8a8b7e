import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { bytesSource } from '../../../audit-core/checkpoints/byte-source';
import { defaultLimits } from '../../../audit-core/checkpoints/limits';
import { writeNpy } from '../../../audit-core/checkpoints/npy/writer';
import { readNumpy } from '../../../audit-core/datasets/npy';
import {
  type EngineWatch,
  type ShadowEngine,
  ShadowError,
  type ShadowJob,
  type ShadowScores,
} from '../../../audit-core/shadows/engine';
import { membersVariable, scoresVariable } from '../../audit/auditable/protocol';
import { scriptMask, spreadScores } from './divided';
import { failureOf } from './failure';
import { type ProcessEnd, runTree } from './process-tree';

/** How a script's own code trains reference models. */
export interface ProcessSettings {
  readonly interpreter: string;
  /** Absolute. */
  readonly script: string;
  /** The script's text with the lines that read the two variables. */
  readonly text: string;
  /** True where the script on disk has these lines itself; it is then run as it is. */
  readonly asItIs: boolean;
  /** The line of the script on disk for a line of `text`; null for an inserted one. */
  readonly originalLine: (line: number) => number | null;
  /** Rows of the data file that the script's split divides, in their order. */
  readonly divided: Int32Array;
  /** Rows of the data file. */
  readonly rows: number;
  readonly slots: number;
  /** Seconds for one model. */
  readonly timeLimit: number;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** A private folder for masks, scores and the log. */
  readonly folder: string;
}

/** Runs the edited text under the script's own name, so that imports, `__file__` and tracebacks are as if it had been started itself. */
const starter = `import sys
script, copy = sys.argv[1:3]
sys.argv = [script]
with open(copy, encoding="utf-8") as file:
    source = file.read()
main = sys.modules["__main__"].__dict__
main["__file__"] = script
del main["script"], main["copy"], main["file"]
exec(compile(main.pop("source"), main["__file__"], "exec"), main)
`;

/** The user's own script in the user's interpreter, one process a model. Run only after an explicit yes in a trusted workspace. */
export function processEngine(settings: ProcessSettings): ShadowEngine {
  const { script, folder } = settings;
  const durations: number[] = [];
  return {
    name: 'process',
    slots: settings.slots,
    differences: [
      'Reference models were trained by the script itself, on half of the people each; what it draws at random is seeded as in the script.',
    ],
    dispose: async () => {},
    train: async (job, watch) => {
      const place = join(folder, `running-${job.model}`);
      await mkdir(place, { recursive: true, mode: 0o700 });
      const begun = performance.now();
      const timer = setInterval(() => {
        const mean = durations.reduce((sum, each) => sum + each, 0) / Math.max(1, durations.length);
        if (mean > 0) watch.progress?.(Math.min(0.95, (performance.now() - begun) / mean));
      }, 1000);
      try {
        const end = await run(settings, job, watch, place);
        await log(folder, job, end, performance.now() - begun);
        if (end.timedOut)
          throw new ShadowError(
            `${basename(script)} was stopped after ${settings.timeLimit} s (reference model ${job.model + 1}); raise the time limit or train on less.`,
          );
        if (end.code !== 0) throw new ShadowError(explain(settings, end, job));
        const scores = await readScores(settings, place);
        durations.push(performance.now() - begun);
        return scores;
      } finally {
        clearInterval(timer);
        await rm(place, { recursive: true, force: true });
      }
    },
  };
}

async function run(settings: ProcessSettings, job: ShadowJob, watch: EngineWatch, place: string): Promise<ProcessEnd> {
  const { interpreter, script, text, divided, env } = settings;
  const mask = scriptMask(divided, job);
  const members = join(place, 'members.npy');
  const copy = join(place, 'script.py');
  await writeFile(members, writeNpy({ data: mask, shape: [mask.length] }), { mode: 0o600 });
  if (!settings.asItIs) await writeFile(copy, text, { mode: 0o600 });
  const words = settings.asItIs ? [script] : ['-c', starter, script, copy];
  try {
    return await runTree(interpreter, words, {
      cwd: dirname(script),
      signal: watch.signal,
      seconds: settings.timeLimit,
      env: {
        ...env,
        [membersVariable]: members,
        [scoresVariable]: join(place, 'scores.npy'),
        // One thread a model: several models run side by side.
        OMP_NUM_THREADS: '1',
        MKL_NUM_THREADS: '1',
        OPENBLAS_NUM_THREADS: '1',
        TF_NUM_INTRAOP_THREADS: '1',
        MPLBACKEND: 'Agg',
        // A reference model is no run to be tracked.
        WANDB_MODE: 'disabled',
        PYTHONDONTWRITEBYTECODE: '1',
        PYTHONIOENCODING: 'utf-8',
      },
    });
  } catch (error) {
    if (watch.signal.aborted) throw error;
    throw new ShadowError(
      `The interpreter ${interpreter} cannot be started (${(error as NodeJS.ErrnoException).code ?? 'unknown reason'}); name one by --python or the setting.`,
    );
  }
}

async function readScores(settings: ProcessSettings, place: string): Promise<ShadowScores> {
  const { script, divided, rows } = settings;
  const bytes = await readFile(join(place, 'scores.npy')).catch(() => null);
  if (!bytes)
    throw new ShadowError(
      `${basename(script)} ended without writing scores to ${scoresVariable}; the lines behind its training were not reached.`,
    );
  const array = await readNumpy(bytesSource('scores.npy', new Uint8Array(bytes)), 'scores', defaultLimits);
  return await spreadScores(array, divided, rows, basename(script));
}

function explain(settings: ProcessSettings, end: ProcessEnd, job: ShadowJob): string {
  const { kind, line } = failureOf(end.stderr, settings.script);
  const original = line === null ? null : settings.asItIs ? line : settings.originalLine(line);
  const where =
    line === null ? '' : original === null ? ' in the lines that make it auditable' : ` at line ${original}`;
  const what = kind === null ? `ended with code ${end.code ?? 'none (it was killed)'}` : `stopped with ${kind}`;
  return `${basename(settings.script)} ${what}${where} (reference model ${job.model + 1}); run it by itself to see why.`;
}

/** One line a model, without a word of what the script printed: that may be data. */
async function log(folder: string, job: ShadowJob, end: ProcessEnd, milliseconds: number): Promise<void> {
  const { kind } = failureOf(end.stderr, '');
  const line = `${new Date().toISOString()} model ${job.model + 1}: code ${end.code ?? 'killed'}, ${(milliseconds / 1000).toFixed(1)} s, ${end.lines} lines printed${kind ? `, ${kind}` : ''}\n`;
  await writeFile(join(folder, 'log.txt'), line, { flag: 'a', mode: 0o600 });
}
