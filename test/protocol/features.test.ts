import assert from 'node:assert/strict';
import type { CodeAction, CodeLens, Hover } from 'vscode-languageserver';
import type { LspHost } from '../../server/lsp/host';
import { PULL, TestClient } from './client';
import { fakeHost } from './fake-host';

const uri = 'file:///w/a.py';
const at = (line: number, character: number) => ({ line, character });

describe('features of the language server', () => {
  let client: TestClient;
  const start = async (host: LspHost = fakeHost(), capabilities = PULL, options: object = {}) => {
    client = await TestClient.inProcess(host, capabilities, options);
    return client;
  };
  afterEach(() => client.stop());

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
});
