import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { CancellationTokenSource } from 'vscode-languageserver/node';
import { nodeHost } from '../../server/lsp/world/node-host';
import { PULL, TestClient } from './client';

/** A training script; `hidden` units, `epochs` full batches. */
const scriptOf = (data: string, checkpoint: string, hidden: number, epochs: number): string => `import pandas as pd
import torch
from safetensors.torch import save_file
from sklearn.model_selection import train_test_split

df = pd.read_csv("${data}")
people = df["person_id"].unique()
train_people, test_people = train_test_split(people, test_size=0.5, random_state=1)
train = df[df["person_id"].isin(train_people)]
test = df[df["person_id"].isin(test_people)]
X_train = torch.tensor(train[["a", "b", "c"]].to_numpy(), dtype=torch.float32)
y_train = torch.tensor(train["label"].to_numpy())
X_test = torch.tensor(test[["a", "b", "c"]].to_numpy(), dtype=torch.float32)
y_test = torch.tensor(test["label"].to_numpy())
model = torch.nn.Sequential(torch.nn.Linear(3, ${hidden}), torch.nn.ReLU(), torch.nn.Linear(${hidden}, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
criterion = torch.nn.CrossEntropyLoss()
for epoch in range(${epochs}):
    optimizer.zero_grad()
    loss = criterion(model(X_train), y_train)
    loss.backward()
    optimizer.step()
save_file(model.state_dict(), "${checkpoint}")
`;
const script = scriptOf('visits.csv', 'model.safetensors', 8, 20);

/** Numbers in [-1, 1) that are the same in every run. */
function numbers(): () => number {
  let state = 12345;
  return () => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return state / 2 ** 31 - 1;
  };
}

/** Two visits each of 200 people; in the ward "north" (40 people) the label of `odd` tables is another one than the rule says. */
function table(next: () => number, odd = false): string {
  const rows = Array.from({ length: 400 }, (_, row) => {
    const person = Math.floor(row / 2);
    const [a, b, c] = [next(), next(), next()];
    const north = person % 5 === 0;
    const label = a + b > 0 !== (odd && north) ? 1 : 0;
    return [person, a.toFixed(3), b.toFixed(3), c.toFixed(3), label, north ? 'north' : 'south'].join(',');
  });
  return ['person_id,a,b,c,label,ward', ...rows, ''].join('\n');
}

/** The state dict of the script's network, with a plain rule in it: the sign of a + b. */
function weights(hidden: number): Uint8Array {
  const first = Array.from({ length: 3 * hidden }, (_, at) => (at % 3 === 2 ? 0.1 : at < 1.5 * hidden ? 1 : -1));
  const last = Array.from({ length: 2 * hidden }, (_, at) => (at % hidden < hidden / 2 === at >= hidden ? 1 : -1));
  const tensors: [string, number[], number[]][] = [
    ['0.weight', [hidden, 3], first],
    ['0.bias', [hidden], Array<number>(hidden).fill(0)],
    ['2.weight', [2, hidden], last],
    ['2.bias', [2], [0, 0]],
  ];
  let at = 0;
  const header = Object.fromEntries(
    tensors.map(([name, shape, values]) => {
      const start = at;
      at += 4 * values.length;
      return [name, { dtype: 'F32', shape, data_offsets: [start, at] }];
    }),
  );
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  const data = Float32Array.from(tensors.flatMap(([, , values]) => values));
  return Buffer.concat([length, text, Buffer.from(data.buffer)]);
}

interface Step {
  readonly kind: string;
  readonly message?: string;
}

describe('who is exposed, over the protocol', function () {
  this.timeout(300_000);
  let folder: string;
  let client: TestClient;
  let steps: Step[] = [];
  let heard: (step: Step) => void = () => {};
  const state = process.env.XDG_STATE_HOME;
  const begin = async () => {
    client = await TestClient.inProcess(nodeHost('0.0.0'), PULL);
    client.connection.onNotification('$/progress', ({ token, value }: { token: string; value: Step }) => {
      assert.equal(token, 'mine');
      steps.push(value);
      heard(value);
    });
    await client.open(uri(), script);
  };
  const uri = (name = 'train.py') => pathToFileURL(join(folder, name)).href;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'epsilint-exposed-'));
    process.env.XDG_STATE_HOME = join(folder, 'state');
    writeFileSync(join(folder, 'train.py'), script);
    writeFileSync(join(folder, 'visits.csv'), table(numbers()));
    writeFileSync(join(folder, 'model.safetensors'), weights(8));
  });
  afterEach(() => client.stop());
  after(() => {
    if (state === undefined) delete process.env.XDG_STATE_HOME;
    else process.env.XDG_STATE_HOME = state;
    rmSync(folder, { recursive: true });
  });

  const ask = (signal = new CancellationTokenSource(), name = 'train.py', models = 8) => {
    steps = [];
    const command = 'epsilint.runExposureAudit';
    const asked = { command, arguments: [{ uri: uri(name), models, engine: 'embedded' }], workDoneToken: 'mine' };
    return client.connection.sendRequest<{ kind: string; message?: string; summary?: string }>(
      'workspace/executeCommand',
      asked,
      signal.token,
    );
  };
  const counts = () =>
    steps.flatMap(({ message }) => {
      const count = /^Training reference model (\d+) of 8 \(embedded\)/.exec(message ?? '')?.[1];
      return count === undefined ? [] : [Number(count)];
    });

  it('tells progress at the client’s token, stops when cancelled, goes on after a restart with the models it has', async () => {
    await begin();
    const cancel = new CancellationTokenSource();
    heard = ({ message }) => {
      if (message?.startsWith('Training reference model 3 ')) cancel.cancel();
    };
    assert.deepEqual(await ask(cancel), { kind: 'cancelled' });
    assert.deepEqual(
      steps.slice(0, 2).map(({ kind }) => kind),
      ['begin', 'report'],
    );
    assert.equal(steps.at(-1)?.kind, 'end');
    assert.equal(counts()[0], 1);
    assert.ok(
      steps.some(({ message }) => /, about \d+ s left$/.test(message ?? '')),
      'an estimate',
    );
    await client.stop();
    heard = () => {};
    await begin();
    const never = async () => (await client.pull(uri())).items.some(({ code }) => code === 'GOV003');
    assert.equal(await never(), true);
    const result = await ask();
    assert.equal(result.kind, 'done', result.message);
    assert.match(
      result.summary ?? '',
      /^(No|\d+) (person|people) (is|are) exposed beyond chance, by 8 reference models\. /,
    );
    assert.equal(await never(), false, 'the checkpoint was audited now');
    assert.ok(counts()[0]! >= 3, `went on at model ${counts()[0]}`);
    assert.equal(counts().at(-1), 8);
    const report = await client.ask<{ html: string }>('epsilint/report', {});
    assert.match(report.html, /8 reference models|8 references/);
    assert.equal(readFileSync(join(folder, 'train.py'), 'utf8'), script);
  });

  it('says at 16 models what is known so far, and at the save how many people and which groups are exposed', async () => {
    const text = scriptOf('wards.csv', 'wide.safetensors', 64, 200);
    writeFileSync(join(folder, 'wide.py'), text);
    writeFileSync(join(folder, 'wards.csv'), table(numbers(), true));
    writeFileSync(join(folder, 'wide.safetensors'), weights(64));
    writeFileSync(
      join(folder, 'epsilint.toml'),
      '[data]\n"wards.csv" = { subject = "person_id", protected = ["ward"] }\n',
    );
    await begin();
    await client.open(uri('wide.py'), text);
    const result = await ask(undefined, 'wide.py', 18);
    assert.equal(result.kind, 'done', result.message);
    const partial = steps.find(({ message }) => message?.startsWith('At 16 reference models: '));
    assert.match(
      partial?.message ?? '',
      /LiRA's AUC is 0\.\d+, \d+ people are exposed beyond chance, a record AUC below \.84 is noise\.$/,
    );
    const { items } = await client.ask<{
      items: { code: string; message: string; range: { start: { line: number } } }[];
    }>('textDocument/diagnostic', { textDocument: { uri: uri('wide.py') } });
    const line = text.split('\n').findIndex(each => each.startsWith('save_file'));
    const of = (rule: string) => items.find(({ code }) => code === rule);
    assert.match(of('AUD002')?.message ?? '', /^\d+ people are exposed beyond chance \(18 references/);
    assert.equal(of('AUD002')!.range.start.line, line);
    assert.match(of('AUD003')?.message ?? '', /ward/);
  });
});
