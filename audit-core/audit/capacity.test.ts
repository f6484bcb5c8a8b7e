import assert from 'node:assert/strict';
import { capacitySentence } from './capacity';

describe('the note on capacity', () => {
  it('says how much room there is for each person, and when a record fits whole', () => {
    assert.equal(
      capacitySentence(72_963, 2300),
      'The model has 73,000 parameters for 2,300 people in training, 31.7 for each; from 1,000 on there is room to store every record whole (MEM005).',
    );
    assert.match(
      capacitySentence(11_000_000, 2000)!,
      /5,500 for each: there is room to store every record whole \(MEM005\)/,
    );
    assert.equal(capacitySentence(0, 2000), null);
    assert.equal(capacitySentence(10, 0), null);
  });
});
