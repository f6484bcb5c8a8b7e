import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Frame } from 'playwright-core';
import type { Window } from '../editor';
import { beside, clickLens, type Scenario, sees, viewLines, webviewWith } from '../scenario';

const shown = '#chart svg path';

async function open(window: Window): Promise<Frame> {
  await window.openFile('train_dp.py');
  await window.goToLine(57);
  await clickLens(window, 'train_dp.py', 'ε', beside(window));
  return webviewWith(window, shown);
}

/** ε as the page says it. */
const epsilonOf = async (page: Frame): Promise<number> =>
  Number((await page.locator('#epsilon').innerText()).replace(/[^\d.]/g, ''));

export const explorer: Scenario = {
  name: 'The budget explorer',
  trusted: false,
  steps: [
    {
      name: 'opens from the lens in Restricted Mode too, with a curve and its table',
      run: async window => {
        const page = await open(window);
        assert.ok((await epsilonOf(page)) > 0);
        assert.ok((await page.locator('#values tr').count()) > 10);
        await window.page.waitForTimeout(500);
        await window.shot('budget-explorer-restricted');
      },
    },
    {
      goesOn: true,
      name: 'is turned by the keyboard: more noise, less ε',
      run: async window => {
        const page = await webviewWith(window, shown);
        const before = await epsilonOf(page);
        await page.locator('#range-noiseMultiplier').focus();
        for (let i = 0; i < 40; i++) await page.locator('#range-noiseMultiplier').press('ArrowRight');
        for (let tries = 0; tries < 60 && (await epsilonOf(page)) >= before; tries++)
          await window.page.waitForTimeout(250);
        assert.ok((await epsilonOf(page)) < before);
      },
    },
    {
      goesOn: true,
      name: 'solves for the noise that a target needs, and writes it into the code',
      run: async window => {
        const page = await webviewWith(window, shown);
        await page.locator('#solve').click();
        await page.locator('#solution', { hasText: 'gives ε ≤ 3' }).waitFor({ timeout: 30_000 });
        const noise = await page.locator('#field-noiseMultiplier').inputValue();
        await page.locator('button[data-write=noiseMultiplier]').click();
        await sees(window, viewLines, new RegExp(noise.replace('.', '\\.')));
        await window.shot('budget-explorer-write');
      },
    },
    {
      goesOn: true,
      name: 'the edit is undone like any other',
      run: async window => {
        const page = await webviewWith(window, shown);
        const noise = await page.locator('#field-noiseMultiplier').inputValue();
        await window.page.locator('.editor-group-container').first().locator('.view-lines').first().click();
        await window.page.keyboard.press('Control+z');
        await window.page.waitForTimeout(500);
        const text = (await window.page.locator(viewLines).first().innerText()).replace(/\u00a0/g, ' ');
        assert.ok(!text.includes(noise), 'the written value is still there');
      },
    },
    {
      goesOn: true,
      name: 'follows the theme',
      run: async window => {
        const page = await webviewWith(window, shown);
        const colour = () => page.locator('#chart svg path[stroke-width="2"]').first().getAttribute('stroke');
        const before = await colour();
        await window.command('Preferences: Toggle between Light/Dark Themes');
        for (let tries = 0; tries < 40 && (await colour()) === before; tries++) await window.page.waitForTimeout(250);
        assert.notEqual(await colour(), before);
        await window.page.waitForTimeout(500);
        await window.shot('budget-explorer-dark');
      },
    },
    {
      goesOn: true,
      name: 'saves the picture, the drawing and the table where the person says, and copies a paragraph',
      run: async window => {
        const page = await webviewWith(window, shown);
        const heads = { csv: 'examples,epsilon', svg: '<svg', png: '\u0089PNG' } as const;
        for (const [id, head] of Object.entries(heads)) {
          const file = join(window.folder, `epsilon-over-examples.${id}`);
          await page.locator(`#${id}`).click();
          await window.page.locator('.quick-input-widget input').waitFor({ timeout: 30_000 });
          await window.page.waitForTimeout(500);
          await window.page.keyboard.press('Enter');
          for (let tries = 0; tries < 80 && !existsSync(file); tries++) await window.page.waitForTimeout(250);
          const start = readFileSync(file).toString('latin1').slice(0, head.length);
          assert.equal(start, head);
        }
        await page.locator('#paragraph').click();
        await sees(window, '.statusbar', /paragraph is on the clipboard/);
      },
    },
    {
      goesOn: true,
      name: 'can be read in high contrast',
      run: async window => {
        mkdirSync(join(window.folder, '.vscode'), { recursive: true });
        const settings = { 'workbench.colorTheme': 'Default High Contrast' };
        writeFileSync(join(window.folder, '.vscode', 'settings.json'), JSON.stringify(settings));
        const page = await webviewWith(window, shown);
        await page.locator('body.vscode-high-contrast').waitFor({ timeout: 60_000 });
        await window.page.waitForTimeout(1_500);
        const border = await page.evaluate<boolean>(
          "(style => style.borderTopColor !== style.backgroundColor)(getComputedStyle(document.getElementById('solve')))",
        );
        assert.ok(border, 'a button has no border');
        await window.shot('budget-explorer-high-contrast');
      },
    },
  ],
};
