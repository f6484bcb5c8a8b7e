import assert from 'node:assert/strict';
import { Worker } from 'node:worker_threads';
import { canTell, ownTask, timeOf } from './thread-time';

describe('the time of a thread', () => {
  before(function () {
    if (!canTell) this.skip();
  });

  it('grows with its own work and not with that of another', async () => {
    const own = ownTask();
    assert.ok(own !== null);
    const before = timeOf(own)!;
    const busy = new Worker('const end = Date.now() + 400; while (Date.now() < end);', { eval: true });
    await new Promise(resolve => busy.on('exit', resolve));
    const meanwhile = timeOf(own)! - before;
    const started = process.cpuUsage();
    while (process.cpuUsage(started).user < 200_000);
    const worked = timeOf(own)! - before - meanwhile;
    assert.ok(worked >= 100, `${worked} ms of 200`);
    assert.ok(meanwhile < 200, `${meanwhile} ms while another worked 400`);
  });

  it('is not told of a thread that is not there', () => {
    assert.equal(timeOf('0'), null);
  });
});
