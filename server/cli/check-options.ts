import { parseArgs } from 'node:util';
import type { Tier } from '../facts/events';
import type { Severity } from '../rules';
import { namesRules, noRule } from '../workspace/configuration/rule-ids';
import { UsageError } from './io';
import { misread } from './misread';

export const checkUsage = `Usage: epsilint check [PATH…] [options]

Reads training code and says where privacy leaks. Without a path: the current folder.

  --format text|json|sarif|github   how to print (default: text)
  --output FILE                     write there instead of to standard output
  --tier certain|likely|possible    the least sure findings to show (default: likely)
  --fail-on error|warning|information  the least severe finding that makes the exit code 1 (default: warning)
  --select P,…  --ignore P,…        rules or prefixes that are on / off
  --config FILE                     this configuration instead of the nearest one
  --baseline FILE                   do not show the findings that this file knows
  --update-baseline                 write the present findings to the baseline
  --statistics                      counts per rule instead of findings
  --exit-zero                       exit code 0 also with findings
  --stdin-filename FILE             check standard input as if it were this file
  --force-exclude                   leave excluded files out also where they are named (for hooks)
  --jobs N                          threads (default: by the machine)

Exit code: 0 nothing found, 1 findings, 2 usage or input error.
`;

export type Format = 'text' | 'json' | 'sarif' | 'github';

export interface CheckOptions {
  readonly paths: readonly string[];
  readonly format: Format;
  readonly output: string | null;
  readonly tier: Tier | null;
  readonly failOn: Severity | null;
  readonly select: readonly string[] | null;
  readonly ignore: readonly string[];
  readonly config: string | null;
  readonly baseline: string | null;
  readonly updateBaseline: boolean;
  readonly statistics: boolean;
  readonly exitZero: boolean;
  readonly stdinFilename: string | null;
  readonly forceExclude: boolean;
  readonly jobs: number | null;
}

/** Reads the words after `check`; null: help was asked for. Throws `UsageError`. */
export function checkOptions(argv: readonly string[]): CheckOptions | null {
  const { values, positionals } = words(argv);
  if (values.help) return null;
  const jobs = values.jobs === undefined ? null : Number(values.jobs);
  if (jobs !== null && !(Number.isInteger(jobs) && jobs >= 1 && jobs <= 64))
    throw new UsageError(`--jobs is a number from 1 to 64, not "${values.jobs}".`);
  const lists = (given: readonly string[] | undefined): string[] =>
    (given ?? [])
      .flatMap(one => one.split(','))
      .map(one => one.trim())
      .filter(one => one !== '');
  const options: CheckOptions = {
    paths: positionals,
    format: oneOf('--format', values.format, ['text', 'json', 'sarif', 'github']) ?? 'text',
    output: values.output ?? null,
    tier: oneOf('--tier', values.tier, ['certain', 'likely', 'possible']),
    failOn: oneOf('--fail-on', values['fail-on'], ['error', 'warning', 'information']),
    select: values.select ? lists(values.select) : null,
    ignore: lists(values.ignore),
    config: values.config ?? null,
    baseline: values.baseline ?? null,
    updateBaseline: values['update-baseline'] ?? false,
    statistics: values.statistics ?? false,
    exitZero: values['exit-zero'] ?? false,
    stdinFilename: values['stdin-filename'] ?? null,
    forceExclude: values['force-exclude'] ?? false,
    jobs,
  };
  const odd = [...(options.select ?? []), ...options.ignore].find(prefix => !/^[A-Z]+\d{0,3}$/.test(prefix));
  const none = [...(options.select ?? []), ...options.ignore].find(prefix => !namesRules(prefix));
  if (odd !== undefined) throw new UsageError(`"${odd}" is no rule or prefix; write "LEAK001" or "DP".`);
  if (none !== undefined) throw new UsageError(`${noRule(none)}.`);
  if (options.stdinFilename !== null && options.paths.some(path => path !== '-'))
    throw new UsageError('--stdin-filename checks standard input; name no other path.');
  if (options.stdinFilename === null && options.paths.includes('-'))
    throw new UsageError('to check standard input, say what file it stands for: --stdin-filename train.py.');
  return options;
}

function words(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        format: { type: 'string' },
        output: { type: 'string' },
        tier: { type: 'string' },
        'fail-on': { type: 'string' },
        select: { type: 'string', multiple: true },
        ignore: { type: 'string', multiple: true },
        config: { type: 'string' },
        baseline: { type: 'string' },
        'update-baseline': { type: 'boolean' },
        statistics: { type: 'boolean' },
        'exit-zero': { type: 'boolean' },
        'stdin-filename': { type: 'string' },
        'force-exclude': { type: 'boolean' },
        jobs: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    throw misread(error, checkUsage);
  }
}

function oneOf<T extends string>(option: string, value: string | undefined, known: readonly T[]): T | null {
  if (value === undefined) return null;
  const found = known.find(one => one === value);
  if (found === undefined) throw new UsageError(`${option} is ${known.join(', ')}; not "${value}".`);
  return found;
}
