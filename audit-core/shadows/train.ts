import { type ShadowEngine, ShadowError, type ShadowScores } from './engine';
import { milestones, rowMask, type ShadowPeople } from './masks';
import type { ScoreStore } from './store';

/** Where a shadow run stands. */
export interface ShadowProgress {
  /** Models whose scores are there. */
  readonly done: number;
  readonly models: number;
  /** In [0, 1], with the running models counted by their share. */
  readonly fraction: number;
  /** Seconds to go by what was trained in this session; null before a twentieth of a model. */
  readonly secondsLeft: number | null;
}

export interface ShadowOptions {
  /** How many reference models; even, so that every person is in exactly half of them. */
  readonly models: number;
  readonly seed: number;
  readonly signal: AbortSignal;
  readonly progress?: (progress: ShadowProgress) => void;
  /** Called with the scores of the first 16, 32, 64 … models as soon as they are there (not for the last one). */
  readonly partial?: (scores: readonly ShadowScores[]) => Promise<void>;
  /** Milliseconds, monotonic. */
  readonly now: () => number;
}

/**
 * Trains the reference models that the store does not have yet, several at a time, and keeps each one's scores as soon as they are there.
 * A model that fails ends the run; what was finished stays and is used by the next run.
 */
export async function trainShadows(
  people: ShadowPeople,
  engine: ShadowEngine,
  store: ScoreStore,
  options: ShadowOptions,
): Promise<ShadowScores[]> {
  const { models, seed, signal, now } = options;
  if (!Number.isInteger(models) || models < 2 || models % 2 === 1)
    throw new ShadowError(`${models} reference models are asked for; an even number of at least 2 is needed.`);
  const held: (ShadowScores | null)[] = [];
  for (let model = 0; model < models; model++) held.push(await store.read(model));
  const waiting = held.flatMap((scores, model) => (scores ? [] : [model]));
  const before = models - waiting.length;
  const started = now();
  const running = new Map<number, number>();
  let done = before;
  const report = (): void => {
    const half = [...running.values()].reduce((sum, each) => sum + each, 0);
    const fresh = done - before + half;
    const perModel = fresh >= 0.05 ? (now() - started) / 1000 / fresh : null;
    options.progress?.({
      done,
      models,
      fraction: Math.min(1, (done + half) / models),
      secondsLeft: perModel === null ? null : perModel * (models - done - half),
    });
  };
  const partialAt = milestones(models).filter(each => each < models && each > before);
  let shown = Promise.resolve();
  const stop = new AbortController();
  const both = AbortSignal.any([signal, stop.signal]);
  const lane = async (): Promise<void> => {
    for (let model = waiting.shift(); model !== undefined; model = waiting.shift()) {
      both.throwIfAborted();
      running.set(model, 0);
      const own = model;
      const scores = await limited(
        engine.train(
          { model, members: rowMask(people, model, seed) },
          {
            signal: both,
            progress: fraction => {
              running.set(own, fraction);
              report();
            },
          },
        ),
        both,
      );
      check(scores, people, model);
      await store.write(model, scores);
      held[model] = scores;
      running.delete(model);
      done++;
      report();
      const complete = prefix(held);
      while (partialAt.length > 0 && partialAt[0]! <= complete) {
        const first = held.slice(0, partialAt.shift()!) as ShadowScores[];
        shown = shown.then(() => options.partial?.(first));
      }
    }
  };
  report();
  try {
    await Promise.all(Array.from({ length: Math.min(engine.slots, Math.max(1, waiting.length)) }, lane));
    await shown;
  } catch (error) {
    stop.abort(error);
    throw error;
  }
  return held as ShadowScores[];
}

/** The length of the unbroken run of finished models from the first one on. */
function prefix(held: readonly (ShadowScores | null)[]): number {
  const gap = held.indexOf(null);
  return gap < 0 ? held.length : gap;
}

/** Rejects as soon as the signal does, whatever the engine does. */
async function limited<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let abort: () => void = () => {};
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

function check({ outputs, width }: ShadowScores, people: ShadowPeople, model: number): void {
  const rows = people.codes.length;
  if (outputs.length !== rows * width)
    throw new ShadowError(
      `Reference model ${model + 1} gave ${Math.round(outputs.length / Math.max(1, width))} rows of scores; the data have ${rows}.`,
    );
  for (let row = 0; row < rows; row++) {
    if (!people.eligible[row]) continue;
    for (let at = row * width; at < (row + 1) * width; at++)
      if (!Number.isFinite(outputs[at]!))
        throw new ShadowError(
          `Reference model ${model + 1} gave no finite score for row ${row}; every row that takes part needs one.`,
        );
  }
}
