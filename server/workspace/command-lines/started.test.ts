import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, describe, it } from 'mocha';
import type { BudgetStatement } from '../../budget';
import { Analyser } from '../analysis';
import { defaultConfiguration } from '../configuration/configuration';
import { FrontEnds } from '../front-ends';
import { nodeHost } from '../host';

/** Budgets whose numbers stand in the command that starts the script, and libraries' own defaults. */
describe('budgets of scripts that are started by others', () => {
  const folders: string[] = [];
  const frontEnds = new FrontEnds();
  after(() => {
    frontEnds.dispose();
    for (const folder of folders) rmSync(folder, { recursive: true });
  });

  async function state(files: Readonly<Record<string, string>>, script: string): Promise<BudgetStatement> {
    const folder = mkdtempSync(join(tmpdir(), 'epsilint-started-'));
    folders.push(folder);
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
    const analyser = new Analyser({ host: nodeHost(() => {}), root: folder, frontEnds, files: () => null });
    const document = { path: join(folder, script), text: files[script]!, language: 'python' as const };
    const { budgets } = await analyser.analyse(document, defaultConfiguration);
    assert.equal(budgets.length, 1);
    return budgets[0]!;
  }
  const values = ({ parameters }: BudgetStatement): Record<string, unknown> =>
    Object.fromEntries(Object.entries(parameters).map(([name, { value, values: all }]) => [name, all ?? value]));

  const opacus =
    'import argparse, torch\nfrom torchvision import datasets\nfrom torch.utils.data import DataLoader\nfrom opacus import PrivacyEngine\n' +
    "p = argparse.ArgumentParser()\np.add_argument('--noise-multiplier', type=float, default=0.5)\np.add_argument('-b', '--batch', type=int, default=100)\n" +
    "p.add_argument('--epochs', type=int, default=1)\nargs = p.parse_args()\n" +
    "loader = DataLoader(datasets.CIFAR10('.', train=True), batch_size=args.batch)\nmodel = torch.nn.Linear(10, 2)\noptimizer = torch.optim.SGD(model.parameters(), lr=0.1)\n" +
    'engine = PrivacyEngine()\nmodel, optimizer, loader = engine.make_private(module=model, optimizer=optimizer, data_loader=loader, noise_multiplier=args.noise_multiplier, max_grad_norm=1.0)\n' +
    'for epoch in range(args.epochs):\n    for x, y in loader:\n        optimizer.zero_grad()\n        torch.nn.functional.cross_entropy(model(x), y).backward()\n        optimizer.step()\nprint(engine.get_epsilon(1e-5))\n';

  it('takes what a shell script gives over the default, and says where it stands', async () => {
    const found = await state(
      { 'src/train.py': opacus, 'scripts/run.sh': 'SIGMA=1.1\npython src/train.py --noise-multiplier $SIGMA -b 500\n' },
      'src/train.py',
    );
    assert.deepEqual(values(found), {
      noiseMultiplier: 1.1,
      maxGradNorm: 1,
      batchSize: 500,
      examples: 50000,
      epochs: 1,
      delta: 1e-5,
      sampleRate: 0.01,
      steps: 100,
    });
    assert.equal(found.parameters.noiseMultiplier!.origin, '--noise-multiplier in scripts/run.sh');
    assert.ok(found.parameters.noiseMultiplier!.overridable);
  });

  it('lists the values of several commands, and knows none where only the caller of the shell does', async () => {
    const several = await state(
      {
        'train.py': opacus,
        'run.sh': 'python train.py --noise-multiplier 1.1\npython train.py --noise-multiplier=2\n',
      },
      'train.py',
    );
    assert.deepEqual(values(several).noiseMultiplier, [1.1, 2]);
    const open = await state({ 'train.py': opacus, 'run.sh': 'python train.py --noise-multiplier $1\n' }, 'train.py');
    assert.deepEqual(open.unresolved, ['noiseMultiplier']);
  });

  it('does not take a command that starts another file of that name', async () => {
    const found = await state(
      { 'a/train.py': opacus, 'b/train.py': 'pass\n', 'b/run.sh': 'python train.py --noise-multiplier 9\n' },
      'a/train.py',
    );
    assert.equal(found.parameters.noiseMultiplier!.value, 0.5);
  });

  it('reads data classes of Hugging Face with the library’s defaults, accumulated batches and a read-me’s command', async () => {
    const script =
      'import transformers, dp_transformers, datasets\n' +
      'parser = transformers.HfArgumentParser((dp_transformers.TrainingArguments, dp_transformers.PrivacyArguments))\n' +
      'train_args, privacy_args = parser.parse_args_into_dataclasses()\n' +
      "data = datasets.load_dataset('glue', 'sst2')['train']\nmodel = transformers.AutoModelForCausalLM.from_pretrained('gpt2')\n" +
      'trainer = dp_transformers.dp_utils.OpacusDPTrainer(args=train_args, model=model, train_dataset=data, privacy_args=privacy_args)\ntrainer.train()\n';
    const command =
      '# Run\n```\npython -m torch.distributed.run --nproc_per_node 8 tune.py \\\n --noise_multiplier 0.6 --per_device_train_batch_size 32 --gradient_accumulation_steps 4 --per_sample_max_grad_norm 1.0\n```\n';
    const found = await state({ 'tune.py': script, 'README.md': command }, 'tune.py');
    assert.deepEqual(found.unresolved, []);
    const { noiseMultiplier, batchSize, epochs, delta } = values(found);
    assert.deepEqual([noiseMultiplier, batchSize, epochs, delta], [0.6, 128, 3, 1 / 67349]);
    assert.ok(found.warnings.some(warning => /worker/.test(warning)));
  });

  it('takes δ by the rule of the library where the call leaves it out', async () => {
    const script = (library: string): string =>
      `from ${library} import PrivacyEngine\nimport torch\nmodel = torch.nn.Linear(3, 2)\noptimizer = torch.optim.SGD(model.parameters(), lr=0.1)\n` +
      'engine = PrivacyEngine(model, batch_size=100, sample_size=10000, epochs=3, max_grad_norm=0.1, noise_multiplier=1.0)\nengine.attach(optimizer)\n';
    assert.equal(values(await state({ 't.py': script('fastDP') }, 't.py')).delta, 1 / 20000);
    assert.equal(values(await state({ 't.py': script('private_transformers') }, 't.py')).delta, 10000 ** -1.1);
  });

  it('is without bound where the noise is 0, whatever else is not known', async () => {
    const script = opacus.replace('noise_multiplier=args.noise_multiplier', 'noise_multiplier=0.0').split('print(')[0]!;
    const found = await state({ 't.py': script }, 't.py');
    assert.deepEqual([found.epsilon.pld, found.unresolved], [Number.POSITIVE_INFINITY, []]);
    assert.ok(found.warnings.some(warning => /no noise/.test(warning)));
  });

  it('counts passes by the loop around the loader, and no steps where a batch is stepped on several times', async () => {
    const named = opacus.replace('for epoch in range(args.epochs)', 'for i in range(args.iterations)');
    const passes = named.replace("'--epochs', type=int, default=1", "'--iterations', type=int, default=7");
    assert.deepEqual(values(await state({ 't.py': passes }, 't.py')).steps, 3500);
    const again = opacus.replace(
      '        optimizer.step()',
      '        for again in range(3):\n            optimizer.step()',
    );
    assert.deepEqual((await state({ 't.py': again }, 't.py')).unresolved, ['epochs']);
  });
});
