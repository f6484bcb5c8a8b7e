import assert from 'node:assert/strict';
import type { CodeAction, CodeLens, Hover } from 'vscode-languageserver';
import type { LspHost } from '../../server/lsp/host';
import { PULL, PUSH, TestClient } from './client';
import { done, fakeHost } from './fake-host';

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

  it('keeps lenses where they are while the text is broken', async () => {
    await start();
    await client.open(uri, 'make_private()\nsave("model.pt")\n');
    const lenses = () => client.ask<CodeLens[]>('textDocument/codeLens', { textDocument: { uri } });
    const before = await lenses();
    assert.deepEqual(
      before.map(lens => lens.range.start.line),
      [0, 1],
    );
    await client.change(uri, 2, [{ range: { start: at(1, 16), end: at(1, 16) }, text: '\nprint(' }]);
    assert.deepEqual(
      (await lenses()).map(lens => lens.range.start.line),
      [0, 1],
    );
    const resolved = await client.ask<CodeLens>('codeLens/resolve', before[0]);
    assert.equal(resolved.command?.title, 'ε = 1.13');
    assert.equal(resolved.command?.command, 'epsilint.readBudget');
    const audit = await client.ask<CodeLens>('codeLens/resolve', before[1]);
    assert.equal(audit.command?.title, 'Quick audit of model.pt');
  });

  it('hovers with the rule’s page and the budget', async () => {
    await start();
    await client.open(uri, 'leak make_private()');
    const hover = async (character: number) =>
      JSON.stringify(
        (await client.ask<Hover>('textDocument/hover', { textDocument: { uri }, position: at(0, character) })).contents,
      );
    assert.match(await hover(1), /LEAK001 a-name.*Says things.*file:\/\/\/docs\/LEAK001\.md/);
    assert.match(await hover(9), /σ \| 1\.1/);
  });

  it('offers the fix, suppressions with a reason, and all safe fixes', async () => {
    await start();
    await client.open(uri, 'leak\nleak  # epsilint: ignore[DP001] -- known\n');
    const { items } = await client.pull(uri);
    const actions = (only?: string[], line = 0) =>
      client.ask<CodeAction[]>('textDocument/codeAction', {
        textDocument: { uri },
        range: items[line]!.range,
        context: { diagnostics: [items[line]], ...(only && { only }) },
      });
    assert.deepEqual(
      (await actions()).map(action => [action.title, action.edit?.changes?.[uri]?.[0]?.newText]),
      [
        ['Plug it', 'plug'],
        ['Suppress LEAK001 on this line, with a reason', '  # epsilint: ignore[LEAK001] -- reason'],
        ['Suppress LEAK001 in this file, with a reason', '# epsilint: file-ignore[LEAK001] -- reason\n'],
      ],
    );
    const joined = (await actions(undefined, 1)).find(action => action.title.includes('line'))!;
    assert.equal(joined.edit?.changes?.[uri]?.[0]?.newText, ', LEAK001');
    const all = await actions(['source.fixAll']);
    assert.deepEqual(
      all.map(action => [action.kind, action.edit?.changes?.[uri]?.length]),
      [['source.fixAll.epsilint', 2]],
    );
  });

  it('makes a script auditable, with a preview where the editor can show one', async () => {
    const ask = async (only?: string[]) => {
      const context = { diagnostics: [], ...(only && { only }) };
      const range = { start: at(0, 0), end: at(0, 0) };
      const actions = await client.ask<CodeAction[]>('textDocument/codeAction', {
        ...{ textDocument: { uri }, range, context },
      });
      return actions.filter(({ title }) => title === 'Make this script auditable');
    };
    const edit = { range: { start: at(1, 0), end: at(1, 0) }, newText: 'members\n' };
    await start(fakeHost(), PULL);
    await client.open(uri, 'x\nrewrite me\n');
    assert.deepEqual(
      (await ask()).map(each => [each.kind, each.edit]),
      [['refactor.rewrite', { changes: { [uri]: [edit] } }]],
    );
    assert.deepEqual(await ask(['quickfix']), []);
    await client.change(uri, 2, [{ text: 'x\n' }]);
    assert.deepEqual(await ask(), []);
    await client.stop();
    const workspaceEdit = { documentChanges: true, changeAnnotationSupport: {} };
    await start(fakeHost(), { ...PULL, workspace: { workspaceEdit } });
    await client.open(uri, 'x\nrewrite me\n');
    const [action] = await ask(['refactor']);
    const id = 'epsilint.auditable';
    assert.deepEqual(action?.edit?.documentChanges, [
      { textDocument: { uri, version: 1 }, edits: [{ ...edit, annotationId: id }] },
    ]);
    assert.equal(action?.edit?.changeAnnotations?.[id]?.needsConfirmation, true);
  });

  it('declares a column from the word under the cursor, in the configuration', async () => {
    const written: string[][] = [];
    await start(fakeHost({ write: async (...file) => void written.push(file) }));
    await client.open(uri, 'x = frame["visit_id"]\ny = frame["other"]\nread("data.csv")\n');
    const actions = (line: number, character: number) =>
      client.ask<CodeAction[]>('textDocument/codeAction', {
        textDocument: { uri },
        range: { start: at(line, character), end: at(line, character) },
        context: { diagnostics: [] },
      });
    assert.deepEqual(await actions(0, 2), []);
    assert.deepEqual(await actions(1, 14), []);
    assert.deepEqual(
      (await actions(2, 8)).map(action => action.title),
      ['Declare data.csv as public data'],
    );
    const key = (await actions(0, 14)).find(action => action.title.includes('tells people apart'))!;
    await client.ask('workspace/executeCommand', key.command);
    assert.deepEqual(written, [['/w/epsilint.toml', '# visit_id\n']]);
    await client.open('file:///w/epsilint.toml', 'select = ["DP"]\n', 'plaintext');
    let edit = '';
    client.connection.onRequest('workspace/applyEdit', params => {
      edit = JSON.stringify(params.edit.changes);
      return { applied: true };
    });
    await client.ask('workspace/executeCommand', key.command);
    assert.match(edit, /epsilint\.toml.*# visit_id/);
    assert.equal(written.length, 1);
  });

  it('sums a script up as rule ids, counts and figures, with no word of it', async () => {
    await start();
    await client.open(uri, 'leak\nleak  # patient\nmake_private()\nsave("secret.pt")\n');
    const summary = await client.ask('workspace/executeCommand', { command: 'epsilint.summary', arguments: [{ uri }] });
    assert.deepEqual(summary, {
      findings: { LEAK001: 2 },
      budgets: [{ line: 3, epsilon: 1.13 }],
      checkpoints: 1,
      limited: false,
    });
  });

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
