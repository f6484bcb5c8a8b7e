import { readFile } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { parseArgs } from 'node:util';
import {
  type Answer,
  account,
  calibrate,
  type DpEvent,
  deterministicBatchesEpsilon,
  EventError,
  maxAuc,
  maxTprAtFpr,
  parseEvent,
  RELATIONS,
} from '../../audit-core/accounting';
import { type CliIO, type Command, EXIT, UsageError } from './io';

const usage = `Usage: epsilint account --noise-multiplier S (--sample-rate Q | --batch-size B --examples N) (--steps T | --epochs E) --delta D
                        [--accountant pld|rdp] [--relation add-or-remove|replace-one|replace-special] [--sampling poisson|shuffle|fixed]
                        [--records-per-person K] [--target-epsilon E] [--compare] [--format text|json]
       epsilint account --batch FILE|-      one JSON question a line, one JSON answer a line

With --target-epsilon the noise multiplier is what is asked for. Batches of size B from N examples are what a loader gives:
sample rate 1/⌈N/B⌉, ⌈N/B⌉ steps an epoch.
`;

const options = {
  'noise-multiplier': { type: 'string' },
  'sample-rate': { type: 'string' },
  'batch-size': { type: 'string' },
  examples: { type: 'string' },
  steps: { type: 'string' },
  epochs: { type: 'string' },
  delta: { type: 'string' },
  accountant: { type: 'string', default: 'pld' },
  relation: { type: 'string', default: 'add-or-remove' },
  'target-epsilon': { type: 'string' },
  'records-per-person': { type: 'string', default: '1' },
  sampling: { type: 'string', default: 'poisson' },
  compare: { type: 'boolean' },
  format: { type: 'string', default: 'text' },
  batch: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** `epsilint account`: ε, δ or noise for steps that people name by hand, or for a list of questions. */
export const run: Command = async (argv, io) => {
  const values = parse(argv);
  if (values.help) {
    io.stdout(usage);
    return EXIT.ok;
  }
  if (values.batch !== undefined) return batch(values.batch, io);
  const number = (
    name:
      | 'noise-multiplier'
      | 'sample-rate'
      | 'batch-size'
      | 'examples'
      | 'steps'
      | 'epochs'
      | 'delta'
      | 'target-epsilon'
      | 'records-per-person',
  ): number | undefined => {
    const given = values[name];
    if (given === undefined) return undefined;
    const value = Number(given);
    if (given.trim() === '' || Number.isNaN(value) || value < 0)
      throw new UsageError(`--${name} must be a number of 0 or more.`);
    return value;
  };
  const required = <T>(value: T | undefined, name: string): T => {
    if (value === undefined) throw new UsageError(`${name} is missing; epsilint account --help shows the options.`);
    return value;
  };
  const loader =
    number('batch-size') !== undefined && number('examples') !== undefined
      ? Math.ceil(number('examples')! / number('batch-size')!)
      : undefined;
  const sampleRate = required(
    number('sample-rate') ?? (loader === undefined ? undefined : 1 / loader),
    '--sample-rate, or --batch-size with --examples,',
  );
  const epochs = number('epochs');
  const steps = required(
    number('steps') ?? (epochs === undefined ? undefined : Math.ceil(epochs * (loader ?? 1 / sampleRate) - 1e-9)),
    '--steps or --epochs',
  );
  const delta = required(number('delta'), '--delta');
  const accountant = oneOf(values.accountant, ['pld', 'rdp'] as const, '--accountant');
  const relation = oneOf(values.relation, RELATIONS, '--relation');
  const format = oneOf(values.format, ['text', 'json'] as const, '--format');
  const target = number('target-epsilon');
  const recordsPerPerson = number('records-per-person') ?? 1;
  const sampling = oneOf(values.sampling, ['poisson', 'shuffle', 'fixed'] as const, '--sampling');
  // Batches that are shuffled or fixed are not amplified: each epoch is one Gaussian release.
  const passes = epochs ?? (loader === undefined ? undefined : steps / loader);
  const amplified = sampling === 'poisson';
  const eventAt = (noiseMultiplier: number): DpEvent =>
    parseEvent({
      type: 'selfComposed',
      count: amplified ? steps : Math.ceil(required(passes, '--epochs')),
      event: {
        type: 'poissonSampled',
        sampleRate: amplified ? sampleRate : 1,
        event: { type: 'gaussian', noiseMultiplier },
      },
    });
  try {
    const noiseMultiplier =
      target === undefined
        ? required(number('noise-multiplier'), '--noise-multiplier or --target-epsilon')
        : calibrate(eventAt(1), accountant, relation, delta, target, recordsPerPerson);
    const ask = (name: 'pld' | 'rdp'): Answer =>
      account({ event: eventAt(noiseMultiplier), accountant: name, relation, delta, recordsPerPerson });
    const answer = ask(accountant);
    if (format === 'json') {
      io.stdout(
        `${json({ version: 1, epsilon: answer.epsilon, delta, accountant, relation, sampling, noiseMultiplier, steps, sampleRate, warning: answer.warning })}\n`,
      );
      return EXIT.ok;
    }
    const rows = values.compare
      ? (['pld', 'rdp'] as const).map(name => [name, ask(name)] as const)
      : [[accountant, answer] as const];
    for (const [name, { epsilon, warning }] of rows)
      io.stdout(`ε = ${digits(epsilon)} at δ = ${delta} (${name}, ${relation})${warning ? `: ${warning}` : ''}\n`);
    if (values.compare && amplified && passes !== undefined)
      io.stdout(
        `ε ≤ ${digits(deterministicBatchesEpsilon(noiseMultiplier, passes, delta, relation, recordsPerPerson))} if batches are shuffled or fixed instead of sampled\n`,
      );
    const unit = recordsPerPerson === 1 ? 'record' : `person with ${recordsPerPerson} records`;
    const assumed = amplified
      ? `sample rate ${digits(sampleRate)} (Poisson sampling assumed)`
      : `${sampling} batches, no amplification`;
    io.stdout(`noise multiplier ${digits(noiseMultiplier)}, ${assumed}, ${steps} steps; unit: ${unit}\n`);
    io.stdout(
      `as an attack: at most ${digits(100 * maxTprAtFpr(answer.epsilon, delta, 0.01))} % of members found at 1 % false alarms, AUC at most ${digits(maxAuc(answer.epsilon, delta))}\n`,
    );
    return EXIT.ok;
  } catch (error) {
    if (error instanceof EventError) throw new UsageError(error.message);
    throw error;
  }
};

function parse(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options, strict: true }).values;
  } catch (error) {
    throw new UsageError(
      `${error instanceof Error ? error.message.split('.')[0] : 'unknown option'}.\n${usage.trimEnd()}`,
    );
  }
}

function oneOf<T extends string>(value: unknown, allowed: readonly T[], name: string): T {
  const found = allowed.find(each => each === value);
  if (found === undefined) throw new UsageError(`${name} must be one of ${allowed.join(', ')}.`);
  return found;
}

/** JSON has no infinity: the string "Infinity" stands for it. */
const json = (value: object): string =>
  JSON.stringify(value, (_, each) => (each === Number.POSITIVE_INFINITY ? 'Infinity' : each));
const digits = (value: number): string => (Number.isFinite(value) ? String(Number(value.toPrecision(4))) : '∞');

/** One answer a line, in the order of the questions; a bad line gives an error line and never stops the rest. */
async function batch(file: string, io: CliIO): Promise<number> {
  const text =
    file === '-'
      ? await io.stdin()
      : await readFile(isAbsolute(file) ? file : join(io.cwd, file), 'utf8').catch(() =>
          Promise.reject(new UsageError(`cannot read the questions in ${file}.`)),
        );
  for (const line of text.split('\n')) if (line.trim() !== '') io.stdout(`${json(answerLine(line))}\n`);
  return EXIT.ok;
}

function answerLine(line: string): object {
  let id: unknown = null;
  try {
    const question: unknown = JSON.parse(line);
    if (typeof question !== 'object' || question === null) throw new EventError('A question is a JSON object.');
    const asked = question as Record<string, unknown>;
    id = asked.id ?? null;
    const event = parseEvent(asked.event);
    const accountant = known(asked.accountant ?? 'pld', ['pld', 'rdp'] as const, 'accountant');
    const relation = known(asked.relation ?? 'add-or-remove', RELATIONS, 'relation');
    const recordsPerPerson = optional(asked.recordsPerPerson, 'recordsPerPerson') ?? 1;
    const delta = optional(asked.delta, 'delta');
    const target = optional(asked.targetEpsilon, 'targetEpsilon');
    if (target !== undefined) {
      known(asked.solveFor, ['noiseMultiplier'] as const, 'solveFor');
      if (delta === undefined) throw new EventError('delta is missing.');
      return {
        id,
        noiseMultiplier: calibrate(event, accountant, relation, delta, target, recordsPerPerson),
        warning: null,
      };
    }
    const epsilon = optional(asked.epsilon, 'epsilon');
    const answer = account({
      event,
      accountant,
      relation,
      recordsPerPerson,
      ...(delta !== undefined && { delta }),
      ...(epsilon !== undefined && { epsilon }),
    });
    return delta !== undefined
      ? { id, epsilon: answer.epsilon, warning: answer.warning }
      : { id, delta: answer.delta, warning: answer.warning };
  } catch (error) {
    const message =
      error instanceof EventError
        ? error.message
        : error instanceof SyntaxError
          ? 'The line is not valid JSON.'
          : `Internal error: ${String(error)}`;
    return { id, error: message };
  }
}

function known<T extends string>(value: unknown, allowed: readonly T[], name: string): T {
  const found = allowed.find(each => each === value);
  if (found === undefined) throw new EventError(`${name} must be one of ${allowed.join(', ')}.`);
  return found;
}

function optional(value: unknown, name: string): number | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'number' || Number.isNaN(value)) throw new EventError(`${name} must be a number.`);
  return value;
}
