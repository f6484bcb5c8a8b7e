// What npm runs after it has installed the dependencies, and when it packs the repository itself, as hooks do that install from git.
// There npm hands its `--global` down to the install of our own tools, which then are not here: they are installed first.
import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

function has(name) {
  try {
    createRequire(import.meta.url).resolve(name);
    return true;
  } catch {
    return false;
  }
}

if (!has('esbuild')) {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^npm_config_(?:global|prefix|location)$/i.test(name),
  );
  const words = ['ci', '--ignore-scripts', '--include=dev', '--no-audit', '--no-fund'];
  execFileSync('npm', words, {
    cwd: root,
    env: Object.fromEntries(inherited),
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
}
await import('./build.mjs');
