import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import type { Editor } from './install';

export const root = join(__dirname, '..', '..');

/** The folders of one window, away from everybody's: the workspace, the installed extension, the user's settings. */
export interface Scratch {
  readonly path: string;
  readonly folder: string;
}

/** @param example folder that is copied, so that no test changes the repository's */
export function prepare(example: string, trusted: boolean): Scratch {
  const path = mkdtempSync(join(tmpdir(), 'epsilint-vscode-'));
  const folder = join(path, 'liver-visits');
  cpSync(example, folder, { recursive: true });
  unpack(join(path, 'extensions', 'epsilint.epsilint-0.1.0'));
  mkdirSync(join(path, 'user', 'User'), { recursive: true });
  writeFileSync(join(path, 'user', 'User', 'settings.json'), JSON.stringify(settings(trusted)));
  return { path, folder };
}

/** Starts code-server on a free port and waits until it answers. */
export async function serve(
  editor: Editor,
  { path, folder }: Scratch,
  trusted: boolean,
): Promise<{ server: ChildProcess; port: number }> {
  const port = await freePort();
  const words = ['--auth', 'none', '--bind-addr', `127.0.0.1:${port}`, '--user-data-dir', join(path, 'user')];
  words.push('--extensions-dir', join(path, 'extensions'), '--disable-telemetry', '--disable-update-check');
  if (trusted) words.push('--disable-workspace-trust');
  const server = spawn(editor.node, [editor.codeServer, ...words, folder], { stdio: 'ignore' });
  await listening(port);
  return { server, port };
}

export const browse = (executablePath: string): Promise<Browser> =>
  chromium.launch({
    executablePath,
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

/** The files that the package's own list names, as an installed extension has them. */
function unpack(target: string): void {
  mkdirSync(target, { recursive: true });
  for (const part of ['dist', 'docs/rules', 'docs/walkthrough', 'package.json', 'README.md', 'LICENSE'])
    cpSync(join(root, part), join(target, part), { recursive: true });
  const manifest = join(target, 'package.json');
  const read = JSON.parse(readFileSync(manifest, 'utf8'));
  writeFileSync(manifest, JSON.stringify({ ...read, devDependencies: {}, dependencies: {}, scripts: {} }));
}

/** Quiet pictures, and only our own findings: VS Code's TypeScript would add what it cannot resolve. */
const settings = (trusted: boolean) => ({
  'workbench.startupEditor': 'none',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.colorTheme': 'Default Light Modern',
  'workbench.tips.enabled': false,
  'workbench.editor.enablePreview': false,
  'telemetry.telemetryLevel': 'off',
  'editor.minimap.enabled': false,
  'editor.hover.delay': 200,
  'typescript.validate.enable': false,
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
  for (let tries = 0; tries < 240; tries++) {
    try {
      if ((await fetch(`http://127.0.0.1:${port}/healthz`)).ok) return;
    } catch {
      // Not up yet.
    }
    await new Promise(resolve => setTimeout(resolve, 500));
  }
  throw new Error('code-server did not start within two minutes');
}
