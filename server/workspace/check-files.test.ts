import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CheckSettings, FileChecker } from './check-files';
import { checkAll } from './check-pool';
import { type Host, nodeHost, ReadError } from './host';

/** Files that go away while a check runs: each is reported once, and the rest goes on. */
describe('a check of files that vanish', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'epsilint-vanish-'));
    writeFileSync(
      join(folder, 'helper.py'),
      'import pandas as pd\n\n\ndef rows():\n    return pd.read_csv("patients.csv")\n',
    );
    writeFileSync(join(folder, 'script.py'), 'from helper import rows\n\nprint(rows()[["ssn"]])\n');
    writeFileSync(join(folder, 'last.py'), 'import pandas as pd\nprint(pd.read_csv("patients.csv")[["ssn"]])\n');
  });
  after(() => rmSync(folder, { recursive: true }));

  const settings = (): CheckSettings => ({
    base: folder,
    root: folder,
    config: null,
    select: null,
    ignore: [],
    tier: null,
  });
  /** A disk on which a file is still listed and no longer there. */
  const without = (...gone: readonly string[]): Host => {
    const host = nodeHost();
    return {
      ...host,
      read: (path, limit) => {
        if (gone.some(name => path.endsWith(name))) throw new ReadError(path, 'ENOENT');
        return host.read(path, limit);
      },
    };
  };

  it('reports the file once and checks the others', async () => {
    const paths = ['script.py', 'gone.py', 'last.py'].map(name => join(folder, name));
    const results = await checkAll(without('gone.py'), settings(), paths, {
      signal: new AbortController().signal,
      progress: () => {},
      threads: 0,
    });
    assert.deepEqual(
      results.flatMap(({ error }) => (error ? [error] : [])),
      [{ path: 'gone.py', message: 'there is no such file' }],
    );
    assert.deepEqual(
      results.map(({ findings }) => findings.map(({ rule }) => rule)),
      [['PHI002'], [], ['PHI002']],
    );
  });

  it('goes on where a helper that was found cannot be read', async () => {
    const checker = new FileChecker(without('helper.py'), settings());
    const { findings, error } = await checker.file(join(folder, 'script.py'));
    checker.dispose();
    assert.equal(error, null);
    assert.deepEqual(findings, [], 'what the helper gives is not known any more');
  });
});
