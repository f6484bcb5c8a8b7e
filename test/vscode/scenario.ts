import type { Frame } from 'playwright-core';
import type { Window } from './editor';

export interface Step {
  readonly name: string;
  /** Goes on in the window as the step before it left it; else it begins with nothing open. */
  readonly goesOn?: boolean;
  readonly run: (window: Window) => Promise<void>;
}

export interface Scenario {
  readonly name: string;
  readonly trusted: boolean;
  readonly steps: readonly Step[];
}

/** A slow machine may take this long for what the extension does (ms). */
export const PATIENCE = 180_000;

/** Waits until the text is somewhere in the window's page (non-breaking spaces count as spaces). */
export async function sees(window: Window, selector: string, text: RegExp, timeout = PATIENCE): Promise<string> {
  const end = Date.now() + timeout;
  // What came and went is told too: a message stays for some seconds only.
  const seen = new Set<string>();
  while (Date.now() < end) {
    const shown = (await window.page.locator(selector).allInnerTexts()).map(one => one.replace(/\s+/g, ' ').trim());
    const found = shown.find(one => text.test(one));
    if (found !== undefined) return found;
    for (const one of shown) seen.add(one.slice(0, 300));
    await window.page.waitForTimeout(250);
  }
  throw new Error(`no ${selector} says ${text}; seen: ${[...seen].slice(-4).join(' | ')}`);
}

export const lens = '.codelens-decoration';
export const toast = '.notification-toast';
export const viewLines = '.view-lines';
export const squiggles = '.squiggly-warning, .squiggly-info, .squiggly-error';
const problems = '.markers-panel-container';

/** All frames of the page: webviews are frames inside frames. */
export async function inWebview(window: Window, text: RegExp, timeout = PATIENCE): Promise<void> {
  const end = Date.now() + timeout;
  while (Date.now() < end) {
    for (const frame of window.page.frames()) {
      const body = await frame
        .locator('body')
        .textContent({ timeout: 500 })
        .catch(() => null);
      if (frame !== window.page.mainFrame() && text.test(body ?? '')) return;
    }
    await window.page.waitForTimeout(300);
  }
  throw new Error(`no webview says ${text}`);
}

/** The webview that has an element. */
export async function webviewWith(window: Window, selector: string, timeout = PATIENCE): Promise<Frame> {
  const end = Date.now() + timeout;
  while (Date.now() < end) {
    for (const frame of window.page.frames())
      if (
        frame !== window.page.mainFrame() &&
        (await frame
          .locator(selector)
          .count()
          .catch(() => 0)) > 0
      )
        return frame;
    await window.page.waitForTimeout(300);
  }
  throw new Error(`no webview has ${selector}`);
}

/** Waits until a file's own editor underlines something. */
export const squiggle = (window: Window, name: string): Promise<void> =>
  window.text(name).locator(squiggles).first().waitFor({ timeout: PATIENCE });

/**
 * Waits for a rule in the Problems view, and for a text in its rows. The view draws only the rows that fit, so it is filtered to
 * the rule first; it shows all again afterwards.
 */
export async function problem(window: Window, rule: string, text: RegExp = new RegExp(rule)): Promise<void> {
  await window.command('View: Focus Problems');
  const filter = window.page.locator('input[aria-label="Filter Problems"]').first();
  await filter.waitFor({ timeout: PATIENCE });
  await filter.fill(rule);
  await sees(window, problems, text);
  await filter.fill('');
  await window.page.waitForTimeout(500);
}

/**
 * Clicks a lens of a file, by a text of it, until what it opens is there: lenses are drawn again when their texts are resolved, and a
 * click that meets that moment is lost.
 */
export async function clickLens(
  window: Window,
  name: string,
  text: string,
  opened: () => Promise<boolean>,
): Promise<void> {
  for (let tries = 0; tries < 6; tries++) {
    await window.text(name).locator(`${lens} a`, { hasText: text }).first().click({ timeout: PATIENCE });
    for (const end = Date.now() + 15_000; Date.now() < end; await window.page.waitForTimeout(250))
      if (await opened()) return;
  }
  throw new Error(`the lens "${text}" of ${name} opens nothing`);
}

/** Waits until no finding of a rule is left in the Problems view. */
export async function noProblem(window: Window, rule: string): Promise<void> {
  await problem(window, rule, /No (problems have been detected|results found)/);
}

/** Whether an audit runs or has just told what it found. */
export const audited = (window: Window) => async (): Promise<boolean> => (await window.page.locator(toast).count()) > 0;

/** Whether a panel stands beside the script. */
export const beside = (window: Window) => async (): Promise<boolean> =>
  (await window.page.locator('.editor-group-container').count()) > 1;
