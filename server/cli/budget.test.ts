import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import { dpSgdEpsilon } from '../../audit-core/accounting';
import { FileChecker } from '../workspace/check-files';
import { nodeHost } from '../workspace/host';
import { run as account } from './account';
import { run as budget } from './budget';
import { type Command, EXIT, UsageError } from './io';

describe('epsilint budget and account', () => {
  let folder = '';
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'epsilint-budget-'));
    writeFileSync(
      join(folder, 'train.py'),
      'import torch\nfrom opacus import PrivacyEngine\nfrom torchvision import datasets\n' +
        "data = datasets.MNIST('.', train=True)\nloader = torch.utils.data.DataLoader(data, batch_size=256)\n" +
        'model = torch.nn.Linear(784, 10)\noptimizer = torch.optim.SGD(model.parameters(), lr=0.1)\nengine = PrivacyEngine()\n' +
        'model, optimizer, loader = engine.make_private(module=model, optimizer=optimizer, data_loader=loader, noise_multiplier=1.1, max_grad_norm=1.0)\n' +
        'for epoch in range(15):\n    for x, y in loader:\n        optimizer.zero_grad()\n        torch.nn.functional.cross_entropy(model(x), y).backward()\n        optimizer.step()\n' +
        'print(engine.get_epsilon(1 / len(data)))\n',
    );
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  async function ask(command: Command, ...argv: string[]): Promise<{ code: number; out: string }> {
    let out = '';
    const code = await command(argv, {
      stdout: text => {
        out += text;
      },
      stderr: () => {},
      stdin: () =>
        Promise.resolve(
          '{"id":1,"event":{"type":"gaussian","noiseMultiplier":1},"delta":1e-5,"accountant":"prv"}\nnonsense\n',
        ),
      isTTY: false,
      cwd: folder,
      env: {},
      signal: new AbortController().signal,
    });
    return { code, out };
  }

  it('states δ = 1/n and steps that the script computes itself', async () => {
    const { code, out } = await ask(budget, 'train.py', '--format', 'json');
    const [statement] = (
      JSON.parse(out) as {
        statements: { headline: number; parameters: Record<string, { value: number; origin: string }> }[];
      }
    ).statements;
    assert.equal(code, EXIT.ok);
    assert.equal(statement!.parameters.delta!.value, 1 / 60000);
    assert.equal(statement!.parameters.examples!.origin, 'training rows of MNIST');
    const expected = dpSgdEpsilon({ noiseMultiplier: 1.1, sampleRate: 1 / 235, steps: 15 * 235, delta: 1 / 60000 });
    assert.equal(statement!.headline, expected.epsilon);
  });

  it('counts the records and the people of a Parquet table', async () => {
    copyFileSync(
      join(__dirname, '..', '..', 'test', 'fixtures', 'data', 'table_zstd.parquet'),
      join(folder, 'cohort.parquet'),
    );
    writeFileSync(
      join(folder, 'cohort.py'),
      'import pandas as pd\nimport torch\nfrom opacus import PrivacyEngine\nframe = pd.read_parquet("cohort.parquet")\n' +
        'data = torch.utils.data.TensorDataset(torch.tensor(frame[["age"]].values), torch.tensor(frame["label"].values))\n' +
        'loader = torch.utils.data.DataLoader(data, batch_size=20)\nmodel = torch.nn.Linear(1, 2)\n' +
        'optimizer = torch.optim.SGD(model.parameters(), lr=0.1)\nengine = PrivacyEngine()\n' +
        'model, optimizer, loader = engine.make_private(module=model, optimizer=optimizer, data_loader=loader, noise_multiplier=1.1, max_grad_norm=1.0)\n' +
        'for epoch in range(15):\n    for x, y in loader:\n        optimizer.zero_grad()\n        torch.nn.functional.cross_entropy(model(x), y).backward()\n        optimizer.step()\n' +
        'print(engine.get_epsilon(1e-5))\n',
    );
    const { out } = await ask(budget, 'cohort.py', '--format', 'json');
    const [statement] = (
      JSON.parse(out) as {
        statements: {
          headline: number;
          person: { key: string; maxRecords: number; epsilon: number } | null;
          parameters: Record<string, { value: number; origin: string }>;
        }[];
      }
    ).statements;
    assert.equal(statement!.parameters.examples!.value, 200);
    assert.equal(statement!.parameters.examples!.origin, 'rows of cohort.parquet');
    const record = dpSgdEpsilon({ noiseMultiplier: 1.1, sampleRate: 0.1, steps: 150, delta: 1e-5 });
    assert.equal(statement!.headline, record.epsilon);
    assert.equal(statement!.person?.key, 'person_id');
    assert.equal(statement!.person?.maxRecords, 9);
    assert.ok(statement!.person!.epsilon > record.epsilon);
    const checker = new FileChecker(nodeHost(), {
      base: folder,
      root: folder,
      config: null,
      select: ['DP009'],
      ignore: [],
      tier: null,
    });
    const { findings } = await checker.file(join(folder, 'cohort.py'));
    checker.dispose();
    assert.deepEqual(
      findings.map(({ rule }) => rule),
      ['DP009'],
    );
  });

  it('fails above a threshold of the command line or of the configuration', async () => {
    assert.equal((await ask(budget, 'train.py', '--max-epsilon', '1')).code, EXIT.findings);
    assert.equal((await ask(budget, 'train.py', '--max-epsilon', '2')).code, EXIT.ok);
    writeFileSync(join(folder, 'epsilint.toml'), '[dp]\nmax-epsilon = 1.0\n');
    const { code, out } = await ask(budget, 'train.py');
    rmSync(join(folder, 'epsilint.toml'));
    assert.equal(code, EXIT.findings);
    assert.match(out, /train\.py:9 +opacus +1\.09 .*above 1\n/);
    await assert.rejects(ask(budget, 'train.py', '--max-epsilon', 'few'), UsageError);
  });

  it('compares accountants, and solves for any one parameter', async () => {
    const steps = ['--noise-multiplier', '1.1', '--batch-size', '256', '--examples', '60000', '--delta', '1e-5'];
    const { out } = await ask(account, ...steps, '--epochs', '15', '--compare');
    for (const name of ['pld', 'rdp', 'prv', 'gdp', 'Opacus prv', 'not sampled', 'shuffled, at least'])
      assert.match(out, new RegExp(`^  ${name} +ε = `, 'm'));
    const solved = await ask(
      account,
      ...steps,
      '--target-epsilon',
      '3',
      '--solve-for',
      'epochs',
      '--accountant',
      'gdp',
    );
    assert.match(solved.out, /^--epochs 9\d for ε ≤ 3\n/);
    await assert.rejects(ask(account, ...steps, '--target-epsilon', '0.001', '--solve-for', 'epochs'), /exceeds ε/);
  });

  it('answers a batch line by line, a bad line with its error', async () => {
    const { out } = await ask(account, '--batch', '-');
    const [first, second] = out
      .trim()
      .split('\n')
      .map(line => JSON.parse(line) as Record<string, unknown>);
    assert.ok(Number(first!.lower) < 4.378 && Number(first!.epsilon) > 4.377);
    assert.match(String(second!.error), /not valid JSON/);
  });
});
