import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { inWebview, PATIENCE, problem, type Scenario, squiggle } from '../scenario';

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
        await inWebview(window, /Can be run here\.\s*As the network MLP that train\.py builds[\s\S]*net\.0\.weight/);
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
    {
      name: 'says at a path of data how many rows and columns it has, and opens it',
      run: async window => {
        await window.openFile('train.py');
        await window.goToLine(20);
        await window.hover('read_csv("data.csv")', 'data.csv', /rows\s+18,639[\s\S]*columns\s+27[\s\S]*person_id/);
        await window.shot('data-hover');
        await window.page.keyboard.press('Escape');
        await window.follow('read_csv("data.csv")', 'data.csv');
        await window.page.waitForSelector('.tab.active[data-resource-name="data.csv"]', { timeout: PATIENCE });
      },
    },
    {
      name: 'says what is in a folder of data, and shows it in the explorer',
      run: async window => {
        mkdirSync(join(window.folder, 'scans', 'ill'), { recursive: true });
        window.write('scans/ill/1.png', '');
        window.write('look.py', 'from torchvision.datasets import ImageFolder\n\npictures = ImageFolder("scans")\n');
        await window.openFile('look.py');
        await window.hover('ImageFolder("scans")', 'scans', /files\s+1: 1 \.png/);
        await window.page.keyboard.press('Escape');
        await window.follow('ImageFolder("scans")', 'scans');
        const row = '.explorer-folders-view .monaco-list-row.selected[aria-label^="scans"]';
        await window.page.waitForSelector(row, { timeout: PATIENCE });
      },
    },
  ],
};
