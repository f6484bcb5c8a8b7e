import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Scenario, sees, toast, viewLines } from '../scenario';

/** The rows of the example end a person here: a range of rows is a split of people. */
const half = '0:9003';

/** The example's script with a split that nobody can draw again. */
const unseeded = (script: string): string =>
  script.replace(', random_state=42', '').replace('np.random.seed(SEED)\n', '');

export const missingPiece: Scenario = {
  name: 'A script that does not tell who was trained on',
  trusted: true,
  steps: [
    {
      name: 'asks for the missing piece',
      run: async window => {
        window.write('train_unseeded.py', unseeded(window.read('train.py')));
        await window.openFile('train_unseeded.py');
        await sees(window, viewLines, /GroupShuffleSplit/);
        await window.command('Epsilint: Quick audit');
        await sees(window, '.quick-input-widget', /Which rows was the model trained on/, 60_000);
        await window.shot('missing-piece');
        await window.page.keyboard.type(half);
        await window.page.keyboard.press('Enter');
      },
    },
    {
      goesOn: true,
      name: 'shows what it would write, and writes it after a yes',
      run: async window => {
        await sees(window, '.monaco-dialog-box', /members = \{ rows = "0:9003" \}/);
        await window.shot('missing-piece-yes');
        assert.equal(existsSync(join(window.folder, 'epsilint.toml')), false);
        await window.page.locator('.monaco-dialog-box .monaco-button', { hasText: 'Write and audit' }).click();
        await sees(window, toast, /AUC|attack|members/i, 90_000);
        assert.match(readFileSync(join(window.folder, 'epsilint.toml'), 'utf8'), /script = "train_unseeded\.py"/);
      },
    },
    {
      name: 'does not ask again',
      run: async window => {
        await window.command('Notifications: Clear All Notifications');
        await window.openFile('train_unseeded.py');
        await window.command('Epsilint: Quick audit');
        await sees(window, toast, /AUC|attack|members/i, 90_000);
        assert.equal(await window.page.locator('.monaco-dialog-box').count(), 0);
      },
    },
  ],
};
