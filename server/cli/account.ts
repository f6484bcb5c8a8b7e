import { parseArgs } from 'node:util';
import {
  ACCOUNTANTS,
  account,
  attackReading,
  type Counting,
  type DpEvent,
  EventError,
  parseEvent,
  RELATIONS,
  solveBatchSize,
  solveDelta,
  solveEpochs,
  solveNoise,
  solveSampleRate,
  solveSteps,
} from '../../audit-core/accounting';
import { accountBatch } from './account-batch';
import { type AskedSteps, accountJson, attackText, comparedRows, comparedText, digits } from './account-text';
import { type Command, EXIT, UsageError } from './io';
import { misread } from './misread';

const usage = `Usage: epsilint account --noise-multiplier S (--sample-rate Q | --batch-size B --examples N) (--steps T | --epochs E) --delta D
                        [--accountant pld|rdp|prv|gdp] [--relation add-or-remove|replace-one|replace-special]
                        [--sampling poisson|shuffle|fixed] [--records-per-person K] [--compare] [--format text|json]
                        [--target-epsilon E [--solve-for noise-multiplier|steps|epochs|batch-size|sample-rate|delta]]
       epsilint account --batch FILE|-      one JSON question a line, one JSON answer a line

With --target-epsilon one quantity is asked for, the noise multiplier unless --solve-for names another. Batches of size B from N
examples are what a loader gives: sample rate 1/⌈N/B⌉, ⌈N/B⌉ steps an epoch. GDP is an approximation, all others are upper bounds.
`;

const UNKNOWNS = ['noise-multiplier', 'steps', 'epochs', 'batch-size', 'sample-rate', 'delta'] as const;
const NUMBERS = [
  'noise-multiplier',
  'sample-rate',
  'batch-size',
  'examples',
  'steps',
  'epochs',
  'delta',
  'target-epsilon',
  'records-per-person',
] as const;
type NumberName = (typeof NUMBERS)[number];

const text = { type: 'string' } as const;
const options = {
  'noise-multiplier': text,
  'sample-rate': text,
  'batch-size': text,
  examples: text,
  steps: text,
  epochs: text,
  delta: text,
  'target-epsilon': text,
  'records-per-person': text,
  'solve-for': text,
  accountant: { type: 'string', default: 'pld' },
  relation: { type: 'string', default: 'add-or-remove' },
  sampling: { type: 'string', default: 'poisson' },
  compare: { type: 'boolean' },
  format: { type: 'string', default: 'text' },
  batch: text,
  help: { type: 'boolean', short: 'h' },
} as const;

type Numbers = Partial<Record<NumberName, number>>;

/** `epsilint account`: ε, or one parameter for a target ε, for steps that people name by hand, or for a list of questions. */
export const run: Command = async (argv, io) => {
  const values = parse(argv);
  if (values.help) {
    io.stdout(usage);
    return EXIT.ok;
  }
  if (values.batch !== undefined) return accountBatch(values.batch, io);
  const given: Numbers = {};
  for (const name of NUMBERS) {
    const value = numberOf(values[name], name);
    if (value !== undefined) given[name] = value;
  }
  const format = oneOf(values.format, ['text', 'json'] as const, '--format');
  const sampling = oneOf(values.sampling, ['poisson', 'shuffle', 'fixed'] as const, '--sampling');
  const counting: Counting = {
    accountant: oneOf(values.accountant, ACCOUNTANTS, '--accountant'),
    relation: oneOf(values.relation, RELATIONS, '--relation'),
    recordsPerPerson: given['records-per-person'] ?? 1,
  };
  if (values['solve-for'] !== undefined && given['target-epsilon'] === undefined)
    throw new UsageError('--solve-for needs --target-epsilon.');
  const unknown = oneOf(values['solve-for'] ?? 'noise-multiplier', UNKNOWNS, '--solve-for');
  try {
    const target = given['target-epsilon'];
    const amplified = sampling === 'poisson';
    const solved = target === undefined ? {} : solve(given, unknown, target, counting, amplified);
    const asked = stepsOf({ ...given, ...solved }, counting, amplified);
    const { event, delta, noiseMultiplier, steps, sampleRate, recordsPerPerson } = asked;
    const { accountant, relation } = counting;
    const answer = account({ event, accountant, relation, delta, recordsPerPerson });
    const rows = values.compare ? comparedRows(asked) : [];
    if (format === 'json') {
      const { epsilon, warning, lower, estimate } = answer;
      const reading = attackReading(event, relation, recordsPerPerson);
      const attack = { tprAt1Percent: reading.tprAt1Percent, auc: reading.auc };
      io.stdout(
        `${accountJson({ version: 1, epsilon, delta, accountant, relation, sampling, noiseMultiplier, steps, sampleRate, recordsPerPerson, ...(lower !== undefined && { lower, estimate }), ...solvedJson(solved), attack, ...(values.compare && { compared: rows.map(row => ({ ...row, epsilon: Number.isNaN(row.epsilon) ? null : row.epsilon })) }), warning })}\n`,
      );
      return EXIT.ok;
    }
    for (const [name, value] of Object.entries(solved))
      io.stdout(`--${name} ${exact(value)} for ε ≤ ${digits(target!)}\n`);
    const bracket = answer.lower === undefined ? '' : `, at least ${digits(answer.lower)}`;
    io.stdout(
      `ε = ${digits(answer.epsilon)} at δ = ${digits(delta)} (${accountant}, ${relation})${bracket}${answer.warning ? `: ${answer.warning}` : ''}\n`,
    );
    io.stdout(comparedText(rows));
    const unit = recordsPerPerson === 1 ? 'record' : `person with ${recordsPerPerson} records`;
    const assumed = amplified
      ? `sample rate ${digits(sampleRate)} (Poisson sampling assumed)`
      : `${sampling} batches, no amplification`;
    io.stdout(`noise multiplier ${digits(noiseMultiplier)}, ${assumed}, ${steps} steps; unit: ${unit}\n`);
    io.stdout(attackText(asked));
    return EXIT.ok;
  } catch (error) {
    if (error instanceof EventError) throw new UsageError(error.message);
    throw error;
  }
};

/** The parameters as steps: sample rate and count from the loader's arithmetic where batches and examples are given. */
function stepsOf(given: Numbers, { relation, recordsPerPerson = 1 }: Counting, amplified: boolean): AskedSteps {
  const { examples, epochs } = given;
  const batch = given['batch-size'];
  const loader = batch !== undefined && examples !== undefined ? Math.ceil(examples / batch) : undefined;
  const sampleRate = required(
    given['sample-rate'] ?? (loader === undefined ? undefined : 1 / loader),
    '--sample-rate, or --batch-size with --examples,',
  );
  const steps = required(
    given.steps ?? (epochs === undefined ? undefined : Math.ceil(epochs * (loader ?? 1 / sampleRate) - 1e-9)),
    '--steps or --epochs',
  );
  const delta = required(given.delta, '--delta');
  const noiseMultiplier = required(given['noise-multiplier'], '--noise-multiplier or --target-epsilon');
  const passes = epochs ?? (loader === undefined ? undefined : steps / loader);
  // Batches that are shuffled or fixed are not amplified: each epoch is one Gaussian release.
  const event: DpEvent = parseEvent({
    type: 'selfComposed',
    count: amplified ? steps : Math.ceil(required(passes, '--epochs')),
    event: {
      type: 'poissonSampled',
      sampleRate: amplified ? sampleRate : 1,
      event: { type: 'gaussian', noiseMultiplier },
    },
  });
  return { event, noiseMultiplier, sampleRate, steps, epochs: passes, delta, relation, recordsPerPerson, amplified };
}

/** One parameter for a target ε, under its option's name. @throws EventError where no value reaches it */
function solve(
  given: Numbers,
  unknown: (typeof UNKNOWNS)[number],
  target: number,
  counting: Counting,
  amplified: boolean,
): Numbers {
  const delta = unknown === 'delta' ? 0.5 : required(given.delta, '--delta');
  const noiseMultiplier =
    unknown === 'noise-multiplier' ? 1 : required(given['noise-multiplier'], '--noise-multiplier');
  if (unknown === 'batch-size' || unknown === 'epochs' || unknown === 'sample-rate') {
    if (!amplified) throw new UsageError(`--solve-for ${unknown} is known for --sampling poisson.`);
    if (unknown === 'sample-rate')
      return {
        'sample-rate': solveSampleRate(
          { noiseMultiplier, steps: required(given.steps, '--steps'), delta },
          target,
          counting,
        ),
      };
    const examples = required(given.examples, '--examples');
    return unknown === 'epochs'
      ? {
          epochs: solveEpochs(
            { noiseMultiplier, batchSize: required(given['batch-size'], '--batch-size'), examples, delta },
            target,
            counting,
          ),
        }
      : {
          'batch-size': solveBatchSize(
            { noiseMultiplier, epochs: required(given.epochs, '--epochs'), examples, delta },
            target,
            counting,
          ),
        };
  }
  const asked = stepsOf(
    { ...given, delta, 'noise-multiplier': noiseMultiplier, ...(unknown === 'steps' && { steps: 1 }) },
    counting,
    amplified,
  );
  if (unknown === 'noise-multiplier') return { 'noise-multiplier': solveNoise(asked.event, delta, target, counting) };
  if (unknown === 'delta') return { delta: solveDelta(asked.event, target, counting) };
  const step: DpEvent = asked.event.type === 'selfComposed' ? asked.event.event : asked.event;
  return { steps: solveSteps(step, delta, target, counting) };
}

function solvedJson(solved: Numbers): object {
  const [entry] = Object.entries(solved);
  return entry ? { solvedFor: entry[0], solution: entry[1] } : {};
}

function required<T>(value: T | undefined, name: string): T {
  if (value === undefined) throw new UsageError(`${name} is missing; epsilint account --help shows the options.`);
  return value;
}

function numberOf(given: string | undefined, name: string): number | undefined {
  if (given === undefined) return undefined;
  const value = Number(given);
  if (given.trim() === '' || Number.isNaN(value) || value < 0)
    throw new UsageError(`--${name} must be a number of 0 or more.`);
  return value;
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options, strict: true }).values;
  } catch (error) {
    throw misread(error, usage);
  }
}

function oneOf<T extends string>(value: unknown, allowed: readonly T[], name: string): T {
  const found = allowed.find(each => each === value);
  if (found === undefined) throw new UsageError(`${name} must be one of ${allowed.join(', ')}.`);
  return found;
}

/** Seven significant digits: what was solved for is to be used. */
const exact = (value: number): string => String(Number(value.toPrecision(7)));
