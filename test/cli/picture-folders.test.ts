import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { run as budget } from '../../server/cli/budget';
import { run as check } from '../../server/cli/check';
import type { Command } from '../../server/cli/io';

const training = (data: string) => `import torch
from torchvision import datasets, transforms
data = datasets.ImageFolder("${data}", transform=transforms.ToTensor())
loader = torch.utils.data.DataLoader(data, batch_size=2)
model = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(64, 2))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
`;
const loop = `for epoch in range(3):
    for images, labels in loader:
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(model(images), labels).backward()
        optimizer.step()
`;

describe('folders of pictures sorted by class', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'epsilint-folders-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const put = (path: string, text = ''): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  const run = async (command: Command, ...words: string[]) => {
    let out = '';
    const stdout = (text: string): void => {
      out += text;
    };
    const { signal } = new AbortController();
    await command(words, {
      stdout,
      stderr: () => {},
      stdin: async () => '',
      isTTY: false,
      cwd: folder,
      env: {},
      signal,
    });
    return JSON.parse(out);
  };
  const found = async (): Promise<{ rule: string; message: string }[]> =>
    (await run(check, 'train.py', '--format', 'json', '--exit-zero')).findings;

  it('are data of people where the classes are illnesses, and tell no other name', async () => {
    put('scans/PNEUMONIA/a.png');
    put('scans/Anna Karlsdottir/b.png');
    put('train.py', training('scans') + loop);
    const unprotected = (await found()).find(({ rule }) => rule === 'DP001');
    assert.match(unprotected?.message ?? '', /its folders say pneumonia/);
    assert.doesNotMatch(JSON.stringify(await found()), /Anna|Karlsdottir/);
  });

  it('are nobody’s where they are cats and dogs, or the folder is the project itself', async () => {
    put('scans/cat/a.png');
    put('scans/dog/b.png');
    put('train.py', training('scans') + loop);
    assert.deepEqual(await found(), []);
    put('PNEUMONIA/a.png');
    put('train.py', training('.') + loop);
    assert.deepEqual(await found(), []);
  });

  it('give the number of examples to the budget', async () => {
    for (let at = 0; at < 7; at++) put(`scans/${at % 2 ? 'cat' : 'dog'}/${at}.jpg`);
    put('scans/cat/notes.txt');
    put('scans/stray.png');
    const engine = `from opacus import PrivacyEngine
model, optimizer, loader = PrivacyEngine().make_private(
    module=model, optimizer=optimizer, data_loader=loader, noise_multiplier=1.0, max_grad_norm=1.0)
`;
    put('train.py', training('scans') + engine + loop);
    const [statement] = (await run(budget, 'train.py', '--format', 'json')).statements;
    assert.equal(statement.parameters.examples.value, 7);
    assert.equal(statement.parameters.examples.origin, 'pictures of scans');
  });
});
