import assert from 'node:assert/strict';
import type { CompletionItem, Hover } from 'vscode-languageserver';
import { PULL, TestClient } from '../../../test/protocol/client';
import { fakeHost } from '../../../test/protocol/fake-host';
import { placeIn } from './place';

describe('the configuration in the editor', () => {
  let client: TestClient;
  beforeEach(async () => {
    client = await TestClient.inProcess(fakeHost(), PULL);
  });
  afterEach(() => client.stop());

  /** `|` is the cursor. */
  const at = async <R>(method: string, marked: string, uri = 'file:///w/epsilint.toml'): Promise<R> => {
    const offset = marked.indexOf('|');
    const text = marked.replace('|', '');
    await client.open(uri, text, 'plaintext');
    const before = text.slice(0, offset).split('\n');
    const position = { line: before.length - 1, character: before.at(-1)!.length };
    return client.ask<R>(method, { textDocument: { uri }, position });
  };
  const labels = async (marked: string, uri?: string): Promise<string[]> =>
    (await at<CompletionItem[]>('textDocument/completion', marked, uri)).map(({ label }) => label);

  it('offers the keys of a table that are not there yet, with what they mean', async () => {
    const items = await at<CompletionItem[]>('textDocument/completion', 'tier = "certain"\nse|\n');
    assert.ok(items.some(({ label, documentation }) => label === 'select' && /Rules/.test(String(documentation))));
    assert.ok(!items.some(({ label }) => label === 'tier'));
    assert.deepEqual(await labels('[dp]\n|\n'), ['max-epsilon', 'max-delta']);
    assert.deepEqual(await labels('[data]\ncolumns.|\n'), ['subject', 'direct', 'quasi', 'protected', 'safe']);
  });

  it('offers values, rules and headers', async () => {
    assert.deepEqual(await labels('tier = |'), ['"certain"', '"likely"', '"possible"']);
    assert.deepEqual(await labels('select = [\n  "|'), ['LEAK', 'LEAK001']);
    assert.ok((await labels('[severity]\n|')).includes('LEAK001'));
    assert.deepEqual(await labels('[severity]\nLEAK001 = "|'), ['error', 'warning', 'information']);
    assert.ok((await labels('[|')).includes('[[audit]]'));
    assert.ok((await labels('[[audit]]\n|')).includes('members'));
  });

  it('stays inside its own section of pyproject.toml', async () => {
    const uri = 'file:///w/pyproject.toml';
    assert.deepEqual(await labels('[project]\n|', uri), []);
    assert.deepEqual(await labels('[tool.epsilint.dp]\n|', uri), ['max-epsilon', 'max-delta']);
  });

  it('says what a key means, and what a rule is', async () => {
    const hover = async (marked: string) => JSON.stringify((await at<Hover>('textDocument/hover', marked))?.contents);
    assert.match(await hover('[dp]\nmax-|epsilon = 3\n'), /DP003/);
    assert.match(await hover('tier = "cert|ain"\n'), /One of `certain`/);
    assert.match(await hover('select = ["LEAK|001"]\n'), /a-name/);
  });

  it('marks an unknown key where it stands, with what was meant', async () => {
    const uri = 'file:///w/epsilint.toml';
    await client.open(uri, '[dp]\nmax-epsilom = 3\n', 'plaintext');
    const [problem] = (await client.pull(uri)).items;
    assert.match(String(problem!.message), /did you mean "max-epsilon"/);
    assert.deepEqual(problem!.range, { start: { line: 1, character: 0 }, end: { line: 1, character: 11 } });
  });

  it('finds its place below a line that is broken', () => {
    const text = 'select = ["DP\n[dp]\nmax';
    assert.deepEqual(placeIn(`tier =\n[dp]\nmax`, 15).path, ['dp']);
    // A list that nobody closed goes on: that is how TOML reads it.
    assert.equal(placeIn(text, text.length).at, 'value');
  });
});
