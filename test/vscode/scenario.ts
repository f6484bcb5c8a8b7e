import type { Frame } from 'playwright-core';
import type { Window } from './editor';

export interface Scenario {
  readonly name: string;
  readonly trusted: boolean;
  readonly steps: readonly { readonly name: string; readonly run: (window: Window) => Promise<void> }[];
}

/** Waits until the text is somewhere in the window's page (non-breaking spaces count as spaces). */
export async function sees(window: Window, selector: string, text: RegExp, timeout = 30_000): Promise<string> {
  const end = Date.now() + timeout;
  let last: string[] = [];
  while (Date.now() < end) {
    last = (await window.page.locator(selector).allInnerTexts()).map(one => one.replace(/\u00a0/g, ' '));
    const found = last.find(one => text.test(one));
    if (found !== undefined) return found;
    await window.page.waitForTimeout(250);
  }
  throw new Error(`no ${selector} says ${text}; seen: ${last.join(' | ').slice(0, 400)}`);
}

export const lens = '.codelens-decoration';
export const toast = '.notification-toast';
export const problems = '.markers-panel-container';
export const viewLines = '.view-lines';

/** All frames of the page: webviews are frames inside frames. */
export async function inWebview(window: Window, text: RegExp, timeout = 30_000): Promise<void> {
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
export async function webviewWith(window: Window, selector: string, timeout = 30_000): Promise<Frame> {
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

/** The first squiggle of the shown editor. */
export const squiggles = '.squiggly-warning, .squiggly-info, .squiggly-error';

/** Opens the Problems view and waits for a text in it. */
export async function problem(window: Window, text: RegExp): Promise<void> {
  await window.command('View: Focus Problems');
  await sees(window, problems, text);
}
