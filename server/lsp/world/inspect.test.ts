import assert from 'node:assert/strict';
import { join } from 'node:path';
import { inspect } from './inspect';

const file = (name: string): string => join(__dirname, '..', '..', '..', 'test', 'fixtures', 'networks', name);

describe('the page of weights without an architecture', () => {
  const page = async (script: string | null) => {
    const found = await inspect({ path: file('cnn2d.pt'), script: script && file(script) });
    assert.equal(found.kind, 'inspected');
    return found;
  };

  it('says that they cannot be run alone', async () => {
    const { runnable, why } = await page(null);
    assert.deepEqual([runnable, /without an architecture/.test(why)], [false, true]);
  });

  it('says that they can be run as the network that their script builds', async () => {
    const { runnable, why, architecture } = await page('cnn2d.py');
    assert.equal(runnable, true, why);
    assert.match(why, /^As the network \w+ that cnn2d\.py builds\.$/);
    assert.match(architecture ?? '', /Conv2d/);
  });

  it('says what of another script does not fit', async () => {
    const { runnable, why } = await page('cells.py');
    assert.equal(runnable, false);
    assert.match(why, /^cells\.py: ./);
  });
});
