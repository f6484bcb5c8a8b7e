import assert from 'node:assert/strict';
import { exportScript } from './export-script';

const plan = {
  script: 'train.py',
  checkpoint: 'model.pt',
  output: 'model.onnx',
  construction: 'Net(30, 2)',
  line: 12,
  row: [30],
};

describe('the script that exports a network', () => {
  it('names its files, the line and the shape, and loads weights only', () => {
    const text = exportScript(plan);
    assert.match(text, /^SCRIPT = HERE \/ "train\.py"$/m);
    assert.match(text, /^INPUT_SHAPE = \(1, 30\)$/m);
    assert.match(text, /^# Line 12 of the script\./m);
    assert.match(text, /^NETWORK = "Net\(30, 2\)"$/m);
    assert.match(text, /weights_only=True/);
  });

  it('keeps names that would end a text inside it', () => {
    const text = exportScript({ ...plan, script: 'a"""\nimport os.py', construction: 'Net("x\n")', row: null });
    assert.ok(text.startsWith('"""Exports the network of a    import os.py'));
    assert.match(text, /^SCRIPT = HERE \/ "a\\"\\"\\"\\nimport os\.py"$/m);
    assert.match(text, /^INPUT_SHAPE = \(1, \.\.\.\) {2}# fill in/m);
    assert.match(text, /^NETWORK = "Net\(\\"x\\n\\"\)"$/m);
  });
});
