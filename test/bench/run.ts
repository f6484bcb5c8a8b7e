import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dpSgdEpsilon } from '../../audit-core/accounting';
import { TimedClient } from './client';
import { dependants } from './dependants';
import { scoringTimes } from './scoring';

/** Prints each budget of the design beside what this machine measures now. Nothing here is an assertion. */
const root = join(__dirname, '..', '..');
const cli = join(root, 'dist', 'cli.js');
const example = join(root, 'examples', 'liver-visits');

const rows: [what: string, budget: string, measured: string][] = [];
const quantile = (values: readonly number[], q: number): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))]!;
};
const ms = (value: number): string => `${value < 10 ? value.toFixed(1) : value.toFixed(0)} ms`;

/** A script of about `lines` lines: the example's own text, its top-level definitions repeated under other names. */
function script(lines: number): string {
  const text = readFileSync(join(example, 'train_dp.py'), 'utf8');
  const helper = (i: number) =>
    `def helper_${i}(frame, columns, limit=${i}):\n    part = frame[columns].copy()\n    for name in columns:\n        part[name + "_missing"] = part[name].isna().astype(int)\n    total = part.sum(axis=1)\n    return part[total < limit]\n\n\n`;
  let out = text;
  for (let i = 0; out.split('\n').length < lines; i++) out += helper(i);
  return out;
}

async function server(): Promise<void> {
  for (const lines of [500, 5000]) {
    const start = performance.now();
    const client = new TimedClient([process.execPath, cli, 'server', '--stdio']);
    await client.ask('initialize', {
      processId: process.pid,
      rootUri: null,
      capabilities: { textDocument: { diagnostic: {} } },
    });
    const ready = performance.now() - start;
    client.tell('initialized', {});
    const uri = 'file:///bench/train.py';
    const text = script(lines);
    const opened = performance.now();
    client.tell('textDocument/didOpen', { textDocument: { uri, languageId: 'python', version: 1, text } });
    await client.ask('textDocument/diagnostic', { textDocument: { uri } });
    const first = performance.now() - opened;
    const line = text.split('\n').length - 1;
    const waits: number[] = [];
    const edits = lines === 500 ? 1000 : 100;
    const before = client.memory();
    for (let i = 0; i < edits; i++) {
      const typed = i % 2 === 0;
      const range = { start: { line, character: 0 }, end: { line, character: typed ? 0 : 1 } };
      client.tell('textDocument/didChange', {
        textDocument: { uri, version: i + 2 },
        contentChanges: [{ range, text: typed ? 'x' : '' }],
      });
      waits.push((await client.ask('textDocument/diagnostic', { textDocument: { uri } })).ms);
    }
    const lens = await client.ask('textDocument/codeLens', { textDocument: { uri } });
    const hovers: number[] = [];
    for (let i = 0; i < 20; i++)
      hovers.push(
        (await client.ask('textDocument/hover', { textDocument: { uri }, position: { line: 57, character: 40 } })).ms,
      );
    const busy = client.cpuSeconds();
    await new Promise(resolve => setTimeout(resolve, 2000));
    const idle = client.cpuSeconds() - busy;
    if (lines === 500) {
      rows.push(['initialize (from spawn)', '150 ms', ms(ready)], ['first diagnostic', '400 ms', ms(first)]);
      rows.push(['lens', '20 ms', ms(lens.ms)], ['hover p95', '20 ms', ms(quantile(hovers, 0.95))]);
      rows.push(
        ['server RSS', '150 MB', `${client.memory().toFixed(0)} MB`],
        ['idle CPU over 2 s', '0', `${(idle * 1000).toFixed(0)} ms`],
      );
      rows.push(['growth over 1,000 edits', '20 MB', `${(client.memory() - before).toFixed(1)} MB`]);
    }
    rows.push([
      `edit → diagnostics p50 / p95, ${lines} lines`,
      lines === 500 ? '10 ms' : '60 ms',
      `${ms(quantile(waits, 0.5))} / ${ms(quantile(waits, 0.95))}`,
    ]);
    await client.stop();
  }
}

async function helpers(): Promise<void> {
  const rounds = await dependants([process.execPath, cli, 'server', '--stdio']);
  const times = rounds.map(round => round.ms);
  const cpu = quantile(
    rounds.map(round => round.cpu),
    0.5,
  );
  rows.push([
    'a helper changes → findings of 20 open dependants of 300, p50 / p95',
    '300 ms',
    `${ms(quantile(times, 0.5))} / ${ms(quantile(times, 0.95))} (${ms(cpu)} CPU)`,
  ]);
}

function accounting(): void {
  const question = {
    noiseMultiplier: 1.1,
    sampleRate: 256 / 60000,
    steps: Math.round((60 * 60000) / 256),
    delta: 1e-5,
    accountant: 'pld' as const,
  };
  const times: number[] = [];
  let epsilon = Number.NaN;
  for (let i = 0; i < 8; i++) {
    const start = performance.now();
    // A fresh δ a time, so that no cache can answer.
    epsilon = dpSgdEpsilon({ ...question, delta: question.delta * (1 + i * 1e-9) }).epsilon;
    times.push(performance.now() - start);
  }
  rows.push([
    'PLD n 60000, B 256, σ 1.1, 60 epochs (warm)',
    '40 ms',
    `${ms(quantile(times.slice(2), 0.5))} (ε = ${epsilon.toPrecision(5)})`,
  ]);
}

/** Wall seconds of one command line. */
function timed(words: readonly string[], cwd: string): { seconds: number; code: number | null } {
  const start = performance.now();
  const ran = spawnSync(process.execPath, [cli, ...words], { cwd, stdio: 'ignore' });
  return { seconds: (performance.now() - start) / 1000, code: ran.status };
}

/** Milliseconds from the interrupt to the end of a quick audit that is under way. */
async function cancelled(): Promise<number> {
  const child = spawn(process.execPath, [cli, 'audit', 'train.py', '--no-history'], { cwd: example, stdio: 'ignore' });
  await new Promise(resolve => setTimeout(resolve, 1500));
  const start = performance.now();
  child.kill('SIGINT');
  await new Promise(resolve => child.once('exit', resolve));
  return performance.now() - start;
}

async function commands(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'epsilint-bench-'));
  try {
    for (let i = 0; i < 1000; i++)
      writeFileSync(join(folder, `script_${i}.py`), script(150 + (i % 7) * 20).replaceAll('helper_', `helper_${i}_`));
    const check = timed(['check', '.', '--exit-zero', '--format', 'json'], folder);
    rows.push(['cold check of 1,000 files', '5 s', `${check.seconds.toFixed(1)} s`]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const audit = timed(['audit', 'train.py', '--format', 'json', '--no-history'], example);
  rows.push(['quick audit of the example (18,639 rows)', '5 s', `${audit.seconds.toFixed(1)} s`]);
  rows.push(['cancel a quick audit', '200 ms', ms(await cancelled())]);
  const { attacks, bootstrap } = scoringTimes();
  rows.push([
    'scoring N 20,000, K 64: all attacks + 1,000 cluster-bootstrap AUCs (CPU)',
    '1 s',
    `${ms(attacks)} + ${ms(bootstrap)}`,
  ]);
  const vsix = join(root, 'epsilint.vsix');
  rows.push([
    'VSIX',
    '15 MB',
    existsSync(vsix) ? `${(statSync(vsix).size / 1e6).toFixed(1)} MB` : 'not packaged (npm run package)',
  ]);
}

async function main(): Promise<void> {
  if (!existsSync(cli)) throw new Error('dist/cli.js is missing: run npm run build first');
  accounting();
  await server();
  await helpers();
  await commands();
  const width = Math.max(...rows.map(row => row[0].length));
  console.log(`${'what'.padEnd(width)}  ${'budget'.padEnd(8)}  measured`);
  for (const [what, budget, measured] of rows) console.log(`${what.padEnd(width)}  ${budget.padEnd(8)}  ${measured}`);
}

void main();
