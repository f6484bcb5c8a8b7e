import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { unzipSync, zipSync } from 'fflate';
import { bytesSource } from '../byte-source';
import { openCheckpoint } from '../index';

const path = join(__dirname, '../../../test/fixtures/networks/group_then_power_scripted.pt');

/** The archive of a scripted network with a function more in its code. */
async function withFunction(body: string) {
  const entries = unzipSync(new Uint8Array(readFileSync(path)));
  const file = Object.keys(entries).find(name => name.endsWith('functional.py'));
  assert.ok(file);
  const code = `${new TextDecoder().decode(entries[file])}def more(x: Tensor) -> Tensor:\n  ${body}\n  return x\n`;
  const changed = zipSync({ ...entries, [file]: new TextEncoder().encode(code) }, { level: 0 });
  return (await openCheckpoint(bytesSource('model.pt', changed))).inspection;
}

describe('code of TorchScript archives', () => {
  it('is a hazard where it reaches outside the tensors', async () => {
    for (const body of ['print("x")', 'ops.mine.act(x)', 'ops . mine.act(x)', 'torch.ops.prim.Print(x)']) {
      const { hazards, runnable } = await withFunction(body);
      assert.equal(hazards.length, 1, body);
      assert.equal(runnable, false, body);
    }
  });

  it('is none for a class of a module that is called ops, nor for the words of a message', async () => {
    for (const body of ['y = __torch__.torchvision.ops.misc.norm(x)', '_0 = "Please open (or print) an issue"']) {
      const { hazards, runnable } = await withFunction(body);
      assert.deepEqual(hazards, [], body);
      assert.equal(runnable, true, body);
    }
  });
});
