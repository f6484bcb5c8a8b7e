import assert from 'node:assert/strict';
import type { Event, TrainEvent } from '../facts/events';
import { type DataSource, type Evidence, Taint } from '../facts/values';
import { projectPeople, signalsOf } from '../models/person-data';
import { check, makeContext, rules } from './index';

const evidence = (over: Partial<Evidence> = {}): Evidence => ({
  span: { start: 0, end: 1 },
  text: '',
  types: [],
  constant: null,
  taint: Taint.none,
  strength: 'same',
  columns: null,
  sources: [],
  objects: [],
  trace: [],
  ...over,
});
const source = (people: DataSource['people']): DataSource => ({
  id: 0,
  name: 'file.csv',
  people,
  reasons: ['the test says so'],
  subjectKey: null,
});
const base = {
  span: { start: 10, end: 20 },
  api: 'library.call',
  tier: 'certain',
  scope: [],
  loops: [],
  arguments: {},
} as const;
const training = (data: Evidence | null): TrainEvent => ({
  ...base,
  id: 5,
  kind: 'train',
  style: 'fit',
  model: evidence({ objects: [1] }),
  optimizer: null,
  data,
  epochs: { kind: 'absent' },
  privatisedBy: [],
  regularisation: [],
});
const found = (events: readonly Event[], text = '', id = 'DP001', around: readonly string[] = []) =>
  check(
    rules.filter(rule => rule.id === id),
    makeContext({ run: { path: 'script.py', events, limited: false }, text, project: () => around }),
  );

describe('whose data it is', () => {
  it('is a warning when declared, information when inferred, and silence when public or unknown', () => {
    const of = (people: DataSource['people']) => found([training(evidence({ sources: [source(people)] }))])[0];
    assert.equal(of('declared')?.severity, 'warning');
    assert.equal(of('declared')?.tier, 'certain');
    assert.equal(of('inferred')?.severity, 'information');
    assert.equal(of('inferred')?.tier, 'likely');
    assert.equal(of('public'), undefined);
    assert.equal(of('unknown'), undefined);
  });
  it('falls back on two independent signals in the strings and comments of the module', () => {
    assert.equal(found([training(null)], 'x = "patients.csv"').length, 0);
    assert.equal(found([training(null)], 'x = "patients.csv"\n# diabetes diagnosis\ny = "insulin"').length, 1);
    assert.equal(found([training(null)], 'patients = diabetes = insulin = 1').length, 0);
    assert.equal(found([training(null)], 'x = "mimic-iii/notes"').length, 1);
    assert.equal(found([training(null)], '# mnist and cifar10, not "patients"').length, 0);
  });
});

describe('the project around a module', () => {
  it('says whose data it is where the module itself says nothing, unless it names public teaching data', () => {
    const around = ['patient', 'hospital'];
    assert.equal(found([training(null)], 'x = load()', 'DP001', around).length, 1);
    assert.equal(found([training(null)], 'x = load()', 'DP001').length, 0);
    assert.equal(found([training(null)], 'x = load("mnist.npz")', 'DP001', around).length, 0);
  });
  it('is one about people by many different words or by few said often', () => {
    assert.deepEqual(projectPeople('wearable heart-rate and blood pressure of citizens, health-risk'), [
      'wearable',
      'heart-rate',
      'blood pressure',
    ]);
    assert.equal(signalsOf('GBaker/MedQA-USMLE-4-options')[0]?.kind, 'toy');
    assert.equal(projectPeople('an EHR import').length, 0);
    assert.equal(projectPeople('Verkehr auf der mehrspurigen Strasse, mehr und mehr').length, 0);
  });
});

describe('one record and many', () => {
  const logged = (value: Evidence): Event => ({ ...base, id: 6, kind: 'log', sink: 'print', values: [value] });
  const sources = [source('inferred')];
  it('an aggregate of confidences is no leak', () => {
    const taint = Taint.confidence;
    assert.equal(found([logged(evidence({ taint, sources, strength: 'derived' }))], '', 'LEAK001').length, 1);
    assert.equal(found([logged(evidence({ taint, sources, strength: 'aggregate' }))], '', 'LEAK001').length, 0);
  });
  it('a key alone is possible, a key with a birth date likely, a name certain', () => {
    const tier = (names: readonly string[], taint: number) =>
      found([logged(evidence({ taint, sources, columns: { names, complete: true } }))], '', 'PHI002')[0]?.tier;
    assert.equal(tier(['subject_id', 'glucose'], Taint.subjectKey), 'possible');
    assert.equal(tier(['subject_id', 'dob'], Taint.subjectKey | Taint.quasiIdentifier), 'likely');
    assert.equal(tier(['patient_name'], Taint.identifier), 'certain');
    assert.equal(tier(['glucose'], Taint.records), undefined);
  });
});

describe('the catalogue', () => {
  it('has each id once, in the form that suppressions use', () => {
    const ids = rules.map(rule => rule.id);
    assert.equal(new Set(ids).size, ids.length);
    for (const rule of rules) {
      assert.match(rule.id, /^(DP|LEAK|PHI|MEM|GOV)\d{3}$/);
      assert.match(rule.name, /^[a-z]+(-[a-z]+)*$/);
    }
  });
  it('is possible at most in test code', () => {
    const events = [training(evidence({ taint: Taint.records, sources: [source('declared')] }))];
    const tier = (path: string, text = '') =>
      check(
        rules.filter(rule => rule.id === 'DP001'),
        makeContext({ run: { path, events, limited: false }, text }),
      ).map(finding => finding.tier);
    assert.deepEqual(tier('src/train.py'), ['certain']);
    assert.deepEqual(tier('src/train_test.py', 'def test_loss():\n    assert fit() < 1'), ['possible']);
    assert.deepEqual(tier('src/test_train.py', 'import pytest'), ['possible']);
    // A script that tests a model on people's rows, and calls itself so.
    assert.deepEqual(tier('src/test_model.py', 'def test_model(loader):\n    print(loader)'), ['certain']);
    assert.deepEqual(tier('tests/unit/steps.py'), ['possible']);
  });
});
