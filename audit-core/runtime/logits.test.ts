import assert from 'node:assert/strict';
import { classScores } from './logits';

describe('class scores', () => {
  it('turns probabilities into logits that softmax turns back', () => {
    const { logits, classes, kind } = classScores({ data: Float64Array.of(0.1, 0.85, 0.05), shape: [1, 3] }, 'unknown');
    assert.equal(kind, 'probabilities');
    assert.equal(classes, 3);
    const total = logits.reduce((sum, value) => sum + Math.exp(value), 0);
    assert.ok(Math.abs(Math.exp(logits[1] ?? 0) / total - 0.85) < 1e-12);
  });

  it('gives a single logit two classes', () => {
    const { logits } = classScores({ data: Float64Array.of(-2, 3), shape: [2, 1] }, 'unknown');
    assert.deepEqual([...logits], [0, -2, 0, 3]);
  });
});
