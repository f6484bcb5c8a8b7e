import assert from 'node:assert/strict';
import { createPythonFrontEnd, type PythonFrontEnd } from '../../languages/python/front-end';
import { builtInModels } from '../../models';
import { pythonAssets } from '../../workspace/grammars';
import type { Event, EventKind } from '../events';
import { type Parameter, Taint } from '../values';
import type { ProjectModule } from './machine';
import { runModule } from './run';

let python: PythonFrontEnd;

function run(text: string, modules: Readonly<Record<string, string>> = {}) {
  return runModule(python.parse(text), {
    path: 'script.py',
    text,
    models: builtInModels(),
    project: {
      module: (_, name): ProjectModule | null => {
        const source = modules[name];
        return source === undefined ? null : { path: `${name}.py`, text: source, facts: python.parse(source) };
      },
      configuration: (_, file) => (file === 'dp.yaml' ? { privacy: { sigma: 0.7 } } : null),
    },
  });
}

function only<K extends EventKind>(text: string, kind: K, modules?: Readonly<Record<string, string>>) {
  const found = run(text, modules).events.filter((event): event is Extract<Event, { kind: K }> => event.kind === kind);
  assert.equal(found.length, 1, `${found.length} ${kind} events`);
  return found[0]!;
}

const valueIn = (parameter: Parameter | undefined) =>
  parameter?.kind === 'constant'
    ? parameter.resolved.value
    : parameter?.kind === 'several'
      ? parameter.resolved.map(one => one.value)
      : parameter?.kind;
const originOf = (parameter: Parameter | undefined) =>
  parameter?.kind === 'constant' ? parameter.resolved.origins.map(origin => origin.note) : [];

const training = (sigma: string, setup = '') => `
import torch
from opacus import PrivacyEngine
${setup}
model = torch.nn.Linear(4, 2)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
loader = torch.utils.data.DataLoader(dataset, batch_size=32)
model, optimizer, loader = PrivacyEngine().make_private(
    module=model, optimizer=optimizer, data_loader=loader, noise_multiplier=${sigma}, max_grad_norm=1.0)
for epoch in range(3):
    for x, y in loader:
        loss = torch.nn.functional.cross_entropy(model(x), y)
        loss.backward()
        optimizer.step()
`;

describe('abstract run', () => {
  before(async () => {
    python = await createPythonFrontEnd(pythonAssets());
  });

  describe('constants', () => {
    const sigma = (expression: string, setup: string, modules?: Readonly<Record<string, string>>) =>
      only(training(expression, setup), 'privatise', modules).parameters.noiseMultiplier;

    it('come through a module constant, with its name', () => {
      const found = sigma('SIGMA', 'SIGMA = 1.1');
      assert.equal(valueIn(found), 1.1);
      assert.deepEqual(originOf(found), ['SIGMA']);
    });
    it('come from an argparse default and may be overridden', () => {
      const found = sigma(
        'args.noise_level',
        'import argparse\np = argparse.ArgumentParser()\np.add_argument("-n", "--noise-level", type=float, default="1.3")\nargs = p.parse_args()',
      );
      assert.equal(valueIn(found), 1.3);
      assert.ok(found?.kind === 'constant' && found.resolved.overridable);
      assert.deepEqual(originOf(found), ['--noise-level default']);
    });
    it('come through arithmetic and a function', () => {
      assert.equal(valueIn(sigma('noise(2)', 'def noise(k, base=0.25):\n    return k * base')), 0.5);
    });
    it('come from another file', () => {
      assert.equal(valueIn(sigma('settings.SIGMA', 'import settings', { settings: 'SIGMA = 2 ** 3' })), 8);
      assert.equal(valueIn(sigma('S', 'from settings import SIGMA as S', { settings: 'SIGMA = 0.9' })), 0.9);
    });
    it('come from a configuration file, the environment, and a dataclass', () => {
      const yaml = 'import yaml\nwith open("dp.yaml") as f:\n    config = yaml.safe_load(f)';
      assert.equal(valueIn(sigma('config["privacy"]["sigma"]', yaml)), 0.7);
      assert.equal(valueIn(sigma('float(os.getenv("SIGMA", "1.5"))', 'import os')), 1.5);
      const config = 'from dataclasses import dataclass\n@dataclass\nclass C:\n    sigma: float = 1.2\nc = C()';
      assert.equal(valueIn(sigma('c.sigma', config)), 1.2);
    });
    it('are several after a branch that the text cannot decide', () => {
      assert.deepEqual(valueIn(sigma('s', 's = 1.0\nif unknown():\n    s = 2.0')), [2, 1]);
    });
    it('stay a named unknown, never a guess', () => {
      const found = sigma('compute()', 'from nowhere import compute');
      assert.deepEqual(found?.kind === 'unknown' && found.expression, 'compute()');
    });
  });

  describe('training', () => {
    it('knows the mechanism, the epochs and what of it is used', () => {
      const { events } = run(training('1.0'));
      const privatise = events.find(event => event.kind === 'privatise');
      const train = events.find(event => event.kind === 'train');
      assert.ok(privatise?.kind === 'privatise' && train?.kind === 'train');
      assert.deepEqual(train.privatisedBy, [privatise.id]);
      assert.equal(valueIn(train.epochs), 3);
      assert.deepEqual(privatise.used, { model: true, optimizer: true, loader: true });
    });
    it('sees that the returned objects are thrown away', () => {
      const event = only(training('1.0').replace('model, optimizer, loader = P', 'P'), 'privatise');
      assert.deepEqual(event.used, { model: false, optimizer: false, loader: false });
    });
    it('sees a mechanism behind a flag that is off', () => {
      const text = training(
        '1.0',
        'import argparse\np = argparse.ArgumentParser()\np.add_argument("--dp", action="store_true")\na = p.parse_args()',
      )
        .replace('model, optimizer, loader = P', 'if a.dp:\n  model, optimizer, loader = P')
        .replace('\n    module', '\n      module');
      assert.equal(only(text, 'privatise').disabledBy?.flag, 'a.dp');
    });
    it('follows a step into the function that does it', () => {
      const text = `
import torch
def epoch(m, batches, o):
    for x, y in batches:
        torch.nn.functional.mse_loss(m(x), y).backward()
        o.step()
net = torch.nn.Linear(2, 1)
opt = torch.optim.Adam(net.parameters())
for e in range(7):
    epoch(net, torch.utils.data.DataLoader(d), opt)
`;
      const event = only(text, 'train');
      assert.equal(valueIn(event.epochs), 7);
      assert.deepEqual(
        event.loops.map(loop => loop.over),
        ['epochs', 'batches'],
      );
    });
    it('does not take a scheduler or a mode switch for training', () => {
      const text =
        'import torch\nm = torch.nn.Linear(1, 1)\nm.train()\ns = torch.optim.lr_scheduler.StepLR(o, 1)\ns.step()';
      assert.equal(run(text).events.filter(event => event.kind === 'train').length, 0);
    });
  });

  describe('rows of people', () => {
    const printed = (body: string) => only(`import pandas as pd\nt = pd.read_csv("a.csv")\n${body}`, 'log').values[0]!;

    it('keep the columns that are selected and lose those that are dropped', () => {
      assert.deepEqual(printed('print(t[["ssn", "x"]])').columns?.names, ['ssn', 'x']);
      assert.ok(printed('print(t[["ssn", "x"]])').taint & Taint.identifier);
      assert.equal(printed('print(t.drop(columns=["ssn"])[["x"]])').taint & Taint.identifier, 0);
    });
    it('learn of a column from a later line', () => {
      assert.ok(printed('print(t.head())\nt = t.drop(columns=["patient_name"])').taint & Taint.identifier);
    });
    it('are gone from an aggregate', () => {
      const value = printed('print(t["ssn"].nunique(), t["age"].mean())');
      assert.equal(value.taint & (Taint.identifier | Taint.records), 0);
      assert.equal(value.strength, 'aggregate');
    });
    it('are nobody where nothing speaks of people', () => {
      assert.equal(printed('print(t[["x", "y"]])').taint & Taint.records, 0);
    });
    it('make columns in a loop over a literal list', () => {
      const value = printed('for c in ["a", "b"]:\n    t[c + "_missing"] = t[c].isna()\nprint(t)');
      assert.ok(['a', 'b', 'a_missing', 'b_missing'].every(name => value.columns?.names.includes(name)));
    });
  });

  describe('what texts and lists come to', () => {
    const target = (setup: string, name: string) =>
      valueIn(
        only(training('1.0', setup).replace('noise_multiplier=1.0', `noise_multiplier=${name}`), 'privatise').parameters
          .noiseMultiplier,
      );

    it('follows format, split and slices', () => {
      assert.equal(target('s = float("sigma-{:.1f}".format(1.5).split("-")[1])', 's'), 1.5);
      assert.equal(target('s = [1.0, 2.0, 3.0][::-1][0]', 's'), 3);
      assert.equal(target('s = float("0.5\\n".strip())', 's'), 0.5);
      assert.equal(target('s = 2\ns *= 0.5', 's'), 1);
    });
    it('knows the choices of a product of lists', () => {
      const text = `from itertools import product\nfrom opacus import PrivacyEngine
for sigma, clip in list(product([10 ** -i for i in range(2)], [1.0, 2.0])):
    m, o, l = PrivacyEngine().make_private(module=m, optimizer=o, data_loader=l, noise_multiplier=sigma, max_grad_norm=clip)`;
      const { parameters } = only(text, 'privatise');
      assert.deepEqual(
        [valueIn(parameters.noiseMultiplier), valueIn(parameters.maxGradNorm)],
        [
          [1, 0.1],
          [1, 2],
        ],
      );
    });
    it('takes None where a seen call leaves an argument out', () => {
      const text = `def go(m, o, l, sigma=None):
    if sigma is None:
        sigma = 2.5
    from opacus import PrivacyEngine
    PrivacyEngine().make_private(module=m, optimizer=o, data_loader=l, noise_multiplier=sigma, max_grad_norm=1.0)
go(a, b, c)`;
      assert.equal(valueIn(only(text, 'privatise').parameters.noiseMultiplier), 2.5);
    });
  });

  describe('training that is written out', () => {
    const descent = (step: string) => `import numpy as np
import pandas as pd
x = pd.read_csv('patients.csv')[['age']].values
w = np.zeros(1)
for epoch in range(20):
    gradient = x.T @ (x @ w)
    ${step}
`;
    it('is a step of gradient descent in a loop', () => {
      const event = only(descent('w -= 0.1 * gradient'), 'train');
      assert.equal(event.style, 'update');
      assert.equal(valueIn(event.epochs), 20);
      assert.equal(run(descent('w = w - 0.1 * gradient')).events.filter(one => one.kind === 'train').length, 1);
    });
    it('is private where noise is added to the gradient', () => {
      const text = descent('w -= 0.1 * (gradient + np.random.normal(0, 1.0, 1))');
      assert.deepEqual(only(text, 'train').privatisedBy, [only(text, 'privatise').id]);
    });
    it('is no training where rows are only centred', () => {
      assert.equal(run(descent('x -= x.mean()')).events.filter(one => one.kind === 'train').length, 0);
    });
  });

  it('knows a Keras model by how it is trained, whoever made it', () => {
    const text = `model = build_somewhere(3)
model.compile(optimizer='adam', loss='mse')
model.fit(x, y, epochs=4, validation_data=v)`;
    assert.equal(valueIn(only(text, 'train').epochs), 4);
  });

  describe('switches', () => {
    const sigma = (body: string) =>
      valueIn(
        only(
          `from opacus import PrivacyEngine\n${body}\nPrivacyEngine().make_private(module=m, optimizer=o, data_loader=l, noise_multiplier=s, max_grad_norm=1.0)`,
          'privatise',
        ).parameters.noiseMultiplier,
      );
    it('that nothing can turn decide what a name is', () => {
      assert.equal(sigma('fast = False\nif fast:\n    s = 9.0\nelse:\n    s = 1.5'), 1.5);
      assert.equal(
        sigma('fast = False\nfor i in range(3):\n    if fast:\n        s = 9.0\n    else:\n        s = 1.5'),
        1.5,
      );
    });
    it('that a round of a loop turns leave both sides open', () => {
      assert.deepEqual(
        sigma(
          'first = True\nfor i in range(3):\n    if first:\n        s = 9.0\n    else:\n        s = 1.5\n    first = False',
        ),
        [9, 1.5],
      );
    });
    it('end a function where the side that is taken returns', () => {
      assert.equal(
        sigma('def f(x, both=False):\n    if not both:\n        return 2.0\n    return x\ns = f(unknown)'),
        2,
      );
    });
  });

  describe('a network', () => {
    const network = `import torch
import pandas as pd
class Net(torch.nn.Module):
    def forward(self, x):
        return self.head(x)
class Loss(torch.nn.Module):
    def forward(self, y, t):
        return ((y - t) ** 2).mean()
x = torch.tensor(pd.read_csv('patients.csv')[['age', 'patient_id']].values)
net = Net()
y = net(x)
`;
    it('that is asked from outside answers with scores', () => {
      assert.ok(only(`${network}print(y)`, 'log').values[0]!.taint & Taint.confidence);
    });
    it('that is given scores beside rows measures them', () => {
      assert.equal(only(`${network}loss = Loss()(y, x)\nprint(loss)`, 'log').values[0]!.taint & Taint.confidence, 0);
    });
    it('has one number as its loss, as its gradient shows', () => {
      const text = `${network}loss = (y * y).strange()\nloss.backward()\nprint(loss.item())`;
      assert.equal(only(text, 'log').values[0]!.taint & Taint.confidence, 0);
    });
  });

  it('finds the names that a known library is imported whole for', () => {
    assert.equal(
      only('from keras.models import *\nm = Sequential()\nm.fit(x, y, epochs=2)', 'train').api,
      'keras.Model.fit',
    );
  });

  describe('models whose maker is not seen', () => {
    it('are estimators where they are fitted and asked for predictions', () => {
      const text = 'def go(m, X, y):\n    m.fit(X, y)\n    return m.predict(X)';
      assert.equal(only(text, 'train').style, 'fit');
      assert.equal(run('def go(m, X, y):\n    m.fit(X, y)\n    return m.transform(X)').events.length, 0);
    });
    it('are learners and networks by the words that only these have', () => {
      assert.equal(only('learn = make()\nlearn.fit_one_cycle(4)', 'train').api, 'fastai.learner.Learner.fit_one_cycle');
      const text = 'import torch\ndef go(m, x):\n    m.eval()\n    print(m(x))';
      assert.ok(only(text, 'log').values[0]!.taint & Taint.confidence);
    });
  });

  it('keeps what is put into a copy out of the original', () => {
    const text = `import copy
from opacus import PrivacyEngine
base = {'noise_multiplier': 1.0}
other = copy.deepcopy(base)
other['noise_multiplier'] = 9.0
PrivacyEngine().make_private(module=m, optimizer=o, data_loader=l, max_grad_norm=1.0, **base)`;
    assert.equal(valueIn(only(text, 'privatise').parameters.noiseMultiplier), 1);
  });

  it('sees that a federation calls a client again and again', () => {
    const text = `import flwr as fl
from opacus import PrivacyEngine
class Client(fl.client.NumPyClient):
    def fit(self, parameters, config):
        PrivacyEngine().make_private(module=m, optimizer=o, data_loader=l, noise_multiplier=1.0, max_grad_norm=1.0)`;
    assert.deepEqual(
      only(text, 'privatise').loops.map(loop => loop.over),
      ['rounds'],
    );
  });
});
