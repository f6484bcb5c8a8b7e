import { createConnection } from 'vscode-languageserver/node';
import { keepAlive, startServer } from './server';
import { VERSION } from './version';
import { nodeHost } from './world/node-host';

/** Starts the server on this process's own transport: `--stdio`, or `--node-ipc` as VS Code starts it. */
export function startProcess(): void {
  keepAlive(startServer(createConnection(), nodeHost(VERSION)));
}
