import { randomUUID } from 'node:crypto';
import { type CancellationToken, type LogOutputChannel, workspace } from 'vscode';
import { LanguageClient, TransportKind, WorkDoneProgress } from 'vscode-languageclient/node';
import { ASK, Ask, CONFIRM, Confirm, type Confirmed, STATUS, Status, TRUST } from '../server/protocol';
import { ask, confirm } from './ask';
import { keptFindings } from './kept-findings';
import { LensCommands } from './lens-commands';
import { selector } from './selector';
import type { StatusItem } from './status';

/** The one server process of this window: at most one runs, and restarts wait for their turn. */
export class Server {
  private readonly lenses = new LensCommands();
  private client: LanguageClient | null = null;
  private queue: Promise<void> = Promise.resolve();
  private waiting: Promise<void> | null = null;

  constructor(
    private readonly module: string,
    readonly log: LogOutputChannel,
    private readonly status: StatusItem,
  ) {}

  /** One restart runs and at most one waits: further requests join the waiting one. */
  restart(): Promise<void> {
    this.waiting ??= this.queue.then(async () => {
      this.waiting = null;
      await this.end();
      await this.begin();
    });
    this.queue = this.waiting.catch(() => undefined);
    return this.waiting;
  }

  async stop(): Promise<void> {
    await this.queue;
    await this.end();
    this.lenses.dispose();
  }

  /** Sends a request; starts the server first if it is not running. */
  async ask<R>(method: string, params: unknown, token?: CancellationToken): Promise<R> {
    await this.queue;
    if (!this.client) await this.restart();
    return token ? this.client!.sendRequest<R>(method, params, token) : this.client!.sendRequest<R>(method, params);
  }

  /** The same, with the progress that the server reports of this request. */
  async watch<R>(
    method: string,
    params: object,
    token: CancellationToken,
    report: (step: { message?: string; increment?: number }) => void,
  ): Promise<R> {
    await this.queue;
    if (!this.client) await this.restart();
    const workDoneToken = randomUUID();
    let done = 0;
    const listener = this.client!.onProgress(WorkDoneProgress.type, workDoneToken, value => {
      if (value.kind !== 'report') return;
      const increment = Math.max(0, (value.percentage ?? done) - done);
      done += increment;
      report({ increment, ...(value.message !== undefined && { message: value.message }) });
    });
    try {
      return await this.client!.sendRequest<R>(method, { ...params, workDoneToken }, token);
    } finally {
      listener.dispose();
    }
  }

  trusted(): void {
    void this.client?.sendNotification(TRUST, { trusted: true });
  }

  private async begin(): Promise<void> {
    this.status.starting();
    const run = { module: this.module, transport: TransportKind.ipc };
    const client = new LanguageClient(
      'epsilint',
      'Epsilint',
      { run, debug: run },
      {
        documentSelector: selector,
        outputChannel: this.log,
        diagnosticCollectionProvider: keptFindings,
        middleware: {
          provideCodeLenses: async (document, token, next) =>
            (await next(document, token))?.map(this.lenses.lasting) ?? null,
          resolveCodeLens: async (lens, token, next) => {
            const resolved = await next(lens, token);
            return resolved && this.lenses.lasting(resolved);
          },
        },
        initializationOptions: {
          trusted: workspace.isTrusted,
          panels: true,
          settings: workspace.getConfiguration('epsilint'),
        },
      },
    );
    client.onNotification(STATUS, (value: unknown) => {
      const status = Status.safeParse(value);
      if (status.success) this.status.show(status.data);
    });
    client.onRequest(ASK, async (value: unknown) => {
      const question = Ask.safeParse(value);
      return question.success ? ask(question.data) : null;
    });
    client.onRequest<Confirmed, void>(CONFIRM, async (value: unknown) => {
      const question = Confirm.safeParse(value);
      return question.success ? confirm(question.data) : null;
    });
    this.client = client;
    try {
      await client.start();
      const restricted: Status = { state: 'restricted', detail: 'Restricted Mode, scripts and configuration only' };
      this.status.show(workspace.isTrusted ? { state: 'ready', detail: 'ready' } : restricted);
    } catch (error) {
      this.client = null;
      this.status.stopped('the server did not start');
      this.log.error(`The server did not start: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  private async end(): Promise<void> {
    const client = this.client;
    this.client = null;
    try {
      await client?.dispose();
    } catch (error) {
      // The process is gone all the same: stop() kills it after two seconds.
      this.log.warn(`The server did not end by itself: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}
