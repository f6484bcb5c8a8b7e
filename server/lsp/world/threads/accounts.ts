import type { Answer, DpSgd } from '../../../../audit-core/accounting';
import { type Accountants, type Ask, atOnce, type Calibration, type Solve } from '../../../budget';
import { Thread, ThreadEnded, type ThreadEvents } from './thread';

/** Answers that are kept, and how long a thread without questions lives (ms). */
const limits = { kept: 1_000, rest: 5_000 };

/** Some tens of milliseconds, once: the ordinary run of one record a person. Many records, very many steps and little noise take longer. */
const isQuick = ({ recordsPerPerson = 1, steps, sampleRate, noiseMultiplier }: DpSgd): boolean =>
  recordsPerPerson === 1 && steps <= 2e4 && sampleRate >= 1e-4 && noiseMultiplier >= 0.5;

/**
 * The slow accountants of the editor: what is known is answered at once, the rest is computed in a thread beside the analysis,
 * and told when it is there. Until then a statement stands on its RDP figure.
 */
export class Accounts implements Accountants {
  private readonly known = new Map<string, Answer>();
  private readonly solved = new Map<string, number | null>();
  private readonly waiting = new Set<string>();
  private readonly thread: Thread;
  private rest: NodeJS.Timeout | undefined;

  constructor(
    private readonly learned: () => void,
    private readonly log: ThreadEvents['log'],
  ) {
    this.thread = new Thread({ log }, { maxYoungGenerationSizeMb: 8, maxOldGenerationSizeMb: 512 });
  }

  readonly ask: Ask = question => {
    const key = JSON.stringify(question);
    const known = this.known.get(key);
    if (known) return known;
    if (isQuick(question)) return atOnce(question);
    if (!this.waiting.has(key)) void this.compute(key, () => this.account(key, question));
    return null;
  };

  readonly solve: Solve = question => {
    const key = JSON.stringify(question);
    const known = this.solved.get(key);
    if (known !== undefined) return known;
    if (!this.waiting.has(key)) void this.compute(key, () => this.calibrate(key, question));
    return 'later';
  };

  async end(): Promise<void> {
    clearTimeout(this.rest);
    await this.thread.end();
  }

  private async account(key: string, question: DpSgd): Promise<void> {
    try {
      keep(this.known, key, await this.thread.run('account', question));
    } catch (error) {
      // Nothing finite can be said: that is an answer too, and not asked for again.
      const warning = this.failed(error);
      keep(this.known, key, { epsilon: Number.POSITIVE_INFINITY, delta: question.delta, warning });
    }
  }

  private async calibrate(key: string, question: Calibration): Promise<void> {
    try {
      keep(this.solved, key, await this.thread.run('calibrate', question));
    } catch (error) {
      this.failed(error);
      keep(this.solved, key, null);
    }
  }

  /** What went wrong, noted; a thread that was ended has not failed. */
  private failed(error: unknown): string {
    if (error instanceof ThreadEnded) throw error;
    const message = error instanceof Error ? error.message : String(error);
    this.log('error', `accounting failed: ${message}`);
    return message;
  }

  private async compute(key: string, compute: () => Promise<void>): Promise<void> {
    clearTimeout(this.rest);
    this.waiting.add(key);
    try {
      await compute();
    } catch {
      return;
    } finally {
      this.waiting.delete(key);
    }
    // One word for all that was asked together.
    if (this.waiting.size > 0) return;
    this.rest = setTimeout(() => void this.thread.end(), limits.rest);
    this.rest.unref();
    this.learned();
  }
}

/** The oldest is forgotten. */
function keep<T>(known: Map<string, T>, key: string, answer: T): void {
  if (known.size >= limits.kept) known.delete(known.keys().next().value!);
  known.set(key, answer);
}
