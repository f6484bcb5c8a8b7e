import { nearest } from '../workspace/configuration/suggest';
import type { CliIO, Command } from './io';
import { EXIT, isUsageError } from './io';
import { version } from './version';

interface Entry {
  /** What it does, for the overview. */
  readonly does: string;
  readonly load: () => Promise<{ run: Command }>;
}

/** Commands are loaded when called: `check` never pays for the audit's runtimes. */
const commands: Readonly<Record<string, Entry>> = {
  check: {
    does: 'findings in scripts and notebooks, for a terminal or CI',
    load: async () => (await import('./static-commands')).check(),
  },
  budget: {
    does: 'the ε that each DP call in the code buys, and where each number came from',
    load: async () => (await import('./static-commands')).budget(),
  },
  account: {
    does: 'the ε of a noise multiplier, sample rate and number of steps, or the noise for an ε',
    load: async () => (await import('./static-commands')).account(),
  },
  inspect: {
    does: 'what is in a checkpoint or data file; nothing of it is executed',
    load: async () => (await import('./data-commands')).inspect(),
  },
  score: {
    does: 'the outputs of a checkpoint for every row of a data file',
    load: async () => (await import('./data-commands')).score(),
  },
  audit: {
    does: 'whether a model tells its members from others, and who is exposed',
    load: async () => (await import('./data-commands')).audit(),
  },
  rules: {
    does: 'the rules, or the page of one of them',
    load: async () => (await import('./static-commands')).rules(),
  },
  server: { does: 'the language server, for an editor', load: () => import('./server') },
};

const usage = `Privacy tooling for people who train models on people's data. Everything runs on this machine.

Usage: epsilint <command> [options]

${Object.entries(commands)
  .map(([name, { does }]) => `  ${name.padEnd(9)}${does}`)
  .join('\n')}

epsilint <command> --help says more; epsilint --version.
Exit codes: 0 nothing found, 1 findings, a hazard or a failed gate, 2 usage or input error.
`;

/** Runs one command line; the exit code is 0 (nothing), 1 (findings) or 2 (usage or input error). */
export async function main(argv: readonly string[], io: CliIO): Promise<number> {
  const [name, ...rest] = argv;
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    io.stdout(usage);
    return name === undefined ? EXIT.usage : EXIT.ok;
  }
  if (name === '--version' || name === '-V') {
    io.stdout(`epsilint ${version()}\n`);
    return EXIT.ok;
  }
  const entry = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!entry) {
    const meant = nearest(name, Object.keys(commands));
    io.stderr(`epsilint: there is no command "${name}".${meant === null ? '' : ` Did you mean ${meant}?`}\n${usage}`);
    return EXIT.usage;
  }
  try {
    const command = await entry.load();
    return await command.run(rest, io);
  } catch (error) {
    if (isUsageError(error)) {
      io.stderr(`epsilint: ${error.message}\n`);
      return EXIT.usage;
    }
    throw error;
  }
}
