import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** A language client just large enough to time a server over stdio. */
export class TimedClient {
  private buffer: Buffer = Buffer.alloc(0);
  private next = 1;
  private readonly waiting = new Map<number, (message: { result?: unknown; error?: unknown }) => void>();
  private readonly process: ChildProcess;

  constructor(command: readonly string[]) {
    this.process = spawn(command[0]!, command.slice(1), { stdio: ['pipe', 'pipe', 'ignore'] });
    this.process.stdout!.on('data', (chunk: Buffer) => this.receive(chunk));
  }

  /** Milliseconds until the answer, and the answer. */
  async ask(method: string, params: unknown): Promise<{ ms: number; result: unknown }> {
    const id = this.next++;
    const start = performance.now();
    const answer = new Promise<{ result?: unknown; error?: unknown }>(resolve => this.waiting.set(id, resolve));
    this.send({ jsonrpc: '2.0', id, method, params });
    const { result, error } = await answer;
    if (error !== undefined) throw new Error(`${method}: ${JSON.stringify(error)}`);
    return { ms: performance.now() - start, result };
  }

  tell(method: string, params: unknown): void {
    this.send({ jsonrpc: '2.0', method, params });
  }

  /** Resident memory of the server in MB; NaN where /proc is absent. */
  memory(): number {
    try {
      const line = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${this.process.pid}/status`, 'utf8'));
      return line ? Number(line[1]) / 1024 : Number.NaN;
    } catch {
      return Number.NaN;
    }
  }

  /** Processor seconds that the server has used; NaN where /proc is absent. */
  cpuSeconds(): number {
    try {
      const fields = readFileSync(`/proc/${this.process.pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
      return (Number(fields[11]) + Number(fields[12])) / 100;
    } catch {
      return Number.NaN;
    }
  }

  async stop(): Promise<void> {
    await this.ask('shutdown', null);
    this.tell('exit', null);
    await new Promise(resolve => this.process.once('exit', resolve));
  }

  private send(message: object): void {
    const body = JSON.stringify(message);
    this.process.stdin!.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  }

  private receive(chunk: Buffer): void {
    this.buffer = Buffer.concat([this.buffer, chunk]);
    for (;;) {
      const head = this.buffer.indexOf('\r\n\r\n');
      if (head < 0) return;
      const length = Number(/content-length:\s*(\d+)/i.exec(this.buffer.subarray(0, head).toString())?.[1]);
      if (this.buffer.length < head + 4 + length) return;
      const message = JSON.parse(this.buffer.subarray(head + 4, head + 4 + length).toString());
      this.buffer = this.buffer.subarray(head + 4 + length);
      if (message.method !== undefined && message.id !== undefined) {
        const items = message.params?.items;
        this.send({ jsonrpc: '2.0', id: message.id, result: Array.isArray(items) ? items.map(() => ({})) : null });
      } else if (message.id !== undefined) {
        this.waiting.get(message.id)?.(message);
        this.waiting.delete(message.id);
      }
    }
  }
}
