import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dpSgdEpsilon, opacusEpsilon, opacusPrvEpsilon } from '../../audit-core/accounting';

/**
 * Other people's accountants beside ours, in one run: `npm run peers` installs dp-accounting, Opacus and prv-accountant from PyPI into a
 * virtual environment of its own (`--python PYTHON` uses that interpreter and what it has instead) and prints value, difference and
 * processor time. Opacus brings PyTorch along: the first run takes minutes.
 */
const questions = [
  { noiseMultiplier: 1.1, sampleRate: 256 / 60000, steps: 14063, delta: 1e-5 },
  { noiseMultiplier: 1.1, sampleRate: 1 / 235, steps: 3525, delta: 1e-5 },
  { noiseMultiplier: 1, sampleRate: 0.01, steps: 1000, delta: 1e-5 },
  { noiseMultiplier: 0.8, sampleRate: 0.001, steps: 10000, delta: 1e-6 },
  { noiseMultiplier: 0.6, sampleRate: 1 / 98, steps: 2940, delta: 1e-5 },
  { noiseMultiplier: 2, sampleRate: 0.01, steps: 100000, delta: 1e-6 },
] as const;
const packages = ['dp-accounting', 'opacus', 'prv-accountant'];

const given = process.argv.indexOf('--python');
const python = given === -1 ? installed() : process.argv[given + 1];
if (python) compare(python);
else {
  console.error(
    'THE PEERS ARE ABSENT: no Python environment could be made; name an interpreter that has them with --python.',
  );
  console.log(`0 passed, 0 failed, ${questions.length} skipped`);
}

/** An interpreter with the packages that could be installed; null without Python. */
function installed(): string | null {
  const folder = join(tmpdir(), 'epsilint-peers');
  const python = join(folder, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
  if (!existsSync(python)) {
    mkdirSync(folder, { recursive: true });
    if (spawnSync('python3', ['-m', 'venv', folder], { stdio: 'inherit' }).status !== 0) return null;
    for (const name of packages) {
      const { status } = spawnSync(python, ['-m', 'pip', 'install', '--quiet', name], { stdio: 'inherit' });
      if (status !== 0) console.error(`${name} could not be installed; it is left out.`);
    }
  }
  return python;
}

type Answers = Readonly<Record<string, { readonly epsilon?: number; readonly ms?: number; readonly error?: string }>>;

function compare(interpreter: string): void {
  const input = questions.map(question => `${JSON.stringify(question)}\n`).join('');
  const ran = spawnSync(interpreter, [join(__dirname, 'peers.py')], { input, encoding: 'utf8', maxBuffer: 2 ** 24 });
  if (ran.stderr.trim() !== '') console.error(ran.stderr.trim());
  const answers = ran.stdout
    .split('\n')
    .filter(line => line !== '')
    .map(line => JSON.parse(line) as Answers);
  questions.forEach((question, i) => {
    const { noiseMultiplier, sampleRate, steps, delta } = question;
    console.log(`σ ${noiseMultiplier}, q ${sampleRate.toPrecision(4)}, ${steps} steps, δ ${delta}`);
    const ours: Readonly<Record<string, () => number>> = {
      'dp_accounting PLD': () => dpSgdEpsilon(question).epsilon,
      'dp_accounting RDP': () => dpSgdEpsilon({ ...question, accountant: 'rdp' }).epsilon,
      'Opacus prv': () => opacusPrvEpsilon(question).epsilon,
      'Opacus rdp': () => opacusEpsilon('rdp', question),
      'Opacus gdp': () => opacusEpsilon('gdp', question),
      prv_accountant: () => opacusPrvEpsilon(question).estimate ?? Number.NaN,
    };
    for (const [tool, compute] of Object.entries(ours)) {
      const theirs = answers[i]?.[tool];
      if (!theirs) continue;
      compute();
      const before = process.cpuUsage();
      const value = compute();
      const { user, system } = process.cpuUsage(before);
      const ms = (user + system) / 1000;
      const difference = theirs.epsilon === undefined ? theirs.error : (value - theirs.epsilon).toExponential(2);
      console.log(
        `  ${tool.padEnd(18)} theirs ${String(theirs.epsilon ?? '–').padEnd(20)} ours ${String(value).padEnd(20)} difference ${String(difference).padEnd(10)} ${theirs.ms?.toFixed(1) ?? '–'} ms / ${ms.toFixed(1)} ms`,
      );
    }
  });
}
