import type { Worker } from 'node:worker_threads';
import { type EngineWatch, type ShadowEngine, ShadowError, type ShadowJob } from '../../../audit-core/shadows/engine';
import type { LaneAnswer, LaneStart } from './embedded-messages';
import { startWorker } from './session';

export interface EmbeddedSettings extends LaneStart {
  readonly slots: number;
  readonly differences: readonly string[];
  /** The script has a mechanism of differential privacy, used or not. */
  readonly mechanism: boolean;
  /** Folder of the bundled worker. */
  readonly folder?: string;
}

/** Trains reference models in worker threads of this process, one model a thread. No interpreter, nothing of the user's runs. */
export function embeddedEngine(settings: EmbeddedSettings): ShadowEngine {
  const { request, recipe, seed, slots, folder = __dirname } = settings;
  const idle: Worker[] = [];
  const all = new Set<Worker>();
  const start = (): Worker => {
    const data: LaneStart = { request, recipe, seed };
    const worker = startWorker(
      folder,
      'embedded-worker',
      ['server', 'workspace', 'shadows', 'embedded-worker.ts'],
      data,
      4096,
    );
    all.add(worker);
    return worker;
  };
  const end = async (worker: Worker): Promise<void> => {
    all.delete(worker);
    await worker.terminate();
  };
  return {
    name: 'embedded',
    slots,
    differences: [
      `Reference models were trained by Epsilint itself with the script's recipe (${describe(settings)}), on half of the people each.`,
      ...(settings.mechanism && !recipe.private
        ? ['Nothing is clipped and no noise is added, as in the script: it steps an optimizer that is not private.']
        : []),
      ...settings.differences.map(each => `Unlike in the script, ${each}.`),
    ],
    dispose: async () => {
      await Promise.all([...all].map(end));
    },
    train: (job, watch) => one(idle.pop() ?? start(), job, watch, { keep: worker => idle.push(worker), end }),
  };
}

interface Lanes {
  readonly keep: (worker: Worker) => void;
  readonly end: (worker: Worker) => Promise<void>;
}

/** One model on one lane. A lane that fails or is cancelled is ended; the next model gets a new one. */
function one(worker: Worker, job: ShadowJob, { signal, progress }: EngineWatch, lanes: Lanes) {
  return new Promise<Extract<LaneAnswer, { kind: 'trained' }>['scores']>((resolve, reject) => {
    const hear = (answer: LaneAnswer): void => {
      if (answer.kind === 'progress') progress?.(answer.fraction);
      else if (answer.kind === 'failed') fail(new ShadowError(answer.message));
      else {
        finish();
        lanes.keep(worker);
        resolve(answer.scores);
      }
    };
    const broken = (error: Error): void => fail(new ShadowError(`A reference model failed: ${error.message}`));
    const gone = (): void => fail(new ShadowError('A reference model ended early.'));
    const abort = (): void => fail(signal.reason);
    // Listeners are taken off one by one: `removeAllListeners` would also remove Node's own, and the port would stay silent.
    const finish = (): void => {
      worker.off('message', hear).off('error', broken).off('exit', gone);
      signal.removeEventListener('abort', abort);
    };
    const fail = (error: unknown): void => {
      finish();
      worker.on('error', () => {});
      void lanes.end(worker);
      reject(error);
    };
    signal.addEventListener('abort', abort, { once: true });
    worker.on('message', hear).on('error', broken).on('exit', gone);
    worker.postMessage({ model: job.model, members: job.members });
  });
}

function describe({ recipe }: EmbeddedSettings): string {
  const { optimizer, loss, epochs, batchSize, sampling } = recipe;
  const size = sampling === 'poisson' ? `batches of about ${batchSize}, drawn row by row` : `batches of ${batchSize}`;
  const batch = batchSize === Number.MAX_SAFE_INTEGER ? 'all rows at once' : size;
  const rate = recipe.schedule ? `${optimizer.learningRate} on a schedule` : String(optimizer.learningRate);
  const stops = recipe.stopping ? `at most ${epochs} epochs with early stopping` : `${epochs} epochs`;
  const parts = [loss.name, `${optimizer.name} at ${rate}`, stops, batch];
  if (recipe.private) parts.push(privacyOf(recipe.private));
  return parts.join(', ');
}

function privacyOf({ clipNorm, noise }: NonNullable<EmbeddedSettings['recipe']['private']>): string {
  const much =
    noise.kind === 'multiplier' ? `of ${noise.value} times that` : `for ε = ${noise.epsilon} at δ = ${noise.delta}`;
  return `each row's gradient clipped at ${clipNorm}, noise ${much}`;
}
