import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Window } from '../editor';
import { lens, PATIENCE, problem, type Scenario, sees, squiggle, squiggles } from '../scenario';

const diary = `import pandas as pd

frame = pd.read_csv("data.csv")
print(frame[["person_id", "age"]].head())
`;

async function openDiary(window: Window): Promise<void> {
  window.write('diary.py', diary);
  await window.openFile('diary.py');
  await squiggle(window, 'diary.py');
}

/** Ids of the processes that run a script of this window's own copy of the extension. */
const serversOf = (window: Window): number[] =>
  execFileSync('ps', ['-eo', 'pid,args'], { encoding: 'utf8' })
    .split('\n')
    .filter(line => line.includes(join(window.folder, '..', 'extensions')) && line.includes('server.js'))
    .map(line => Number.parseInt(line, 10));

const clean = /No problems have been detected/;

export const everyday: Scenario = {
  name: 'Everyday work',
  trusted: true,
  steps: [
    {
      name: 'keeps up with typing, broken code and undo',
      run: async window => {
        await openDiary(window);
        await window.goToLine(5);
        await window.page.keyboard.type('print(frame["person_id"]');
        await problem(window, 'PHI', /diary\.py/);
        await window.openFile('diary.py');
        await window.page.keyboard.press('Control+z');
        await window.page.keyboard.press('Control+a');
        await window.page.keyboard.press('Delete');
        await problem(window, '', clean);
        await window.openFile('diary.py');
        await window.page.keyboard.press('Control+z');
        await squiggle(window, 'diary.py');
      },
    },
    {
      name: 'analyses a text that was never saved',
      run: async window => {
        await window.command('File: New Untitled Text File');
        await window.command('Change Language Mode');
        await window.pick('Python', 'Python');
        await sees(window, '.part.statusbar', /Python/);
        await window.page.locator('.monaco-editor[data-uri^="untitled:"]').first().click();
        await window.page.keyboard.insertText(diary);
        await window.page
          .locator('.monaco-editor[data-uri^="untitled:"]')
          .locator(squiggles)
          .first()
          .waitFor({ timeout: PATIENCE });
      },
    },
    {
      name: 'follows a file that is renamed and moved',
      run: async window => {
        await openDiary(window);
        mkdirSync(join(window.folder, 'old'), { recursive: true });
        const row = window.page.locator('.explorer-folders-view .monaco-list-row[aria-label^="diary.py"]');
        await row.click();
        await row.press('F2');
        const box = window.page.locator('.explorer-folders-view input');
        await box.fill('old/notes.py');
        await box.press('Enter');
        await window.page.waitForSelector('.tab[data-resource-name="notes.py"]', { timeout: PATIENCE });
        await squiggle(window, 'old/notes.py');
        await problem(window, 'PHI', /notes\.py/);
        assert.doesNotMatch(await sees(window, '.markers-panel-container', /notes\.py/), /diary\.py/);
      },
    },
    {
      name: 'heeds a setting as soon as it is changed',
      run: async window => {
        await window.openFile('train_dp.py');
        await window.goToLine(62);
        await sees(window, lens, /ε/);
        mkdirSync(join(window.folder, '.vscode'), { recursive: true });
        window.write('.vscode/settings.json', '{ "epsilint.codeLens": false }');
        await window.page.locator(lens).first().waitFor({ state: 'detached', timeout: PATIENCE });
        window.write('.vscode/settings.json', '{ "epsilint.enable": false }');
        await problem(window, '', clean);
        window.write('.vscode/settings.json', '{}');
        await problem(window, 'DP0');
        await sees(window, lens, /ε/);
      },
    },
    {
      name: 'gets over a server that is killed, without a word',
      run: async window => {
        await openDiary(window);
        const before = serversOf(window);
        assert.ok(before.length > 0, 'a server runs');
        for (const id of before) process.kill(id, 'SIGKILL');
        for (const end = Date.now() + PATIENCE; Date.now() < end; await window.page.waitForTimeout(500))
          if (serversOf(window).some(id => !before.includes(id))) break;
        await window.goToLine(5);
        await window.page.keyboard.type('frame.describe()');
        await squiggle(window, 'diary.py');
        await problem(window, 'PHI', /diary\.py/);
        assert.equal(await window.page.locator('.notification-toast').count(), 0);
      },
    },
    {
      name: 'serves two windows on the same folder',
      run: async window => {
        await openDiary(window);
        const other = await window.another();
        await other.openFile('diary.py');
        await squiggle(other, 'diary.py');
        await squiggle(window, 'diary.py');
        await other.page.close();
      },
    },
  ],
};
