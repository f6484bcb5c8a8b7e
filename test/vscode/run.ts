import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Window } from './editor';
import { install } from './install';
import type { Step } from './scenario';
import { scenarios } from './scenarios';
import { root } from './start';

/** `npm run test:vscode`: drives real VS Code through the example. The last line counts; what could not run is skipped, loudly. */
async function main(): Promise<number> {
  const cache = process.env.EPSILINT_TEST_CACHE ?? join(root, '.test-cache');
  if (!existsSync(join(root, 'dist', 'client.js'))) {
    console.error('There is no dist/client.js: run "npm run build" first.');
    return 1;
  }
  const editor = install(cache);
  const only = new RegExp(process.env.EPSILINT_TEST_ONLY ?? '', 'i');
  const chosen = scenarios.filter(({ name }) => only.test(name));
  const total = chosen.reduce((sum, { steps }) => sum + steps.length, 0);
  if (typeof editor === 'string') {
    console.log(`\n*** SKIPPED: the VS Code suite did not run: ${editor}. ***\n0 passed, 0 failed, ${total} skipped`);
    return 0;
  }
  let passed = 0;
  let failed = 0;
  for (const { name, trusted, steps } of chosen) {
    console.log(`\n${name}`);
    const window = await Window.open(editor, join(root, 'examples', 'liver-visits'), trusted).catch(String);
    if (typeof window === 'string') {
      failed += steps.length;
      console.log(`  ✘ the window did not open, ${steps.length} steps: ${window.split('\n')[0]}`);
      continue;
    }
    try {
      for (const step of steps) {
        const start = performance.now();
        try {
          const again = await twice(window, step);
          passed++;
          console.log(
            `  ✔ ${step.name} (${Math.round(performance.now() - start)} ms${again ? ', at the second try' : ''})`,
          );
        } catch (error) {
          failed++;
          console.log(`  ✘ ${step.name}`);
          await explain(window, error, `failed-${failed}`);
        }
      }
    } finally {
      await window.close();
    }
  }
  console.log(`\n${passed} passed, ${failed} failed, 0 skipped`);
  return failed > 0 ? 1 : 0;
}

/**
 * A real editor is driven by mouse and keyboard, and now and then misses one: a step that begins afresh may be tried once more,
 * which its line then says, with what was seen the first time. True where it was.
 */
async function twice(window: Window, step: Step): Promise<boolean> {
  if (!step.goesOn) await window.fresh();
  try {
    await step.run(window);
    return false;
  } catch (error) {
    if (step.goesOn) throw error;
    console.log('  … once more:');
    await explain(window, error, 'once-more');
    await window.fresh();
    await step.run(window);
    return true;
  }
}

/** An error's first lines and what the window shows; a picture where a folder for them is named. */
async function explain(window: Window, error: unknown, picture: string): Promise<void> {
  const said = error instanceof Error ? error.message.split('\n').slice(0, 6) : [String(error)];
  const shown = await window.state().catch(() => 'the window shows nothing');
  console.log([...said, ...shown.split('\n')].map(line => `    ${line}`).join('\n'));
  if (process.env.EPSILINT_TEST_SHOTS)
    await window.page
      .screenshot({ path: join(process.env.EPSILINT_TEST_SHOTS, `${picture}.png`) })
      .catch(() => console.log('    no picture: the page is gone'));
}

void main().then(
  code => process.exit(code),
  error => {
    console.error(error);
    console.log('0 passed, 1 failed, 0 skipped');
    process.exit(1);
  },
);
