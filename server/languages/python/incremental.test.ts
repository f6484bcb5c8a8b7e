import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import type { ModuleFacts } from '../../facts/syntax';
import { pythonAssets } from '../../workspace/grammars';
import { createPythonFrontEnd, type PythonFrontEnd } from './front-end';

const root = join(__dirname, '..', '..', '..');
const pages = readdirSync(join(root, 'docs', 'rules')).filter(name => name.endsWith('.md'));
const blocks = pages.flatMap(name =>
  [...readFileSync(join(root, 'docs', 'rules', name), 'utf8').matchAll(/```py\n([\s\S]*?)```/g)].map(
    found => found[1]!,
  ),
);
const scripts = readdirSync(join(root, 'examples', 'liver-visits'))
  .filter(name => name.endsWith('.py'))
  .map(name => readFileSync(join(root, 'examples', 'liver-visits', name), 'utf8'));
/** Scripts as people write them, and the rules' pages joined to modules of several hundred lines. */
const sources = [...scripts, blocks.slice(0, 40).join('\n'), blocks.slice(-40).join('\n')];

/** What people put in: half of it breaks the code around. */
const typed = [
  ...['(', ')', '[', ']', '{', '}', '"', "'", '"""', ':', ',', '.', '#', '\\', '=', '\n', '\n\n', '\r\n', '    ', '\t'],
  ...['def f(', 'class A:', 'else:', 'elif x:', 'except:', '@d', 'if x:\n', 'for x in ', 'match x:\n', 'f"{', 'lambda'],
  ...[
    'x = 1\n',
    'y = df.',
    'print x',
    'async ',
    'case _:\n',
    '# note\n',
    '  # note\n',
    '\ud800',
    '\0',
    'with (a, b):\n',
  ],
];

const edit = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  what: fc.oneof(
    fc.record({ kind: fc.constant('put' as const), text: fc.constantFrom(...typed) }),
    fc.record({ kind: fc.constant('cut' as const), length: fc.integer({ min: 1, max: 80 }) }),
    fc.record({
      kind: fc.constant('copy' as const),
      from: fc.double({ min: 0, max: 1, noNaN: true }),
      length: fc.nat(300),
    }),
    fc.record({ kind: fc.constant('indent' as const), columns: fc.constantFrom(-4, -1, 1, 4) }),
  ),
});
type Edit = typeof edit extends fc.Arbitrary<infer T> ? T : never;

function edited(text: string, { at, what }: Edit): string {
  const place = Math.floor(at * text.length);
  if (what.kind === 'put') return text.slice(0, place) + what.text + text.slice(place);
  if (what.kind === 'cut') return text.slice(0, place) + text.slice(place + what.length);
  if (what.kind === 'copy') {
    const from = Math.floor(what.from * text.length);
    return text.slice(0, place) + text.slice(from, from + what.length) + text.slice(place);
  }
  const line = text.lastIndexOf('\n', place) + 1;
  const moved = text.slice(line);
  return text.slice(0, line) + (what.columns > 0 ? ' '.repeat(what.columns) + moved : moved.slice(-what.columns));
}

/** Runs of the suite's long mode: `EPSILINT_FUZZ_RUNS=20000`. */
const numRuns = Math.ceil(Number(process.env.EPSILINT_FUZZ_RUNS ?? 400) / 20);

describe('Python, read again after an edit', function () {
  this.timeout(Math.max(30_000, numRuns * 500));
  let python: PythonFrontEnd;
  before(async () => {
    python = await createPythonFrontEnd(pythonAssets());
  });

  it('says what a cold reading says', () => {
    fc.assert(
      fc.property(fc.constantFrom(...sources), fc.array(edit, { minLength: 1, maxLength: 12 }), (source, edits) => {
        let text = source;
        let facts: ModuleFacts = python.parse(text);
        for (const each of edits) {
          text = edited(text, each);
          facts = python.parse(text, facts);
          assert.deepEqual(facts, python.parse(text));
        }
      }),
      { numRuns },
    );
  });

  it('keeps what stands in front of the edit, the very objects', () => {
    const source = sources[0]!;
    const before = python.parse(source);
    const after = python.parse(`${source}x = (\n`, before);
    assert.ok(after.body.length >= before.body.length && before.body.length > 10);
    assert.equal(
      before.body.slice(0, -1).every((statement, i) => after.body[i] === statement),
      true,
    );
    assert.equal(after.problems.length, 1);
  });
});
