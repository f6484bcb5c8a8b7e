import assert from 'node:assert/strict';
import { parse as parseToml } from 'smol-toml';
import { parseConfiguration } from './parse';
import { AuditEntryError, writeAuditEntry } from './write-audit';

const auditsOf = (text: string): unknown => JSON.parse(JSON.stringify(parseToml(text).audit));

describe('writing an audit entry', () => {
  it('starts a file', () => {
    const text = writeAuditEntry('', 'epsilint.toml', {
      script: 'train.py',
      label: 'label',
      groups: ['sex', 'age band'],
    });
    assert.equal(text, '[[audit]]\nscript = "train.py"\nlabel = "label"\ngroups = ["sex", "age band"]\n');
  });

  it('leaves every other character of a project file as it was', () => {
    const before = `# The project.
[project]
name = "liver"   # a name

[tool.epsilint]
select = ["DP", 'LEAK'] # rules

[[tool.epsilint.audit]]
# why this one
script = "./train.py"   # the big one
groups = [
  "sex", # protected
  "site",
]
person = 'pid'

[[tool.epsilint.audit]]
checkpoint = "old.onnx"

[tool.other]
x = """a
[[tool.epsilint.audit]]
"""
`;
    const after = writeAuditEntry(before, 'pyproject.toml', { script: 'train.py', person: 'patient', label: 'y' });
    assert.equal(after, before.replace("person = 'pid'", 'person = "patient"\nlabel = "y"'));
    const other = writeAuditEntry(before, 'pyproject.toml', { checkpoint: 'old.onnx', data: 'a.csv' });
    assert.equal(other, before.replace('checkpoint = "old.onnx"', 'checkpoint = "old.onnx"\ndata = "a.csv"'));
    const wider = writeAuditEntry(before, 'pyproject.toml', { script: 'train.py', groups: ['age'] });
    assert.ok(!wider.includes('# protected') && wider.includes('# why this one') && wider.includes('groups = ["age"]'));
  });

  it('adds a new entry at the end, with the line breaks of the file', () => {
    const text = writeAuditEntry('tier = "likely"\r\n', 'epsilint.toml', { script: 'b.py', members: { rows: '0:10' } });
    assert.equal(text, 'tier = "likely"\r\n\r\n[[audit]]\r\nscript = "b.py"\r\nmembers = { rows = "0:10" }\r\n');
    assert.deepEqual(parseConfiguration(text, 'epsilint.toml', '/p/epsilint.toml', '/p')?.problems, []);
  });

  it('joins dotted keys into one value', () => {
    const before = '[[audit]]\nscript = "a.py"\nmembers.column = "split"\nmembers.is = "train"\nlabel = "y"\n';
    assert.equal(
      writeAuditEntry(before, 'epsilint.toml', { script: 'a.py', members: 'who.json' }),
      '[[audit]]\nscript = "a.py"\nmembers = "who.json"\nlabel = "y"\n',
    );
  });

  it('knows entries by script and checkpoint where both name them', () => {
    const before = '[[audit]]\nscript = "a.py"\ncheckpoint = "one.pt"\n';
    const second = writeAuditEntry(before, 'epsilint.toml', { script: 'a.py', checkpoint: 'two.pt' });
    assert.equal((parseToml(second).audit as unknown[]).length, 2);
    const first = writeAuditEntry(before, 'epsilint.toml', { checkpoint: 'one.pt', label: 'y' });
    assert.deepEqual(auditsOf(first), [{ script: 'a.py', checkpoint: 'one.pt', label: 'y' }]);
  });

  it('keeps text that needs escapes, and long lists readable', () => {
    const odd = 'a "b" \\ \u007f ü\n';
    const features = Array.from({ length: 60 }, (_, index) => `feature number ${index}`);
    const text = writeAuditEntry('', 'epsilint.toml', { script: odd, features });
    assert.deepEqual(auditsOf(text), [{ script: odd, features }]);
    assert.ok(text.split('\n').every(line => line.length <= 120));
  });

  it('writes package.json with its own indentation', () => {
    const before = '{\n    "name": "x",\n    "epsilint": {\n        "tier": "likely"\n    }\n}\n';
    const after = writeAuditEntry(before, 'package.json', { script: 'train.ts', label: 'y' });
    assert.ok(after.startsWith(before.slice(0, before.indexOf('"tier"'))) && after.endsWith('}\n'));
    assert.deepEqual(JSON.parse(after).epsilint, { tier: 'likely', audit: [{ script: 'train.ts', label: 'y' }] });
  });

  it('refuses what it cannot change without touching other text', () => {
    const refused = (text: string, kind: 'epsilint.toml' | 'package.json' = 'epsilint.toml'): void =>
      assert.throws(() => writeAuditEntry(text, kind, { script: 'a.py', label: 'y' }), AuditEntryError);
    refused('audit = [{ script = "a.py" }]\n');
    refused('[[audit]]\nscript = "a.py"\n[audit.members]\ncolumn = "split"\nis = "train"\n');
    refused('[[audit\n');
    refused('{', 'package.json');
  });
});
