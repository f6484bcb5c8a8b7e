import assert from 'node:assert/strict';
import type { Expression, Statement } from '../../facts/syntax';
import { pythonAssets } from '../../workspace/grammars';
import { createPythonFrontEnd, MAX_LENGTH, type PythonFrontEnd } from './front-end';

let python: PythonFrontEnd;
const first = (text: string): Statement => python.parse(text).body[0]!;
const value = (text: string): Expression => {
  const statement = first(`x = ${text}`);
  assert.ok(statement.kind === 'assign');
  return statement.value;
};

describe('Python front end', () => {
  before(async () => {
    python = await createPythonFrontEnd(pythonAssets());
  });

  it('reads calls with positions in UTF-16 units', () => {
    const text = 's = "🩺"\nmodel.fit(X, y=3, **rest)';
    const statement = python.parse(text).body[1]!;
    assert.ok(statement.kind === 'expression' && statement.value.kind === 'call');
    const { callee, keywords, start, end } = statement.value;
    assert.equal(text.slice(start, end), 'model.fit(X, y=3, **rest)');
    assert.ok(callee.kind === 'attribute' && callee.name === 'fit');
    assert.deepEqual(
      keywords.map(keyword => keyword.name),
      ['y', null],
    );
  });
  it('reads literals', () => {
    assert.deepEqual(
      [value('0x1F'), value('1_000'), value('1e-5')].map(v => v.kind === 'number' && v.value),
      [31, 1000, 1e-5],
    );
    assert.deepEqual(
      [value('"a\\n" "b"'), value('r"\\n"')].map(v => v.kind === 'string' && v.value),
      ['a\nb', '\\n'],
    );
    const template = value('f"{patient}.csv"');
    assert.ok(template.kind === 'template' && template.parts[1] === '.csv');
  });
  it('reads imports, decorators, elif and slices', () => {
    const statement = first('from ..a.b import c as d, e');
    assert.ok(statement.kind === 'import');
    assert.deepEqual(
      statement.names.map(({ module, member, local }) => [module, member, local]),
      [
        ['..a.b', 'c', 'd'],
        ['..a.b', 'e', 'e'],
      ],
    );
    const definition = first('@app.post("/x")\nasync def f(a, *, b: int = 2): ...');
    assert.ok(definition.kind === 'function' && definition.isAsync && definition.decorators.length === 1);
    assert.deepEqual(
      definition.parameters.map(p => p.style),
      ['positional', 'keyword'],
    );
    const branch = first('if a:\n  1\nelif b:\n  2\nelse:\n  3');
    assert.ok(branch.kind === 'if' && branch.otherwise[0]?.kind === 'if' && branch.otherwise[0].otherwise.length === 1);
    const slice = value('a[:2]');
    assert.ok(slice.kind === 'index' && slice.index.kind === 'slice' && !slice.index.from && slice.index.to);
  });
  it('does not join an unfinished attribute with the next line', () => {
    const { body, problems } = python.parse('x = df.\nmodel.fit(X)');
    assert.equal(problems.length, 1);
    const statement = body.at(-1);
    assert.ok(
      statement?.kind === 'expression' &&
        statement.value.kind === 'call' &&
        statement.value.callee.kind === 'attribute',
    );
    assert.ok(statement.value.callee.object.kind === 'name' && statement.value.callee.object.name === 'model');
  });
  it('keeps what stands around a syntax error', () => {
    const { body, problems } = python.parse('import torch\ndef f(:\n  pass\nmodel.fit(X)\n');
    assert.ok(problems.length > 0);
    assert.ok(JSON.stringify(body).includes('"fit"'));
  });
  it('reads Python 2 prints as calls', () => {
    const statement = first('print "a", b');
    assert.ok(
      statement.kind === 'expression' && statement.value.kind === 'call' && statement.value.arguments.length === 2,
    );
  });
  it('marks comments that stand alone', () => {
    const { comments } = python.parse('a = 1  # epsilint: ignore[DP001]\n  # own\n');
    assert.deepEqual(
      comments.map(({ text, ownLine }) => [text, ownLine]),
      [
        ['epsilint: ignore[DP001]', false],
        ['own', true],
      ],
    );
  });

  const hostile: Readonly<Record<string, string>> = {
    'nested brackets': `${'('.repeat(10_000)}1${')'.repeat(10_000)}`,
    'brackets never closed': `x = ${'['.repeat(10_000)}`,
    'nested blocks': Array.from({ length: 1_000 }, (_, i) => `${' '.repeat(i)}if x:`).join('\n'),
    'a long chain': `x${'.a'.repeat(20_000)}`,
    'a long sum': `x = ${'1 + '.repeat(20_000)}1`,
    'a long line': `x = "${'a'.repeat(1_000_000)}"`,
    'a byte order mark': '\ufeffimport a',
    'a NUL': 'a = 1\0\nb = 2',
    'a lone surrogate': 'a = "\ud800"\nb = "\udc00"',
    'carriage returns': 'a = 1\r\nif a:\r\n\tb = 2\r',
    nothing: '',
  };
  for (const [name, text] of Object.entries(hostile))
    it(`survives ${name}`, () => {
      const { length, problems } = python.parse(text);
      assert.equal(length, text.length);
      for (const { start, end } of problems) assert.ok(start >= 0 && start <= end && end <= text.length);
    });
  it('leaves out a file above the limit and says so', () => {
    const { body, problems } = python.parse('#'.repeat(MAX_LENGTH + 1));
    assert.deepEqual([body.length, problems[0]?.kind], [0, 'limit']);
  });
});
