import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';

/** A real Ray of this machine: a head without processors for tasks, and nodes that come and go. */
export class Cluster {
  private readonly nodes: ChildProcess[] = [];
  address = '';
  private port = 0;

  private constructor(
    private readonly bin: string,
    private readonly folder: string,
  ) {}

  /** Installs Ray into a folder of its own where it is not there yet; throws where this machine cannot. */
  static install(cache: string): string {
    const bin = join(cache, 'venv', 'bin');
    if (!existsSync(join(bin, 'ray'))) {
      mkdirSync(cache, { recursive: true });
      execFileSync('python3', ['-m', 'venv', join(cache, 'venv')], { stdio: 'inherit' });
      execFileSync(join(bin, 'pip'), ['install', '-q', 'ray[default]==2.60.0', 'numpy'], { stdio: 'inherit' });
    }
    return bin;
  }

  static async start(bin: string, folder: string): Promise<Cluster> {
    const cluster = new Cluster(bin, folder);
    cluster.port = await freePort();
    const dashboard = await freePort();
    cluster.address = `http://127.0.0.1:${dashboard}`;
    cluster.run([
      '--head',
      `--port=${cluster.port}`,
      '--num-cpus=0',
      '--include-dashboard=true',
      '--dashboard-host=127.0.0.1',
      `--dashboard-port=${dashboard}`,
      `--temp-dir=${folder}`,
    ]);
    for (let i = 0; i < 120; i++) {
      const answer = await fetch(`${cluster.address}/api/jobs/`).catch(() => null);
      if (answer?.ok) return cluster;
      await new Promise(resolve => setTimeout(resolve, 500));
    }
    await cluster.stop();
    throw new Error('Ray did not start within a minute.');
  }

  /** A node with processors for tasks (and GPUs, which Ray counts without looking for them), in a process group of its own. */
  addNode(cpus: number, gpus = 0): ChildProcess {
    return this.run([`--address=127.0.0.1:${this.port}`, `--num-cpus=${cpus}`, `--num-gpus=${gpus}`]);
  }

  /** The node goes away at once, with everything that runs on it. */
  killNode(node: ChildProcess): void {
    if (node.pid !== undefined) process.kill(-node.pid, 'SIGKILL');
  }

  async stop(): Promise<void> {
    for (const node of this.nodes.reverse()) {
      if (node.exitCode !== null || node.signalCode !== null || node.pid === undefined) continue;
      process.kill(-node.pid, 'SIGTERM');
      await Promise.race([
        new Promise(resolve => node.once('exit', resolve)),
        new Promise(resolve => setTimeout(resolve, 5000)),
      ]);
      try {
        process.kill(-node.pid, 'SIGKILL');
      } catch {
        // It is gone already.
      }
    }
  }

  private run(words: readonly string[]): ChildProcess {
    const child = spawn(join(this.bin, 'ray'), ['start', '--block', '--disable-usage-stats', ...words], {
      cwd: this.folder,
      detached: true,
      stdio: 'ignore',
      env: { ...process.env, PATH: `${this.bin}:${process.env.PATH ?? ''}`, RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER: '1' },
    });
    this.nodes.push(child);
    return child;
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
