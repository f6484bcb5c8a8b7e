import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { createPythonFrontEnd, type PythonFrontEnd } from '../../server/languages/python/front-end';
import { TreeReader } from '../../server/languages/python/tree/tree-reader';
import { pythonAssets } from '../../server/workspace/grammars';
import { program } from './python-programs';

/**
 * The reader and the tree say the same of what both can read. Left out are the tree's own slips: `*a.b` in a display (it takes
 * the star for the name's), an escape alone in a string, `(x) = y` (a tuple of one), `&` beside `^`, `as` behind a lambda or a
 * conditional of a `with`, a conditional behind `:=`.
 */
const root = join(__dirname, '..', '..');

const scripts = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.py'))
    .map(name => readFileSync(join(folder, name), 'utf8'));

const blocks = (folder: string): string[] =>
  readdirSync(folder)
    .filter(name => name.endsWith('.md'))
    .flatMap(name => [...readFileSync(join(folder, name), 'utf8').matchAll(/```(?:py|python)\n([\s\S]*?)```/g)])
    .map(found => found[1]!);

/** Runs of the suite's long mode: `EPSILINT_FUZZ_RUNS=20000`. */
const numRuns = Math.ceil(Number(process.env.EPSILINT_FUZZ_RUNS ?? 400) / 2);

describe('the two readers of Python', function () {
  this.timeout(Math.max(60_000, numRuns * 100));
  let python: PythonFrontEnd;
  let tree: TreeReader;
  before(async () => {
    python = await createPythonFrontEnd(pythonAssets());
    tree = await TreeReader.load(pythonAssets());
  });
  after(() => {
    python.dispose();
    tree.dispose();
  });

  /** False where the tree finds the text broken. */
  const agree = (source: string): boolean => {
    const { body, comments, problems } = tree.lines(source, 0, source.length, '', () => false);
    if (problems.length > 0) return false;
    const facts = python.parse(source);
    assert.deepEqual([facts.body, facts.comments, facts.problems], [body, comments, []]);
    return true;
  };

  it('agree on the rules’ pages, the examples and the fixtures', () => {
    const sources = [
      ...blocks(join(root, 'docs', 'rules')),
      ...blocks(join(root, 'docs')),
      ...scripts(join(root, 'examples')),
      ...scripts(join(root, 'test')),
    ];
    const compared = sources.filter(agree).length;
    assert.ok(compared > 0.9 * sources.length && compared > 60, `only ${compared} of ${sources.length}`);
  });

  it('agree on programs of the whole grammar', () => {
    let compared = 0;
    fc.assert(
      fc.property(program, source => {
        if (agree(source)) compared++;
      }),
      { numRuns },
    );
    assert.ok(compared > 0.8 * numRuns, `only ${compared} of ${numRuns}`);
  });
});
