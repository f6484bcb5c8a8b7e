import assert from 'node:assert/strict';
import { inWebview, lens, problems, type Scenario, sees, toast, viewLines } from '../scenario';

export const example: Scenario = {
  name: 'The example in a trusted window',
  trusted: true,
  steps: [
    {
      name: 'shows findings of the DP script as squiggles and in the Problems view',
      run: async window => {
        await window.openFile('train_dp.py');
        await window.goToLine(50);
        await window.page
          .locator('.squiggly-warning, .squiggly-info, .squiggly-error')
          .first()
          .waitFor({ timeout: 60_000 });
        await window.command('View: Focus Problems');
        await sees(window, problems, /epsilint\s+DP\d{3}/);
        await window.shot('problems');
      },
    },
    {
      name: 'shows the budget above make_private',
      run: async window => {
        await window.openFile('train_dp.py');
        await window.goToLine(57);
        assert.match(await sees(window, lens, /ε/), /ε/);
        await window.shot('budget-lens');
      },
    },
    {
      name: 'hovers with accountant, relation, sampling, unit and origins',
      run: async window => {
        await window.goToLine(57);
        await window.hoverText('privacy_engine.make_private(', 'make_private');
        await sees(window, '.monaco-hover', /neighbouring relation/);
        await window.shot('budget-hover');
      },
    },
    {
      name: 'opens the budget explorer from the lens',
      run: async window => {
        await window.goToLine(57);
        await window.page.locator(`${lens} a`, { hasText: 'ε' }).first().click();
        await inWebview(window, /Noise multiplier/);
        await window.page.waitForTimeout(2500);
        await window.page.keyboard.press('Escape');
      },
    },
    {
      name: 'audits from the palette and leaves a diagnostic on the line that saves the model',
      run: async window => {
        await window.command('View: Close All Editors');
        await window.openFile('train.py');
        await sees(window, viewLines, /import/);
        await window.command('Epsilint: Quick audit');
        await sees(window, toast, /AUC/, 90_000);
        await window.command('View: Focus Problems');
        await sees(window, problems, /AUD001/);
        await window.shot('audit');
      },
    },
    {
      name: 'shows the report',
      run: async window => {
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
        await window.page.locator(lens, { hasText: 'Quick audit' }).first().waitFor({ timeout: 30_000 });
        await window.page.locator(`${lens} a`, { hasText: 'Quick audit' }).first().click();
        await sees(window, toast, /claim|ε/i, 90_000);
        await window.command('View: Focus Problems');
        await sees(window, problems, /AUD004/);
      },
    },
    {
      name: 'cancels an audit',
      run: async window => {
        await window.openFile('train_dp.py');
        await window.command('Epsilint: Quick audit');
        // The toast of a running audit; its Cancel button is a link or an icon, by version of VS Code.
        const running = window.page.locator(toast, { hasText: 'Quick audit of' }).first();
        await running.waitFor({ timeout: 15_000 });
        await running
          .getByRole('button', { name: /cancel/i })
          .first()
          .click({ timeout: 3_000 });
        await window.page.waitForTimeout(1500);
        assert.equal(await window.page.locator(toast, { hasText: 'Quick audit of' }).count(), 0);
      },
    },
  ],
};
