import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Window } from './editor';
import { install } from './install';
import { scenarios } from './scenarios';

/** `npm run test:vscode`: drives real VS Code through the example. The last line counts; what could not run is skipped, loudly. */
async function main(): Promise<number> {
  const root = join(__dirname, '..', '..');
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
    const window = await Window.open(editor, join(root, 'examples', 'liver-visits'), trusted);
    try {
      for (const step of steps) {
        const start = performance.now();
        try {
          const again = await twice(window, step.run);
          passed++;
          console.log(
            `  ✔ ${step.name} (${Math.round(performance.now() - start)} ms${again ? ', at the second try' : ''})`,
          );
        } catch (error) {
          failed++;
          console.log(
            `  ✘ ${step.name}\n    ${error instanceof Error ? error.message.split('\n').slice(0, 6).join('\n    ') : error}`,
          );
          if (process.env.EPSILINT_TEST_SHOTS)
            await window.page.screenshot({ path: join(process.env.EPSILINT_TEST_SHOTS, `failed-${failed}.png`) });
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
 * A real editor is driven by mouse and keyboard, and now and then misses one: a step may be tried once more, which its line then says.
 * True where it was.
 */
async function twice(window: Window, run: (window: Window) => Promise<void>): Promise<boolean> {
  try {
    await run(window);
    return false;
  } catch {
    await window.page.keyboard.press('Escape');
    await window.page.mouse.move(0, 0);
    await run(window);
    return true;
  }
}

void main().then(
  code => process.exit(code),
  error => {
    console.error(error);
    console.log('0 passed, 1 failed, 0 skipped');
    process.exit(1);
  },
);
