import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { mentions } from './text-search';

const patterns = [/(?:^|[^a-z])(iris|wine)(?![a-z])/i, /a.b/, /\bab\b/, /groupby\([^)\n]{0,6}["']x["']/];
const word = fc.constantFrom(
  'iris',
  'wines',
  'wine',
  'a',
  'b',
  'ab',
  'a-b',
  'groupby("x")',
  'groupby(',
  '"x"',
  ' ',
  '\n',
  '\n',
  '_',
);
const lines = fc.array(word, { maxLength: 30 }).map(words => words.join(''));

describe('words in a text that somebody types', () => {
  it('are found as if the whole text were read each time', () => {
    const edit = fc.record({ at: fc.nat(120), cut: fc.nat(6), put: lines });
    fc.assert(
      fc.property(lines, fc.array(edit, { maxLength: 10 }), (text, edits) => {
        let now = text;
        for (const { at, cut, put } of [{ at: 0, cut: 0, put: '' }, ...edits]) {
          const place = Math.min(at, now.length);
          now = now.slice(0, place) + put + now.slice(place + cut);
          for (const pattern of patterns) assert.equal(mentions(now, pattern), pattern.test(now), String(pattern));
        }
      }),
      { numRuns: 500 },
    );
  });
});
