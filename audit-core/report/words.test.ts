import assert from 'node:assert/strict';
import type { AttackResult, AuditResult } from '../audit/result';
import { htmlReport } from './html';
import { area, inSentence, outOf100, range, sentence } from './words';

/** An audit whose average shows nothing although three people stand out. */
const tail: AuditResult = {
  version: 1,
  gate: { passed: true, checks: [] },
  records: { members: 900, nonMembers: 900 },
  people: { key: 'person', members: 300, nonMembers: 300, maxRecords: 3 },
  attacks: [quiet('confidence')],
  references: 32,
  epsilonLowerBounds: [],
  claimedEpsilon: null,
  contradicted: null,
  groups: [],
  subgroups: [],
  exposure: { survival: [], records: [], joint: [], named: 3, references: 32, pairs: 16, test: 'paired-t' },
  positivePredictiveValue: [],
  accuracy: null,
  assumptions: [],
  warnings: [],
};

function quiet(name: string): AttackResult {
  return { name, level: 'record', join: null, auc: { value: 0.51, low: 0.48, high: 0.54 }, tpr: [] };
}

describe('words of a report', () => {
  it('say 100 of 100 only where it is certain', () => {
    assert.deepEqual([1, 0.9996, 0.994, 0.5, 0.004, 0].map(outOf100), [
      '100',
      'more than 99',
      '99',
      '50',
      'less than 1',
      '0',
    ]);
  });

  it('never call an audit quiet in which somebody is exposed', () => {
    const subject = { name: 'model.pt', script: null, date: '2026-01-01T00:00:00Z', version: '1' };
    const page = htmlReport(
      { result: tail, charts: { roc: [], distribution: null, survival: null }, exposed: null },
      subject,
    );
    assert.match(page, /badge exposed">Single people are exposed/);
    assert.doesNotMatch(page, /badge quiet/);
    assert.match(page, /although the average shows nothing/);
    assert.match(sentence(tail), /not told from non-members by this probe.*; 3 people are exposed beyond chance\.$/);
    const none = { ...tail, exposure: { ...tail.exposure!, named: 0 } };
    assert.match(
      htmlReport({ result: none, charts: { roc: [], distribution: null, survival: null }, exposed: null }, subject),
      /badge quiet/,
    );
  });

  it('keep abbreviations within a sentence', () => {
    assert.deepEqual(['LiRA, online', 'RMIA, offline', 'Modified entropy'].map(inSentence), [
      'LiRA, online',
      'RMIA, offline',
      'modified entropy',
    ]);
  });

  it('give areas three decimals, so that columns line up', () => {
    assert.equal(area(0.65), '0.650');
    assert.equal(range({ low: 0.6, high: 0.7004 }), '0.600–0.700');
  });
});
