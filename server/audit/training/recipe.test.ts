import assert from 'node:assert/strict';
import { torchOptimizers } from '../../../audit-core/shadows/embedded/recipe';
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
      library: 'torch',
      optimizer: { ...torchOptimizers.adamw, learningRate: 3e-4, weightDecay: 0.05, beta1: 0.8, beta2: 0.99 },
      loss: 'cross-entropy',
      labelSmoothing: 0.1,
      epochs: 10,
      batchSize: 64,
      shuffle: true,
      dropLast: true,
      clipNorm: 2,
    });
    assert.deepEqual(differences, ['the learning-rate schedule is left out']);
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
    assert.equal(recipe.loss, 'squared-error');
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
    assert.deepEqual(differences, [
      'early stopping is left out: all epochs are trained',
      'no rows are split off for validation',
    ]);
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
      /lr is not a constant/,
    );
    assert.match(
      why(torch(`o = torch.optim.Adam(m.parameters())\nwhile not done():\n    torch.nn.MSELoss()(m(x), y).backward()`)),
      /epochs is not a constant/,
    );
    assert.match(
      why(
        torch(
          `from opacus import PrivacyEngine\no = torch.optim.Adam(m.parameters())\nm, o, l = PrivacyEngine().make_private(module=m, optimizer=o, data_loader=l)\nfor i in range(3):\n    torch.nn.MSELoss()(m(x), y).backward()`,
        ),
      ),
      /differential privacy/,
    );
    assert.match(
      why('from sklearn.linear_model import LogisticRegression\nLogisticRegression().fit(X, y)\n'),
      /scikit-learn and boosted models/,
    );
  });
});
