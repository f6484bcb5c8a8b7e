import assert from 'node:assert/strict';
import type { AuditResult } from '../audit/result';
import { dpBound } from './dp-bound';
import { htmlReport } from './html';
import { markdownReport } from './markdown';
import { textReport } from './text';

const result: AuditResult = {
  version: 1,
  gate: { passed: true, checks: [] },
  records: { members: 4000, nonMembers: 4000 },
  people: { key: 'person', members: 1000, nonMembers: 1000, maxRecords: 9 },
  attacks: [
    {
      name: 'lira-online-pooled',
      level: 'person',
      join: 'mean',
      auc: { value: 0.72, low: 0.7, high: 0.74 },
      tpr: [{ fpr: 0.01, tpr: 0.123, low: 0.1, high: 0.15 }],
    },
  ],
  references: 32,
  epsilonLowerBounds: [],
  claimedEpsilon: null,
  contradicted: null,
  groups: [],
  subgroups: [],
  exposure: { survival: [], records: [], joint: [], named: 12, references: 32, pairs: 16, test: 'paired-t' },
  positivePredictiveValue: [],
  accuracy: null,
  assumptions: [],
  warnings: [],
};

describe('what patient-level DP at ε = 8 would bound', () => {
  it('stands beside what was measured', () => {
    const bound = dpBound(result)!;
    assert.equal(bound.question, 'What would patient-level DP at ε = 8 bound this to?');
    // Gaussian: μ 1.66603, Φ(μ/√2) and Φ(Φ⁻¹(.01) + μ) by SciPy. Any mechanism: 1 − e⁻⁸(1 − δ − .01) = .99967.
    assert.deepEqual(
      bound.rows.map(([, auc, tpr]) => [auc, tpr]),
      [
        ['0.720 (0.700–0.740)', '12.3 %'],
        ['0.881', '25.5 %'],
        ['0.9997', '99.97 %'],
      ],
    );
  });

  it('is in every report of a shadow audit, and in none without reference models', () => {
    const subject = { name: 'model.onnx', script: 'train.py', date: '2026-01-02T00:00:00.000Z', version: '1' };
    const all = (of: AuditResult) => [
      textReport(of, subject),
      markdownReport(of, subject),
      htmlReport({ result: of, charts: { roc: [], distribution: null, survival: null }, exposed: null }, subject),
    ];
    for (const report of all(result))
      for (const words of ['DP at ε = 8', '0.881', '25.5 %']) assert.ok(report.includes(words));
    for (const report of all({ ...result, exposure: null })) assert.ok(!report.includes('DP at ε = 8'));
  });

  it('takes the claimed δ, and speaks of records where no people are known', () => {
    const claimedEpsilon = { value: 3, delta: 1e-3, unit: 'record', origin: 'x', personValue: null } as const;
    const { question, note, rows } = dpBound({
      ...result,
      people: null,
      claimedEpsilon,
      attacks: result.attacks.map(attack => ({ ...attack, level: 'record', join: null })),
    })!;
    assert.match(question, /record-level/);
    assert.match(note, /δ = 0\.001, per record/);
    assert.ok(Number(rows[1]![1]) > 0.881);
  });
});
