import { type CliIO, EXIT, UsageError } from './io';

const usage = `Usage: epsilint server --stdio

The language server, for editors: it speaks the Language Server Protocol over standard input and output.
`;

/** `epsilint server --stdio`: runs until the editor says `exit` or goes away, which the protocol decides, or until a signal. */
export async function run(argv: readonly string[], io: CliIO): Promise<number> {
  if (argv.includes('--help') || argv.includes('-h')) {
    io.stdout(usage);
    return EXIT.ok;
  }
  const unknown = argv.find(
    word => word !== '--stdio' && word !== '--node-ipc' && !/^--(socket|pipe|clientProcessId)=/.test(word),
  );
  if (unknown !== undefined) throw new UsageError(`server does not know "${unknown}".\n${usage}`);
  if (argv.length === 0) throw new UsageError(`server wants --stdio.\n${usage}`);
  // A bundle of its own; `import()` would have Node read all of it twice.
  const { startProcess } = require('../lsp/start') as typeof import('../lsp/start');
  startProcess();
  // A signal is not the protocol's orderly end: exit code 1, as after an `exit` without a `shutdown`.
  return new Promise<number>(resolve => io.signal.addEventListener('abort', () => resolve(1), { once: true }));
}
