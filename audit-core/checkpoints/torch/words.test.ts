import assert from 'node:assert/strict';
import { wordsOfWeights } from './words';

const tensors = (shapes: Readonly<Record<string, readonly number[]>>) =>
  Object.entries(shapes).map(([name, shape]) => ({ name, shape, dtype: 'float32' }));

describe('a state dict in words', () => {
  it('names layers by their tensors', () => {
    assert.equal(
      wordsOfWeights(
        tensors({
          'conv.weight': [8, 3, 3, 3],
          'bn.weight': [8],
          'bn.running_mean': [8],
          'a.weight': [4, 4],
          'a.bias': [4],
          'b.weight': [4, 4],
          'b.bias': [4],
          'rnn.weight_ih_l0': [20, 4],
          'rnn.weight_hh_l0': [20, 5],
          'rnn.weight_ih_l0_reverse': [20, 4],
        }),
      ),
      'Conv2d 3×3, 8 × 3 channels, BatchNorm 8, 2× Linear 4 → 4, LSTM 5, both ways',
    );
    assert.equal(wordsOfWeights(tensors({ step: [] })), null);
  });
});
