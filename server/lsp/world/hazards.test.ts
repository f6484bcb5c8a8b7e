import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hazardFindings } from './hazards';

describe('AUD005 in the editor', () => {
  const folder = mkdtempSync(join(tmpdir(), 'epsilint-hazards-'));
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('names what a pickle would call, and does not call it', async () => {
    const path = join(folder, 'model.pkl');
    writeFileSync(path, "cos\nsystem\n(S'echo epsilint-canary'\ntR.");
    const [finding] = await hazardFindings([path]);
    assert.equal(finding?.rule, 'AUD005');
    assert.match(finding.message, /model\.pkl holds more than weights: .*system/);
    assert.doesNotMatch(finding.message, /epsilint-canary/);
  });

  it('is silent on tensors alone, and on files that are not there', async () => {
    const example = join(__dirname, '..', '..', '..', 'examples', 'liver-visits');
    assert.deepEqual(
      await hazardFindings([join(example, 'model.pt'), join(example, 'model.onnx'), join(folder, 'none.pt')]),
      [],
    );
  });
});
