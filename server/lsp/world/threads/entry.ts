import { parentPort } from 'node:worker_threads';
import type { AuditWatch } from '../../host';
import { VERSION } from '../../version';
import { type Analyses, moduleAnalysis } from '../analysis';
import type { FromThread, Job, Jobs, OpenText, Reply, Request, ToThread } from './jobs';
import { ownTask } from './thread-time';
import { Tidy } from './tidy';

/**
 * A thread's own side: it keeps a copy of the texts that the editor holds, and one warm pipeline. What a job needs is
 * loaded with the first such job.
 */
class ThreadSide {
  private readonly texts = new Map<string, string>();
  private folders: readonly string[] = [];
  private analyses: Promise<Analyses> | null = null;
  private readonly aborting = new AbortController();
  private replied: ((reply: Reply) => void) | null = null;

  constructor(private readonly tell: (message: FromThread) => void) {}

  reply(reply: Reply): void {
    this.replied?.(reply);
    this.replied = null;
  }

  readonly jobs: { readonly [J in Job]: (argument: Jobs[J]['argument']) => Promise<Jobs[J]['answer']> } = {
    analyse: async input => {
      this.look(input.opened, input.folders);
      const all = await this.pipeline();
      const analysis = await all.of(input);
      return moduleAnalysis(input, analysis, span => all.rulings(input, analysis, span));
    },
    auditable: async input => {
      this.look(input.opened, input.folders);
      return (await this.pipeline()).auditable(input);
    },
    forget: async paths => {
      (await this.analyses)?.forget(paths);
      return null;
    },
    declare: async ({ script, declaration, opened, folders }) => {
      this.look(opened, folders);
      return (await this.pipeline()).declare(script, declaration);
    },
    audit: async request => {
      this.look(request.opened, request.folders);
      const { audit } = await import('../audit');
      // A claim is compared with what is certified: its exact value is waited for.
      return audit(request, await this.pipeline('at-once'), this.watch(), VERSION);
    },
    inspect: async asked => (await import('../inspect')).inspect(asked),
    describeData: async path => (await import('../data-page')).describeData(path),
    account: async question => {
      const { dpSgdEpsilon } = await import('../../../../audit-core/accounting');
      return dpSgdEpsilon(question);
    },
    calibrate: async question => {
      const found = (await import('../../../budget')).solvedAtOnce(question);
      return found === 'later' ? null : found;
    },
    whatIf: async question => (await import('../what-if')).whatIf(question),
    solve: async question => (await import('../what-if')).solve(question),
  };

  private look(opened: readonly OpenText[], folders: readonly string[]): void {
    this.folders = folders;
    for (const [path, text] of opened)
      if (text === null) this.texts.delete(path);
      else this.texts.set(path, text);
  }

  private pipeline(accounting: 'at-once' | 'later' = 'later'): Promise<Analyses> {
    this.analyses ??= import('../analysis').then(
      ({ Analyses }) =>
        new Analyses({
          open: path => this.texts.get(path) ?? null,
          folders: () => this.folders,
          log: (level, message) => this.tell({ kind: 'log', level, message }),
          learned: () => this.tell({ kind: 'learned' }),
          accounting,
        }),
    );
    return this.analyses;
  }

  /** Stops the job that listens: audits do, and end what they started. */
  abort(): void {
    this.aborting.abort(new Error('cancelled'));
  }

  private watch(): AuditWatch {
    return {
      signal: this.aborting.signal,
      progress: (message, fraction) => this.tell({ kind: 'progress', message, fraction }),
      ask: async questions => {
        const reply = await this.person({ to: 'ask', questions });
        return reply.to === 'ask' ? reply.answer : null;
      },
      confirm: async (file, lines) => {
        const reply = await this.person({ to: 'confirm', file, lines });
        return reply.to === 'confirm' ? reply.answer : null;
      },
      save: async (path, text) => {
        const reply = await this.person({ to: 'save', path, text });
        return reply.to === 'save' && reply.answer;
      },
    };
  }

  private person(request: Request): Promise<Reply> {
    return new Promise(resolve => {
      this.replied = resolve;
      this.tell({ kind: 'person', ...request });
    });
  }
}

if (parentPort) {
  const port = parentPort;
  const side = new ThreadSide(message => port.postMessage(message));
  const tidy = new Tidy();
  const run = async <J extends Job>(id: number, job: J, argument: Jobs[J]['argument']): Promise<void> => {
    tidy.works();
    try {
      port.postMessage({ kind: 'done', id, answer: await side.jobs[job](argument) } satisfies FromThread);
    } catch (error) {
      const { message, stack = message } = error instanceof Error ? error : new Error(String(error));
      port.postMessage({ kind: 'failed', id, message, stack } satisfies FromThread);
    }
    tidy.worked();
  };
  port.postMessage({ kind: 'task', task: ownTask() } satisfies FromThread);
  port.on('message', (message: ToThread) => {
    if (message.kind === 'reply') side.reply(message);
    else if (message.kind === 'abort') side.abort();
    else void run(message.id, message.job, message.argument);
  });
}
