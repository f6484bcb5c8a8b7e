import assert from 'node:assert/strict';
import type { Statement } from '../../../facts/syntax';
import { pythonAssets } from '../../../workspace/grammars';
import { createPythonFrontEnd, type PythonFrontEnd } from '../front-end';
import { behindCode, closing, resumeBehind } from './recovery';

describe('a bracket that is left open inside a block', () => {
  let front: PythonFrontEnd;
  before(async () => {
    front = await createPythonFrontEnd(pythonAssets());
  });
  /** First words of the statements of the first definition, block by block. */
  const outline = (text: string): string[] => {
    const words = (statements: readonly Statement[]): string[] =>
      statements.flatMap(one => {
        const word = text.slice(one.start, one.end).split(/\W/)[0]!;
        const inner = 'body' in one && one.kind !== 'function' ? one.body : one.kind === 'if' ? one.then : [];
        return [word, ...words(inner)];
      });
    const { body, problems } = front.parse(text);
    assert.ok(problems.length > 0, 'the damage is said');
    const first = body[0]!;
    assert.equal(first.kind, 'function');
    return words((first as Extract<Statement, { kind: 'function' }>).body);
  };

  it('leaves the statements around it as they are', () =>
    assert.deepEqual(outline('def f(x):\n    a = 1\n    b = g(x\n    c = 2\n    return c\nd = 3\n'), [
      'a',
      'b',
      'c',
      'return',
    ]));
  it('takes no assignment of the next line for an argument', () =>
    assert.deepEqual(outline('def f(x):\n    b = g(x,\n    c = h(b)\n    return c\n'), ['b', 'c', 'return']));
  it('may be the last of its block', () =>
    assert.deepEqual(outline('def f(x):\n    for i in x:\n        g(i\n    return x\n'), ['for', 'g', 'return']));
  it('may stand before another branch', () =>
    assert.deepEqual(outline('def f(x):\n    if x:\n        g(x\n    else:\n        h(x)\n    return x\n'), [
      'if',
      'g',
      'return',
    ]));
  it('of several lines ends with the last that is indented further', () =>
    assert.deepEqual(outline('def f(x):\n    b = g(\n        x,\n        y=[1, 2,\n    )\n    return b\n'), [
      'b',
      'return',
    ]));
  it('is said once, in its own lines', () => {
    const text = 'def f(x):\n    b = g(x\n    return b\n';
    const { problems } = front.parse(text);
    assert.equal(problems.length, 1);
    assert.ok(problems[0]!.start >= text.indexOf('b =') - 4 && problems[0]!.end <= text.indexOf('    return'));
  });
});

describe('what closes lines', () => {
  for (const [lines, closes] of [
    ['a = g(b[1, {2: 3', '}])'],
    ["a = g('it\\'s (', # (\n b", ')'],
    ['a = g(b[1)', ''],
    ['for a in g(b:\n    c(a)', ''],
    ['a = g("', ''],
  ] as const)
    it(JSON.stringify(lines), () => assert.equal(closing(lines), closes));
});

describe('where reading goes on', () => {
  it('is behind a text of several lines, whose lines may begin anywhere', () => {
    const source = '    a = g("""\n    b\n    """, x\n    c = 1\n';
    assert.equal(resumeBehind(source, 0, source.indexOf('c = 1'), 4), source.indexOf('    c = 1'));
  });
  it('is no clause of the damaged statement, but may be one around it', () => {
    const source = '    if a(b:\n        c\n    else:\n        d\n    e\nelse:\n';
    assert.equal(resumeBehind(source, 0, 4, 4), source.indexOf('    e\n'));
    assert.equal(
      resumeBehind(source, source.indexOf('    e\n'), source.indexOf('    e\n') + 4, 4),
      source.indexOf('else:\n', 40),
    );
  });
  it('comments of an outer block are not of the damaged lines', () => {
    const source = '    a = g(x\n        # of it\n    # behind\n\n';
    assert.equal(behindCode(source, 0, source.length, 4), source.indexOf('    # behind'));
  });
});
