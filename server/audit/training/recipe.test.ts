import assert from 'node:assert/strict';
import { plainLoss, plainRecipe, torchOptimizers } from '../../../audit-core/shadows/embedded/recipe';
import { createPythonFrontEnd, type PythonFrontEnd } from '../../languages/python/front-end';
import { pythonAssets } from '../../workspace/grammars';
import { readTrainingRecipe } from './recipe';

describe('how a script trains', () => {
  let python: PythonFrontEnd;
  before(async () => {
    python = await createPythonFrontEnd(pythonAssets());
  });
  const known = (text: string) => {
    const read = readTrainingRecipe(python.parse(text));
    assert.equal(read.kind, 'known', read.kind === 'not-known' ? read.why : '');
    return read as Extract<typeof read, { kind: 'known' }>;
  };
  const why = (text: string): string => {
    const read = readTrainingRecipe(python.parse(text));
    return read.kind === 'not-known' ? read.why : '';
  };

  it('is read through options, constants and functions', () => {
    const { recipe, differences } = known(`import argparse
import torch
from torch import nn, optim
from torch.utils.data import DataLoader
parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float, default=3e-4)
parser.add_argument("--weight-decay", type=float, default=0.05)
args = parser.parse_args()
EPOCHS = 2 * 5
config = {"batch": 64}

def step(model, loader, optimizer):
    for x, y in loader:
        nn.functional.cross_entropy(model(x), y, label_smoothing=0.1).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 2.0)
        optimizer.step()

def main():
    loader = DataLoader(data, batch_size=config["batch"], shuffle=True, drop_last=True)
    opt = optim.AdamW(model.parameters(), lr=args.lr, weight_decay=args.weight_decay, betas=(0.8, 0.99))
    sched = optim.lr_scheduler.StepLR(opt, 3)
    for epoch in range(EPOCHS):
        step(model, loader, opt)
main()
`);
    assert.deepEqual(recipe, {
      ...plainRecipe(
        'torch',
        { ...torchOptimizers.adamw, learningRate: 3e-4, weightDecay: 0.05, beta1: 0.8, beta2: 0.99 },
        'cross-entropy',
      ),
      loss: { ...plainLoss('cross-entropy'), labelSmoothing: 0.1 },
      epochs: 10,
      batchSize: 64,
      dropLast: true,
      clip: { by: 'norm', limit: 2 },
      schedule: { every: 'epoch', kind: 'step', size: { steps: 3, epochs: 0 }, gamma: 0.1 },
    });
    assert.deepEqual(differences, []);
  });

  it('takes all rows at once where there is no loader', () => {
    const { recipe } = known(`import torch
model = torch.nn.Linear(3, 1)
o = torch.optim.SGD(model.parameters(), 0.1, momentum=0.9, nesterov=True)
for i in range(100):
    o.zero_grad()
    torch.nn.MSELoss()(model(X), y).backward()
    o.step()
`);
    assert.equal(recipe.batchSize, Number.MAX_SAFE_INTEGER);
    assert.equal(recipe.loss.name, 'squared-error');
    assert.deepEqual(
      [recipe.optimizer.learningRate, recipe.optimizer.momentum, recipe.optimizer.nesterov],
      [0.1, 0.9, true],
    );
  });

  it('knows Keras by its own defaults', () => {
    const { recipe, differences } = known(`from tensorflow import keras
model = keras.Sequential([keras.layers.Dense(3)])
model.compile(optimizer=keras.optimizers.RMSprop(learning_rate=0.005), loss="sparse_categorical_crossentropy")
model.fit(x, y, epochs=7, validation_split=0.1, callbacks=[keras.callbacks.EarlyStopping()])
`);
    assert.equal(recipe.library, 'keras');
    assert.deepEqual(
      [recipe.optimizer.name, recipe.optimizer.learningRate, recipe.optimizer.alpha, recipe.batchSize, recipe.epochs],
      ['rmsprop', 0.005, 0.9, 32, 7],
    );
    assert.deepEqual(recipe.stopping, {
      monitor: 'val_loss',
      patience: 0,
      minDelta: 0,
      baseline: null,
      restoreBest: false,
      startFrom: 0,
    });
    assert.deepEqual(recipe.validation, { kind: 'share', share: 0.1 });
    assert.deepEqual(differences, ['the rows held out for validation are drawn at random, not the last ones']);
  });

  const loop = (before: string, inside: string, after = ''): string => `import torch
from torch import nn, optim
from torch.utils.data import DataLoader
from torch.optim.lr_scheduler import OneCycleLR, CosineAnnealingLR, LambdaLR, ReduceLROnPlateau
batches = DataLoader(rows, batch_size=16, shuffle=True)
network = nn.Linear(3, 2)
o = optim.Adam(network.parameters(), lr=0.01)
${before}
for turn in range(12):
    for xb, yb in batches:
        o.zero_grad()
        l = f(network(xb), yb)
        l.backward()
        o.step()
${inside}
${after}`;

  it('follows schedules by batch and by epoch, in steps and in batches of an epoch', () => {
    const byBatch = known(
      loop(
        'f = nn.CrossEntropyLoss()\ns = OneCycleLR(o, max_lr=0.1, steps_per_epoch=len(batches), epochs=12)',
        '        s.step()',
      ),
    );
    assert.deepEqual(byBatch.recipe.schedule, {
      every: 'step',
      kind: 'one-cycle',
      most: 0.1,
      total: { steps: 0, epochs: 12 },
      rise: 0.3,
      cosine: true,
      divide: 25,
      divideLast: 1e4,
      threePhase: false,
      momentum: [0.85, 0.95],
    });
    assert.deepEqual(byBatch.differences, []);
    const byEpoch = known(loop('f = nn.CrossEntropyLoss()\ns = CosineAnnealingLR(o, T_max=12)', '    s.step()'));
    assert.deepEqual(byEpoch.recipe.schedule, {
      every: 'epoch',
      kind: 'cosine',
      over: { steps: 12, epochs: 0 },
      least: 0,
    });
    for (const other of [
      'LambdaLR(o, lambda e: 0.9 ** e)',
      'ReduceLROnPlateau(o)',
      'OneCycleLR(o, 0.1, total_steps=len(rows) * 2)',
    ]) {
      const { recipe, differences } = known(loop(`f = nn.CrossEntropyLoss()\ns = ${other}`, '    s.step()'));
      assert.equal(recipe.schedule, null);
      assert.deepEqual(differences, ['the learning-rate schedule is left out'], other);
    }
  });

  it('takes weights of classes and of positive labels as numbers, or as balanced', () => {
    const loss = (made: string) => known(loop(made, '')).recipe.loss;
    assert.deepEqual(
      loss('w = torch.tensor([1.0, 4.0]).to(device)\nf = nn.CrossEntropyLoss(weight=w)').classWeights,
      [1, 4],
    );
    assert.equal(loss('f = nn.BCEWithLogitsLoss(pos_weight=torch.tensor([3.0]))').positiveWeight, 3);
    const balanced =
      'from sklearn.utils.class_weight import compute_class_weight\nc = compute_class_weight("balanced", classes=k, y=y)\n';
    assert.equal(
      loss(`${balanced}f = nn.CrossEntropyLoss(weight=torch.tensor(c, dtype=torch.float32))`).classWeights,
      'balanced',
    );
    const counted = known(loop('f = nn.CrossEntropyLoss(weight=1 / counts)', ''));
    assert.deepEqual(counted.differences, ['class weights of the loss are left out']);
    const keras = known(`import keras
stop = keras.callbacks.EarlyStopping(monitor="val_accuracy", patience=3, restore_best_weights=True)
slow = keras.callbacks.ReduceLROnPlateau(factor=0.5, patience=2)
rate = keras.optimizers.schedules.ExponentialDecay(0.02, decay_steps=100, decay_rate=0.9)
opt = keras.optimizers.SGD(rate, momentum=0.9, clipnorm=1.0)
model.compile(opt, keras.losses.CategoricalCrossentropy(label_smoothing=0.1))
model.fit(x, y, epochs=5, validation_data=(a, b), class_weight={0: 1.0, 1: 2.5}, callbacks=[stop, slow])
`);
    assert.deepEqual(keras.recipe.loss.classWeights, [1, 2.5]);
    assert.equal(keras.recipe.loss.labelSmoothing, 0.1);
    assert.equal(keras.recipe.optimizer.learningRate, 0.02);
    assert.deepEqual(keras.recipe.clip, { by: 'norm-each', limit: 1 });
    assert.deepEqual(keras.recipe.schedule, {
      every: 'step',
      kind: 'keras-exponential',
      over: 100,
      rate: 0.9,
      staircase: false,
    });
    assert.equal(keras.recipe.stopping?.monitor, 'val_accuracy');
    assert.equal(keras.recipe.stopping?.restoreBest, true);
    assert.deepEqual([keras.recipe.plateau?.factor, keras.recipe.plateau?.patience], [0.5, 2]);
    assert.deepEqual(keras.recipe.validation, { kind: 'others' });
  });

  it('says what a loop does beside', () => {
    const says = (before: string, inside: string) =>
      known(loop(`f = nn.CrossEntropyLoss()\n${before}`, inside)).differences;
    assert.deepEqual(says('', '    if worse > 3:\n        break'), [
      'early stopping is left out: all epochs are trained',
    ]);
    assert.deepEqual(says('', '        l = l + 0.1 * penalty(network)'), [
      'what the script adds to the loss is left out',
    ]);
    assert.deepEqual(says('for p in network.parameters():\n    nn.init.normal_(p)', ''), [
      'weights start as PyTorch starts its layers, not as the script starts them',
    ]);
    assert.deepEqual(says('network.load_state_dict(torch.load("base.pt"))', ''), [
      'training starts from fresh weights, not from trained ones',
    ]);
    const gathered = loop('f = nn.CrossEntropyLoss()', '').replace(
      '        o.step()',
      '        if i % 4 == 0:\n            o.step()',
    );
    assert.deepEqual(known(gathered).differences, [
      'every batch makes a step: gradients are not gathered over several batches',
    ]);
  });

  it('takes what a function is called with before its defaults', () => {
    const text = (call: string): string => `import torch
def learn(model, rate=0.1, rounds=3):
    o = torch.optim.SGD(model.parameters(), lr=rate)
    for r in range(rounds):
        torch.nn.MSELoss()(model(X), y).backward()
        o.step()
${call}
`;
    const of = (call: string) => {
      const { recipe } = known(text(call));
      return [recipe.optimizer.learningRate, recipe.epochs];
    };
    assert.deepEqual(of('learn(m)'), [0.1, 3]);
    assert.deepEqual(of('learn(m, 0.5, rounds=7)'), [0.5, 7]);
    assert.match(why(text('learn(m, rounds=7)\nlearn(m, rounds=8)')), /epochs is not a constant/);
  });

  it('knows what is private by what is stepped and what is drawn', () => {
    const opacus = (made: string, model: string, optimizer: string, loader: string): string => `import torch
from opacus import PrivacyEngine
from torch.utils.data import DataLoader
plain = DataLoader(rows, batch_size=32, shuffle=True)
net = torch.nn.Linear(3, 2)
first = torch.optim.SGD(net.parameters(), lr=0.1)
f = torch.nn.CrossEntropyLoss()
m2, o2, l2 = PrivacyEngine().${made}
def once(m, o, batches):
    for a, b in batches:
        o.zero_grad()
        f(m(a), b).backward()
        o.step()
for e in range(4):
    once(${model}, ${optimizer}, ${loader})
`;
    const given =
      'make_private(module=net, optimizer=first, data_loader=plain, noise_multiplier=1.2, max_grad_norm=0.7)';
    const honest = known(opacus(given, 'm2', 'o2', 'l2'));
    assert.deepEqual(honest.recipe.private, { clipNorm: 0.7, noise: { kind: 'multiplier', value: 1.2 } });
    assert.equal(honest.recipe.sampling, 'poisson');
    assert.deepEqual(honest.differences, []);
    const target =
      'make_private_with_epsilon(module=net, optimizer=first, data_loader=plain, target_epsilon=3.0, target_delta=1e-5, epochs=4, max_grad_norm=1.0, poisson_sampling=False)';
    const solved = known(opacus(target, 'm2', 'o2', 'l2'));
    assert.deepEqual(solved.recipe.private, {
      clipNorm: 1,
      noise: { kind: 'target', epsilon: 3, delta: 1e-5, epochs: 4 },
    });
    assert.equal(solved.recipe.sampling, 'batches');
    const broken = known(opacus(given, 'm2', 'first', 'l2'));
    assert.equal(broken.recipe.private, null);
    assert.equal(broken.recipe.sampling, 'poisson');
    assert.equal(broken.mechanism, true, 'there, and not used');
    assert.match(
      why(opacus(given.replace('1.2', 'sigma()'), 'm2', 'o2', 'l2')),
      /noise_multiplier of make_private is not a constant/,
    );
    assert.match(why(opacus(given.replace(')', ', clipping="per_layer")'), 'm2', 'o2', 'l2')), /clips per_layer/);
  });

  it('is not guessed', () => {
    const torch = (loop: string): string => `import torch
import sys
${loop}
`;
    assert.match(
      why(
        torch(`o = torch.optim.LBFGS(m.parameters())\nfor i in range(3):\n    torch.nn.MSELoss()(m(x), y).backward()`),
      ),
      /optimizer LBFGS is not one/,
    );
    assert.match(
      why(
        torch(
          `o = torch.optim.Adam(m.parameters(), lr=float(sys.argv[1]))\nfor i in range(3):\n    torch.nn.MSELoss()(m(x), y).backward()`,
        ),
      ),
      /lr of Adam is not a constant/,
    );
    assert.match(
      why(torch(`o = torch.optim.Adam(m.parameters())\nwhile not done():\n    torch.nn.MSELoss()(m(x), y).backward()`)),
      /epochs is not a constant/,
    );
    assert.match(
      why('from sklearn.linear_model import LogisticRegression\nLogisticRegression().fit(X, y)\n'),
      /scikit-learn and boosted models/,
    );
  });
});
