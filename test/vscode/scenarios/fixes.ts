import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { problem, type Scenario, sees, squiggle, viewLines } from '../scenario';

const script = `import pandas as pd

# asked about MRN: 88231907 twice
frame = pd.read_csv("data.csv")
print(frame[["person_id", "age"]].head())
`;

export const fixes: Scenario = {
  name: 'Quick fixes',
  trusted: true,
  steps: [
    {
      name: 'takes an identifier out of a comment with all safe fixes',
      run: async window => {
        window.write('look.py', script);
        await window.openFile('look.py');
        await squiggle(window, 'look.py');
        await problem(window, 'PHI005');
        await window.openFile('look.py');
        await window.command('Fix All');
        await sees(window, viewLines, /MRN: \[removed\] twice/);
      },
    },
    {
      goesOn: true,
      name: 'offers a suppression with a reason and a declaration at a column',
      run: async window => {
        await window.goToLine(5);
        for (let i = 0; i < 16; i++) await window.page.keyboard.press('ArrowRight');
        // Findings of the text that was just changed close a list that was opened before they came.
        const list = window.page.locator('.action-widget').first();
        for (let tries = 0; tries < 10 && !(await list.isVisible()); tries++) {
          await window.page.keyboard.press('Control+.');
          await list.waitFor({ timeout: 6_000 }).catch(() => undefined);
        }
        await sees(window, '.action-widget', /Declare column "person_id" as a key that tells people apart/);
        await window.shot('quick-fix');
      },
    },
    {
      goesOn: true,
      name: 'writes the declaration into the configuration',
      run: async window => {
        await window.page
          .locator('.action-widget .monaco-list-row', { hasText: 'a key that tells people apart' })
          .click();
        const file = join(window.folder, 'epsilint.toml');
        for (let tries = 0; tries < 40 && !existsSync(file); tries++) await window.page.waitForTimeout(250);
        assert.match(readFileSync(file, 'utf8'), /\[data\.columns\]\nsubject = \["person_id"\]/);
      },
    },
  ],
};
