import assert from 'node:assert/strict';
import { parseConfiguration } from './parse';
import { type Declaration, DeclarationError, declarationChanges } from './write-declaration';

const column = (as: Extract<Declaration, { of: 'column' }>['as'], name: string): Declaration => ({
  of: 'column',
  as,
  name,
});

function declared(text: string, declaration: Declaration, kind: 'epsilint.toml' | 'pyproject.toml' = 'epsilint.toml') {
  const changes = [...declarationChanges(text, kind, declaration)].sort((a, b) => b.start - a.start);
  const made = changes.reduce((out, { start, end, text: put }) => out.slice(0, start) + put + out.slice(end), text);
  const parsed = parseConfiguration(made, kind, `/w/${kind}`, '/w');
  assert.deepEqual(parsed?.problems, []);
  return { made, configuration: parsed!.configuration };
}

describe('writing a declaration', () => {
  it('makes a new file', () => {
    assert.equal(declared('', column('subject', 'visit')).made, '[data.columns]\nsubject = ["visit"]\n');
    const { made, configuration } = declared('', { of: 'file', as: 'public', name: 'data/iris.csv' });
    assert.equal(made, '[data."data/iris.csv"]\npublic = true\n');
    assert.deepEqual(
      configuration.data.map(({ name, public: open }) => [name, open]),
      [['data/iris.csv', true]],
    );
  });

  it('joins the list that is there, and keeps everything else as it is', () => {
    const text = '# ours\nselect = ["DP"]\n\n[data.columns]\ndirect = ["name"] # names\n\n[dp]\nmax-epsilon = 3\n';
    assert.equal(declared(text, column('direct', 'mrn')).made, text.replace('["name"]', '["name", "mrn"]'));
    assert.equal(declared(text, column('safe', 'code')).made, text.replace('# names\n', '# names\nsafe = ["code"]\n'));
  });

  it('takes a column out of the list that said otherwise', () => {
    const { configuration } = declared('[data]\ncolumns.direct = ["code", "mrn"]\n', column('safe', 'code'));
    assert.deepEqual([configuration.columns.direct, configuration.columns.safe], [['mrn'], ['code']]);
  });

  it('turns a single name into a list', () => {
    const { configuration } = declared('[data.columns]\nsubject = "a"\n', column('subject', 'b'));
    assert.deepEqual(configuration.columns.subject, ['a', 'b']);
  });

  it('writes below tool.epsilint in pyproject.toml, with its line ends', () => {
    const { made } = declared('[project]\r\nname = "x"', column('direct', 'mrn'), 'pyproject.toml');
    assert.equal(made, '[project]\r\nname = "x"\r\n\r\n[tool.epsilint.data.columns]\r\ndirect = ["mrn"]\r\n');
  });

  it('has nothing to change where it is said already, and says what it cannot write', () => {
    assert.deepEqual(
      declarationChanges('[data.columns]\ndirect = ["a"]\n', 'epsilint.toml', column('direct', 'a')),
      [],
    );
    for (const text of ['data = { columns = { direct = ["a"] } }\n', 'broken ='])
      assert.throws(() => declarationChanges(text, 'epsilint.toml', column('direct', 'b')), DeclarationError);
  });
});
