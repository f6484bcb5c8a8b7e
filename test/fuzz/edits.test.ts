import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { joinCells } from '../../server/languages/notebook/notebook';
import { Analyser, type SourceDocument } from '../../server/workspace/analysis';
import { defaultConfiguration } from '../../server/workspace/configuration/configuration';
import { FrontEnds } from '../../server/workspace/front-ends';
import { nodeHost } from '../../server/workspace/host';
import { locateFindings } from '../../server/workspace/located';

/**
 * An editor's analyser keeps parsers, facts and the answers of its libraries from key to key. Whatever is typed, it says of a text
 * word for word what an analyser says that has seen nothing before. `EPSILINT_FUZZ_RUNS` sets the long mode.
 */
const sequences = Math.ceil(Number(process.env.EPSILINT_FUZZ_RUNS ?? 120) / 20);
const root = join(__dirname, '..', '..');
const example = join(root, 'examples', 'liver-visits');
const pages = readdirSync(join(root, 'docs', 'rules')).filter(name => /^(?:DP|LEAK|PHI|MEM|GOV)/.test(name));
const blocks = (language: string): string[] =>
  pages.flatMap(name =>
    [
      ...readFileSync(join(root, 'docs', 'rules', name), 'utf8').matchAll(
        new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'),
      ),
    ].map(found => found[1]!),
  );

/** Modules as people write them: the blocks of a few rules' pages one after the other. */
const moduleOf = (from: readonly string[]) =>
  fc.array(fc.constantFrom(...from), { minLength: 1, maxLength: 4 }).map(parts => parts.join('\n'));

const typed = [
  '(',
  ')',
  '[',
  '"',
  "'",
  ':',
  ',',
  '.',
  '#',
  '=',
  '\n',
  '    ',
  'ssn',
  'print(',
  '# epsilint: ignore\n',
  'x = 1\n',
];
const edit = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  cut: fc.oneof(fc.constant(0), fc.nat(60)),
  put: fc.oneof(fc.constantFrom(...typed), fc.constant('')),
});
const edited = (text: string, { at, cut, put }: { at: number; cut: number; put: string }): string => {
  const place = Math.floor(at * text.length);
  return text.slice(0, place) + put + text.slice(place + cut);
};

describe('findings after edits', function () {
  this.timeout(Math.max(90_000, sequences * 2_000));
  const configuration = { ...defaultConfiguration, tier: 'possible' as const };
  const frontEnds = new FrontEnds();
  // A reader keeps nothing but what it is handed: one for all cold analysers is as good as a new one each.
  const coldReaders = new FrontEnds();
  const fresh = () => new Analyser({ host: nodeHost(), root: example, frontEnds: coldReaders });
  const warm = new Analyser({ host: nodeHost(), root: example, frontEnds, keepsResults: true });

  const said = async (analyser: Analyser, document: SourceDocument): Promise<unknown> => {
    const analysis = await analyser.analyse(document, configuration);
    return { ...locateFindings(analysis, root, root, () => null), limited: analysis.limited };
  };
  const holds = async (documents: readonly SourceDocument[]): Promise<void> => {
    for (const document of documents) assert.deepEqual(await said(warm, document), await said(fresh(), document));
  };
  const steps = fc.array(edit, { minLength: 1, maxLength: 8 });
  const texts = (source: string, edits: readonly Parameters<typeof edited>[1][]): string[] => {
    const all = [source];
    for (const each of edits) all.push(edited(all.at(-1)!, each));
    return all;
  };

  for (const [name, language, path] of [
    ['Python', 'py', 'typed.py'],
    ['TypeScript', 'ts', 'typed.ts'],
  ] as const)
    it(`are those of a cold analysis (${name})`, () =>
      fc.assert(
        fc.asyncProperty(moduleOf(blocks(language)), steps, async (source, edits) =>
          holds(
            texts(source, edits).map(text => ({
              path: join(example, path),
              text,
              language: language === 'py' ? 'python' : 'javascript',
            })),
          ),
        ),
        { numRuns: sequences },
      ));

  it('are those of a cold analysis (notebooks)', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(moduleOf(blocks('py')), { minLength: 2, maxLength: 3 }),
        fc.nat(2),
        steps,
        async (cells, changed, edits) =>
          holds(
            texts(cells[changed % cells.length]!, edits).map(text => {
              const sources = cells.map((cell, i) => (i === changed % cells.length ? text : cell));
              const notebook = joinCells(
                sources.map(source => ({ kind: 'code', text: source, executionCount: null })),
                'python',
              );
              return { path: join(example, 'typed.ipynb'), text: notebook.text, language: 'notebook', notebook };
            }),
          ),
      ),
      { numRuns: sequences },
    ));
});
