import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { Analyser, placeOf } from '../../server/workspace/analysis';
import { defaultConfiguration } from '../../server/workspace/configuration/configuration';
import { parseConfiguration } from '../../server/workspace/configuration/parse';
import { FrontEnds } from '../../server/workspace/front-ends';
import { nodeHost } from '../../server/workspace/host';
import { languageOf } from '../../server/workspace/languages';
import { locateFindings } from '../../server/workspace/located';

/**
 * The whole way from text to located findings over damaged code: nothing is thrown, nothing takes 2 s, and every offset lies
 * inside the document. `EPSILINT_FUZZ_RUNS=20000` runs the long mode, so many inputs a language; `EPSILINT_FUZZ_PART=3/20` the
 * third twentieth of them, so that it can be run in pieces and taken up again.
 */
const runs = Number(process.env.EPSILINT_FUZZ_RUNS ?? 150);
const [part = 1, parts = 1] = (process.env.EPSILINT_FUZZ_PART ?? '1/1').split('/').map(Number);
const inputs = Math.ceil(runs / parts);
/** Each part draws its own inputs, the same ones every time. */
const seed = process.env.EPSILINT_FUZZ_PART ? 7_000 + part : undefined;
const root = join(__dirname, '..', '..');
const example = join(root, 'examples', 'liver-visits');

const seeds: readonly (readonly [string, string])[] = [
  ...readdirSync(example)
    .filter(name => name.endsWith('.py'))
    .map(name => ['x.py', readFileSync(join(example, name), 'utf8')] as const),
  [
    'x.ts',
    `import express from 'express';\nimport * as tf from '@tensorflow/tfjs';\nconst app = express();
export class A<T> { constructor(private readonly m: tf.LayersModel) {} async f(x: T) { return this.m.predict(x as never); } }
app.post('/p', async (req, res) => { const { rows = [] } = req.body; res.json({ s: await model.predict(rows).array() }); });\n`,
  ],
  [
    'x.ipynb',
    JSON.stringify({
      nbformat: 4,
      cells: [
        {
          cell_type: 'code',
          source: ['%matplotlib inline\n', 'import pandas as pd\n', 'df = pd.read_csv("patients.csv")\n', 'df.head()'],
          outputs: [],
        },
        { cell_type: 'code', source: '!pip install x\nprint(df["ssn"])  # epsilint: ignore[PHI002]', outputs: [] },
      ],
    }),
  ],
];

const odd = [
  '\r\n',
  '\t',
  '\u0000',
  '\ufeff',
  '\ud800',
  '\udfff',
  '(',
  ')',
  '[',
  '{',
  '}',
  '"""',
  "'",
  '`',
  '\\',
  '# epsilint: ignore[',
  ':',
  '\f',
  '👩‍⚕️',
];

/** Settings that a script reads, damaged as its code is. */
const settings: readonly (readonly [string, string])[] = [
  [
    'epsilint.toml',
    '[data]\nsubject = ["visit_of"]\ndirect = ["ssn"]\ncolumns = { safe = ["ward"] }\n\n[dp]\nmax-epsilon = 3.5\n\n[[overrides]]\npaths = ["x/**"]\nignore = ["DP001"]\n\n[[audit]]\ncheckpoint = "m.pt"\n',
  ],
  [
    'train.yaml',
    'defaults:\n  - _self_\nepochs: 5\noptim: &o {lr: 1e-3, sigma: 1.1}\nfirst: *o\npath: $\x7boc.env:DATA,x}/a.csv\nlist: [1, two, ~]\n',
  ],
  ['pyproject.toml', '[tool.epsilint]\nselect = ["DP", "LEAK"]\n\n[tool.flwr.app.config]\nrounds = 3\nlr = 0.1\n'],
  ['settings.json', '{"epochs": 50, "privacy": {"sigma": 1.0, "delta": 1e-5}, "data": ["a.csv", null]}'],
];

/** A seed with pieces cut out, doubled, replaced or put in. */
const damagedOf = (from: readonly (readonly [string, string])[]) =>
  fc
    .record({
      seed: fc.constantFrom(...from),
      edits: fc.array(
        fc.record({
          at: fc.double({ min: 0, max: 1, noNaN: true }),
          length: fc.nat(60),
          text: fc.oneof(fc.constantFrom(...odd), fc.string({ maxLength: 8 })),
        }),
        { maxLength: 6 },
      ),
      cut: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
    })
    .map(({ seed: [path, text], edits, cut }) => {
      let out = text;
      for (const edit of edits) {
        const at = Math.floor(edit.at * out.length);
        out = out.slice(0, at) + edit.text + out.slice(at + edit.length);
      }
      return [path, cut === null ? out : out.slice(0, Math.floor(cut * out.length))] as const;
    });

const absurd: Readonly<Record<string, string>> = {
  'deep brackets': `x = ${'('.repeat(10_000)}${')'.repeat(10_000)}`,
  'deep blocks': Array.from({ length: 1_000 }, (_, i) => `${' '.repeat(i)}if x:`).join('\n'),
  'a long line': `x = [${'1, '.repeat(100_000)}]`,
  'a long chain': `x${'.f()'.repeat(5_000)}`,
  'a long sum': `x = 1${' + 1'.repeat(10_000)}`,
  'many functions that call each other': Array.from(
    { length: 300 },
    (_, i) => `def f${i}(x):\n  return f${(i + 1) % 300}(f${(i * 7) % 300}(x))`,
  ).join('\n'),
  'a megabyte in one line': `x = "${'a'.repeat(500_000)}" + f(${'y, '.repeat(160_000)})`,
  'ten megabytes in one line': `x = ${'1 + '.repeat(2_500_000)}1`,
  'ten thousand nested blocks': Array.from({ length: 10_000 }, (_, i) => `${' '.repeat(Math.min(i, 90))}if x:`).join(
    '\n',
  ),
  'loops in loops': Array.from({ length: 60 }, (_, i) => `${' '.repeat(i)}for a${i} in b${i}: # (`).join('\n'),
  'an open text': `'''${'word '.repeat(100_000)}`,
  'closing brackets only': ')'.repeat(20_000),
  'a deep mapping': `x = ${'{"a": '.repeat(3_000)}1${'}'.repeat(3_000)}`,
  'lone surrogates': '\ud800 = "\udfff"\n'.repeat(2_000),
  'carriage returns': 'x = 1\r'.repeat(5_000),
  'many branches': Array.from({ length: 3_000 }, (_, i) => `if a${i}:\n  x = f(x)\nelse:\n  x = g(x)`).join('\n'),
  'a wide class': `class A:\n${Array.from({ length: 1_500 }, (_, i) => `  def f${i}(self, x):\n    self.v${i} = self.f${(i * 31) % 1_500}(x)`).join('\n')}`,
  nothing: '',
  'zeros only': '\0'.repeat(1_000),
};

/** Endings, marks and encodings that editors write: each changes no finding. */
describe('the analysis of what editors write', () => {
  const plain = 'import pandas as pd\nt = pd.read_csv("admissions.csv")\nprint(t[["ssn"]])\n';
  const analyser = new Analyser({ host: nodeHost(), root: example, frontEnds: new FrontEnds() });
  const found = async (text: string) =>
    (
      await analyser.analyse({ path: join(example, 'x.py'), text, language: 'python' }, defaultConfiguration)
    ).findings.map(({ rule, span }) => `${rule}:${text.slice(0, span.start).split(/\r\n|\n|\r/).length}`);

  it('finds the same whatever ends the lines', async () => {
    const expected = await found(plain);
    assert.ok(expected.includes('PHI002:3'), expected.join());
    assert.deepEqual(await found(plain.replaceAll('\n', '\r\n')), expected);
    assert.deepEqual(await found(`\ufeff${plain}`), expected);
    assert.deepEqual(await found(plain.replace('print', 'if t is not None:\n\tprint')), ['PHI002:4']);
  });
});

describe('the analysis of damaged code', function () {
  this.timeout(Math.max(60_000, inputs * 60));
  const analyser = new Analyser({ host: nodeHost(), root: example, frontEnds: new FrontEnds() });
  const configuration = { ...defaultConfiguration, tier: 'possible' as const };

  const analyse = async (name: string, text: string): Promise<void> => {
    const path = join(example, name);
    const started = process.cpuUsage();
    const analysis = await analyser.analyse({ path, text, language: languageOf(name)! }, configuration);
    const { findings } = locateFindings(analysis, root, root, () => null);
    // Processor time: other work on the machine must not count.
    const spent = process.cpuUsage(started).user / 1000;
    assert.ok(spent < 2_000, `${Math.round(spent)} ms`);
    for (const { rule, span } of [...analysis.findings, ...analysis.suppressed.map(one => one.finding)]) {
      assert.ok(span.start >= 0 && span.end >= span.start && span.end <= analysis.text.length, `${rule} lies outside`);
      const place = placeOf(analysis, span);
      assert.ok(place.span.end >= place.span.start);
    }
    for (const { range } of findings) assert.ok(range.start.line >= 1 && range.start.column >= 1);
  };

  for (const [language, ending] of [
    ['Python', '.py'],
    ['TypeScript', '.ts'],
    ['notebooks', '.ipynb'],
  ] as const)
    it(`throws nothing, hangs nowhere, stays inside the text (${language}, ${inputs} inputs)`, async () => {
      await analyse('x.ts', '');
      const from = seeds.filter(([name]) => name.endsWith(ending));
      await fc.assert(
        fc.asyncProperty(damagedOf(from), async ([name, text]) => analyse(name, text)),
        { numRuns: inputs, ...(seed !== undefined && { seed }) },
      );
    });

  it(`reads configuration of any kind (${inputs} inputs)`, async () => {
    const script = `import json, tomllib, yaml, hydra
from opacus import PrivacyEngine
a = yaml.safe_load(open("train.yaml"))
b = json.load(open("settings.json"))
c = tomllib.load(open("pyproject.toml", "rb"))
@hydra.main(config_path=".", config_name="train")
def main(cfg):
    PrivacyEngine().make_private(module=m, optimizer=o, data_loader=l, noise_multiplier=cfg.optim.sigma, max_grad_norm=a["list"][1])
    print(b["privacy"]["sigma"], c["tool"])
main()
`;
    const held = new Map<string, string>();
    const withSettings = new Analyser({
      host: nodeHost(),
      root: example,
      frontEnds: new FrontEnds(),
      open: path => held.get(path) ?? null,
    });
    await fc.assert(
      fc.asyncProperty(damagedOf(settings), async ([name, text]) => {
        const started = process.cpuUsage();
        if (name.endsWith('.toml')) {
          const kind = name === 'epsilint.toml' ? name : 'pyproject.toml';
          for (const { line, column, message } of parseConfiguration(text, kind, name, example)?.problems ?? [])
            assert.ok(line >= 1 && line <= text.split('\n').length && column >= 1 && message.length > 0);
        }
        held.set(join(example, name), text);
        const path = join(example, 'x.py');
        const { findings } = await withSettings.analyse({ path, text: script, language: 'python' }, configuration);
        held.clear();
        for (const { span } of findings) assert.ok(span.end <= script.length);
        const spent = process.cpuUsage(started).user / 1000;
        assert.ok(spent < 2_000, `${Math.round(spent)} ms`);
      }),
      { numRuns: inputs, ...(seed !== undefined && { seed }) },
    );
  });

  /** Once is enough: they are the same in every part. */
  if (part !== 1) return;

  for (const [name, text] of Object.entries(absurd))
    for (const file of ['x.py', 'x.js'])
      it(`survives ${name} in ${file}`, async () => {
        await analyse(file, text);
      });
});
