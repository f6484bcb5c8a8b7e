import assert from 'node:assert/strict';
import { version as packaged } from '../../package.json';
import { EXIT } from './io';
import { main } from './main';

/** What a command line printed, and its exit code. */
async function ran(...words: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  let out = '';
  let err = '';
  const code = await main(words, {
    stdout: text => {
      out += text;
    },
    stderr: text => {
      err += text;
    },
    stdin: async () => '',
    isTTY: false,
    cwd: '.',
    env: {},
    signal: new AbortController().signal,
  });
  return { code, out, err };
}

describe('the command line itself', () => {
  it('explains every command in the overview', async () => {
    const { code, out } = await ran('--help');
    assert.equal(code, EXIT.ok);
    for (const name of ['check', 'budget', 'account', 'inspect', 'score', 'audit', 'rules', 'server'])
      assert.match(out, new RegExp(`^  ${name} +\\S.{15,}$`, 'm'));
  });

  it('asks for a command where there is none', async () => {
    assert.equal((await ran()).code, EXIT.usage);
  });

  it('prints its version', async () => {
    assert.deepEqual(await ran('--version'), { code: EXIT.ok, out: `epsilint ${packaged}\n`, err: '' });
  });

  it('refuses what is no command, also the names that objects inherit', async () => {
    for (const name of ['chek', 'constructor', '__proto__']) {
      const { code, out, err } = await ran(name);
      assert.deepEqual([code, out], [EXIT.usage, '']);
      assert.match(err, new RegExp(`^epsilint: there is no command "${name}"\\.`));
    }
  });
});
