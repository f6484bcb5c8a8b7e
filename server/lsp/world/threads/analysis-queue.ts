import type { Declaration } from '../../../workspace/configuration/write-declaration';
import { workLimit } from '../../../workspace/work-limit';
import { type AuditableEdits, type EditorState, type ModuleAnalysis, type ModuleInput, Superseded } from '../../host';
import type { Jobs, OpenText } from './jobs';
import { Thread, ThreadEnded } from './thread';

export interface QueueLimits {
  /** A text that takes more work is given up (ms of CPU time). */
  readonly warm: number;
  /** The same for the first text of a language in a thread, which also loads the parser: TypeScript's compiler is a large one. */
  readonly cold: number;
  /** A text that was given up is tried again only after so long without a change (ms). */
  readonly patience: number;
  /** Resident memory of the process above which an idle thread is ended (bytes). */
  readonly memory: number;
}

const defaults: QueueLimits = { warm: 5_000, cold: 10_000, patience: 2_000, memory: 220e6 };

/** Young space small: an analysis makes much garbage and keeps little, and what is not used is not held. */
const resources = { maxYoungGenerationSizeMb: 4, maxOldGenerationSizeMb: 512 };

interface Waiting {
  readonly input: ModuleInput;
  readonly notBefore: number;
  readonly resolve: (analysis: ModuleAnalysis) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Analyses, one after the other, in a thread. Of one document only the newest text waits; a text that takes too long
 * costs the thread its life, and its document the sentence that says so; memory that a large text needed is given back.
 */
export class AnalysisQueue {
  private readonly thread: Thread;
  private readonly waiting = new Map<string, Waiting>();
  private readonly sent = new Map<string, string>();
  private readonly slow = new Set<string>();
  /** Languages whose parser the thread has loaded. */
  private readonly loaded = new Set<string>();
  private busy = false;
  private timer: NodeJS.Timeout | null = null;

  constructor(
    private readonly editor: () => EditorState,
    learned: () => void,
    private readonly limits: QueueLimits = defaults,
  ) {
    this.thread = new Thread({ learned, log: (level, message) => this.editor().log(level, message) }, resources);
  }

  /** True while there is a thread, working or warm. */
  get warm(): boolean {
    return this.thread.running;
  }

  analyse(input: ModuleInput): Promise<ModuleAnalysis> {
    const older = this.waiting.get(input.uri);
    this.waiting.delete(input.uri);
    older?.reject(new Superseded());
    const notBefore = this.slow.has(input.uri) ? performance.now() + this.limits.patience : 0;
    return new Promise((resolve, reject) => {
      this.waiting.set(input.uri, { input, notBefore, resolve, reject });
      void this.next();
    });
  }

  /** A short question that needs the pipeline and what the editor holds. */
  declare(script: string, declaration: Declaration): Promise<Jobs['declare']['answer']> {
    return this.thread.run('declare', { script, declaration, ...this.surroundings() });
  }

  /** Edits of a script; see `LspHost.auditable`. */
  auditable(input: ModuleInput): Promise<AuditableEdits> {
    // A thread that was ended has none to give; the action is offered again at the next place.
    return this.thread.run('auditable', { ...input, ...this.surroundings() }).catch(() => null);
  }

  forget(paths: readonly string[]): void {
    if (this.thread.running) this.thread.run('forget', paths).catch(() => {});
  }

  async end(): Promise<void> {
    if (this.timer) clearTimeout(this.timer);
    for (const { reject } of this.waiting.values()) reject(new ThreadEnded('the server ends'));
    this.waiting.clear();
    await this.thread.end();
  }

  private async next(): Promise<void> {
    if (this.busy) return;
    const now = performance.now();
    const ready = [...this.waiting.values()].find(({ notBefore }) => notBefore <= now);
    if (!ready) return this.wait(now);
    this.waiting.delete(ready.input.uri);
    this.busy = true;
    try {
      await this.run(ready);
    } finally {
      this.busy = false;
      void this.next();
    }
  }

  /** Looks again when the first of the slow texts may be tried, or frees memory at rest. */
  private wait(now: number): void {
    const first = Math.min(...[...this.waiting.values()].map(({ notBefore }) => notBefore));
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    if (Number.isFinite(first)) this.timer = setTimeout(() => void this.next(), first - now);
    else if (process.memoryUsage.rss() > this.limits.memory) this.timer = setTimeout(() => void this.rest(), 1_000);
  }

  private async rest(): Promise<void> {
    if (this.busy || this.waiting.size > 0) return;
    this.busy = true;
    await this.restart('its memory is given back');
    this.busy = false;
    void this.next();
  }

  private async run({ input, resolve, reject }: Waiting): Promise<void> {
    if (!this.thread.running) this.loaded.clear();
    const limit = this.loaded.has(input.languageId) ? this.limits.warm : this.limits.cold;
    const work = workLimit(limit, () => this.thread.work());
    try {
      const { opened, folders } = this.surroundings();
      const analysis = await Promise.race([this.thread.run('analyse', { ...input, opened, folders }), work.over]);
      if (analysis) {
        this.slow.delete(input.uri);
        this.loaded.add(input.languageId);
        resolve(analysis);
      } else {
        this.slow.add(input.uri);
        await this.restart('a text took too long');
        resolve(givenUp(`The analysis takes longer than ${limit / 1000} s and was stopped; split the file.`));
      }
    } catch (error) {
      if (error instanceof ThreadEnded) {
        this.sent.clear();
        this.slow.add(input.uri);
        resolve(givenUp(`The analysis was stopped: ${error.message}; split the file.`));
      } else reject(error instanceof Error ? error : new Error(String(error)));
    } finally {
      work.end();
    }
  }

  private async restart(reason: string): Promise<void> {
    this.sent.clear();
    await this.thread.end(reason);
  }

  /** The texts that changed since the thread was told. */
  private surroundings(): { opened: OpenText[]; folders: readonly string[] } {
    if (!this.thread.running) this.sent.clear();
    const { texts, folders } = this.editor();
    const now = new Map(texts());
    const opened: OpenText[] = [];
    for (const [path, text] of now) if (this.sent.get(path) !== text) opened.push([path, text]);
    for (const path of this.sent.keys()) if (!now.has(path)) opened.push([path, null]);
    this.sent.clear();
    for (const [path, text] of now) this.sent.set(path, text);
    return { opened, folders: folders() };
  }
}

/** What is shown of a text that could not be analysed in time: the one sentence. */
const givenUp = (message: string): ModuleAnalysis => ({
  findings: [
    {
      rule: 'EPS003',
      tier: 'certain',
      severity: 'information',
      span: { start: 0, end: 0 },
      message,
      related: [],
      fixes: [],
    },
  ],
  broken: true,
  budgets: [],
  checkpoints: [],
  saves: false,
  columns: [],
  data: [],
  dataFiles: [],
  limited: message,
  dependencies: new Set(),
});
