import assert from 'node:assert/strict';
import type { Window } from '../editor';
import { inWebview, PATIENCE, problem, type Scenario, sees, toast } from '../scenario';

/** Training takes its time on a slow machine (ms). */
const TRAINING = 10 * 60_000;

async function ask(window: Window): Promise<void> {
  await window.openFile('train_cohort.py');
  await window.command('Epsilint: Who is exposed?');
  await window.pick('In this process');
  await window.pick('64 reference models');
}

const running = (window: Window) => window.page.locator(toast, { hasText: 'Who is exposed by' }).first();

export const exposed: Scenario = {
  name: 'Who is exposed?',
  trusted: true,
  steps: [
    {
      name: 'is asked from the palette, tells what is known at 16 models while it goes on, and is cancelled',
      run: async window => {
        window.bring('train_cohort.py', 'cohort.csv', 'cohort.pt', 'epsilint.toml');
        await ask(window);
        await sees(window, toast, /of 64 \(embedded\).*At (16|32) reference models: .*people are exposed/, TRAINING);
        await window.shot('exposed-progress');
        const cancel = running(window).getByRole('button', { name: /cancel/i });
        await cancel.first().click();
        await running(window).waitFor({ state: 'detached', timeout: PATIENCE });
        assert.equal(await window.page.locator(toast).count(), 0);
      },
    },
    {
      name: 'goes on after a restart where it was',
      goesOn: true,
      run: async window => {
        await window.restart();
        await ask(window);
        const seen = new Set<string>();
        for (const end = Date.now() + TRAINING; Date.now() < end; await window.page.waitForTimeout(200)) {
          const said = (await window.page.locator(toast).allInnerTexts()).join(' ');
          const model = /Training reference model (\d+) of 64/.exec(said)?.[1];
          if (model !== undefined) seen.add(model);
          if (/AUC/.test(said) && !/Who is exposed by/.test(said)) break;
        }
        assert.ok(seen.size > 0, 'no model was trained after the restart');
        for (const model of seen) assert.ok(Number(model) > 16, `model ${model} was trained again`);
        await sees(window, toast, /exposed/);
        await window.shot('exposed');
      },
    },
    {
      name: 'says at the line that saves the model how many are exposed, and which groups',
      run: async window => {
        await window.openFile('train_cohort.py');
        await problem(window, 'AUD002', /train_cohort\.py[\s\S]*people are exposed beyond chance[\s\S]*AUD002/);
        await problem(window, 'AUD003', /region = remote[\s\S]*AUD003/);
        await window.goToLine(37);
        await window.shot('exposed-problems');
      },
    },
    {
      name: 'shows its report',
      run: async window => {
        await window.openFile('train_cohort.py');
        await window.command('Epsilint: Show report');
        await inWebview(window, /exposed beyond chance/);
        await window.command('View: Maximize Editor Group');
        await window.page.waitForTimeout(1000);
        await window.shot('exposed-report');
      },
    },
  ],
};
