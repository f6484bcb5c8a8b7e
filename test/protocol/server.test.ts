import assert from 'node:assert/strict';
import type { LspHost } from '../../server/lsp/host';
import { PULL, PUSH, TestClient } from './client';
import { fakeHost } from './fake-host';

const uri = 'file:///w/a.py';
const at = (line: number, character: number) => ({ line, character });

describe('the language server', () => {
  let client: TestClient;
  const start = async (host: LspHost = fakeHost(), capabilities = PULL, options: object = {}) => {
    client = await TestClient.inProcess(host, capabilities, options);
    return client;
  };
  afterEach(() => client.stop());

  it('offers exactly this', async () => {
    await start();
    assert.deepEqual(client.hello, {
      capabilities: {
        positionEncoding: 'utf-16',
        textDocumentSync: { openClose: true, change: 2, save: false },
        notebookDocumentSync: {
          notebookSelector: [
            {
              notebook: { notebookType: 'jupyter-notebook' },
              cells: ['python', 'typescript', 'typescriptreact', 'javascript', 'javascriptreact'].map(language => ({
                language,
              })),
            },
          ],
        },
        diagnosticProvider: { identifier: 'epsilint', interFileDependencies: true, workspaceDiagnostics: false },
        completionProvider: { triggerCharacters: ['[', '"', '.', '='], resolveProvider: false },
        codeLensProvider: { resolveProvider: true },
        hoverProvider: true,
        codeActionProvider: {
          codeActionKinds: ['quickfix', 'refactor.rewrite', 'source.fixAll.epsilint'],
          resolveProvider: false,
        },
        documentLinkProvider: { resolveProvider: true },
        inlayHintProvider: { resolveProvider: false },
        executeCommandProvider: {
          workDoneProgress: true,
          commands: [
            'epsilint.runQuickAudit',
            'epsilint.readReport',
            'epsilint.readBudget',
            'epsilint.declare',
            'epsilint.runExposureAudit',
            'epsilint.exportNetwork',
            'epsilint.summary',
          ],
        },
        workspace: { workspaceFolders: { supported: true, changeNotifications: true } },
      },
      serverInfo: { name: 'epsilint', version: '0.0.0' },
    });
  });

  it('answers a pull, and says unchanged when nothing changed', async () => {
    await start();
    await client.open(uri, 'x\n  leak\n');
    const first = await client.pull(uri);
    assert.equal(first.kind, 'full');
    assert.deepEqual(
      first.items.map(item => [item.code, item.range]),
      [['LEAK001', { start: at(1, 2), end: at(1, 6) }]],
    );
    assert.equal(
      (first.items[0] as unknown as { codeDescription: { href: string } }).codeDescription.href,
      'file:///docs/LEAK001.md',
    );
    assert.equal((await client.pull(uri, first.resultId)).kind, 'unchanged');
    await client.change(uri, 2, [{ range: { start: at(0, 0), end: at(0, 0) }, text: '\n' }]);
    assert.equal((await client.pull(uri, first.resultId)).kind, 'full');
  });

  it('analyses each version once, however often it is asked', async () => {
    const host = fakeHost();
    await start(host);
    await client.open(uri, 'leak');
    await Promise.all([
      client.pull(uri),
      client.ask('textDocument/codeLens', { textDocument: { uri } }),
      client.ask('textDocument/hover', { textDocument: { uri }, position: at(0, 1) }),
    ]);
    assert.equal(host.analysed.length, 1);
  });

  it('pushes to clients that do not pull, and clears when the document closes', async () => {
    await start(fakeHost(), PUSH);
    assert.equal(client.hello.capabilities.diagnosticProvider, undefined);
    await client.open(uri, 'leak');
    assert.deepEqual(
      (await client.pushed(uri)).map(d => d.code),
      ['LEAK001'],
    );
    await client.connection.sendNotification('textDocument/didClose', { textDocument: { uri } });
    await client.ask('textDocument/hover', { textDocument: { uri }, position: at(0, 0) });
    assert.deepEqual(client.published.get(uri)!.at(-1)!.diagnostics, []);
  });

  it('looks again when a file on disk changes that an analysis stands on, or a new one comes', async () => {
    const host = fakeHost({
      analyse: async input => {
        host.analysed.push(input);
        return { ...(await fakeHost().analyse(input)), dependencies: new Set(['/w/conf/config.yaml']) };
      },
    });
    await start(host);
    await client.open('file:///w/a.py', 'leak');
    const changed = async (uri: string, type: number): Promise<number> => {
      await client.connection.sendNotification('workspace/didChangeWatchedFiles', { changes: [{ uri, type }] });
      await new Promise(resolve => setTimeout(resolve, 200));
      await client.pull('file:///w/a.py');
      return host.analysed.length;
    };
    await client.pull('file:///w/a.py');
    assert.equal(host.analysed.length, 1);
    assert.equal(await changed('file:///w/other.yaml', 2), 1, 'nothing stands on it');
    assert.equal(await changed('file:///w/a.py', 2), 1, 'the editor has its text');
    assert.equal(await changed('file:///w/conf/config.yaml', 2), 2);
    assert.equal(await changed('file:///w/helper.py', 1), 3, 'an import may have looked for it');
    assert.equal(await changed('file:///w/epsilint.toml', 2), 4);
  });

  it('survives broken messages, documents that crash the analysis, and documents that are not open', async () => {
    await start();
    await client.open(uri, 'leak');
    client.raw('Content-Length: 12\r\n\r\n{not json..!');
    client.raw('Content-Length: 4\r\n\r\nnull');
    client.raw('Content-Length: 2\r\n\r\n[]');
    client.raw('Content-Length: 3\r\n\r\n"x"');
    await client.connection.sendNotification('textDocument/didChange', { wrong: true });
    await client.connection.sendNotification('no/such/notification', { a: 1 });
    await assert.rejects(client.ask('no/such/request', {}), /Unhandled method/);
    assert.deepEqual(await client.ask('textDocument/codeLens', { wrong: true }), []);
    await client.open('file:///w/b.py', 'boom');
    assert.deepEqual((await client.pull('file:///w/b.py')).items, []);
    assert.deepEqual((await client.pull('file:///never.py')).items, []);
    assert.deepEqual(
      (await client.pull(uri)).items.map(item => item.code),
      ['LEAK001'],
    );
    assert.ok(client.logged.some(line => line.includes('boom')));
  });
});
