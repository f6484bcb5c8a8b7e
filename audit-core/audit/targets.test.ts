import assert from 'node:assert/strict';
import { attack } from '../attacks/attacks';
import type { Runtime, Tensor } from '../runtime/runtime';
import type { AuditData } from './inputs';
import { scoresOf } from './targets';

const runtime = (outputKind: Runtime['outputKind'], dtype = 'float32'): Runtime => ({
  inputs: [],
  outputs: [{ name: 'out', shape: [-1], dtype }],
  outputKind,
  predict: async () => ({ data: new Float32Array(0), shape: [0] }),
  dispose: () => {},
});
const data = (more: Partial<AuditData>): AuditData => ({
  features: { data: new Float32Array(4), shape: [4, 1] },
  rows: 4,
  columns: [],
  target: 'classes',
  labels: Int32Array.of(0, 1, 1, 0),
  targets: null,
  members: Uint8Array.of(1, 1, 0, 0),
  people: null,
  groups: [],
  assumptions: [],
  ...more,
});
const tensor = (values: number[], ...shape: number[]): Tensor => ({ data: Float32Array.from(values), shape });

describe('scores by kind of target', () => {
  it('sums cross-entropies of a multi-label head, logits and probabilities alike', () => {
    const targets = { data: Float64Array.of(1, 0, 0, 0, 1, 1, 0, 1), width: 2 };
    const many = data({ target: 'multi-label', labels: new Int32Array(0), targets });
    const logits = [2, -1, 0.5, -3, 1, 4, -2, 0];
    const sigmoid = logits.map(z => 1 / (1 + Math.exp(-z)));
    const ofLogits = scoresOf(many, { runtime: runtime('logits'), outputs: tensor(logits, 4, 2) }, []);
    const ofShares = scoresOf(many, { runtime: runtime('probabilities'), outputs: tensor(sigmoid, 4, 2) }, []);
    for (let row = 0; row < 4; row++) {
      let wanted = 0;
      for (const at of [2 * row, 2 * row + 1]) wanted -= Math.log(targets.data[at] ? sigmoid[at]! : 1 - sigmoid[at]!);
      assert.ok(Math.abs(ofLogits.losses![row]! - wanted) < 1e-6);
      assert.ok(Math.abs(ofShares.losses![row]! - wanted) < 1e-5);
    }
  });

  it('takes squared errors in units of each target’s variance', () => {
    // The second target is the first in another unit: both count alike.
    const targets = { data: Float64Array.of(0, 0, 1, 100, 2, 200, 3, 300), width: 2 };
    const numbers = data({ target: 'regression', labels: new Int32Array(0), targets });
    const outputs = tensor([1, 100, 1, 100, 1, 100, 1, 100], 4, 2);
    const { losses, lossKind } = scoresOf(numbers, { runtime: runtime('regression'), outputs }, []);
    const variance = 1.25;
    assert.equal(lossKind, 'squared-error');
    for (const [row, error] of [1, 0, 1, 4].entries())
      assert.ok(Math.abs(losses![row]! - (2 * error) / variance) < 1e-9, `row ${row}`);
    assert.match(
      attack(scoresOf(numbers, { runtime: runtime('regression'), outputs }, [])).notes.join(' '),
      /squared error/,
    );
  });

  it('has right or wrong alone where a model gives labels', () => {
    const answered = { runtime: runtime('unknown', 'int64'), outputs: tensor([0, 1, 0, 0], 4) };
    const attacked = attack(scoresOf(data({}), answered, []));
    assert.deepEqual(
      attacked.attacks.map(({ name, scores }) => [name, [...scores]]),
      [['gap', [1, 1, 0, 1]]],
    );
  });

  it('takes a reference for a model that saw none of the rows: difference and log ratio, no LiRA from one', () => {
    const outputs = tensor([2, 0, 0, 2, 1, 1, 3, 0], 4, 2);
    const base = { runtime: runtime('logits'), outputs: tensor([1, 0, 0, 1, 1, 0, 1, 0], 4, 2) };
    const arrays = scoresOf(data({}), { runtime: runtime('logits'), outputs }, [base]);
    assert.equal(arrays.models, 2);
    assert.deepEqual([...arrays.members.subarray(4)], [0, 0, 0, 0]);
    const names = attack(arrays).attacks.map(({ name }) => name);
    assert.deepEqual(names.slice(-2), ['difference', 'rmia']);
    const difference = attack(arrays).attacks.find(({ name }) => name === 'difference')!.scores;
    // φ of two classes is the label's logit minus the other: 2 − 1, 2 − 1, 0 − (−1), 3 − 1.
    assert.deepEqual(
      Array.from(difference, value => Math.round(1e6 * value) / 1e6),
      [1, 1, 1, 2],
    );
  });

  it('refuses a label that the model does not have, by row and not by value', () => {
    const wrong = data({ labels: Int32Array.of(0, 7, 1, 0) });
    const outputs = tensor([2, 0, 0, 2, 1, 1, 3, 0], 4, 2);
    assert.throws(
      () => scoresOf(wrong, { runtime: runtime('logits'), outputs }, []),
      /label of row 1 is not between 0 and 1/,
    );
  });
});
