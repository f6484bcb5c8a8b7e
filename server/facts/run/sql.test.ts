import assert from 'node:assert/strict';
import { readQuery } from './sql';

describe('queries', () => {
  it('name their tables and columns', () => {
    const text = `SELECT p.patient_id, max(r.score) AS top, r.probability::float AS probability, admission_type
      FROM patients p JOIN "risk_scores" r ON p.patient_id = r.patient_id WHERE p.name = 'x, y' ORDER BY 1`;
    assert.deepEqual(readQuery(text), {
      tables: ['patients', 'risk_scores'],
      columns: ['patient_id', 'top', 'probability', 'admission_type'],
      complete: true,
    });
  });
  it('say so where not all columns are named', () => {
    assert.deepEqual(readQuery('select * from visits'), { tables: ['visits'], columns: [], complete: false });
    assert.deepEqual(readQuery('SELECT count(*), day FROM visits')?.columns, ['day']);
  });
  it('are told from other texts', () => assert.equal(readQuery('data/visits.csv'), null));
});
