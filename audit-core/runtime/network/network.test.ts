import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs';
import { parseCode } from './language/parse';
import { buildNetwork, type Network } from './network';

/** A network from code, with weights from a function of name and index. */
function build(code: string, shapes?: Readonly<Record<string, readonly number[]>>): Network {
  const file = parseCode(code, 'train.py');
  return buildNetwork(
    { version: 1, main: '__main__', files: { __main__: file }, checkpoint: null },
    { tf, ...(shapes ? { shapes: new Map(Object.entries(shapes)) } : {}) },
  );
}

async function run(
  network: Network,
  shape: number[],
  weights: (name: string, index: number) => number,
): Promise<number[]> {
  const values = new Map(
    network.parameters.map(({ name, shape: size }) => {
      const count = size.reduce((product, each) => product * each, 1);
      return [
        name,
        tf.tensor(
          Float32Array.from({ length: count }, (_, index) => weights(name, index)),
          [...size],
        ),
      ] as const;
    }),
  );
  const count = shape.reduce((product, each) => product * each, 1);
  const x = tf.tensor(
    Float32Array.from({ length: count }, (_, index) => index),
    shape,
  );
  const out = tf.tidy(() => network.forward([x], { tf, weights: name => values.get(name)! }));
  return [...(await out.data())];
}

const imports = 'import torch\nimport torch.nn as nn\nimport torch.nn.functional as F\n';

describe('networks from the code of a script', () => {
  before(async () => {
    tf.env().set('PROD', true);
    await tf.setBackend('cpu');
  });

  it('builds a module with a forward method and takes open sizes from the checkpoint', async () => {
    const network = build(
      `${imports}
class Net(nn.Module):
    def __init__(self, width, hidden=2):
        super().__init__()
        self.first = nn.Linear(width, hidden)
        self.last = nn.Linear(hidden, 1, bias=False)

    def forward(self, x):
        return self.last(F.relu(self.first(x)))

data = load()
model = Net(data.shape[1])
`,
      { 'module.first.weight': [2, 3], 'module.first.bias': [2], 'module.last.weight': [1, 2] },
    );
    assert.equal(network.inputWidth, 3);
    assert.equal(network.words, 'Net: Linear 3 → 2, Linear 2 → 1');
    // first: rows (0,1,2) and (3,4,5); all weights 1, bias 1: sums 3+1 and 12+1 in both units; last adds both units.
    assert.deepEqual(await run(network, [2, 3], () => 1), [8, 26]);
  });

  it('follows loops, lists, OrderedDict, ModuleList, inheritance and argparse defaults', async () => {
    const network = build(`${imports}
import argparse
from collections import OrderedDict

parser = argparse.ArgumentParser()
parser.add_argument('--hidden', type=int, default=3)
parser.add_argument('--depth', type=int, default=2)
args = parser.parse_args()

class Base(nn.Module):
    def __init__(self, width):
        super().__init__()
        layers = []
        for index in range(args.depth):
            layers.append(nn.Linear(width, args.hidden))
            layers.append(nn.Identity())
            width = args.hidden
        self.body = nn.Sequential(*layers)
        self.heads = nn.ModuleList([nn.Linear(width, 1) for _ in range(2)])

class Net(Base):
    def __init__(self):
        super(Net, self).__init__(2)
        self.tail = nn.Sequential(OrderedDict([('scale', nn.Linear(2, 2)), ('act', nn.Tanh())]))

    def forward(self, x):
        x = self.body(x)
        return self.tail(torch.cat([head(x) for head in self.heads], dim=1))

model = Net()
`);
    assert.deepEqual(
      network.parameters.map(({ name }) => name),
      [
        ...['body.0.weight', 'body.0.bias', 'body.2.weight', 'body.2.bias'],
        ...['heads.0.weight', 'heads.0.bias', 'heads.1.weight', 'heads.1.bias', 'tail.scale.weight', 'tail.scale.bias'],
      ],
    );
    const out = await run(network, [1, 2], name => (name.endsWith('bias') ? 0 : 0.1));
    // 0.1 each: 1·0.1 = 0.1; 3·0.1·0.1 = 0.03; heads 0.009 each; tail 0.0018, tanh.
    for (const value of out) assert.ok(Math.abs(value - Math.tanh(0.0018)) < 1e-7);
  });

  it('builds what extends a class of torchvision, and what is put together of its blocks', () => {
    const network = build(`${imports}
from torchvision.models.resnet import ResNet, Bottleneck
from torchvision import models

class Small(ResNet):
    def __init__(self, classes):
        super().__init__(models.resnet.BasicBlock, [1, 1, 1, 1], num_classes=classes)
        self.conv1 = nn.Conv2d(1, 64, 3, padding=1, bias=False)
        self.extra = Bottleneck(512, 128)

model = Small(3)
`);
    const shapes = new Map(network.parameters.map(({ name, shape }) => [name, shape]));
    assert.deepEqual(shapes.get('conv1.weight'), [64, 1, 3, 3]);
    assert.deepEqual(shapes.get('layer4.0.downsample.0.weight'), [512, 256, 1, 1]);
    assert.deepEqual(shapes.get('extra.conv3.weight'), [512, 128, 1, 1]);
    assert.deepEqual(shapes.get('fc.weight'), [3, 512]);
  });

  it('flattens by sizes of the batch and adds shortcuts', async () => {
    const network = build(`${imports}
class Block(nn.Module):
    def __init__(self, channels, stride=1):
        super().__init__()
        self.conv = nn.Conv2d(channels, channels, 3, stride, padding=1, bias=False)
        self.down = nn.Identity() if stride == 1 else nn.Conv2d(channels, channels, 1, stride)

    def forward(self, x):
        return F.relu(self.conv(x) + self.down(x))

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.block = Block(1)
        self.pool = nn.MaxPool2d(2)
        self.fc = nn.Linear(4, 1, bias=False)

    def forward(self, x):
        x = self.pool(self.block(x))
        return self.fc(x.view(x.size(0), -1))

model = Net()
`);
    // The middle tap alone makes the convolution the identity: the block doubles, pooling takes 5, 7, 13, 15.
    const out = await run(network, [1, 1, 4, 4], (name, index) =>
      name === 'block.conv.weight' ? Number(index === 4) : 1,
    );
    assert.deepEqual(out, [80]);
  });

  it('says what differs, and the line that stops it', () => {
    const code = `${imports}
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 2)
        self.norm = other.Norm(3)

    def forward(self, x):
        return torch.fft.fft(self.fc(x))

model = Net()
`;
    const shapes = { 'fc.weight': [2, 5], 'fc.bias': [2] };
    assert.throws(() => build(code, shapes), /"fc\.weight" is \[2, 4\] in the script and \[2, 5\] in the checkpoint/);
    const network = build(code, { 'fc.weight': [2, 4], 'fc.bias': [2] });
    const forward = () =>
      network.forward([tf.ones([1, 4])], { tf, weights: name => tf.ones(name.endsWith('bias') ? [2] : [2, 4]) });
    assert.throws(forward, /torch\.fft\.fft is not run here \(line 12 of train\.py\)/);
  });

  it('draws dropout and follows batch statistics in training alone', () => {
    const network = build(`${imports}
model = nn.Sequential(nn.BatchNorm1d(2), nn.Dropout(0.5))
`);
    const weights = (name: string) => (name.endsWith('var') || name.endsWith('weight') ? tf.ones([2]) : tf.zeros([2]));
    const updated = new Map<string, number[]>();
    const x = tf.tensor2d([1, 2, 3, 6], [2, 2]);
    const trained = network.forward([x], {
      tf,
      weights,
      training: true,
      update: (name, value) => updated.set(name, [...value.dataSync()]),
    });
    assert.deepEqual(
      updated.get('0.running_mean')?.map(value => Math.round(value * 1e4) / 1e4),
      [0.2, 0.4],
    );
    assert.deepEqual(
      updated.get('0.running_var')?.map(value => Math.round(value * 1e4) / 1e4),
      [1.1, 1.7],
    );
    assert.ok([...trained.dataSync()].every(value => Math.abs(value) < 1e-6 || Math.abs(Math.abs(value) - 2) < 1e-3));
    const plain = network.forward([x], { tf, weights }).dataSync();
    assert.ok(Math.abs((plain[3] ?? 0) - 6) < 1e-3);
  });
});
