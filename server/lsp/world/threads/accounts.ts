import type { Answer, DpSgd } from '../../../../audit-core/accounting';
import { type Ask, atOnce } from '../../../budget';
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
export class Accounts {
  private readonly known = new Map<string, Answer>();
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
    if (!this.waiting.has(key)) void this.compute(key, question);
    return null;
  };

  async end(): Promise<void> {
    clearTimeout(this.rest);
    await this.thread.end();
  }

  private async compute(key: string, question: DpSgd): Promise<void> {
    clearTimeout(this.rest);
    this.waiting.add(key);
    try {
      const answer = await this.thread.run('account', question);
      if (this.known.size >= limits.kept) this.known.delete(this.known.keys().next().value!);
      this.known.set(key, answer);
    } catch (error) {
      if (error instanceof ThreadEnded) return;
      const message = error instanceof Error ? error.message : String(error);
      this.log('error', `accounting failed: ${message}`);
      // Nothing finite can be said: that is an answer too, and not asked for again.
      this.known.set(key, { epsilon: Number.POSITIVE_INFINITY, delta: question.delta, warning: message });
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
