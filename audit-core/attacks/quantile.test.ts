import assert from 'node:assert/strict';
import { uniformStream } from '../statistics/random';
import { auc, rank } from '../statistics/ranking';
import { quantileScores } from './quantile';

const rows = 4000;
const uniform = uniformStream(11);
const normal = (): number => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
const data = Float32Array.from({ length: rows }, () => uniform() * 4 - 2);
const members = Uint8Array.from({ length: rows }, (_, row) => row % 2);
const input = { features: { data, width: 1 }, labels: new Int32Array(rows), classes: 2, members, people: null };

describe('the cross-fitted quantile score', () => {
  it('takes difficulty out: a lead of one deviation is found whatever the record', () => {
    // Easy and hard records differ by far more than members do: φ alone hides what z shows.
    const confidence = Float64Array.from(data, (x, row) => 6 * x + normal() + members[row]!);
    const z = quantileScores({ ...input, confidence })!;
    const plain = auc(rank(confidence, members));
    const adjusted = auc(rank(z, members));
    // Φ(1/√2) = .760 is what a perfect adjustment would give.
    assert.ok(plain < 0.58, `plain ${plain}`);
    assert.ok(adjusted > 0.72 && adjusted < 0.79, `adjusted ${adjusted}`);
  });

  it('weighs by the spread of records like it', () => {
    const spread = (x: number): number => (x > 0 ? 5 : 0.5);
    const confidence = Float64Array.from(data, (x, row) => spread(x) * (normal() + members[row]!));
    const z = quantileScores({ ...input, confidence })!;
    const adjusted = auc(rank(z, members));
    assert.ok(adjusted > 0.72, `adjusted ${adjusted}`);
    const high = Array.from(z).filter((_, row) => data[row]! > 0 && members[row] === 0);
    const low = Array.from(z).filter((_, row) => data[row]! <= 0 && members[row] === 0);
    const deviation = (v: number[]): number => Math.sqrt(v.reduce((s, x) => s + x * x, 0) / v.length);
    // The two spreads differ by 10; what is left of that is the error of the two regressions.
    for (const side of [high, low]) assert.ok(deviation(side) > 0.7 && deviation(side) < 1.5, `${deviation(side)}`);
  });

  it('finds nothing where nothing is', () => {
    const confidence = Float64Array.from(data, x => 6 * x + normal());
    const z = quantileScores({ ...input, confidence })!;
    assert.ok(Math.abs(auc(rank(z, members)) - 0.5) < 4 * 0.0091);
  });

  it('wants enough non-members to learn from', () => {
    const few = Uint8Array.from({ length: rows }, (_, row) => (row < 100 ? 0 : 1));
    assert.equal(quantileScores({ ...input, members: few, confidence: Float64Array.from(data) }), null);
  });
});
