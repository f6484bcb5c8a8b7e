import assert from 'node:assert/strict';
import { displayPath } from '../workspace/located';
import { configurationKind } from './configuration/files';
import { pathOf, uriOf } from './session';

describe('addresses of an editor', () => {
  const windows = process.platform === 'win32';

  it('become paths: of Windows with its encoded drive, of WSL with an authority', () => {
    const [drive, share] = windows
      ? ['c:\\Users\\a b\\train.py', '\\\\wsl.localhost\\Ubuntu\\home\\train.py']
      : ['c:/Users/a b/train.py', '//wsl.localhost/Ubuntu/home/train.py'];
    assert.equal(pathOf('file:///c%3A/Users/a%20b/train.py'), drive);
    assert.equal(pathOf('file:///C:/Users/a%20b/train.py'), drive);
    assert.equal(pathOf('file://wsl.localhost/Ubuntu/home/train.py'), share);
  });

  it('of other file systems have none', () => {
    const others = ['untitled:Untitled-1', 'vscode-vfs://github/a/b.py', 'vscode-remote://ssh-remote%2Bh/x.py'];
    assert.deepEqual(others.map(pathOf), [null, null, null]);
  });

  it('come back from paths', () => {
    assert.equal(pathOf(uriOf('/home/a b/ü.py')), windows ? '\\home\\a b\\ü.py' : '/home/a b/ü.py');
    assert.equal(displayPath('/home/a', '/home/a/src/train.py'), 'src/train.py');
  });

  it('tell a configuration by its name, on any system', () => {
    assert.equal(configurationKind('file:///c%3A/work/epsilint.toml'), 'epsilint.toml');
    assert.equal(configurationKind('file:///c%3A/work/pyproject.toml?x#y'), 'pyproject.toml');
    assert.equal(configurationKind('file:///c%3A/work/epsilint.toml.py'), null);
  });
});
