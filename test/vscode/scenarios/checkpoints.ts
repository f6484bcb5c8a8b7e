import { inWebview, problem, type Scenario, squiggle } from '../scenario';

/** Calls `os.system` when it is unpickled; protocol 0, as text. */
const hostile = "cos\nsystem\n(S'echo epsilint'\ntR.";

export const checkpoints: Scenario = {
  name: 'Checkpoint files',
  trusted: true,
  steps: [
    {
      name: 'opens a state dict as a page with its tensors',
      run: async window => {
        await window.openFile('model.pt');
        await inWebview(window, /net\.0\.weight/);
        await window.page.waitForTimeout(500);
        await window.shot('checkpoint');
      },
    },
    {
      name: 'opens an ONNX file and says that it can be run',
      run: async window => {
        await window.openFile('model.onnx');
        await inWebview(window, /Can be run here/);
      },
    },
    {
      name: 'says what a hostile pickle would do, in its page and at the line that loads it',
      run: async window => {
        window.write('weights.pkl', hostile);
        window.write('use.py', 'import torch\n\nmodel = torch.load("weights.pkl")\n');
        await window.openFile('weights.pkl');
        await inWebview(window, /More than weights[\s\S]*system/);
        await window.shot('checkpoint-hazard');
        await window.openFile('use.py');
        await squiggle(window, 'use.py');
        await problem(window, 'AUD005');
      },
    },
    {
      name: 'says at the path in the script what the file holds',
      run: async window => {
        await window.openFile('train.py');
        await window.goToLine(70);
        await window.hover('"model.pt"', 'model.pt', /parameters/);
      },
    },
  ],
};
