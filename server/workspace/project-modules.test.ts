import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ModuleFacts } from '../facts/syntax';
import { projectModules } from './project-modules';

describe('the modules of a script’s project', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'epsilint-modules-'));
    mkdirSync(join(folder, 'lib', 'data'), { recursive: true });
    mkdirSync(join(folder, 'scripts'));
    for (const [name, text] of [
      ['lib/__init__.py', 'a'],
      ['lib/data/load.py', 'b'],
      ['scripts/helper.py', 'c'],
      ['outside.py', 'd'],
    ])
      writeFileSync(join(folder, name!), text!);
  });
  after(() => rmSync(folder, { recursive: true }));

  it('are found beside it, relative to it and in the folders above', () => {
    const facts = (length: number): ModuleFacts => ({
      language: 'python',
      length,
      body: [],
      comments: [],
      problems: [],
    });
    const texts: string[] = [];
    const find = projectModules(join(folder, 'scripts', 'train.py'), (_path, text) => {
      texts.push(text);
      return facts(text.length);
    });
    for (const name of ['helper', '.helper', 'lib', 'lib.data.load', '..outside']) assert.ok(find(name), name);
    assert.equal(find('numpy'), null);
    assert.equal(find('../../etc/passwd'), null);
    assert.ok(find('helper'));
    assert.deepEqual(texts, ['c', 'a', 'b', 'd']);
  });
});
