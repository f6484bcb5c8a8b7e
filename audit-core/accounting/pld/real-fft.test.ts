import assert from 'node:assert/strict';
import { realOf, spectrumOf } from './real-fft';

describe('the real transform', () => {
  const mirror = (value: number, bits: number): number =>
    Array.from({ length: bits }, (_, b) => ((value >> b) & 1) << (bits - 1 - b)).reduce((a, b) => a + b, 0);

  for (const size of [4, 8, 32, 64])
    it(`is the sum that defines it, and comes back (${size})`, () => {
      const values = Float64Array.from({ length: size }, (_, i) => Math.sin(3 * i) + i / size);
      const spectrum = spectrumOf(values);
      const half = size / 2;
      for (let p = 1; p < half; p++) {
        const k = mirror(p, Math.log2(half));
        let [re, im] = [0, 0];
        values.forEach((value, j) => {
          re += value * Math.cos((2 * Math.PI * k * j) / size);
          im -= value * Math.sin((2 * Math.PI * k * j) / size);
        });
        assert.ok(Math.hypot(re - spectrum.re[p]!, im - spectrum.im[p]!) < 1e-11);
      }
      realOf(spectrum).forEach((value, i) => {
        assert.ok(Math.abs(value - values[i]!) < 1e-13);
      });
    });
});
