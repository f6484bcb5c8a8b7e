import type { CliIO, Command } from './io';
import { EXIT, UsageError } from './io';

/** Commands are loaded when called: `check` never pays for the audit's runtimes. */
const commands: Readonly<Record<string, () => Promise<{ run: Command }>>> = {
  check: () => import('./check'),
  budget: () => import('./budget'),
  account: () => import('./account'),
  inspect: () => import('./inspect'),
  score: () => import('./score'),
  audit: () => import('./audit'),
  rules: () => import('./rules'),
  server: () => import('./server'),
};

const usage = `Usage: epsilint <command> [options]

  ${Object.keys(commands).join(' · ')}

epsilint <command> --help says more.
`;

/** Runs one command line; the exit code is 0 (nothing), 1 (findings) or 2 (usage or input error). */
export async function main(argv: readonly string[], io: CliIO): Promise<number> {
  const [name, ...rest] = argv;
  if (name === undefined || name === '--help' || name === 'help') {
    io.stdout(usage);
    return name === undefined ? EXIT.usage : EXIT.ok;
  }
  const load = commands[name];
  if (!load) {
    io.stderr(`epsilint: there is no command "${name}".\n${usage}`);
    return EXIT.usage;
  }
  try {
    const command = await load();
    return await command.run(rest, io);
  } catch (error) {
    if (error instanceof UsageError) {
      io.stderr(`epsilint: ${error.message}\n`);
      return EXIT.usage;
    }
    throw error;
  }
}
