import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import type { Editor } from './install';

const root = join(__dirname, '..', '..');

/** One VS Code window on a folder of its own, with the extension as it is packaged. */
export class Window {
  private constructor(
    readonly page: Page,
    readonly folder: string,
    private readonly scratch: string,
    private readonly server: ChildProcess,
    private readonly browser: Browser,
  ) {}

  /** @param example folder that is copied, so that no test changes the repository's */
  static async open(editor: Editor, example: string, trusted = true): Promise<Window> {
    const scratch = mkdtempSync(join(tmpdir(), 'epsilint-vscode-'));
    const folder = join(scratch, 'liver-visits');
    cpSync(example, folder, { recursive: true });
    unpack(join(scratch, 'extensions', 'epsilint.epsilint-0.1.0'));
    mkdirSync(join(scratch, 'user', 'User'), { recursive: true });
    writeFileSync(join(scratch, 'user', 'User', 'settings.json'), JSON.stringify(settings(trusted)));
    const port = await freePort();
    const words = ['--auth', 'none', '--bind-addr', `127.0.0.1:${port}`, '--user-data-dir', join(scratch, 'user')];
    words.push('--extensions-dir', join(scratch, 'extensions'), '--disable-telemetry', '--disable-update-check');
    if (trusted) words.push('--disable-workspace-trust');
    const server = spawn(editor.node, [editor.codeServer, ...words, folder], { stdio: 'ignore' });
    await listening(port);
    const browser = await chromium.launch({
      executablePath: editor.chromium,
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    });
    const page = await browser.newPage({ viewport: { width: 1200, height: 760 } });
    await page.goto(`http://127.0.0.1:${port}/?folder=${encodeURIComponent(folder)}`);
    await page.waitForSelector('.monaco-workbench', { timeout: 60_000 });
    return new Window(page, folder, scratch, server, browser);
  }

  async close(): Promise<void> {
    await this.browser.close();
    this.server.kill();
    await new Promise(resolve => setTimeout(resolve, 1000));
    rmSync(this.scratch, { recursive: true, force: true, maxRetries: 5 });
  }

  /** Opens a file by name through the quick-open box; again where the box did not know yet of a file just written. */
  async openFile(name: string): Promise<void> {
    const tab = `.tab.active[data-resource-name="${name}"], .tab.active[aria-label^="${name}"]`;
    for (let tries = 4; ; tries--) {
      await this.quickInput('Control+P', name);
      try {
        await this.page.waitForSelector(tab, { timeout: 15_000 });
        return;
      } catch (error) {
        if (tries === 1) throw error;
        await this.page.keyboard.press('Escape');
      }
    }
  }

  async command(title: string): Promise<void> {
    await this.quickInput('F1', `>${title}`);
  }

  private async quickInput(key: string, text: string): Promise<void> {
    await this.page.keyboard.press(key);
    const input = this.page.locator('.quick-input-widget input');
    await input.waitFor({ state: 'visible', timeout: 20_000 });
    await input.fill(text);
    await this.page.locator('.quick-input-list .monaco-list-row').first().waitFor({ timeout: 20_000 });
    await this.page.waitForTimeout(500);
    await this.page.keyboard.press('Enter');
  }

  async goToLine(line: number): Promise<void> {
    await this.page.keyboard.press('Control+G');
    const input = this.page.locator('.quick-input-widget input');
    await input.waitFor({ state: 'visible' });
    await input.fill(`:${line}`);
    await this.page.keyboard.press('Enter');
    await this.page.waitForTimeout(500);
  }

  /** Points at a word of the line that holds `line`, as a person does. */
  async hoverText(line: string, word: string): Promise<void> {
    const place = (await this.page.evaluate(`(${find})(${JSON.stringify(line)}, ${JSON.stringify(word)})`)) as {
      x: number;
      y: number;
    } | null;
    if (!place) throw new Error(`no line shows "${line}"`);
    await this.page.mouse.move(place.x - 40, place.y - 3);
    await this.page.mouse.move(place.x, place.y, { steps: 5 });
  }

  /** Puts a file into the window's folder. */
  write(name: string, text: string): void {
    writeFileSync(join(this.folder, name), text);
  }

  read(name: string): string {
    return readFileSync(join(this.folder, name), 'utf8');
  }

  async shot(name: string): Promise<void> {
    const folder = process.env.EPSILINT_PICTURES;
    if (folder === undefined) return;
    // "1": the documentation's own pictures; else a folder to look at.
    await this.page.screenshot({ path: join(folder === '1' ? join(root, 'docs', 'images') : folder, `${name}.png`) });
  }
}

/** Runs in the page: the middle of a word in the first shown line that holds a text. */
const find = `function (line, word) {
  for (const row of document.querySelectorAll('.view-line')) {
    if (!row.textContent.replace(/\\u00a0/g, ' ').includes(line)) continue;
    const walker = document.createTreeWalker(row, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const at = node.textContent.indexOf(word);
      if (at < 0) continue;
      const range = document.createRange();
      range.setStart(node, at);
      range.setEnd(node, at + word.length);
      const box = range.getBoundingClientRect();
      return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
    }
  }
  return null;
}`;

/** The files that the package's own list names, as an installed extension has them. */
function unpack(target: string): void {
  mkdirSync(target, { recursive: true });
  for (const part of ['dist', 'docs/rules', 'docs/walkthrough', 'package.json', 'README.md', 'LICENSE'])
    cpSync(join(root, part), join(target, part), { recursive: true });
  const manifest = join(target, 'package.json');
  const read = JSON.parse(readFileSync(manifest, 'utf8'));
  writeFileSync(manifest, JSON.stringify({ ...read, devDependencies: {}, dependencies: {}, scripts: {} }));
}

const settings = (trusted: boolean) => ({
  'workbench.startupEditor': 'none',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.colorTheme': 'Default Light Modern',
  'workbench.tips.enabled': false,
  'telemetry.telemetryLevel': 'off',
  'editor.minimap.enabled': false,
  'editor.hover.delay': 200,
  'security.workspace.trust.startupPrompt': 'never',
  'security.workspace.trust.enabled': !trusted,
  'git.enabled': false,
  'chat.disableAIFeatures': true,
});

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

async function listening(port: number): Promise<void> {
  for (let tries = 0; tries < 120; tries++) {
    try {
      if ((await fetch(`http://127.0.0.1:${port}/healthz`)).ok) return;
    } catch {
      // Not up yet.
    }
    await new Promise(resolve => setTimeout(resolve, 500));
  }
  throw new Error('code-server did not start within a minute');
}
