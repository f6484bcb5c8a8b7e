import assert from 'node:assert/strict';
import { area, outOf100, range } from './words';

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

  it('give areas three decimals, so that columns line up', () => {
    assert.equal(area(0.65), '0.650');
    assert.equal(range({ low: 0.6, high: 0.7004 }), '0.600–0.700');
  });
});
