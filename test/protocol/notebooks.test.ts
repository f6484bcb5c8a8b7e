import assert from 'node:assert/strict';
import type { CodeLens } from 'vscode-languageserver';
import type { LspHost } from '../../server/lsp/host';
import { PULL, TestClient } from './client';
import { fakeHost } from './fake-host';

const at = (line: number, character: number) => ({ line, character });

describe('notebooks over the protocol', () => {
  let client: TestClient;
  const start = async (host: LspHost = fakeHost(), capabilities = PULL, options: object = {}) => {
    client = await TestClient.inProcess(host, capabilities, options);
    return client;
  };
  afterEach(() => client.stop());

  it('gives each cell of a notebook its own, from one analysis', async () => {
    const host = fakeHost();
    await start(host);
    const cell = (name: string) => `vscode-notebook-cell:/w/n.ipynb#${name}`;
    await client.connection.sendNotification('notebookDocument/didOpen', {
      notebookDocument: {
        uri: 'file:///w/n.ipynb',
        notebookType: 'jupyter-notebook',
        version: 1,
        cells: ['a', 'b'].map(name => ({ kind: 2, document: cell(name) })),
      },
      cellTextDocuments: [
        { uri: cell('a'), languageId: 'python', version: 1, text: 'x\nleak' },
        { uri: cell('b'), languageId: 'python', version: 1, text: 'make_private()\n\nleak' },
      ],
    });
    const lines = async (name: string) => (await client.pull(cell(name))).items.map(item => item.range.start.line);
    assert.deepEqual([await lines('a'), await lines('b')], [[1], [2]]);
    assert.equal(host.analysed.length, 1);
    const lens = await client.ask<CodeLens[]>('textDocument/codeLens', { textDocument: { uri: cell('b') } });
    assert.deepEqual(
      lens.map(one => one.range.start.line),
      [0],
    );
    await client.connection.sendNotification('notebookDocument/didChange', {
      notebookDocument: { uri: 'file:///w/n.ipynb', version: 2 },
      change: {
        cells: {
          textContent: [
            {
              document: { uri: cell('a'), version: 2 },
              changes: [{ range: { start: at(0, 0), end: at(1, 4) }, text: 'ok' }],
            },
          ],
        },
      },
    });
    assert.deepEqual([await lines('a'), await lines('b')], [[], [2]]);
  });

  it('tells the analysis in which order the cells of a notebook were run', async () => {
    const host = fakeHost();
    await start(host);
    const cell = (name: string) => `vscode-notebook-cell:/w/n.ipynb#${name}`;
    const run = (name: string, order: number | null) => ({
      ...{ kind: 2, document: cell(name) },
      ...(order !== null && { executionSummary: { executionOrder: order } }),
    });
    await client.connection.sendNotification('notebookDocument/didOpen', {
      notebookDocument: {
        uri: 'file:///w/n.ipynb',
        notebookType: 'jupyter-notebook',
        version: 1,
        cells: [run('a', 2), run('b', 1)],
      },
      cellTextDocuments: ['a', 'b'].map(name => ({ uri: cell(name), languageId: 'python', version: 1, text: name })),
    });
    await client.pull(cell('a'));
    await client.connection.sendNotification('notebookDocument/didChange', {
      notebookDocument: { uri: 'file:///w/n.ipynb', version: 2 },
      change: { cells: { data: [run('b', 3)] } },
    });
    await client.pull(cell('a'));
    assert.deepEqual(
      host.analysed.map(({ executed }) => executed),
      [
        [2, 1],
        [2, 3],
      ],
    );
  });
});
