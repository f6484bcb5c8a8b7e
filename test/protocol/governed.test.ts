import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { CodeAction } from 'vscode-languageserver';
import { nodeHost } from '../../server/lsp/world/node-host';
import { PULL, TestClient } from './client';
import { done } from './fake-host';

/** The analysis is the real one; only the audit's outcome is given, as no figure matters here. */
describe('audit findings in the editor, under suppressions and configuration', () => {
  let folder: string;
  let client: TestClient;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'epsilint-governed-'));
    const host = { ...nodeHost('0.0.0'), audit: async () => done(join(folder, 'model.pt')) };
    client = await TestClient.inProcess(host, PULL);
  });
  after(async () => {
    await client.stop();
    rmSync(folder, { recursive: true });
  });

  /** Codes and severities (1 error, 2 warning) on the save line, after an audit of the script. */
  const audited = async (name: string, comment: string, configuration: string) => {
    writeFileSync(join(folder, 'epsilint.toml'), configuration);
    await client.connection.sendNotification('workspace/didChangeWatchedFiles', {
      changes: [{ uri: pathToFileURL(join(folder, 'epsilint.toml')).href, type: 2 }],
    });
    const uri = pathToFileURL(join(folder, name)).href;
    await client.open(uri, `import torch\nnet = torch.nn.Linear(2, 2)\ntorch.save(net, "model.pt")${comment}\n`);
    const command = { command: 'epsilint.runQuickAudit', arguments: [{ uri }] };
    assert.equal((await client.ask<{ kind: string }>('workspace/executeCommand', command)).kind, 'done');
    const { items } = await client.pull(uri);
    return items.filter(({ code }) => code.startsWith('AUD')).map(item => [item.code, item.severity]);
  };

  it('shows them where nothing is said', async () => {
    assert.deepEqual(await audited('plain.py', '', ''), [['AUD001', 2]]);
  });

  it('leaves out what the line silences', async () => {
    assert.deepEqual(await audited('silenced.py', '  # epsilint: ignore[AUD001] -- known since May', ''), []);
    assert.deepEqual(await audited('other.py', '  # epsilint: ignore[AUD002] -- known since May', ''), [['AUD001', 2]]);
  });

  it('takes severity, selection and what is said of single files from the configuration', async () => {
    assert.deepEqual(await audited('a.py', '', '[severity]\nAUD = "error"\n'), [['AUD001', 1]]);
    assert.deepEqual(await audited('b.py', '', 'ignore = ["AUD001"]\n'), []);
    assert.deepEqual(await audited('c.py', '', 'select = ["DP"]\n'), []);
    const override = '[[overrides]]\npaths = ["d.py"]\nseverity = { AUD001 = "error" }\n';
    assert.deepEqual(await audited('d.py', '', override), [['AUD001', 1]]);
    assert.deepEqual(await audited('e.py', '', override), [['AUD001', 2]]);
  });

  it('offers the lines that make a real script auditable, and none where it is not known how', async () => {
    const offered = async (name: string, text: string) => {
      const uri = pathToFileURL(join(folder, name)).href;
      await client.open(uri, text);
      const start = { line: 0, character: 0 };
      const actions = await client.ask<CodeAction[]>('textDocument/codeAction', {
        ...{ textDocument: { uri }, range: { start, end: start }, context: { diagnostics: [], only: ['refactor'] } },
      });
      return actions.map(({ edit }) => (edit?.changes?.[uri] ?? []).map(({ newText }) => newText).join(''));
    };
    const example = readFileSync('examples/liver-visits/train.py', 'utf8');
    const [lines = ''] = await offered('visits.py', example);
    assert.match(lines, /EPSILINT_MEMBERS/);
    assert.match(lines, /EPSILINT_SCORES/);
    assert.deepEqual(await offered('no-split.py', 'import torch\ntorch.save(net, "model.pt")\n'), []);
  });
});
