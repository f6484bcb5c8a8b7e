import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The command as it is built: commands are bundles of their own, which must agree on what they throw at each other. */
const cli = join(__dirname, '..', '..', 'dist', 'cli.js');

describe('the built command', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'epsilint-cli-'));
    writeFileSync(join(folder, 'a.py'), 'import pandas as pd\nprint(pd.read_csv("patients.csv")[["ssn"]])\n');
    writeFileSync(join(folder, 'notes.txt'), 'no script');
  });
  after(() => rmSync(folder, { recursive: true }));

  const run = (...words: string[]) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...words], { cwd: folder, encoding: 'utf8' });
    return { status, stdout, stderr };
  };

  it('says in one sentence what it does not understand, from each bundle', () => {
    const asked: readonly (readonly [string[], RegExp])[] = [
      [['check', '--select', 'LEEK001', '.'], /^epsilint: there is no rule "LEEK001" .did you mean "LEAK001"\?.\.\n$/],
      [['check', 'nowhere'], /^epsilint: nowhere: there is no such file or folder\.\n$/],
      [['inspect', 'nowhere.pt'], /^epsilint: (?!internal)/],
      [['rules', 'NOPE'], /^epsilint: there is no rule "NOPE"/],
    ];
    for (const [words, said] of asked) {
      const { status, stderr } = run(...words);
      assert.match(stderr, said);
      assert.equal(status, 2, words.join(' '));
    }
  });

  it('takes a pattern that no shell has expanded', () => {
    const { status, stdout } = run('check', '*.py');
    assert.equal(status, 1);
    assert.match(stdout, /PHI002/);
    assert.equal(run('check', 'x/*.py').status, 2);
  });

  it('fails where nothing of what was named can be read', () => {
    const { status, stdout } = run('check', 'notes.txt');
    assert.equal(status, 2);
    assert.match(stdout, /not read notes\.txt/);
    assert.equal(run('check', 'notes.txt', 'a.py').status, 1);
  });

  it('runs networks with the libraries that lie beside it: ONNX Runtime, TensorFlow.js, HDF5', () => {
    const models = join(__dirname, '..', 'fixtures', 'checkpoints');
    const zeros = (width: number) =>
      [Array.from({ length: width }, (_, i) => `c${i}`), ...Array(3).fill(Array(width).fill(0))].join('\n');
    writeFileSync(join(folder, 'x30.csv'), zeros(30));
    const { status, stdout, stderr } = run('score', join(models, 'plain_legacy.onnx'), '--data', 'x30.csv');
    assert.equal(status, 0, stderr);
    assert.match(stdout, /^3 rows, outputs \[3, \d+\]/);
    for (const model of ['gru.keras', 'conv1d_keras2.h5']) {
      // What the network says of rows of another shape it says only once its library has loaded it.
      const { stderr: said } = run('score', join(models, model), '--data', 'x30.csv');
      assert.match(said, /input|shape|features/i);
      assert.doesNotMatch(said, /Cannot find|backend/);
    }
  });

  it('ends the language server at a signal, though its input stays open', async () => {
    const child = spawn(process.execPath, [cli, 'server', '--stdio'], { cwd: folder });
    const body =
      '{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"processId":null,"rootUri":null,"capabilities":{}}}';
    child.stdin.write(`Content-Length: ${body.length}\r\n\r\n${body}`);
    await once(child.stdout, 'data');
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    assert.deepEqual(await ended, [1, null]);
  });

  it('shows its version without loading a command', () => {
    const { status, stdout } = run('--version');
    assert.deepEqual([status, stdout.startsWith('epsilint ')], [0, true]);
  });
});
