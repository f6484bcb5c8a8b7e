import { setFlagsFromString } from 'node:v8';
import { createConnection } from 'vscode-languageserver/node';
import { keepAlive, startServer } from './server';
import { VERSION } from './version';
import { nodeHost } from './world/node-host';

/** Starts the server on this process's own transport: `--stdio`, or `--node-ipc` as VS Code starts it. */
export function startProcess(): void {
  // New space stays small: a server makes a little garbage at every key, all day, and would hold 50 MB for it.
  setFlagsFromString('--semi-space-growth-factor=1');
  keepAlive(startServer(createConnection(), nodeHost(VERSION)));
}
