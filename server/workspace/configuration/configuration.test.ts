import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { byPrefix, isSelected } from './configuration';
import { defaultReading } from './limits';
import { type FileKind, parseConfiguration } from './parse';
import { publishedSchema } from './published';
import { editDistance, nearest } from './suggest';

const read = (text: string, kind: FileKind = 'pyproject.toml') => parseConfiguration(text, kind, `/p/${kind}`, '/p');

describe('configuration', () => {
  it('reads every key of the guide', () => {
    const parsed = read(`[project]
name = "x"
[tool.epsilint]
select = ["DP", "LEAK"]
ignore = ["DP011"]
tier = "possible"
exclude = ["tests/**"]
require-reason = true
[tool.epsilint.per-file-ignores]
"notebooks/eda_*.ipynb" = ["PHI006"]
[tool.epsilint.data]
"data/cohort.parquet" = { subject = "patient_id", direct = ["mrn"], public = false }
columns.direct = ["kennitala"]
[tool.epsilint.dp]
max-epsilon = 4.0
[tool.epsilint.sinks]
internal-hosts = ["*.hospital.local"]
[[tool.epsilint.audit]]
script = "train.py"
`);
    assert.deepEqual(parsed?.problems, []);
    const { configuration } = parsed!;
    assert.deepEqual(configuration.select, ['DP', 'LEAK']);
    assert.equal(configuration.tier, 'possible');
    assert.deepEqual(configuration.columns.direct, ['kennitala']);
    assert.deepEqual(configuration.data[0]?.subject, ['patient_id']);
    assert.equal(configuration.maxEpsilon, 4);
    assert.equal(configuration.audits[0]?.script, 'train.py');
  });

  it('keeps audits and scores of reference models for as long as it says', () => {
    const days = (text: string) => {
      const { configuration, problems } = read(text, 'epsilint.toml')!;
      assert.deepEqual(problems, []);
      return [configuration.auditDays, configuration.shadowDays];
    };
    assert.deepEqual(days(''), [730, 30]);
    assert.deepEqual(days('[limits]\naudit-days = 90\nshadow-days = 0\n'), [90, 0]);
    assert.equal(read('[limits]\nshadow-days = -1\n', 'epsilint.toml')!.problems.length, 1);
  });

  it('takes limits on reading and on audits from the file, and the rest by default', () => {
    const { configuration, problems } = read(
      `[limits]
read-seconds = 5
read-memory = 256
checkpoint-size = 1000
archive-size = 2000
archive-ratio = 3
tensors = 4
data-rows = 5
data-columns = 6
data-values = 7
data-files = 8
pixels = 9
audit-memory = 700
`,
      'epsilint.toml',
    )!;
    assert.deepEqual(problems, []);
    const { checkpoints, data, seconds, memory } = configuration.reading;
    assert.deepEqual([seconds, memory, configuration.auditMemory], [5, 256, 700]);
    assert.deepEqual(
      [checkpoints.modelBytes, checkpoints.inflatedBytes, checkpoints.inflationRatio, checkpoints.tensors],
      [1000, 2000, 3, 4],
    );
    assert.deepEqual(data, { rows: 5, columns: 6, values: 7, files: 8, pixels: 9 });
    assert.deepEqual(read('', 'epsilint.toml')!.configuration.reading, defaultReading);
    assert.equal(read('[limits]\ntensors = 0\n', 'epsilint.toml')!.problems.length, 1);
  });

  it('says the line of an unknown key and what was meant', () => {
    const { problems } = read('[tool.epsilint]\ntier = "likely"\nexlude = ["a"]\n')!;
    assert.equal(problems.length, 1);
    assert.equal(problems[0]!.line, 3);
    assert.match(problems[0]!.message, /Unknown key "exlude"; did you mean "exclude"\?/);
  });

  it('finds unknown keys inside tables and inline tables', () => {
    const { problems } = read('[dp]\nmax_epsilon = 3\n\n[data]\n"a.csv" = { subjekt = "id" }\n', 'epsilint.toml')!;
    assert.deepEqual(
      problems.map(({ line, message }) => [line, /did you mean "([^"]+)"/.exec(message)?.[1]]),
      [
        [2, 'max-epsilon'],
        [5, 'subject'],
      ],
    );
  });

  it('says what is wrong with a value', () => {
    const { problems } = read('tier = "sure"\n', 'epsilint.toml')!;
    assert.match(problems[0]!.message, /"tier"/);
    assert.equal(problems[0]!.line, 1);
  });

  it('tells broken TOML with its place, and leaves files of others alone', () => {
    assert.equal(read('a = 1\nb =\n', 'epsilint.toml')!.problems[0]!.line, 2);
    assert.equal(read('[tool.ruff]\nx = 1\n'), null);
    assert.equal(read('{"name": "x"}', 'package.json'), null);
    assert.equal(read('broken ['), null);
  });

  it('reads package.json', () => {
    assert.equal(read('{"epsilint": {"tier": "certain"}}', 'package.json')!.configuration.tier, 'certain');
  });

  it('selects by the longest prefix', () => {
    assert.ok(isSelected('DP001', null, []));
    assert.ok(!isSelected('DP001', null, ['DP']));
    assert.ok(isSelected('DP001', ['DP001'], ['DP']));
    assert.ok(!isSelected('LEAK001', ['DP'], []));
    assert.equal(byPrefix({ DP: 1, DP001: 2 }, 'DP001'), 2);
  });

  it('measures edits as Damerau and Levenshtein do', () => {
    assert.equal(editDistance('kitten', 'sitting'), 3);
    assert.equal(editDistance('ab', 'ba'), 1);
    assert.equal(nearest('slect', ['select', 'ignore']), 'select');
    assert.equal(nearest('qqqqq', ['select', 'ignore']), null);
    assert.equal(nearest('--epsilon', ['--steps', '--target-epsilon', '--epochs']), '--target-epsilon');
  });

  it('publishes the schema that it reads (run `node --import tsx scripts/schema.ts` when this fails)', () => {
    const file = join(__dirname, '..', '..', '..', 'docs', 'epsilint.schema.json');
    assert.equal(readFileSync(file, 'utf8'), publishedSchema());
  });
});
