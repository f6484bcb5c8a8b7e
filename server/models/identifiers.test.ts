import assert from 'node:assert/strict';
import { classifyColumn, classifyColumns } from './identifiers';
import { signalsOf } from './person-data';

describe('column names', () => {
  const cases: Readonly<Record<string, string | null>> = {
    patient_name: 'identifier',
    ssn: 'identifier',
    'Social Security Number': 'identifier',
    AccessionNumber: 'identifier',
    person_source_value: 'identifier',
    SUBJECT_ID: 'subject-key',
    PatientID: 'subject-key',
    'Patient ID': 'subject-key',
    hadm_id: 'subject-key',
    patientunitstayid: 'subject-key',
    DOB: 'quasi-identifier',
    year_of_birth: 'quasi-identifier',
    zip: 'quasi-identifier',
    race: 'protected',
    race_concept_id: 'protected',
    // Names that other dictionaries trip over.
    mean_age: null,
    age_loss: null,
    address_space: null,
    race_condition: null,
    device_id: null,
    phone2idx: null,
    username_field: null,
    language_model: null,
    file_name: null,
    num_uncertainty: null,
    PatientOrientation: null,
    id: null,
    name: null,
  };
  for (const [name, kind] of Object.entries(cases))
    it(`${name} is ${kind ?? 'nothing'}`, () => assert.equal(classifyColumn(name), kind));
  it('a lone `name` counts beside other identifiers only', () => {
    assert.equal(classifyColumns(['name', 'glucose']).size, 0);
    assert.equal(classifyColumns(['name', 'ssn']).get('name'), 'identifier');
  });
});

describe('names of data', () => {
  const kinds = (text: string) => signalsOf(text).map(signal => signal.kind);
  it('knows clinical sources, clinical words and teaching data', () => {
    assert.ok(kinds('/data/mimic-iii/NOTEEVENTS.csv').includes('known'));
    assert.ok(kinds('./ptb-xl/records').includes('known'));
    assert.deepEqual(kinds('diabetes.csv'), ['clinical']);
    assert.deepEqual(kinds('cifar10'), ['toy']);
    assert.deepEqual(kinds('FashionMNIST'), ['toy']);
    assert.deepEqual(kinds('imagenet1k/train'), ['toy']);
    assert.deepEqual(kinds('houses.csv'), []);
  });
});
