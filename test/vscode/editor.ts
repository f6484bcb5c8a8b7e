import type { ChildProcess } from 'node:child_process';
import { copyFileSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import type { Editor } from './install';
import { browse, prepare, root, type Scratch, serve } from './start';

/** A slow machine may take this long for one thing that the workbench itself does (ms). */
const PATIENCE = 60_000;

const quickInput = '.quick-input-widget';
const rows = `${quickInput} .quick-input-list .monaco-list-row`;

/**
 * One VS Code window on a folder of its own, with the extension as it is packaged. Every action waits for what it did to be
 * seen, never for a while: a box is answered when it lists what was asked for, a file is open when its text is there.
 */
export class Window {
  private constructor(
    private readonly editor: Editor,
    private readonly trusted: boolean,
    private readonly scratch: Scratch,
    private running: Running,
  ) {}

  /** @param example folder that is copied, so that no test changes the repository's */
  static async open(editor: Editor, example: string, trusted = true): Promise<Window> {
    const scratch = prepare(example, trusted);
    return new Window(editor, trusted, scratch, await start(editor, scratch, trusted)).ready();
  }

  get page(): Page {
    return this.running.page;
  }

  get folder(): string {
    return this.scratch.folder;
  }

  /** Ends the editor and starts it again on the same folder and the same user's data, as after a reboot. */
  async restart(): Promise<void> {
    await this.end();
    this.running = await start(this.editor, this.scratch, this.trusted);
    await this.ready();
  }

  /** A second window on the same folder. */
  async another(): Promise<Window> {
    const page = await show(this.running.browser, this.running.port, `folder=${encodeURIComponent(this.folder)}`);
    return new Window(this.editor, this.trusted, this.scratch, { ...this.running, page }).ready();
  }

  /** Waits until the window knows what the extension adds: before that a checkpoint is opened as any binary file. */
  private async ready(): Promise<Window> {
    const known = this.page.locator(`${rows}[aria-label^="Epsilint: Show log"]`).first();
    for (const end = Date.now() + 3 * PATIENCE; ; ) {
      await this.box('F1', '>Epsilint: Show log');
      // The box lists what was known when it was opened.
      const found = await known.waitFor({ timeout: 5_000 }).then(
        () => true,
        () => false,
      );
      await this.page.keyboard.press('Escape');
      if (found) return this;
      if (Date.now() > end) throw new Error('the window does not know the extension');
    }
  }

  async close(): Promise<void> {
    await this.end();
    rmSync(this.scratch.path, { recursive: true, force: true, maxRetries: 5 });
  }

  private async end(): Promise<void> {
    const { browser, server } = this.running;
    await browser.close();
    const gone = new Promise(resolve => server.once('exit', resolve));
    server.kill();
    await Promise.race([gone, new Promise(resolve => setTimeout(resolve, 10_000))]);
    // Its own children (the extension host, the language server) see that it is gone.
    await new Promise(resolve => setTimeout(resolve, 1000));
  }

  /** A known state to begin from: no file open, no panel, no message, no box; what was edited and not saved is dropped. */
  async fresh(): Promise<void> {
    await this.page.mouse.move(0, 0);
    await this.page.keyboard.press('Escape');
    await this.page.keyboard.press('Escape');
    if ((await this.page.locator('.tabs-container .tab').count()) > 0) {
      await this.command('View: Close All Editors');
      const drop = this.page.locator('.monaco-dialog-box .monaco-button', { hasText: "Don't Save" });
      await Promise.race([
        drop.waitFor({ timeout: PATIENCE }).then(() => drop.click()),
        this.page.locator('.tabs-container .tab').waitFor({ state: 'detached', timeout: PATIENCE }),
      ]).catch(() => undefined);
    }
    if ((await this.page.locator('.notification-toast').count()) > 0)
      await this.command('Notifications: Clear All Notifications');
    if (await this.page.locator('.part.panel').isVisible()) await this.command('View: Hide Panel');
  }

  /**
   * Opens a file by its whole path: the quick-open box looks such a path up itself, while names come from an index
   * that does not know yet of a file just written.
   */
  async openFile(name: string): Promise<void> {
    await this.quickInput('Control+P', join(this.folder, name), name.split('/').at(-1)!);
    const tab = `.tab.active[data-resource-name="${name.split('/').at(-1)}"]`;
    await this.page.waitForSelector(tab, { timeout: PATIENCE });
    if (isText(name)) await this.text(name).locator('.view-line').first().waitFor({ timeout: PATIENCE });
  }

  /** Runs a command of the palette by its title, or the beginning of it. */
  async command(title: string): Promise<void> {
    await this.quickInput('F1', `>${title}`, title);
  }

  /** The text editor that shows a file: of all that are open, this one. */
  text(name: string): Locator {
    return this.page.locator(`.editor-container .monaco-editor[data-uri$="/${name}"]`).first();
  }

  /** Opens a box, types, and takes a row. */
  private async quickInput(key: string, text: string, label: string): Promise<void> {
    await this.box(key, text);
    await this.pick(label);
  }

  /** Takes the row of the open box that begins with the label, once the box lists it (of a long list, after typing): by the keyboard. */
  async pick(label: string, typed?: string): Promise<void> {
    const begins = `[aria-label^="${label.replaceAll('"', '\\"')}"]`;
    const row = this.page.locator(`${rows}${begins}`).first();
    if (typed === undefined) await row.waitFor({ timeout: PATIENCE });
    // The box may still be the one before: typed until this one has heard it.
    for (const end = Date.now() + PATIENCE; typed !== undefined && (await row.count()) === 0 && Date.now() < end; ) {
      await this.page.locator(`${quickInput} input`).first().fill(typed);
      await this.page.waitForTimeout(2000);
    }
    const chosen = this.page.locator(`${rows}.focused${begins}`);
    for (let steps = 0; steps < 60 && (await chosen.count()) === 0; steps++) {
      await this.page.keyboard.press('ArrowDown');
      await this.page.waitForTimeout(100);
    }
    if ((await chosen.count()) === 0) throw new Error(`the box lists "${label}" and does not let it be chosen`);
    await this.page.keyboard.press('Enter');
  }

  /** A window that is still starting forgets a key, or closes a box again: until the box is there and has the text. */
  private async box(key: string, text: string): Promise<Locator> {
    const input = this.page.locator(`${quickInput} input`).first();
    for (let tries = 1; ; tries++) {
      try {
        await this.page.keyboard.press(key);
        await input.waitFor({ state: 'visible', timeout: PATIENCE / 6 });
        await input.fill(text, { timeout: PATIENCE / 6 });
        return input;
      } catch (error) {
        if (tries === 6) throw error;
        await this.page.keyboard.press('Escape');
      }
    }
  }

  /** Puts the cursor into a line of the open text; there is no row to take, the box says where Enter goes. */
  async goToLine(line: number): Promise<void> {
    const input = await this.box('Control+G', `:${line}`);
    const says = this.page.locator(quickInput, { hasText: `to go to line ${line} ` });
    await says.waitFor({ timeout: PATIENCE });
    await input.press('Enter');
    await this.page.locator(quickInput).waitFor({ state: 'hidden', timeout: PATIENCE });
  }

  /** Points at a word of the line that holds `line`, as a person does, until the hover says the text. */
  async hover(line: string, word: string, text: RegExp): Promise<void> {
    const end = Date.now() + PATIENCE;
    for (let seen = ''; Date.now() < end; ) {
      const place = await this.placeOf(line, word);
      if (!place) throw new Error(`no line shows "${line}"`);
      // Away first: a hover that was dismissed comes again only to a pointer that comes again.
      await this.page.mouse.move(place.x - 60, place.y + 90);
      await this.page.mouse.move(place.x - 20, place.y - 3);
      await this.page.mouse.move(place.x, place.y, { steps: 5 });
      for (let tries = 0; tries < 24; tries++) {
        await this.page.waitForTimeout(250);
        seen = (await this.page.locator('.monaco-hover:visible').allInnerTexts()).join('\n').replace(/\u00a0/g, ' ');
        if (text.test(seen)) return;
      }
      if (Date.now() >= end) throw new Error(`no hover says ${text}; seen: ${seen.slice(0, 400)}`);
    }
  }

  /** Clicks a link in the text, as people follow one. */
  async follow(line: string, word: string): Promise<void> {
    const place = await this.placeOf(line, word);
    if (!place) throw new Error(`no line shows "${line}"`);
    await this.page.mouse.move(place.x - 20, place.y);
    await this.page.keyboard.down('Control');
    await this.page.mouse.move(place.x, place.y, { steps: 5 });
    await this.page.waitForTimeout(300);
    await this.page.mouse.click(place.x, place.y);
    await this.page.keyboard.up('Control');
  }

  private async placeOf(line: string, word: string): Promise<{ x: number; y: number } | null> {
    return this.page.evaluate<{ x: number; y: number } | null>(
      `(${find})(${JSON.stringify(line)}, ${JSON.stringify(word)})`,
    );
  }

  /** Puts files of the suite's own beside the example. */
  bring(...names: readonly string[]): void {
    for (const name of names) copyFileSync(join(root, 'test', 'fixtures', 'vscode', name), join(this.folder, name));
  }

  /** Puts a file into the window's folder. */
  write(name: string, content: string | Uint8Array): void {
    writeFileSync(join(this.folder, name), content);
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

  /** The last lines of the extension's own log. */
  private log(): string[] {
    const logs = join(this.scratch.path, 'user', 'logs');
    const files = existsSync(logs) ? readdirSync(logs, { recursive: true, encoding: 'utf8' }) : [];
    const own = files.filter(name => basename(name) === 'Epsilint.log').sort();
    return own.flatMap(name => readFileSync(join(logs, name), 'utf8').trim().split('\n').slice(-8)).slice(-12);
  }

  /** What the window shows, in a few lines: for the log of a machine that nobody can look at. */
  async state(): Promise<string> {
    const texts = async (selector: string): Promise<string> =>
      (
        await this.page
          .locator(selector)
          .allInnerTexts()
          .catch(() => [])
      )
        .join(' | ')
        .replace(/\s+/g, ' ')
        .slice(0, 300);
    const shown = {
      tabs: '.tabs-container .tab',
      active: '.tab.active',
      box: `${quickInput}:visible`,
      messages: '.notification-toast',
      dialog: '.monaco-dialog-box',
      panel: '.part.panel .composite.title',
      status: '.part.statusbar',
    };
    const lines = await Promise.all(
      Object.entries(shown).map(async ([name, selector]) => `${name}: ${await texts(selector)}`),
    );
    return [...lines, ...this.log()].join('\n');
  }
}

interface Running {
  readonly server: ChildProcess;
  readonly port: number;
  readonly browser: Browser;
  readonly page: Page;
}

async function start(editor: Editor, scratch: Scratch, trusted: boolean): Promise<Running> {
  const { server, port } = await serve(editor, scratch, trusted);
  const browser = await browse(editor.chromium);
  const page = await show(browser, port, `folder=${encodeURIComponent(scratch.folder)}`);
  return { server, port, browser, page };
}

async function show(browser: Browser, port: number, what: string): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1200, height: 760 } });
  page.setDefaultTimeout(PATIENCE);
  await page.goto(`http://127.0.0.1:${port}/?${what}`, { waitUntil: 'commit', timeout: 2 * PATIENCE });
  await page.waitForSelector('.monaco-workbench', { timeout: 2 * PATIENCE });
  // The explorer lists the folder once the workbench has its services and the file system.
  await page.waitForSelector('.explorer-folders-view .monaco-list-row', { timeout: 2 * PATIENCE });
  return page;
}

const isText = (name: string): boolean => /\.(py|[cm]?[jt]sx?|toml|json|md|csv)$/.test(name);

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
