import assert from 'node:assert/strict';
import { binned, fitBoosted } from './boosting';
import { uniformStream } from './random';
import { auc, rank } from './ranking';

const rows = 4000;
const uniform = uniformStream(3);
const values = Float64Array.from({ length: 2 * rows }, () => uniform() * 2 - 1);
const all = Int32Array.from({ length: rows }, (_, row) => row);
const [train, rest] = [all.subarray(0, rows / 2), all.subarray(rows / 2)];

describe('boosted trees', () => {
  it('learn what no line can: members where two inputs have the same sign', () => {
    const target = Uint8Array.from(all, row => (values[2 * row]! * values[2 * row + 1]! > 0 ? 1 : 0));
    const score = fitBoosted(binned(values, rows, 2), train, target, { loss: 'logistic' });
    const unseen = rank(
      Float64Array.from(rest, row => score(row)),
      Uint8Array.from(rest, row => target[row]!),
    );
    assert.ok(auc(unseen) > 0.97, `AUC ${auc(unseen)}`);
  });

  it('learn nothing from labels that are noise', () => {
    const target = Uint8Array.from(all, () => (uniform() < 0.5 ? 1 : 0));
    const score = fitBoosted(binned(values, rows, 2), train, target, { loss: 'logistic' });
    const unseen = rank(
      Float64Array.from(rest, row => score(row)),
      Uint8Array.from(rest, row => target[row]!),
    );
    // Four standard deviations of a chance AUC of 1000 and 1000.
    assert.ok(Math.abs(auc(unseen) - 0.5) < 4 * 0.0129, `AUC ${auc(unseen)}`);
  });

  it('fit a curve by squared error, missing values apart from small ones', () => {
    const gaps = values.slice();
    for (let row = 0; row < rows; row += 5) gaps[2 * row] = Number.NaN;
    const truth = (row: number): number => (Number.isNaN(gaps[2 * row]!) ? 3 : Math.sin(3 * gaps[2 * row]!));
    const target = Float64Array.from(all, truth);
    const score = fitBoosted(binned(gaps, rows, 2), train, target, { loss: 'squared' });
    const error = rest.reduce((sum, row) => sum + (score(row) - truth(row)) ** 2, 0) / rest.length;
    assert.ok(error < 0.02, `mean squared error ${error}`);
  });

  it('bins equal values together and missing ones alone', () => {
    const codes = Array.from(binned(Float64Array.of(1, 1, Number.NaN, 2, 1, 5), 6, 1).codes);
    assert.equal(codes[2], 0);
    assert.equal(new Set([codes[0], codes[1], codes[4]]).size, 1);
    assert.ok(codes[0]! < codes[3]! && codes[3]! <= codes[5]! && codes[0]! > 0);
  });
});
