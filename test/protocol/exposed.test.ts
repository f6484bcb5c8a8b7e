import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { CancellationTokenSource } from 'vscode-languageserver/node';
import { nodeHost } from '../../server/lsp/world/node-host';
import { PULL, TestClient } from './client';
import { numbers, scriptOf, table, weights } from './study';

const script = scriptOf('visits.csv', 'model.safetensors', 8, 20);

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
    assert.match(
      of('AUD002')?.message ?? '',
      /^\d+ people are exposed beyond chance \(18 reference models, 400 records of 200 people/,
    );
    assert.equal(of('AUD002')!.range.start.line, line);
    assert.match(of('AUD003')?.message ?? '', /ward/);
  });
});
