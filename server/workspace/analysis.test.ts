import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Analyser } from './analysis';
import { Configurations } from './configuration/find';
import { FrontEnds } from './front-ends';
import { nodeHost } from './host';

describe('the analysis of a module of a project', () => {
  let folder: string;
  const open = new Map<string, string>();
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'epsilint-'));
    open.clear();
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('stands while what it imports means the same, whatever is moved or explained there', async () => {
    const host = nodeHost();
    const frontEnds = new FrontEnds();
    const analyser = new Analyser({
      host,
      root: folder,
      frontEnds,
      keepsResults: true,
      open: path => open.get(path) ?? null,
    });
    const [script, helper] = [join(folder, 'train.py'), join(folder, 'settings.py')];
    const text = 'from settings import SIGMA, build\nprint(SIGMA)\nbuild()\n';
    writeFileSync(script, text);
    writeFileSync(helper, 'SIGMA = 1.0\ndef build():\n    return 1\n');
    const { configuration } = new Configurations(host).forFolder(folder);
    const analysis = await analyser.analyse({ path: script, text, language: 'python' }, configuration);
    assert.deepEqual([...analysis.dependencies], [helper]);
    assert.equal(analyser.stands(analysis), true);
    open.set(helper, '# noise\n\nSIGMA = 1.0\n\ndef build():\n    """Builds."""\n    return 1\n');
    assert.equal(analyser.stands(analysis), true, 'comments, blank lines and docstrings');
    open.set(helper, 'SIGMA = 2.0\ndef build():\n    return 1\n');
    assert.equal(analyser.stands(analysis), false, 'another constant');
    open.set(helper, 'SIGMA = 1.0\ndef build():\n    return 2\n');
    assert.equal(analyser.stands(analysis), false, 'another result');
    frontEnds.dispose();
  });

  it('finds a helper that was written after its folder was looked into', async () => {
    const host = nodeHost();
    const frontEnds = new FrontEnds();
    const analyser = new Analyser({ host, root: folder, frontEnds });
    const script = join(folder, 'train.py');
    const text = 'from settings import SIGMA\nprint(SIGMA)\n';
    writeFileSync(script, text);
    utimesSync(folder, 1_000, 1_000);
    const { configuration } = new Configurations(host).forFolder(folder);
    const dependencies = async () => [
      ...(await analyser.analyse({ path: script, text, language: 'python' }, configuration)).dependencies,
    ];
    assert.deepEqual(await dependencies(), []);
    writeFileSync(join(folder, 'settings.py'), 'SIGMA = 1.0\n');
    assert.deepEqual(await dependencies(), [], 'a check looks once');
    analyser.project.lookAgain();
    assert.deepEqual(await dependencies(), [join(folder, 'settings.py')]);
    frontEnds.dispose();
  });
});
