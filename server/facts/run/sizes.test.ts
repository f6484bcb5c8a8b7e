import assert from 'node:assert/strict';
import { before, describe, it } from 'mocha';
import { builtInModels } from '../../models';
import { FrontEnds } from '../../workspace/front-ends';
import type { MarkEvent } from '../events';
import { runModule } from '../index';

describe('how many rows data has', () => {
  const frontEnds = new FrontEnds();
  before(() => frontEnds.load('python'));

  /** The rows and batch size of the last loader that the text makes. */
  function loader(text: string): { rows: unknown; batch: unknown; note: string | undefined } {
    const facts = frontEnds.parse('train.py', text, 'python')!;
    const run = runModule(facts, {
      path: 'train.py',
      text,
      models: builtInModels(),
      project: { rows: (_, file) => (file === 'cohort.csv' ? 1234 : null) },
    });
    const made = run.events.filter((event): event is MarkEvent => event.kind === 'mark' && event.mark === 'loader');
    const { rows, batch } = made.at(-1)!.values[0]!;
    return { rows: rows?.map(one => one.value), batch: batch?.[0]?.value, note: rows?.[0]?.origins[0]?.note };
  }
  const head =
    'import torch, torchvision, numpy as np, pandas as pd\nfrom torch.utils.data import *\nfrom torchvision import datasets\nfrom sklearn.datasets import make_classification\nfrom sklearn.model_selection import train_test_split\nfrom torch.utils.data import DataLoader, TensorDataset, Subset, Dataset, random_split\n';

  it('is what the authors of a data set publish', () => {
    const { rows, batch, note } = loader(
      `${head}d = datasets.MNIST('.', train=True)\nl = DataLoader(d, batch_size=64)\n`,
    );
    assert.deepEqual([rows, batch, note], [[60000], 64, 'training rows of MNIST']);
    assert.equal(
      loader(`${head}d = datasets.MNIST('.', train=False)\nl = DataLoader(d, batch_size=64)\n`).rows,
      undefined,
    );
  });

  it('is what a generator is asked for, less what a split holds out', () => {
    const { rows } = loader(
      `${head}X, y = make_classification(n_samples=1000)\na, b, c, d = train_test_split(X, y, test_size=0.2)\n` +
        'l = DataLoader(TensorDataset(torch.tensor(a), torch.tensor(c)), batch_size=16)\n',
    );
    assert.deepEqual(rows, [800]);
  });

  it('is not written onto what stands for everything unknown', () => {
    const { batch } = loader(
      'import tensorflow as tf\nfrom torch.utils.data import DataLoader\nx, y = tf.concat([a], 0), tf.concat([b], 0)\n' +
        'made = tf.data.Dataset.from_tensor_slices((x, y)).batch(10)\nl = DataLoader(made, batch_size=8)\n',
    );
    assert.equal(batch, 8);
  });

  it('is that of a part: indexes, lengths, slices', () => {
    assert.deepEqual(
      loader(`${head}l = DataLoader(Subset(datasets.CIFAR10('.'), range(5000)), batch_size=10)\n`).rows,
      [5000],
    );
    assert.deepEqual(
      loader(`${head}a, b = random_split(datasets.CIFAR10('.'), [45000, 5000])\nl = DataLoader(a, batch_size=10)\n`)
        .rows,
      [45000],
    );
    assert.deepEqual(
      loader(`${head}x = torch.randn(900, 3)[:700]\nl = DataLoader(TensorDataset(x), batch_size=10)\n`).rows,
      [700],
    );
  });

  it('is that of a counted file, through the project’s own data set', () => {
    const text =
      `${head}class Cohort(Dataset):\n    def __init__(self, path):\n        self.frame = pd.read_csv(path)\n` +
      '    def __len__(self):\n        return len(self.frame)\n' +
      "l = DataLoader(Cohort('cohort.csv'), batch_size=32)\n";
    assert.deepEqual(loader(text).rows, [1234]);
  });

  it('is one of several where branches load different sets', () => {
    const text =
      `${head}import argparse\np = argparse.ArgumentParser()\np.add_argument('--d', default='m')\na = p.parse_args()\n` +
      "if a.d == 'm':\n    d = datasets.MNIST('.')\nelse:\n    d = datasets.CIFAR10('.')\nl = DataLoader(d, batch_size=8)\n";
    assert.deepEqual(loader(text).rows, [60000, 50000]);
  });
});
