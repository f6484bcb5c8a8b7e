import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nothingDeclared } from '../../audit/declared';
import { readSettings } from '../../protocol';
import type { Question } from '../../protocol/audits';
import type { Person } from '../host';
import { Analyses } from './analysis';
import { completed } from './audit-dialogue';

/** Splits with no seed, and takes its label from a place that cannot be followed. */
const script = `import pandas as pd, torch
from sklearn.model_selection import train_test_split
from sklearn.linear_model import LogisticRegression
import joblib

frame = pd.read_csv("visits.csv")
x_train, x_test, y_train, y_test = train_test_split(frame[["age", "bmi"]], frame["outcome"])
model = LogisticRegression().fit(x_train, y_train)
joblib.dump(model, "model.joblib")
`;

describe('the missing-piece dialogue', () => {
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'epsilint-dialogue-'));
    path = join(folder, 'train.py');
    writeFileSync(join(folder, 'visits.csv'), 'patient_id,age,bmi,outcome\n1,2,3,0\n');
    writeFileSync(join(folder, 'train_ids.json'), '[0]');
    writeFileSync(path, script);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const run = async (more: Partial<Person>, text = script, open: (path: string) => string | null = () => null) => {
    const analyses = new Analyses({
      open,
      folders: () => [folder],
      log: () => {},
      learned: () => {},
      accounting: 'at-once',
    });
    const settings = readSettings(null);
    const input = { path, text, languageId: 'python', uri: '', version: 0, trusted: true, settings };
    const { facts } = await analyses.of({ ...input, notebook: false, cells: [] });
    const saved: string[][] = [];
    const asked: Question[] = [];
    const shown: string[] = [];
    const person: Person = {
      ask: async questions => {
        asked.push(...questions);
        return more.ask ? more.ask(questions) : null;
      },
      confirm: async (file, lines) => {
        shown.push(lines);
        return more.confirm ? more.confirm(file, lines) : null;
      },
      save: async (file, made) => {
        saved.push([file, made]);
        writeFileSync(file, made);
        return true;
      },
    };
    const question = {
      script: { path, facts, find: analyses.modules(path) },
      checkpoint: null,
      configuration: analyses.configuration(path),
      given: nothingDeclared,
      budget: null,
      despiteGate: false,
    };
    const outcome = await completed(question, path, analyses, person);
    analyses.dispose();
    return { outcome, asked, saved, shown };
  };

  it('follows a helper of the project, as the editor holds it', async () => {
    const helper = (label: string) =>
      `import pandas as pd\ndef load():\n    frame = pd.read_csv("visits.csv")\n    return frame[["age", "bmi"]], frame["${label}"]\n`;
    writeFileSync(join(folder, 'visits_data.py'), helper('gone'));
    const text = `from sklearn.model_selection import train_test_split
from sklearn.linear_model import LogisticRegression
import joblib
from visits_data import load

x, y = load()
x_train, x_test, y_train, y_test = train_test_split(x, y, random_state=0)
model = LogisticRegression().fit(x_train, y_train)
joblib.dump(model, "model.joblib")
`;
    writeFileSync(join(folder, 'model.joblib'), '');
    const { outcome, asked } = await run({}, text, path =>
      path.endsWith('visits_data.py') ? helper('outcome') : null,
    );
    assert.deepEqual(asked, []);
    assert.ok('kind' in outcome && outcome.request.kind === 'script');
    assert.deepEqual(
      outcome.request.data.map(({ name }) => name),
      ['visits.csv'],
    );
    assert.match(JSON.stringify(outcome.request.recipe), /outcome/);
    assert.doesNotMatch(JSON.stringify(outcome.request.recipe), /gone/);
  });

  it('asks for the members, offers what lies there, writes after a yes, and does not ask again', async () => {
    const first = await run({
      ask: async () => ({ members: ['train_ids.json'] }),
      confirm: async () => 'write',
    });
    assert.deepEqual(
      first.asked.map(({ name, candidates }) => [name, candidates]),
      [['members', ['train_ids.json']]],
    );
    assert.ok('kind' in first.outcome && first.outcome.kind === 'ready');
    assert.equal(first.shown[0], '[[audit]]\nscript = "train.py"\nmembers = "train_ids.json"');
    assert.equal(readFileSync(join(folder, 'epsilint.toml'), 'utf8'), `${first.shown[0]}\n`);
    const second = await run({});
    assert.deepEqual(second.asked, []);
    assert.ok('kind' in second.outcome && second.outcome.kind === 'ready');
  });

  it('audits once without writing, and stops where the person stops', async () => {
    const once = await run({ ask: async () => ({ members: ['0:1'] }), confirm: async () => 'once' });
    assert.ok('kind' in once.outcome && once.outcome.kind === 'ready');
    assert.deepEqual(once.saved, []);
    const no = await run({ ask: async () => ({ members: ['age = 2'] }) });
    assert.deepEqual(no.outcome, { result: { kind: 'cancelled' } });
    assert.match(no.shown[0]!, /members = \{ column = "age", is = 2 \}/);
  });

  it('tells what is missing where nobody answers', async () => {
    const { outcome, saved } = await run({});
    assert.ok('result' in outcome && outcome.result.kind === 'missing');
    assert.match(outcome.result.missing[0]!.message, /Which rows/);
    assert.deepEqual(saved, []);
  });

  it('refuses an answer that names nothing there', async () => {
    await assert.rejects(run({ ask: async () => ({ members: ['nowhere.json'] }) }), /no file nowhere\.json/);
    await assert.rejects(run({ ask: async () => ({ members: ['fold = 1'] }) }), /no column "fold"/);
  });
});
