import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { account, dpSgdEvent } from '../../audit-core/accounting';
import * as tables from './tables';
import { type Row, rowsOf, Tally } from './tally';

/**
 * Every row of the accounting reference, held against ours: `npm run test:conformance -- FOLDER`, or the folder in EPSILINT_REFERENCE.
 * Without the folder nothing is checked, loudly.
 */
const folder = process.argv[2] ?? process.env.EPSILINT_REFERENCE;
const files: readonly (readonly [string, (tally: Tally, row: Row) => void])[] = [
  ['dpsgd.jsonl', tables.dpsgd],
  ['delta.jsonl', tables.delta],
  ['calibration.jsonl', tables.calibration],
  ['composition.jsonl', tables.composition],
  ['group.jsonl', tables.group],
  ['mechanisms.jsonl', tables.mechanisms],
  ['shuffle.jsonl', tables.shuffle],
  ['rdp_steps.jsonl', tables.rdpSteps],
];

if (folder === undefined || !existsSync(join(folder, 'dpsgd.jsonl'))) {
  console.error(
    `THE ACCOUNTING REFERENCE IS ABSENT${folder === undefined ? '' : ` (${folder})`}: no row was checked. ` +
      'Name its folder: npm run test:conformance -- FOLDER, or EPSILINT_REFERENCE=FOLDER.',
  );
  console.log(`0 passed, 0 failed, ${files.length} skipped`);
} else {
  const tally = new Tally();
  for (const [file, check] of files) {
    const before = tally.passed + tally.failed;
    const start = performance.now();
    for (const row of rowsOf(folder, file)) check(tally, row);
    const checks = tally.passed + tally.failed - before;
    console.log(`${file}: ${checks} checks in ${((performance.now() - start) / 1000).toFixed(1)} s`);
  }
  if (existsSync(join(folder, 'timing.json'))) timings(join(folder, 'timing.json'));
  tally.close();
  if (tally.failed > 0) process.exitCode = 1;
}

interface Timing {
  readonly id: string;
  readonly noiseMultiplier: number;
  readonly sampleRate: number;
  readonly steps: number;
  readonly delta: number;
  readonly [tool: string]: unknown;
}

/** Our processor time beside dp_accounting's at its default interval 1e-4, and at the interval that we choose; printed, never asserted. */
function timings(file: string): void {
  const { settings } = JSON.parse(readFileSync(file, 'utf8')) as { readonly settings: readonly Timing[] };
  console.log(
    'setting  dp_accounting 1e-4   ours at 1e-4 (times faster)   ours, own grid   (ε theirs, ours at 1e-4, ours)',
  );
  for (const row of settings) {
    const peer = row['pld1e-4'] as { readonly cpuMs?: number; readonly epsilon?: number } | undefined;
    if (peer?.cpuMs === undefined) continue;
    const { noiseMultiplier, sampleRate, steps, delta } = row;
    const ask = (interval?: number): number =>
      account({
        event: dpSgdEvent({ noiseMultiplier, sampleRate, steps }),
        accountant: 'pld',
        relation: 'add-or-remove',
        delta,
        ...(interval !== undefined && { interval }),
      }).epsilon;
    const [same, own] = [spent(() => ask(1e-4)), spent(() => ask())];
    console.log(
      `${row.id.padEnd(8)} ${peer.cpuMs.toFixed(0).padStart(15)} ms ${same.toFixed(1).padStart(15)} ms (${(peer.cpuMs / same).toFixed(0)} ×) ${own.toFixed(1).padStart(15)} ms     ${peer.epsilon}, ${ask(1e-4)}, ${ask()}`,
    );
  }
}

/** Processor milliseconds of one call: the median of seven, warm. */
function spent(call: () => void): number {
  call();
  const times = Array.from({ length: 7 }, () => {
    const before = process.cpuUsage();
    call();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  });
  return times.sort((a, b) => a - b)[3]!;
}
