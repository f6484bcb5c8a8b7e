import assert from 'node:assert/strict';
import { before, describe, it } from 'mocha';
import { runModule } from '../facts';
import type { ConstantValue } from '../facts/values';
import { createPythonFrontEnd, type PythonFrontEnd } from '../languages/python/front-end';
import { builtInModels } from '../models';
import { pythonAssets } from '../workspace/grammars';
import { type BudgetStatement, budgetStatements, titleOf } from '.';

/** What a script of each library, in the habits of public code, is stated to buy. */
describe('budgets of scripts', () => {
  let python: PythonFrontEnd;
  before(async () => {
    python = await createPythonFrontEnd(pythonAssets());
  });

  interface Files {
    readonly settings?: Readonly<Record<string, ConstantValue>>;
    readonly modules?: Readonly<Record<string, string>>;
  }

  function state(text: string, { settings = {}, modules = {} }: Files = {}): BudgetStatement[] {
    const run = runModule(python.parse(text), {
      path: 'train.py',
      text,
      models: builtInModels(),
      project: {
        configuration: (_, file) => settings[file] ?? null,
        module: (_, name) => {
          const source = modules[name];
          return source === undefined ? null : { path: `${name}.py`, text: source, facts: python.parse(source) };
        },
      },
    });
    return budgetStatements(run, () => null);
  }
  const values = (statement: BudgetStatement | undefined): Record<string, unknown> =>
    Object.fromEntries(Object.entries(statement?.parameters ?? {}).map(([name, { value }]) => [name, value]));
  const has = (statement: BudgetStatement | undefined, wanted: Readonly<Record<string, unknown>>): void => {
    const found = values(statement);
    assert.deepEqual(Object.fromEntries(Object.keys(wanted).map(name => [name, found[name]])), wanted);
  };

  const torch =
    'import argparse, os, torch, yaml\nimport torch.nn as nn\nfrom torchvision import datasets\nfrom torch.utils.data import DataLoader\nfrom opacus import PrivacyEngine\n' +
    "train = datasets.CIFAR10('.', train=True)\nloader = DataLoader(train, batch_size=500, shuffle=True)\nmodel = nn.Linear(10, 2)\noptimizer = torch.optim.SGD(model.parameters(), lr=0.1)\n";
  const loop =
    'for epoch in range(EPOCHS):\n    for x, y in loader:\n        optimizer.zero_grad()\n        nn.functional.cross_entropy(model(x), y).backward()\n        optimizer.step()\n';

  it('Opacus by argparse defaults, with the accountant that the engine names', () => {
    const [statement] = state(
      `${torch}p = argparse.ArgumentParser()\np.add_argument('--sigma', type=float, default=1.5)\np.add_argument('-n', '--epochs', type=int, default=10)\np.add_argument('--delta', type=float, default=1e-5)\nargs = p.parse_args()\n` +
        "engine = PrivacyEngine(accountant='rdp')\nmodel, optimizer, loader = engine.make_private(module=model, optimizer=optimizer, data_loader=loader, noise_multiplier=args.sigma, max_grad_norm=1.0)\n" +
        `${loop.replace('EPOCHS', 'args.epochs')}print(engine.get_epsilon(args.delta))\n`,
    );
    has(statement, { noiseMultiplier: 1.5, sampleRate: 0.01, steps: 1000, delta: 1e-5, epochs: 10 });
    assert.equal(statement!.parameters.noiseMultiplier!.origin, '--sigma default');
    assert.ok(statement!.parameters.noiseMultiplier!.overridable);
    assert.equal(statement!.epsilon.library!.accountant, 'rdp');
  });

  it('a settings file followed by its keys, numbers written as text', () => {
    const [statement] = state(
      `${torch}with open('config.yaml') as f:\n    cfg = yaml.safe_load(f)\nEPOCHS = cfg['train']['epochs']\nengine = PrivacyEngine()\n` +
        "model, optimizer, loader = engine.make_private(module=model, optimizer=optimizer, data_loader=loader, noise_multiplier=float(cfg['dp']['sigma']), max_grad_norm=1.0)\n" +
        `${loop}engine.get_epsilon(float(cfg['dp']['delta']))\n`,
      { settings: { 'config.yaml': { train: { epochs: 4 }, dp: { sigma: '0.9', delta: '1e-6' } } } },
    );
    has(statement, { noiseMultiplier: 0.9, epochs: 4, delta: 1e-6 });
  });

  it('environment variables, module constants that are assigned again, arithmetic', () => {
    const [statement] = state(
      `${torch}EPOCHS = 3\nEPOCHS = 6\nsigma = float(os.getenv('SIGMA', '1.2')) * 2\nengine = PrivacyEngine()\n` +
        'model, optimizer, loader = engine.make_private(module=model, optimizer=optimizer, data_loader=loader, noise_multiplier=sigma, max_grad_norm=1.0)\n' +
        `${loop}engine.get_epsilon(1 / len(train))\n`,
    );
    has(statement, { noiseMultiplier: 2.4, epochs: 6, delta: 2e-5 });
  });

  it('a wrapper with defaults, stated where it is called, a δ of None filled in', () => {
    const helper =
      'from opacus import PrivacyEngine\ndef make_dp(model, optimizer, loader, epochs, sigma=1.0, clip=5.0):\n    engine = PrivacyEngine()\n' +
      '    return engine.make_private(module=model, optimizer=optimizer, data_loader=loader, noise_multiplier=sigma, max_grad_norm=clip)\n';
    const text = `${torch}from privacy_helpers import make_dp\nEPOCHS = 2\nmodel, optimizer, loader = make_dp(model, optimizer, loader, EPOCHS, sigma=0.8)\n${loop}`;
    const [statement] = state(text, { modules: { privacy_helpers: helper } });
    has(statement, { noiseMultiplier: 0.8, maxGradNorm: 5, sampleRate: 0.01 });
    assert.ok(text.slice(statement!.span.start).startsWith('make_dp('));
  });

  it('a loop over targets lists each of them', () => {
    const [statement] = state(
      `${torch}EPOCHS = 5\nfor eps in [0.5, 2.0, 8.0]:\n    engine = PrivacyEngine()\n    m, o, l = engine.make_private_with_epsilon(module=model, optimizer=optimizer, data_loader=loader, epochs=EPOCHS, target_epsilon=eps, target_delta=1e-5, max_grad_norm=1.0)\n`,
    );
    assert.deepEqual(statement!.target!.values, [0.5, 2, 8]);
  });

  it('fixed batches, an unused private loader, and a scheduler change what is said', () => {
    const call = (more: string): string =>
      `${torch}EPOCHS = 4\nengine = PrivacyEngine()\nmodel, optimizer, private = engine.make_private(module=model, optimizer=optimizer, data_loader=loader, noise_multiplier=1.0, max_grad_norm=1.0${more})\n`;
    assert.equal(state(`${call(', poisson_sampling=False')}${loop}`)[0]!.sampling, 'shuffle');
    const [dropped] = state(`${call('')}${loop}`);
    assert.equal(dropped!.sampling, 'shuffle');
    assert.match(dropped!.warnings.join(' '), /not used here/);
    const scheduled = `${call('')}from opacus.schedulers import ExponentialNoise\nscheduler = ExponentialNoise(optimizer, gamma=0.9)\n${loop.replace('in loader', 'in private')}engine.get_epsilon(1e-5)\n`;
    const [falling] = state(scheduled);
    assert.equal(falling!.sampling, 'poisson');
    const [steady] = state(scheduled.replace('gamma=0.9', 'gamma=1.0'));
    assert.ok(falling!.epsilon.pld! > steady!.epsilon.pld! * 1.05);
  });

  it('Opacus 0.x attached to an optimizer, Poisson only by its sampler', () => {
    const text = `${torch}EPOCHS = 20\nengine = PrivacyEngine(model, batch_size=500, sample_size=len(train), alphas=[2, 3], noise_multiplier=1.1, max_grad_norm=1.0)\nengine.attach(optimizer)\n${loop}engine.get_privacy_spent(1e-5)\n`;
    const [statement] = state(text);
    has(statement, { noiseMultiplier: 1.1, sampleRate: 0.01, steps: 2000, delta: 1e-5 });
    assert.equal(statement!.sampling, 'shuffle');
    assert.match(titleOf(statement!), /^ε ≤ .* batches not sampled/);
  });

  it('TensorFlow Privacy: batches of fit, flags, microbatches that count half', () => {
    const text =
      'import tensorflow as tf\nimport tensorflow_privacy as tfp\nfrom absl import flags\nflags.DEFINE_float("noise_multiplier", 1.3, "")\nFLAGS = flags.FLAGS\n' +
      '(x, y), _ = tf.keras.datasets.mnist.load_data()\nx = x / 255.0\nmodel = tf.keras.Sequential([tf.keras.layers.Dense(10)])\n' +
      'optimizer = tfp.DPKerasSGDOptimizer(l2_norm_clip=1.5, noise_multiplier=FLAGS.noise_multiplier, num_microbatches=M, learning_rate=0.25)\n' +
      'model.compile(optimizer=optimizer, loss="mse")\nmodel.fit(x, y, epochs=3, batch_size=250)\ntfp.compute_dp_sgd_privacy(n=60000, batch_size=250, noise_multiplier=1.3, epochs=3, delta=1e-5)\n';
    const [statement] = state(text.replace('=M', '=250'));
    has(statement, { noiseMultiplier: 1.3, batchSize: 250, examples: 60000, steps: 720, delta: 1e-5 });
    assert.equal(statement!.sampling, 'shuffle');
    has(state(text.replace('=M', '=50'))[0], { noiseMultiplier: 0.65 });
  });

  it('accountants by hand: dp_accounting events, compute_rdp, get_noise_multiplier', () => {
    const [events] = state(
      'import dp_accounting\nfrom dp_accounting.rdp import RdpAccountant\nq = 256 / 60000\na = RdpAccountant()\n' +
        'a.compose(dp_accounting.PoissonSampledDpEvent(q, dp_accounting.GaussianDpEvent(1.1)), 14063)\nprint(a.get_epsilon(1e-5))\n',
    );
    has(events, { noiseMultiplier: 1.1, sampleRate: 256 / 60000, steps: 14063, delta: 1e-5 });
    assert.ok(Math.abs(events!.epsilon.pld! / 2.381691 - 1) < 1e-4);
    const [rdp] = state(
      'from tensorflow_privacy.privacy.analysis.rdp_accountant import compute_rdp, get_privacy_spent\norders = [2, 4, 8]\nrdp = compute_rdp(0.01, 1.0, 1000, orders)\neps, _, _ = get_privacy_spent(orders, rdp, target_delta=1e-5)\n',
    );
    has(rdp, { noiseMultiplier: 1, sampleRate: 0.01, steps: 1000, delta: 1e-5 });
    const [solved] = state(
      'from opacus.accountants.utils import get_noise_multiplier\ns = get_noise_multiplier(target_epsilon=8, target_delta=1e-5, sample_rate=0.04, epochs=90)\n',
    );
    has(solved, { targetEpsilon: 8, sampleRate: 0.04 });
    assert.ok(Math.abs(Number(values(solved).noiseMultiplier) / 1.3476 - 1) < 5e-3);
  });

  it('fastDP and private-transformers: their own noise, shuffled batches', () => {
    for (const library of ['fastDP', 'private_transformers']) {
      const [statement] = state(
        `${torch.replace('from opacus import PrivacyEngine', `from ${library} import PrivacyEngine`)}engine = PrivacyEngine(model, batch_size=1000, sample_size=len(train), max_grad_norm=0.1, epochs=5, target_epsilon=3, target_delta=1e-5)\nengine.attach(optimizer)\n`,
      );
      has(statement, { sampleRate: 0.02, steps: 250, targetEpsilon: 3 });
      assert.equal(statement!.sampling, 'shuffle');
      assert.ok(Math.abs(statement!.epsilon.rdp! - 3) < 0.03);
    }
  });

  it('calls that are told their ε: diffprivlib, OpenDP, SmartNoise, local noise', () => {
    const spent = state(
      'from diffprivlib.models import GaussianNB\nfrom diffprivlib import tools\nGaussianNB(bounds=(0, 1)).fit(X, y)\ntools.mean(X, epsilon=0.2, bounds=(0, 1))\n' +
        'from snsynth import Synthesizer\nSynthesizer.create("mst", epsilon=3.0)\n' +
        'import opendp.prelude as dp\ncontext = dp.Context.compositor(data=X, privacy_unit=dp.unit_of(contributions=1), privacy_loss=dp.loss_of(epsilon=0.7), split_evenly_over=2)\n' +
        'from flwr.client.mod import LocalDpMod\nmod = LocalDpMod(1.0, 2.0, 5.0, 1e-6)\n',
    );
    assert.deepEqual(
      spent.map(({ library, epsilon }) => [library, epsilon.pld]),
      [
        ['diffprivlib', 1],
        ['diffprivlib', 0.2],
        ['SmartNoise', 3],
        ['OpenDP', 0.7],
        ['flower', 5],
      ],
    );
    assert.match(titleOf(spent[4]!), /per client and release/);
  });

  it('federations: a client as the unit, rounds from the project’s settings, no amplification', () => {
    const [statement] = state(
      'from flwr.server.strategy import FedAvg, DifferentialPrivacyServerSideFixedClipping\nfrom flwr.server import ServerConfig\n' +
        'def server_fn(context):\n    rounds = context.run_config["num-server-rounds"]\n' +
        '    strategy = DifferentialPrivacyServerSideFixedClipping(FedAvg(), noise_multiplier=context.run_config.get("dp-noise", 1.0), clipping_norm=0.5, num_sampled_clients=20)\n' +
        '    return ServerConfig(num_rounds=rounds)\n',
      {
        settings: {
          'pyproject.toml': { tool: { flwr: { app: { config: { 'num-server-rounds': 50, 'dp-noise': 2.5 } } } } },
        },
      },
    );
    has(statement, { noiseMultiplier: 2.5, clientsPerRound: 20, rounds: 50 });
    assert.equal(statement!.unit, 'client');
    assert.deepEqual(statement!.unresolved, ['delta']);
    const [tff] = state(
      'import tensorflow_federated as tff\nagg = tff.learning.model_update_aggregator.dp_aggregator(noise_multiplier=1.2, clients_per_round=120)\n',
    );
    has(tff, { noiseMultiplier: 1.2, clientsPerRound: 120 });
    const [none] = state(
      'from nvflare.app_common.filters.percentile_privacy import PercentilePrivacy\nf = PercentilePrivacy()\n',
    );
    assert.equal(none!.epsilon.pld, Number.POSITIVE_INFINITY);
  });

  it('jax_privacy and optax', () => {
    const [keras] = state(
      'from jax_privacy.keras import keras_api\nparams = keras_api.DPKerasConfig(epsilon=2.0, delta=1e-5, clipping_norm=1.0, batch_size=512, train_steps=1000, train_size=60000)\nmodel = keras_api.make_private(model, params)\n',
    );
    has(keras, { targetEpsilon: 2, delta: 1e-5, batchSize: 512, steps: 1000, examples: 60000 });
    assert.equal(keras!.sampling, 'shuffle');
    const [optax] = state(
      'import optax\ntx = optax.contrib.dpsgd(learning_rate=0.1, l2_norm_clip=1.0, noise_multiplier=1.3, seed=1337)\n',
    );
    has(optax, { noiseMultiplier: 1.3, maxGradNorm: 1 });
    assert.equal(optax!.sampling, 'unknown');
  });

  it('nothing for what only looks like it', () => {
    assert.deepEqual(
      state(
        'from transformers import TrainingArguments\nargs = TrainingArguments(output_dir="o", max_grad_norm=1.0)\nimport torch\nepsilon = 1e-8\nsigma = 3\ndelta = 1.0\nopt = torch.optim.Adam([], eps=epsilon)\n',
      ),
      [],
    );
  });

  it('does not take a data set whole where a part of unknown size is walked', () => {
    const part = torch.replace(
      'loader = DataLoader(train',
      'import random\nrows = list(range(len(train)))\ncut = random.randint(1, 9)\nloader = DataLoader(torch.utils.data.Subset(train, rows[cut:])',
    );
    const call =
      'engine = PrivacyEngine()\nmodel, optimizer, loader = engine.make_private(module=model, optimizer=optimizer, data_loader=loader, noise_multiplier=1.0, max_grad_norm=1.0)\n';
    const [statement] = state(`${part}${call}${loop.replace('EPOCHS', '3')}print(engine.get_epsilon(1e-5))\n`);
    assert.deepEqual(statement!.unresolved, ['examples']);
  });

  it('lists every target that a loop calibrates to, and stands for the largest', () => {
    const [statement] = state(
      `${torch}for eps in [1, 8]:\n    engine = PrivacyEngine()\n    model, optimizer, loader = engine.make_private_with_epsilon(module=model, optimizer=optimizer, data_loader=loader, target_epsilon=eps, target_delta=1e-5, epochs=3, max_grad_norm=1.0)\n`,
    );
    assert.deepEqual(
      statement!.sweep?.points.map(({ epsilon }) => epsilon),
      [1, 8],
    );
    assert.ok(statement!.epsilon.pld! > 7.8 && statement!.epsilon.pld! <= 8, String(statement!.epsilon.pld));
    assert.match(titleOf(statement!), /ε = 1, 8 for target ε 1, 8/);
  });

  it('every value of a search that numpy lays out, the worst as headline', () => {
    const [statement] = state(
      `import numpy as np\n${torch}def go(sigma):\n    engine = PrivacyEngine()\n    m, o, l = engine.make_private(module=model, optimizer=optimizer, data_loader=loader, noise_multiplier=sigma, max_grad_norm=1.0)\n` +
        '    for epoch in range(2):\n        for x, y in l:\n            o.zero_grad()\n            nn.functional.cross_entropy(m(x), y).backward()\n            o.step()\n    print(engine.get_epsilon(1e-5))\n' +
        'for s in np.geomspace(2, 0.5, 3):\n    go(s)\n',
    );
    assert.deepEqual(
      statement!.sweep?.points.map(({ value }) => value),
      [2, 1, 0.5],
    );
    assert.equal(statement!.epsilon.pld, Math.max(...statement!.sweep!.points.map(point => point.epsilon)));
  });

  it('each of two trainers by what stands beside it, not by what the other one asks', () => {
    const trainer = (name: string, rate: string): string =>
      `class ${name}:\n    def train(self, loader, rate, target):\n        sigma = get_noise_multiplier(target_epsilon=target, target_delta=1e-5, sample_rate=${rate}, epochs=7)\n` +
      '        engine = PrivacyEngine()\n        return engine.make_private(module=model, optimizer=optimizer, data_loader=loader, noise_multiplier=sigma, max_grad_norm=1.0)\n';
    const [first, second] = state(
      `${torch}from opacus.accountants.utils import get_noise_multiplier\n${trainer('A', 'rate')}${trainer('B', '0.25')}`,
    );
    assert.equal(first!.parameters.sampleRate, undefined);
    has(second, { sampleRate: 0.25, epochs: 7, delta: 1e-5 });
  });

  it('an engine of the project’s own that stands on the library’s', () => {
    const [statement, ...more] = state(
      `${torch}class Ours(PrivacyEngine):\n    def make_private(self, *, module, optimizer, data_loader, noise_multiplier, max_grad_norm, extra=0.0):\n        return module, optimizer, data_loader\n` +
        'model, optimizer, loader = Ours().make_private(module=model, optimizer=optimizer, data_loader=loader, noise_multiplier=1.3, max_grad_norm=1.0, extra=2.0)\n' +
        loop.replace('EPOCHS', '3'),
    );
    assert.equal(more.length, 0);
    has(statement, { noiseMultiplier: 1.3, epochs: 3, sampleRate: 0.01 });
  });

  it('an accountant that the project carries as a copy', () => {
    const [statement, ...more] = state(
      'from dp.accounting import compute_rdp, get_privacy_spent\norders = [2, 4, 8]\nrdp = compute_rdp(0.02, 1.2, 500, orders)\nprint(get_privacy_spent(orders, rdp, target_delta=1e-6))\n',
      {
        modules: {
          'dp.accounting':
            'def compute_rdp(q, noise_multiplier, steps, orders):\n    return [q]\ndef get_privacy_spent(orders, rdp, target_eps=None, target_delta=None):\n    return 1\n',
        },
      },
    );
    assert.equal(more.length, 0);
    has(statement, { noiseMultiplier: 1.2, sampleRate: 0.02, steps: 500, delta: 1e-6 });
  });

  it('noise that dp_accounting solves for, with the event that it varies', () => {
    const [statement, ...more] = state(
      'import dp_accounting\nfrom dp_accounting import pld\nEPS = 2.0\ndef event(sigma):\n    return dp_accounting.SelfComposedDpEvent(dp_accounting.PoissonSampledDpEvent(0.01, dp_accounting.GaussianDpEvent(sigma)), 1000)\n' +
        'sigma = dp_accounting.calibrate_dp_mechanism(pld.PLDAccountant, event, target_epsilon=EPS, target_delta=1e-5)\n',
    );
    assert.equal(more.length, 0);
    has(statement, { targetEpsilon: 2, delta: 1e-5, sampleRate: 0.01, steps: 1000 });
    assert.ok(Math.abs(statement!.epsilon.pld! - 2) < 0.02);
  });

  it('several calls on one accountant as one statement, and a call in a loop as often as it is made', () => {
    const imports = 'import dp_accounting\nfrom dp_accounting import rdp\n';
    const event = (rate: number, noise: number) =>
      `dp_accounting.PoissonSampledDpEvent(${rate}, dp_accounting.GaussianDpEvent(${noise}))`;
    const [two, ...more] = state(
      `${imports}acc = rdp.RdpAccountant()\nacc.compose(${event(0.01, 1.1)}, 1000)\nacc.compose(${event(0.02, 0.9)}, 500)\nprint(acc.get_epsilon(1e-5))\n`,
    );
    assert.deepEqual([more.length, two!.unresolved], [0, []]);
    // dp_accounting 0.6.0, PLD: 3.826046.
    assert.ok(Math.abs(two!.epsilon.pld! - 3.826046) < 1e-4, `${two!.epsilon.pld}`);
    assert.match(two!.warnings.join(), /2 calls on one accountant/);
    assert.equal(two!.parameters.noiseMultiplier, undefined);
    const [open] = state(
      `${imports}acc = rdp.RdpAccountant()\nacc.compose(${event(0.01, 1.1)}, 1000)\nacc.compose(${event(0.02, 0.9)}, later)\nprint(acc.get_epsilon(1e-5))\n`,
    );
    assert.deepEqual([open!.epsilon.pld, open!.unresolved], [null, ['epochs']]);
    const [looped] = state(
      `${imports}acc = rdp.RdpAccountant()\nfor epoch in range(10):\n    acc.compose(${event(0.01, 1.1)}, 100)\nprint(acc.get_epsilon(1e-5))\n`,
    );
    has(looped, { noiseMultiplier: 1.1, sampleRate: 0.01, steps: 1000, delta: 1e-5 });
    assert.deepEqual([looped!.epsilon.library?.name, looped!.epsilon.library?.accountant], ['dp_accounting', 'rdp']);
    const [apart] = state(
      `${imports}a = rdp.RdpAccountant()\nb = rdp.RdpAccountant()\na.compose(${event(0.01, 1.1)}, 1000)\nb.compose(${event(0.01, 1.1)}, 1000)\nprint(a.get_epsilon(1e-5))\n`,
    );
    has(apart, { steps: 1000 });
  });

  it('a target of 0 or below as none, and each value with the place that it comes from', () => {
    const script = (target: string) =>
      `${torch}import argparse\np = argparse.ArgumentParser()\np.add_argument("--epsilon", type=float, default=${target})\nargs = p.parse_args()\nengine = PrivacyEngine()\nm, o, l = engine.make_private_with_epsilon(module=model, optimizer=optimizer, data_loader=loader, epochs=5, target_epsilon=args.epsilon, target_delta=1e-5, max_grad_norm=1.0)\n`;
    const [none] = state(script('-1.0'));
    assert.ok(none!.target === null && none!.unresolved.includes('noiseMultiplier'), `${none!.unresolved}`);
    const text = script('2.5');
    const [some] = state(text);
    const { place } = some!.parameters.targetEpsilon!;
    assert.ok(place?.path === null && place.span);
    assert.match(text.slice(place.span.start, place.span.end), /2\.5|--epsilon/);
  });

  it('Laplace noise in a scale that the script computes, without a sensitivity that nobody states', () => {
    const script = (scale: string) =>
      `import numpy as np\nimport pandas as pd\nframe = pd.read_csv("visits.csv")\nEPSILON = 0.5\nmeans = frame.mean() + np.random.laplace(0, ${scale}, 4)\n`;
    const [noisy] = state(script('1.0 / EPSILON'));
    assert.deepEqual(
      [noisy!.mechanism, noisy!.unresolved, values(noisy)],
      ['output-noise', ['sensitivity'], { noiseScale: 2 }],
    );
    assert.match(titleOf(noisy!), /^ε unknown: sensitivity not resolved/);
    assert.deepEqual(state(script('1.0')), []);
    assert.deepEqual(state(script('1.0 / EPSILON').replace('pd.read_csv("visits.csv")', 'pd.DataFrame()')), []);
  });

  it('banded matrix factorisation of jax_privacy, by participations and bands', () => {
    const config = (rest: string) =>
      `from jax_privacy import execution_plan\nBANDS = 10\nconfig = execution_plan.BandMFConfig.default(num_bands=BANDS, iterations=1000, expected_participations=5${rest}\n`;
    const [solved] = state(config(').calibrate(epsilon=2.0, delta=1e-6)'));
    has(solved, { sampleRate: 0.05, steps: 100, targetEpsilon: 2, delta: 1e-6 });
    assert.deepEqual([solved!.unresolved, solved!.sampling, solved!.epsilonIfShuffled], [[], 'poisson', null]);
    assert.ok(Math.abs(solved!.epsilon.pld! - 2) < 2e-3);
    // dp_accounting 0.6.0, PLD of ⌈1000/10⌉ Gaussians of noise 2 at rate 0.05, δ 1e-6: 1.273560.
    const [told] = state(`${config(', noise_multiplier=2.0)')}config.make()\n`);
    const at = told!.range?.points.find(({ value }) => value === 1e-6);
    assert.ok(at && Math.abs(at.epsilon - 1.27356) < 2e-3, `${at?.epsilon}`);
    const [open] = state(config(', noise_multiplier=2.0, truncated_batch_size=64, num_examples=9000)'));
    assert.ok(open!.unknowns.some(({ expression }) => /batches cut/.test(expression ?? '')));
  });

  it('the statement of TensorFlow Privacy, which counts microbatches unless it is told that there are none', () => {
    const call = (rest: string) =>
      `import tensorflow_privacy as tfp\nprint(tfp.compute_dp_sgd_privacy_statement(number_of_examples=100, batch_size=1, num_epochs=1.2, noise_multiplier=0.7, delta=1e-5${rest}))\n`;
    // compute_dp_sgd_privacy_test.py of TensorFlow Privacy: PLD 18.6977407 with microbatches, 2.4612381 without; RDP 22.6248601.
    const [counted] = state(call(''));
    assert.ok(Math.abs(counted!.epsilon.pld! - 18.6977) < 0.01, `${counted!.epsilon.pld}`);
    assert.ok(Math.abs(counted!.epsilon.library!.epsilon - 22.6249) < 0.03, `${counted!.epsilon.library!.epsilon}`);
    assert.match(counted!.warnings.join(), /half the noise/);
    const [single] = state(call(', used_microbatching=False'));
    assert.ok(Math.abs(single!.epsilon.pld! - 2.46124) < 2e-3, `${single!.epsilon.pld}`);
  });

  it('prv_accountant: noise and rate of the mechanism, steps and δ of the question', () => {
    const [statement] = state(
      'from prv_accountant import PRVAccountant, PoissonSubsampledGaussianMechanism\nprv = PoissonSubsampledGaussianMechanism(noise_multiplier=0.8, sampling_probability=5e-3)\n' +
        'accountant = PRVAccountant(prvs=[prv], max_self_compositions=[1000], eps_error=0.1, delta_error=1e-10)\nlow, estimate, high = accountant.compute_epsilon(delta=1e-6, num_self_compositions=[1000])\n',
    );
    has(statement, { noiseMultiplier: 0.8, sampleRate: 5e-3, steps: 1000, delta: 1e-6 });
  });

  it('TensorFlow Privacy’s first optimizers, which take a query', () => {
    const [statement] = state(
      'from privacy.optimizers.dp_optimizer import DPAdamOptimizer\nfrom privacy.dp_query.gaussian_query import GaussianAverageQuery\n' +
        'query = GaussianAverageQuery(0.5, 0.5 * 1.1, 256)\noptimizer = DPAdamOptimizer(query, 256, learning_rate=0.1)\n',
    );
    has(statement, { noiseMultiplier: 1.1, maxGradNorm: 0.5 });
  });

  it('a synthesizer that is told its ε by position', () => {
    const [statement] = state(
      'from opendp.smartnoise.synthesizers.mwem import MWEMSynthesizer\nsynth = MWEMSynthesizer(0.1, 500, 30, 15)\nsynth.fit(rows)\n',
    );
    assert.equal(statement!.epsilon.pld, 0.1);
  });

  it('a noise that the script searches for is not one of the values that it tries', () => {
    const [statement] = state(
      `${torch}low, high = 0.1, 100\nwhile high - low > 0.01:\n    middle = (low + high) / 2\n    if spent(middle) > 3:\n        low = middle\n    else:\n        high = middle\n` +
        'engine = PrivacyEngine()\nmodel, optimizer, loader = engine.make_private(module=model, optimizer=optimizer, data_loader=loader, noise_multiplier=high, max_grad_norm=1.0)\n' +
        `${loop.replace('EPOCHS', '4')}engine.get_epsilon(1e-5)\n`,
    );
    assert.deepEqual(statement!.unresolved, ['noiseMultiplier']);
    assert.equal(statement!.unknowns[0]!.expression, 'high');
  });

  it('an engine of the project’s own that answers as the library’s does', () => {
    const [statement] = state(
      `${torch}class Augmented:\n    def make_private(self, module, optimizer, data_loader, noise_multiplier, max_grad_norm, views=1):\n        return module, optimizer, data_loader\n` +
        'model, optimizer, loader = Augmented().make_private(module=model, optimizer=optimizer, data_loader=loader, noise_multiplier=1.7, max_grad_norm=1.0, views=4)\n' +
        loop.replace('EPOCHS', '3'),
    );
    has(statement, { noiseMultiplier: 1.7, epochs: 3 });
  });

  it('an optimizer class that TensorFlow Privacy makes of a plain one', () => {
    const [statement] = state(
      'import tensorflow as tf\nfrom tensorflow_privacy.privacy.optimizers.dp_optimizer_keras import make_keras_optimizer_class\n' +
        'Private = make_keras_optimizer_class(tf.keras.optimizers.Adam)\noptimizer = Private(l2_norm_clip=1.5, noise_multiplier=1.3, num_microbatches=64)\n',
    );
    has(statement, { noiseMultiplier: 1.3, maxGradNorm: 1.5, microbatches: 64 });
  });

  it('DP-FTRL by the releases of its tree, without sampling', () => {
    const [statement] = state(
      'import tensorflow as tf\nimport tensorflow_privacy\n(x, y), _ = tf.keras.datasets.mnist.load_data()\n' +
        'optimizer = tensorflow_privacy.DPFTRLTreeAggregationOptimizer(l2_norm_clip=1.0, noise_multiplier=13.0, num_microbatches=250)\n' +
        'model = tf.keras.Sequential([tf.keras.layers.Dense(10)])\nmodel.compile(optimizer=optimizer, loss="mse")\nmodel.fit(x, y, epochs=3, batch_size=250)\n',
    );
    has(statement, { noiseMultiplier: 13, sampleRate: 1, steps: 63 });
    assert.equal(statement!.epsilonIfShuffled, null);
    assert.ok(statement!.warnings.some(warning => warning.includes('tree')));
  });

  it('authors as the unit where dp-transformers is told whose records are whose', () => {
    const [statement] = state(
      'import dp_transformers\nargs = dp_transformers.TrainingArguments(output_dir="o", per_device_train_batch_size=4, num_train_epochs=2)\nprivacy = dp_transformers.PrivacyArguments(target_epsilon=8.0, target_delta=1e-6)\n' +
        'trainer = dp_transformers.OpacusDPTrainer(args=args, model=model, train_dataset=rows, privacy_args=privacy, author_mapping=mapping)\ntrainer.train()\n',
    );
    assert.equal(statement!.unit, 'author');
    assert.match(titleOf(statement!), /per author/);
  });

  it('a rate that a search sets, with the steps that each of its values makes', () => {
    const [statement] = state(
      'from opacus.accountants.analysis.rdp import compute_rdp, get_privacy_spent\nfor b in [100, 200]:\n    rdp = compute_rdp(b / 10000, 1.0, 10 * 10000 // b, [2, 4])\n    get_privacy_spent([2, 4], rdp, 1e-5)\n',
    );
    assert.ok(statement!.sweep!.points[0]!.epsilon < statement!.sweep!.points[1]!.epsilon);
  });
});
