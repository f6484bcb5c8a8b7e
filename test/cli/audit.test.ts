import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeNpz } from '../../audit-core/checkpoints/npy/writer';
import { uniformStream } from '../../audit-core/statistics/random';
import { run as audit } from '../../server/cli/audit';
import { UsageError } from '../../server/cli/io';

const checkpoints = join(__dirname, '..', 'fixtures', 'checkpoints');
const script = `import pandas as pd
import joblib
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
df = pd.read_csv("visits.csv")
X_train, X_test, y_train, y_test = train_test_split(df[["x0", "x1"]], df["label"])
model = LogisticRegression().fit(X_train, y_train)
joblib.dump(model, "model.joblib")
`;

let folder: string;
const put = (name: string, content: string | Uint8Array): void => writeFileSync(join(folder, name), content);
const text = (name: string): string => readFileSync(join(folder, name), 'utf8');

async function run(...words: string[]) {
  let out = '';
  let err = '';
  try {
    const code = await audit(words, {
      stdout: said => {
        out += said;
      },
      stderr: said => {
        err += said;
      },
      stdin: async () => '',
      isTTY: false,
      cwd: folder,
      env: {},
      signal: new AbortController().signal,
    });
    return { code, out, err };
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return { code: 2, out, err: error.message };
  }
}

/** Random rows: nothing of them is in the fixture's model, so nothing can be found. */
function table(rows: number, columns: number): string {
  const uniform = uniformStream(5);
  const header = ['pid', ...Array.from({ length: columns }, (_, at) => `f${at}`), 'split', 'y'].join(',');
  const line = (row: number): string =>
    [
      Math.floor(row / 2),
      ...Array.from({ length: columns }, () => (20 * uniform()).toFixed(3)),
      Math.floor(row / 2) % 2 === 0 ? 'train' : 'test',
      uniform() < 0.5 ? 0 : 1,
    ].join(',');
  return `${[header, ...Array.from({ length: rows }, (_, row) => line(row))].join('\n')}\n`;
}

describe('epsilint audit', () => {
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'epsilint-audit-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('lists what is missing, with the line to write and the file to write it in', async () => {
    put('train.py', script);
    put('visits.csv', 'x0,x1,label\n1,2,0\n2,3,1\n3,4,1\n');
    const { code, err } = await run('train.py');
    assert.equal(code, 2);
    assert.match(err, /train\.py: one thing is missing\./);
    assert.match(err, /Which rows .* \[\[audit\]\] in epsilint\.toml: members = /);
    assert.deepEqual(readdirSync(folder).sort(), ['train.py', 'visits.csv']);
  });

  it('writes what the options say into the configuration, and audits by it', async () => {
    put('train.py', script);
    put('visits.csv', 'x0,x1,label\n1,2,0\n2,3,1\n3,4,1\n');
    put('members.json', '[0, 2]');
    put('epsilint.toml', '# ours\ntier = "likely"\n');
    const written = await run('train.py', '--members', 'members.json', '--group', 'sex', '--write-config', '--plan');
    assert.equal(written.code, 0);
    assert.equal(
      text('epsilint.toml'),
      '# ours\ntier = "likely"\n\n[[audit]]\nscript = "train.py"\ngroups = ["sex"]\nmembers = "members.json"\n',
    );
    const plan = JSON.parse((await run('train.py', '--plan')).out);
    assert.deepEqual(plan.missing, []);
    assert.equal(plan.specification.members.count, 2);
    assert.equal(plan.specification.members.origin, 'declared by members.json');
    assert.deepEqual(plan.specification.features, ['x0', 'x1']);
    assert.equal((await run('train.py', '--write-config')).code, 2);
  });

  it('asks which of several models is meant, and how to say it', async () => {
    put('train.py', `${script}joblib.dump(LogisticRegression().fit(X_test, y_test), "other.joblib")\n`);
    put('visits.csv', 'x0,x1,label\n1,2,0\n2,3,1\n3,4,1\n');
    const { err } = await run('train.py');
    assert.match(err, /several models: which one\? \(model\.joblib, other\.joblib\)/);
    assert.match(err, /checkpoint = "model\.joblib"/);
    assert.match(err, /epsilint audit model\.joblib/);
  });

  it('says that a model carries the rows of its people, whatever the attack finds', async () => {
    cpSync(join(checkpoints, 'svc_pipeline_protocol2.pkl'), join(folder, 'model.pkl'));
    put('cohort.csv', table(300, 30));
    put(
      'epsilint.toml',
      '[[audit]]\ncheckpoint = "model.pkl"\nlabel = "y"\nmembers = { column = "split", is = "train" }\n',
    );
    const { code, out } = await run('model.pkl', '--data', 'cohort.csv', '--no-history', '--format', 'json');
    const found = JSON.parse(out).findings.filter(({ rule }: { rule: string }) => rule === 'AUD005');
    assert.equal(code, 1);
    assert.match(found[0].message, /model\.pkl holds more than weights: .* 48 rows of its training data/);
  }).timeout(60_000);

  it('tells a slip in a specification, and a target that is not there', async () => {
    put('spec.toml', 'scrpt = "train.py"\n');
    assert.match((await run('spec.toml')).err, /Unknown key "scrpt".*did you mean "script"\?/);
    assert.match((await run('none.onnx')).err, /none\.onnx: there is no such file/);
    assert.match((await run()).err, /wants a script, a checkpoint/);
  });

  it('audits a checkpoint alone, keeps its history private, compares and purges', async () => {
    cpSync(join(checkpoints, 'logreg.onnx'), join(folder, 'model.onnx'));
    put('cohort.csv', table(600, 30));
    put(
      'epsilint.toml',
      '[[audit]]\ncheckpoint = "model.onnx"\nlabel = "y"\nmembers = { column = "split", is = "train" }\n',
    );
    const first = await run('model.onnx', '--data', 'cohort.csv', '--person', 'pid', '--format', 'json');
    assert.ok(first.code === 0 || first.code === 1, first.err);
    const result = JSON.parse(first.out);
    assert.deepEqual(result.records, { members: 300, nonMembers: 300 });
    assert.equal(result.people.members, 150);
    assert.ok(result.assumptions.some((each: string) => each.includes('30 columns')));
    assert.ok(result.assumptions.some((each: string) => each.startsWith('Who was trained on is declared')));
    assert.ok(Math.abs(result.attacks[0].auc.value - 0.5) < 0.1);
    assert.ok(result.attacks.some(({ name }: { name: string }) => name === 'quantile'));
    const [kept] = readdirSync(join(folder, '.epsilint', 'audits'));
    const history = text(join('.epsilint', 'audits', kept!));
    assert.match(history, /"sha256": "[0-9a-f]{64}"/);
    const second = await run(
      'model.onnx',
      '--data',
      'cohort.csv',
      '--person',
      'pid',
      '--compare',
      'last',
      '--no-history',
    );
    assert.match(second.out, /Compared with the audit of \d{4}-\d\d-\d\d/);
    assert.match((await run('model.onnx', '--purge')).out, /history of 1 model is deleted/);
    assert.deepEqual(readdirSync(join(folder, '.epsilint', 'audits')), []);
  }).timeout(60_000);

  it('finds groups in a table of the people beside the table of their visits, and says which it does not find', async () => {
    cpSync(join(checkpoints, 'logreg.onnx'), join(folder, 'model.onnx'));
    put('cohort.csv', table(600, 30));
    const people = Array.from({ length: 300 }, (_, pid) => `${299 - pid},${(299 - pid) % 3 === 0 ? 'north' : 'south'}`);
    put('people.csv', `pid,ward\n${people.join('\n')}\n`);
    put(
      'epsilint.toml',
      '[[audit]]\ncheckpoint = "model.onnx"\ndata = ["cohort.csv", "people.csv"]\nlabel = "y"\nperson = "pid"\ngroups = ["ward", "bed"]\nmembers = { column = "split", is = "train" }\n',
    );
    const { code, out, err } = await run('model.onnx', '--no-history', '--format', 'json');
    assert.ok(code === 0 || code === 1, err);
    const { subgroups, assumptions } = JSON.parse(out);
    const sizes = subgroups.map(({ attribute, level, people }: Record<string, unknown>) => [attribute, level, people]);
    assert.deepEqual(sizes, [
      ['ward', 'north', 100],
      ['ward', 'south', 200],
    ]);
    assert.ok(assumptions.some((each: string) => /group column "bed" for the people of "pid"/.test(each)));
  }).timeout(60_000);

  it('audits a tfjs layers model on arrays', async () => {
    const uniform = uniformStream(9);
    cpSync(join(checkpoints, 'conv1d_tfjs_layers'), folder, { recursive: true });
    const rows = 240;
    put(
      'rows.npz',
      writeNpz({
        X: { data: Float32Array.from({ length: rows * 64 }, () => uniform()), shape: [rows, 64] },
        y: { data: Float64Array.from({ length: rows }, () => Math.floor(10 * uniform())), shape: [rows] },
        members: { data: Float64Array.from({ length: rows }, (_, row) => row % 2), shape: [rows] },
      }),
    );
    const { code, out, err } = await run('model.json', '--data', 'rows.npz', '--format', 'json', '--no-history');
    assert.ok(code === 0 || code === 1, err);
    assert.deepEqual(JSON.parse(out).records, { members: 120, nonMembers: 120 });
  }).timeout(60_000);
});
