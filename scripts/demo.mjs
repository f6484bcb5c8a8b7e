// The README's first command: the main job on the bundled example, as a user would run it.
import { spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const cli = join(root, 'dist', 'cli.js');
const example = join(root, 'examples', 'liver-visits');
const report = join(mkdtempSync(join(tmpdir(), 'epsilint-')), 'report.html');

/** Findings (exit 1) are what the example is for; anything else is a failure of ours. */
function run(...words) {
  console.log(`\n$ epsilint ${words.map(word => (word === report ? 'report.html' : word)).join(' ')}`);
  const ran = spawnSync(process.execPath, [cli, ...words], { cwd: example, stdio: 'inherit' });
  if (ran.status !== 0 && ran.status !== 1) process.exit(ran.status ?? 2);
}

run('check', '.');
run('budget', '.');
run('audit', 'train.py');
run('audit', 'train_dp_broken.py', '--format', 'html', '--output', report);
console.log(`\nThe report of the last audit: ${report}`);
