import assert from 'node:assert/strict';
import { workLimit } from './work-limit';

/** Milliseconds until the limit says stop, with a meter that runs at a share of the clock. */
async function timeUntilOver(limit: number, share: number): Promise<number> {
  const begun = performance.now();
  await workLimit(limit, () => share * (performance.now() - begun)).over;
  return performance.now() - begun;
}

describe('a limit on work', () => {
  it('is the limit itself for work that is never made to wait', async () => {
    const passed = await timeUntilOver(60, 1);
    assert.ok(passed >= 59, `${passed} ms`);
    // Two threads at once use more CPU time than time passes: the clock counts then.
    assert.ok((await timeUntilOver(60, 2)) >= 59);
  });

  it('waits for work that gets a quarter of the machine, and not for ever', async () => {
    const quarter = await timeUntilOver(60, 0.25);
    assert.ok(quarter >= 235, `${quarter} ms`);
    const nothing = await timeUntilOver(30, 0);
    assert.ok(nothing >= 235, `${nothing} ms`);
  });

  it('can be ended', async () => {
    const limit = workLimit(40);
    limit.end();
    const first = await Promise.race([limit.over, new Promise(resolve => setTimeout(resolve, 500, 'nothing'))]);
    assert.equal(first, 'nothing');
  });
});
