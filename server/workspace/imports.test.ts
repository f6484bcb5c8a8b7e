import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { resolveImport } from './imports';

const files = new Set(
  ['/p/src/pkg/__init__.py', '/p/src/pkg/data.py', '/p/scripts/helpers.py', '/p/web/a.ts', '/p/web/lib/index.ts'].map(
    path => resolve(path),
  ),
);
const find = (from: string, name: string, language: 'python' | 'javascript' = 'python') =>
  resolveImport(path => files.has(path), resolve('/p'), resolve(from), name, language);

describe('imports of the project', () => {
  it('find neighbours, packages of source folders, and relative modules', () => {
    assert.equal(find('/p/scripts/train.py', 'helpers'), resolve('/p/scripts/helpers.py'));
    assert.equal(find('/p/scripts/train.py', 'pkg.data'), resolve('/p/src/pkg/data.py'));
    assert.equal(find('/p/src/pkg/model.py', '.data'), resolve('/p/src/pkg/data.py'));
    assert.equal(find('/p/src/pkg/model.py', '..pkg'), resolve('/p/src/pkg/__init__.py'));
  });

  it('leave libraries alone', () => {
    assert.equal(find('/p/scripts/train.py', 'torch.nn'), null);
    assert.equal(find('/p/web/b.ts', 'express', 'javascript'), null);
  });

  it('find scripts with and without their endings', () => {
    assert.equal(find('/p/web/b.ts', './a', 'javascript'), resolve('/p/web/a.ts'));
    assert.equal(find('/p/web/b.ts', './a.js', 'javascript'), resolve('/p/web/a.ts'));
    assert.equal(find('/p/web/b.ts', './lib', 'javascript'), resolve('/p/web/lib/index.ts'));
  });
});
