import assert from 'node:assert/strict';
import type { Hover } from 'vscode-languageserver';
import type { LspHost } from '../../server/lsp/host';
import { PULL, TestClient } from './client';
import { done, fakeHost } from './fake-host';

const uri = 'file:///w/a.py';
const at = (line: number, character: number) => ({ line, character });

describe('audits over the protocol', () => {
  let client: TestClient;
  const start = async (host: LspHost = fakeHost(), capabilities = PULL, options: object = {}) => {
    client = await TestClient.inProcess(host, capabilities, options);
    return client;
  };
  afterEach(() => client.stop());

  it('runs a quick audit and keeps its finding on the line while the text changes', async () => {
    await start();
    await client.open(uri, 'x\nsave("model.pt")\n');
    const result = await client.ask<{ kind: string }>('workspace/executeCommand', {
      command: 'epsilint.runQuickAudit',
      arguments: [{ uri }],
    });
    assert.equal(result.kind, 'done');
    const lines = async () => (await client.pull(uri)).items.map(item => [item.code, item.range.start.line]);
    assert.deepEqual(await lines(), [['AUD001', 1]]);
    await client.change(uri, 2, [{ range: { start: at(0, 0), end: at(0, 0) }, text: 'print(\n' }]);
    assert.deepEqual(await lines(), [['AUD001', 2]]);
    await client.change(uri, 3, [{ text: 'x\n' }]);
    assert.deepEqual(await lines(), []);
    const report = await client.ask<{ html: string }>('epsilint/report', {});
    assert.match(report.html, /ROC/);
  });

  it('cancels an audit from the progress it made itself', async () => {
    const host = fakeHost({
      audit: (_request, { signal }) =>
        new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('stopped')))),
    });
    await start(host, { ...PULL, window: { workDoneProgress: true } });
    client.connection.onNotification('$/progress', () => {});
    client.connection.onRequest('window/workDoneProgress/create', ({ token }: { token: string }) => {
      setTimeout(() => void client.connection.sendNotification('window/workDoneProgress/cancel', { token }), 30);
      return null;
    });
    await client.open(uri, 'save("model.pt")\n');
    const result = await client.ask<{ kind: string }>('workspace/executeCommand', {
      command: 'epsilint.runQuickAudit',
      arguments: [{ uri }],
    });
    assert.equal(result.kind, 'cancelled');
    assert.deepEqual((await client.pull(uri)).items, []);
  });

  it('asks the person, shows the lines, and changes the file only after a yes', async () => {
    const asked: unknown[] = [];
    const written: string[][] = [];
    const question = { name: 'label', message: 'Which column?', candidates: ['y'], several: false, example: 'outcome' };
    const host = fakeHost({
      audit: async (_request, { ask, confirm, save }) => {
        const answers = await ask([question]);
        const choice = await confirm('epsilint.toml', `label = "${answers?.label?.[0]}"`);
        if (choice === 'write') await save('/w/epsilint.toml', 'label = "y"\n');
        return done('/w/model.pt');
      },
      write: async (...file) => void written.push(file),
    });
    await start(host, PULL, { initializationOptions: { panels: true } });
    client.connection.onNotification('epsilint/status', () => {});
    client.connection.onRequest('epsilint/ask', (question: unknown) => {
      asked.push(question);
      return { label: ['y'] };
    });
    let choice = 'once';
    client.connection.onRequest('epsilint/confirm', (question: unknown) => {
      asked.push(question);
      return choice;
    });
    await client.open(uri, 'save("model.pt")\n');
    const audit = () =>
      client.ask<{ kind: string }>('workspace/executeCommand', {
        command: 'epsilint.runQuickAudit',
        arguments: [{ uri }],
      });
    assert.equal((await audit()).kind, 'done');
    assert.deepEqual(asked, [
      { subject: 'a.py', questions: [question] },
      { file: 'epsilint.toml', lines: 'label = "y"' },
    ]);
    assert.deepEqual(written, []);
    choice = 'write';
    await audit();
    assert.deepEqual(written, [['/w/epsilint.toml', 'label = "y"\n']]);
  });

  it('reads no data and runs no audit in Restricted Mode, until trust is given', async () => {
    const host = fakeHost();
    await start(host, PULL, { initializationOptions: { trusted: false } });
    await client.open(uri, 'leak\nsave("model.pt")\n');
    assert.match((await client.pull(uri)).items[0]!.message, /restricted/);
    const audit = () =>
      client.ask<{ kind: string; message: string }>('workspace/executeCommand', {
        command: 'epsilint.runQuickAudit',
        arguments: [{ uri }],
      });
    assert.match((await audit()).message, /Restricted Mode/);
    await client.connection.sendNotification('epsilint/trust', { trusted: true });
    assert.equal((await audit()).kind, 'done');
    await client.pull(uri);
    assert.deepEqual(
      host.analysed.map(input => input.trusted),
      [false, true],
    );
  });

  it('says what is in a checkpoint at its path, and reads none in Restricted Mode', async () => {
    await start(fakeHost(), PULL, { initializationOptions: { trusted: false } });
    await client.open(uri, 'save("bad.pt")\n');
    const hover = () => client.ask<Hover | null>('textDocument/hover', { textDocument: { uri }, position: at(0, 8) });
    const inspect = () => client.ask<{ message: string }>('epsilint/inspect', { uri: 'file:///w/bad.pt' });
    assert.equal(await hover(), null);
    assert.match((await inspect()).message, /Restricted Mode/);
    assert.deepEqual((await client.pull(uri)).items, []);
    await client.connection.sendNotification('epsilint/trust', { trusted: true });
    assert.match(JSON.stringify((await hover())?.contents), /The file is empty.*os\.system/);
    assert.match((await inspect()).message, /empty/);
    const [item] = (await client.pull(uri)).items;
    assert.deepEqual([item?.code, item?.range.start.line], ['AUD005', 0]);
  });
});
