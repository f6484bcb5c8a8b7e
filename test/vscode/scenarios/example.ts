import assert from 'node:assert/strict';
import {
  audited,
  beside,
  clickLens,
  inWebview,
  lens,
  problem,
  type Scenario,
  sees,
  squiggle,
  toast,
  webviewWith,
} from '../scenario';

export const example: Scenario = {
  name: 'The example in a trusted window',
  trusted: true,
  steps: [
    {
      name: 'shows findings of the DP script as squiggles and in the Problems view',
      run: async window => {
        await window.openFile('train_dp.py');
        await window.goToLine(50);
        await squiggle(window, 'train_dp.py');
        await problem(window, 'DP0', /epsilint\s*\(?DP\d{3}/);
        await window.shot('problems');
      },
    },
    {
      name: 'shows the budget above make_private',
      run: async window => {
        await window.openFile('train_dp.py');
        await window.goToLine(57);
        // By record at once; by person when the rows of each have been counted and the exact accountant is ready.
        await sees(window, lens, /a person ε = \d/);
        await window.shot('budget-lens');
      },
    },
    {
      name: 'hovers with accountant, relation, sampling, unit and origins',
      run: async window => {
        await window.openFile('train_dp.py');
        await window.goToLine(57);
        await sees(window, lens, /ε/);
        await window.hover('privacy_engine.make_private(', 'make_private', /neighbouring relation/);
        await window.shot('budget-hover');
      },
    },
    {
      name: 'opens the budget explorer from the lens',
      run: async window => {
        await window.openFile('train_dp.py');
        await window.goToLine(57);
        await clickLens(window, 'train_dp.py', 'ε', beside(window));
        await inWebview(window, /Noise multiplier/);
        await inWebview(window, /a person ε = \d/);
        await webviewWith(window, '#chart svg path');
        await window.page.waitForTimeout(500);
        await window.shot('budget-explorer');
      },
    },
    {
      name: 'audits from the palette and leaves a diagnostic on the line that saves the model',
      run: async window => {
        await window.openFile('train.py');
        await window.command('Epsilint: Quick audit');
        await sees(window, toast, /AUC/);
        await problem(window, 'AUD001');
        await window.openFile('train.py');
        await window.goToLine(66);
        await squiggle(window, 'train.py');
        await window.shot('audit');
      },
    },
    {
      name: 'shows the report',
      run: async window => {
        await window.openFile('train.py');
        await window.command('Epsilint: Show report');
        await inWebview(window, /AUC/);
        await window.page.waitForTimeout(1000);
        await window.shot('report');
      },
    },
    {
      name: 'audits the broken DP script from the lens and says that the claim is contradicted',
      run: async window => {
        await window.openFile('train_dp_broken.py');
        await window.goToLine(75);
        await clickLens(window, 'train_dp_broken.py', 'Quick audit', audited(window));
        await sees(window, toast, /claim|ε/i);
        await problem(window, 'AUD004');
      },
    },
    {
      name: 'cancels an audit',
      run: async window => {
        await window.openFile('train_dp.py');
        await window.command('Epsilint: Quick audit');
        // The toast of a running audit; its Cancel button is a link or an icon, by version of VS Code.
        const running = window.page.locator(toast, { hasText: 'Quick audit of' }).first();
        await running.waitFor();
        await running
          .getByRole('button', { name: /cancel/i })
          .first()
          .click();
        await running.waitFor({ state: 'detached' });
        assert.equal(await window.page.locator(toast, { hasText: 'AUC' }).count(), 0);
      },
    },
  ],
};
