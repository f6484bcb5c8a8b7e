import assert from 'node:assert/strict';
import type { Expression, Statement } from '../../facts/syntax';
import { createJavaScriptFrontEnd } from './front-end';

const { parse } = createJavaScriptFrontEnd();
const kinds = (text: string, path = 'a.ts'): string[] => parse(text, path).body.map(statement => statement.kind);
function only<K extends Statement['kind']>(text: string, kind: K, path = 'a.ts'): Extract<Statement, { kind: K }> {
  const found = parse(text, path).body.find(
    (statement): statement is Extract<Statement, { kind: K }> => statement.kind === kind,
  );
  assert.ok(found, `no ${kind} in ${text}`);
  return found;
}
const value = (text: string, path?: string): Expression => only(text, 'expression', path).value;

describe('JavaScript front end', () => {
  it('reads ES imports and CommonJS requires alike', () => {
    const es = only("import d, { a as b } from 'm'", 'import').names.map(({ module, member, local }) => ({
      module,
      member,
      local,
    }));
    assert.deepEqual(es, [
      { module: 'm', member: 'default', local: 'd' },
      { module: 'm', member: 'a', local: 'b' },
    ]);
    const cjs = only("const { a: b } = require('m')", 'import').names.map(({ module, member, local }) => ({
      module,
      member,
      local,
    }));
    assert.deepEqual(cjs, [{ module: 'm', member: 'a', local: 'b' }]);
    assert.equal(only("const tf = await import('@tensorflow/tfjs')", 'import').names[0]!.member, null);
  });

  it('offers the entries of a last object literal as keywords', () => {
    const call = value('model.fit(xs, ys, { epochs: 5, shuffle })');
    assert.equal(call.kind, 'call');
    if (call.kind !== 'call') return;
    assert.equal(call.arguments.length, 3);
    assert.deepEqual(
      call.keywords.map(keyword => keyword.name),
      ['epochs', 'shuffle'],
    );
  });

  it('turns a counting loop into a range', () => {
    const loop = only('for (let i = 0; i < EPOCHS; i++) { step(i); }', 'for');
    assert.equal(loop.iterable.kind, 'call');
    assert.deepEqual(loop.target.kind === 'name' && loop.target.name, 'i');
  });

  it('drops types, casts and parentheses', () => {
    assert.equal(value('(x as tf.Tensor)!').kind, 'name');
    assert.deepEqual(kinds('interface A { b: number }\ntype C = A;\nlet d: C = f();'), ['assign']);
  });

  it('knows exports of both module systems', () => {
    assert.equal(only('module.exports = app', 'export').name, 'default');
    assert.equal(only('exports.predict = predict', 'export').name, 'predict');
    assert.deepEqual(kinds('export const a = 1'), ['assign', 'export']);
  });

  it('keeps the expressions inside JSX', () => {
    const jsx = value('<p title={name}>{score.toFixed(3)}</p>', 'a.tsx');
    assert.equal(jsx.kind, 'opaque');
    if (jsx.kind === 'opaque')
      assert.deepEqual(
        jsx.parts.map(part => part.kind),
        ['name', 'call'],
      );
  });

  it('sets the fields that a class and its constructor declare', () => {
    const [cls] = parse('class A { field = 1; constructor(private readonly x: X, y: Y) { f(y); } }', 'a.ts').body;
    assert.ok(cls?.kind === 'class');
    const [field, made] = cls.body;
    assert.ok(field?.kind === 'assign' && field.declares, 'a name of the class, not one outside it');
    assert.ok(made?.kind === 'function');
    const [set, ...rest] = made.body;
    assert.ok(set?.kind === 'assign' && set.targets[0]?.kind === 'attribute' && set.targets[0].name === 'x');
    assert.equal(rest.length, 1);
  });

  it('reports broken code and keeps the rest', () => {
    const facts = parse("import tf from 'tf';\nconst a = ;\nmodel.fit(a);", 'a.js');
    assert.ok(facts.problems.length > 0);
    assert.ok(facts.body.some(statement => statement.kind === 'expression'));
  });

  it('survives absurd nesting, long chains and lone surrogates', () => {
    assert.equal(parse(`x = ${'('.repeat(9000)}1${')'.repeat(9000)}`, 'a.js').problems[0]?.kind, 'limit');
    assert.equal(kinds(`x = ${'1 + '.repeat(20000)}1`, 'a.js').length, 1);
    assert.doesNotThrow(() => parse('a = "\ud800"\0', 'a.js'));
  });

  it('finds directive comments and whether they stand alone', () => {
    const { comments } = parse(
      '// epsilint: ignore[DP001] -- toy\nfit(); // epsilint: ignore[LEAK001]\n"// epsilint: no"',
      'a.ts',
    );
    assert.deepEqual(
      comments.map(comment => [comment.text, comment.ownLine]),
      [
        ['epsilint: ignore[DP001] -- toy', true],
        ['epsilint: ignore[LEAK001]', false],
      ],
    );
  });
});
