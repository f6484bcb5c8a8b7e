/** What a command may touch of the outside world: injected, so that commands run in tests without a process. */
export interface CliIO {
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
  /** The whole of standard input as UTF-8 text. */
  readonly stdin: () => Promise<string>;
  /** True when standard output is a terminal: only then colour, progress and questions. */
  readonly isTTY: boolean;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborted on SIGINT; long commands stop soon after. */
  readonly signal: AbortSignal;
}

/** Exit codes of design.md §6. */
export const EXIT = { ok: 0, findings: 1, usage: 2 } as const;

/** An error of usage or input: its message is the one sentence that the user sees; exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** By its name: each bundle of commands has a class of its own. */
export const isUsageError = (error: unknown): error is UsageError =>
  error instanceof Error && error.name === 'UsageError';

/** One command: takes the words after its name, returns the exit code. */
export type Command = (argv: readonly string[], io: CliIO) => Promise<number>;
