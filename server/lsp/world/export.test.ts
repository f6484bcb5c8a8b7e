import assert from 'node:assert/strict';
import { chmodSync, copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSettings } from '../../protocol';
import type { AuditRequest } from '../host';
import { nodeHost } from './node-host';

const network = `import pandas as pd
import torch
import torch.nn as nn
import ownlib


class Net(nn.Module):
    def __init__(self, d_in, hidden, d_out):
        super().__init__()
        layers = []
        for h in hidden:
            layers += [nn.Linear(d_in, h), nn.BatchNorm1d(h), nn.LeakyReLU(0.2), nn.Dropout(0.3)]
            d_in = h
        layers.append(nn.Linear(d_in, d_out))
        self.net = nn.Sequential(*layers)

    def forward(self, x):
        return self.net(ownlib.mixed(x))


frame = pd.read_csv("visits.csv")
train = frame[frame["split"] == "train"]
x = torch.tensor(train[["a", "b", "c", "d", "e"]].values, dtype=torch.float32)
y = torch.tensor(train["label"].values)
model = Net(5, [7, 6], 3)
loss = nn.functional.cross_entropy(model(x), y)
loss.backward()
torch.save(model.state_dict(), "net.pt")
`;

describe('a network that cannot be rebuilt', () => {
  const folder = mkdtempSync(join(tmpdir(), 'epsilint-export-'));
  const script = join(folder, 'train.py');
  const target = join(folder, 'export_net.py');
  const host = nodeHost('0.0.0');
  const saved: string[] = [];
  const ask = (more: Partial<AuditRequest>, python = '', signal = new AbortController().signal) =>
    host.audit(
      {
        script: { path: script, text: network, languageId: 'python' },
        checkpoint: null,
        settings: readSettings({ epsilint: { python } }),
        shadows: null,
        ...more,
      },
      {
        signal,
        progress: () => {},
        ask: async () => null,
        confirm: async () => null,
        save: async (path, text) => {
          saved.push(path);
          writeFileSync(path, text);
          return true;
        },
      },
    );
  /** An interpreter of a few lines of shell. */
  const interpreter = (name: string, lines: string): string => {
    const path = join(folder, name);
    writeFileSync(path, `#!/bin/sh\n${lines}\n`);
    chmodSync(path, 0o755);
    return path;
  };

  before(() => {
    writeFileSync(script, network);
    const rows = Array.from({ length: 40 }, (_, i) => `${i},1,2,3,4,${i % 3},${i % 2 ? 'train' : 'test'}`);
    writeFileSync(join(folder, 'visits.csv'), `a,b,c,d,e,label,split\n${rows.join('\n')}\n`);
    const fixtures = join(__dirname, '..', '..', '..', 'test', 'fixtures', 'networks');
    copyFileSync(join(fixtures, 'mlp_loop.pt'), join(folder, 'net.pt'));
  });
  after(async () => {
    await host.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  it('is told with what stops it, and nothing is written or run', async () => {
    const { result } = await ask({});
    assert.equal(result.kind, 'unbuilt');
    assert.match(result.kind === 'unbuilt' ? result.message : '', /ownlib|mixed/);
    assert.deepEqual(saved, []);
  });

  it('runs no script that was not written for the user to read', async () => {
    await assert.rejects(ask({ export: 'run' }, interpreter('py', 'exit 0')), /let it be written first/);
  });

  it('is written as a script beside the checkpoint, and not run', async () => {
    const { result } = await ask({ export: 'write' });
    assert.equal(result.kind === 'exported' && !result.ran, true);
    assert.deepEqual(saved, [target]);
    assert.match(readFileSync(target, 'utf8'), /torch\.onnx\.export/);
    assert.equal(existsSync(join(folder, 'net.onnx')), false);
  });

  it('keeps what the user changed in the script', async () => {
    writeFileSync(target, '# mine\n');
    await ask({ export: 'write' });
    assert.equal(readFileSync(target, 'utf8'), '# mine\n');
  });

  (process.platform === 'win32' ? it.skip : it)('is exported by the user’s interpreter on the second yes', async () => {
    const bad = interpreter('bad', 'echo "ValueError: row of 17 July" >&2; exit 1');
    await assert.rejects(ask({ export: 'run' }, bad), /stopped \(ValueError\)/);
    const { result } = await ask({ export: 'run' }, interpreter('good', 'touch net.onnx'));
    assert.deepEqual(result, {
      kind: 'exported',
      ran: true,
      file: target,
      output: join(folder, 'net.onnx'),
      interpreter: join(folder, 'good'),
    });
  });

  (process.platform === 'win32' ? it.skip : it)('ends the interpreter when it is cancelled', async () => {
    const abort = new AbortController();
    const run = ask({ export: 'run' }, interpreter('slow', `echo $$ > ${join(folder, 'pid')}; sleep 60`), abort.signal);
    while (!existsSync(join(folder, 'pid'))) await new Promise(resolve => setTimeout(resolve, 20));
    abort.abort();
    await assert.rejects(run);
    const pid = Number(readFileSync(join(folder, 'pid'), 'utf8'));
    assert.throws(() => process.kill(pid, 0), 'the interpreter still runs');
  });
});
