import assert from 'node:assert/strict';
import { type AuditFigures, compareAudits } from './compare';

const figures = (auc: number, half: number, more: Partial<AuditFigures> = {}): AuditFigures => ({
  gatePassed: true,
  records: { members: 1000, nonMembers: 1000 },
  people: null,
  references: 0,
  attacks: [
    {
      name: 'confidence',
      level: 'record',
      join: null,
      auc: { value: auc, low: auc - half, high: auc + half },
      tpr: [{ fpr: 0.1, tpr: 0.2, low: 0.18, high: 0.22 }],
    },
  ],
  bounds: [{ level: 'record', delta: 1e-5, value: 1.5, ceiling: 5 }],
  claim: null,
  contradicted: null,
  exposure: null,
  accuracy: null,
  ...more,
});
const subjects = { date: '2026-01-02T00:00:00.000Z', sameMembers: true };

describe('two audits side by side', () => {
  it('calls a change real only where its interval leaves out 0', () => {
    // Half-widths .03 and .04 give .05 in quadrature.
    const [row] = compareAudits(figures(0.7, 0.03), figures(0.6, 0.04), subjects).figures;
    assert.ok(row?.change && Math.abs(row.change.low - -0.15) < 1e-12 && Math.abs(row.change.high - -0.05) < 1e-12);
    assert.equal(row.beyondChance, true);
    const [close] = compareAudits(figures(0.7, 0.03), figures(0.66, 0.04), subjects).figures;
    assert.equal(close?.beyondChance, false);
  });

  it('compares rates and bounds of the same kind only', () => {
    const { figures: rows } = compareAudits(figures(0.7, 0.03), figures(0.7, 0.03), subjects);
    assert.deepEqual(
      rows.map(({ what }) => what),
      ['AUC, confidence', 'TPR at FPR ≤ 10 %, confidence', 'Certified ε per record'],
    );
    const other = figures(0.7, 0.03, { attacks: [], bounds: [{ level: 'person', delta: 1e-5, value: 1, ceiling: 5 }] });
    assert.deepEqual(compareAudits(other, figures(0.7, 0.03), subjects).figures, []);
  });

  it('says what keeps two audits from being compared', () => {
    const before = figures(0.7, 0.03, { gatePassed: false, references: 16 });
    const { notes } = compareAudits(before, figures(0.7, 0.03), { date: null, sameMembers: false });
    assert.equal(notes.length, 3);
    assert.match(notes.join(' '), /gate.*other people.*16 reference models/s);
  });
});
