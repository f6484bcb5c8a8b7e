import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { PassThrough } from 'node:stream';
import {
  type ClientCapabilities,
  createConnection,
  createProtocolConnection,
  type InitializeResult,
  type ProtocolConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-languageserver/node';
import type { LspHost } from '../../server/lsp/host';
import { startServer } from '../../server/lsp/server';

/** A request or notification from the server that a test has not asked for: the teardown fails on any. */
type Stray = { readonly method: string; readonly params: unknown };

interface Published {
  readonly uri: string;
  readonly version?: number;
  readonly diagnostics: { code?: unknown }[];
}

export const PULL: ClientCapabilities = {
  textDocument: {
    diagnostic: { dynamicRegistration: false },
    publishDiagnostics: { relatedInformation: true, codeDescriptionSupport: true, dataSupport: true },
    hover: { contentFormat: ['markdown'] },
  },
};
export const PUSH: ClientCapabilities = { textDocument: { publishDiagnostics: {} } };

/**
 * A language client for tests. The same test body runs against a server in this process (over streams) and against a
 * spawned `epsilint server --stdio`.
 */
export class TestClient {
  readonly published = new Map<string, Published[]>();
  readonly strays: Stray[] = [];
  readonly logged: string[] = [];
  hello!: InitializeResult;

  private constructor(
    readonly connection: ProtocolConnection,
    /** Bytes straight into the server's ear. */
    readonly raw: (bytes: string) => void,
    private readonly process: ChildProcess | null,
  ) {}

  /** Starts a server on streams in this process. */
  static async inProcess(host: LspHost, capabilities: ClientCapabilities, options: object = {}): Promise<TestClient> {
    const toServer = new PassThrough();
    const toClient = new PassThrough();
    const server = createConnection(new StreamMessageReader(toServer), new StreamMessageWriter(toClient));
    startServer(server, host);
    const client = new TestClient(
      createProtocolConnection(new StreamMessageReader(toClient), new StreamMessageWriter(toServer)),
      bytes => void toServer.write(bytes),
      null,
    );
    await client.begin(capabilities, options);
    return client;
  }

  /** Starts a server process. */
  static async spawned(
    command: readonly string[],
    capabilities: ClientCapabilities,
    options: object = {},
  ): Promise<TestClient> {
    const child = spawn(command[0]!, command.slice(1), { stdio: ['pipe', 'pipe', 'inherit'] });
    const client = new TestClient(
      createProtocolConnection(new StreamMessageReader(child.stdout!), new StreamMessageWriter(child.stdin!)),
      bytes => void child.stdin!.write(bytes),
      child,
    );
    await client.begin(capabilities, options);
    return client;
  }

  private async begin(capabilities: ClientCapabilities, options: object): Promise<void> {
    const { connection } = this;
    connection.onNotification('textDocument/publishDiagnostics', (params: Published) => {
      const { uri } = params;
      this.published.set(uri, [...(this.published.get(uri) ?? []), params]);
    });
    connection.onNotification(
      'window/logMessage',
      ({ message }: { message: string }) => void this.logged.push(message),
    );
    connection.onUnhandledNotification(({ method, params }) => void this.strays.push({ method, params }));
    connection.listen();
    const { initializationOptions, ...more } = options as { initializationOptions?: unknown };
    this.hello = await connection.sendRequest('initialize', {
      // A server that is told a process watches it with a timer that would outlive the test.
      processId: this.process ? process.pid : null,
      rootUri: null,
      workspaceFolders: null,
      capabilities,
      initializationOptions,
      ...more,
    });
    await connection.sendNotification('initialized', {});
  }

  open(uri: string, text: string, languageId = 'python'): Promise<void> {
    return this.connection.sendNotification('textDocument/didOpen', {
      textDocument: { uri, languageId, version: 1, text },
    });
  }

  change(uri: string, version: number, contentChanges: object[]): Promise<void> {
    return this.connection.sendNotification('textDocument/didChange', {
      textDocument: { uri, version },
      contentChanges,
    });
  }

  ask<R>(method: string, params: unknown): Promise<R> {
    return this.connection.sendRequest(method, params);
  }

  async pull(
    uri: string,
    previousResultId?: string,
  ): Promise<{ kind: string; resultId: string; items: TestDiagnostic[] }> {
    return this.ask('textDocument/diagnostic', { textDocument: { uri }, previousResultId });
  }

  /** The last diagnostics published for a document; waits for the first. */
  async pushed(uri: string, timeout = 5000): Promise<{ code?: unknown }[]> {
    const end = Date.now() + timeout;
    while (Date.now() < end) {
      const all = this.published.get(uri);
      if (all) return all.at(-1)!.diagnostics;
      await new Promise(resolve => setTimeout(resolve, 10));
    }
    throw new Error(`nothing was published for ${uri}`);
  }

  /** Shuts down, and asserts that it was clean: an answer, exit code 0, no message that nobody asked for. */
  async stop(): Promise<void> {
    await this.ask('shutdown', null);
    if (this.process) {
      const code = new Promise<number | null>(resolve => this.process!.once('exit', resolve));
      await this.connection.sendNotification('exit');
      assert.equal(await code, 0);
    }
    this.connection.dispose();
    assert.deepEqual(this.strays, []);
  }
}

export interface TestDiagnostic {
  readonly code: string;
  readonly severity: number;
  readonly message: string;
  readonly range: { start: { line: number; character: number }; end: { line: number; character: number } };
}
