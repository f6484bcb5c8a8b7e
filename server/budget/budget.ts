import { type DpSgd, deterministicBatchesEpsilon } from '../../audit-core/accounting';
import type { BudgetEvent, Event, ModuleRun, PrivatiseEvent, TrainEvent } from '../facts/events';
import type { FileFactsLookup } from '../facts/file-facts';
import type { Evidence, Parameter, Resolved } from '../facts/values';
import { examplesOf, loaderOf } from './examples';
import { dpSgdEpsilon, gaussianEpsilon, opacusRdpEpsilon } from './memo';
import { type BudgetStatement, phraseOf, type Sampling, type StatedParameter } from './statement';

/** Names of a statement's parameters in the order in which people ask for them. */
type Name =
  | 'noiseMultiplier'
  | 'sampleRate'
  | 'steps'
  | 'delta'
  | 'batchSize'
  | 'examples'
  | 'epochs'
  | 'targetEpsilon'
  | 'maxGradNorm';

/** One statement for each DP-SGD call of a module; calls of helpers in other files are stated there. */
export function budgetStatements(run: ModuleRun, files: FileFactsLookup): BudgetStatement[] {
  return run.events
    .filter(
      (event): event is PrivatiseEvent =>
        event.kind === 'privatise' && event.mechanism === 'dp-sgd' && event.path === undefined,
    )
    .map(event => statementOf(event, run, files));
}

function statementOf(dp: PrivatiseEvent, run: ModuleRun, files: FileFactsLookup): BudgetStatement {
  const { events } = run;
  const found = new Map<Name, StatedParameter>();
  const put = (name: Name, value: StatedParameter | null): void => {
    if (value && !found.has(name)) found.set(name, value);
  };
  for (const name of [
    'noiseMultiplier',
    'sampleRate',
    'steps',
    'delta',
    'batchSize',
    'examples',
    'epochs',
    'targetEpsilon',
    'maxGradNorm',
  ] as const)
    put(name, constantOf(dp.parameters[name]));
  const loader = loaderOf(dp.loader, events);
  put('batchSize', evidenceConstant(loader?.arguments.batch_size));
  const rows = loader?.arguments.dataset ?? dp.loader;
  if (rows) put('examples', examplesOf(rows, events, files));
  put('epochs', epochsOf(dp, events));
  put('delta', deltaOf(dp, events));
  perStep(found, dp.library);
  const sampling = samplingOf(dp);
  const numbers = (name: Name): number | null => numberIn(found.get(name));
  const [noise, rate, steps, delta, epochs] = (
    ['noiseMultiplier', 'sampleRate', 'steps', 'delta', 'epochs'] as const
  ).map(numbers);
  const target = found.get('targetEpsilon') ?? null;
  const complete = noise !== null && rate !== null && steps !== null && delta !== null;
  const question = complete ? { noiseMultiplier: noise!, sampleRate: rate!, steps: steps!, delta: delta! } : null;
  const pld = question && dpSgdEpsilon(question);
  const rdp = question && dpSgdEpsilon({ ...question, accountant: 'rdp' });
  const library =
    question && dp.library === 'opacus'
      ? { name: 'Opacus', accountant: 'rdp', epsilon: opacusRdpEpsilon(question).epsilon }
      : null;
  const needed: readonly Name[] =
    target && noise === null
      ? ['delta']
      : ['noiseMultiplier', ...missingRate(found), ...(steps === null ? (['epochs'] as const) : []), 'delta'];
  return {
    event: dp.id,
    path: run.path,
    span: dp.span,
    library: dp.library,
    mechanism: dp.mechanism,
    unit: 'record',
    parameters: Object.fromEntries(found),
    unresolved: [...new Set(needed)].filter(name => !found.has(name)),
    epsilon: { pld: pld?.epsilon ?? null, rdp: rdp?.epsilon ?? null, library },
    sampling,
    epsilonIfShuffled:
      noise !== null && epochs !== null && delta !== null && noise! > 0
        ? gaussianEpsilon(noise! / Math.sqrt(Math.max(1, epochs!)), delta!)
        : null,
    person: personOf(rows ?? null, files, question && { ...question, sampling, epochs }),
    target,
    warnings: [pld?.warning, rdp?.warning].filter(warning => typeof warning === 'string'),
  };
}

/** Opacus takes q = 1/len(loader) with len(loader) = ⌈n/B⌉ and as many steps an epoch; so do the others that wrap a loader. */
function perStep(found: Map<Name, StatedParameter>, library: string): void {
  const [batch, examples, epochs] = (['batchSize', 'examples', 'epochs'] as const).map(name => found.get(name));
  const [b, n] = [numberIn(batch), numberIn(examples)];
  const batches = b !== null && n !== null && b > 0 ? Math.ceil(n / b) : null;
  const overridable = [batch, examples].some(each => each?.overridable);
  if (!found.has('sampleRate') && batches !== null && batch && examples)
    found.set('sampleRate', {
      value: library === 'opacus' ? 1 / batches : b! / n!,
      origin: `1/⌈n/B⌉: ${examples.origin}; ${batch.origin}`,
      overridable,
      span: null,
    });
  const e = numberIn(epochs);
  const perEpoch =
    batches ??
    (numberIn(found.get('sampleRate')) === null ? null : Math.ceil(1 / numberIn(found.get('sampleRate'))! - 1e-9));
  if (!found.has('steps') && e !== null && epochs && perEpoch !== null)
    found.set('steps', {
      value: Math.ceil(e * perEpoch - 1e-9),
      origin: `epochs × ⌈n/B⌉: ${epochs.origin}`,
      overridable: overridable || epochs.overridable,
      span: null,
    });
}

/** Which names would settle the sample rate: shown as unknowns when it does not resolve. */
function missingRate(found: ReadonlyMap<Name, StatedParameter>): Name[] {
  if (found.has('sampleRate')) return [];
  return (['batchSize', 'examples'] as const).filter(name => !found.has(name));
}

/** Epochs of the training that uses this mechanism: the fit's own number, or the outermost counting loop around the step. */
function epochsOf(dp: PrivatiseEvent, events: readonly Event[]): StatedParameter | null {
  const train = events.find(
    (event): event is TrainEvent => event.kind === 'train' && event.privatisedBy.includes(dp.id),
  );
  if (!train) return null;
  return constantOf(train.epochs) ?? constantOf(train.loops.find(loop => loop.over === 'epochs')?.count);
}

/** δ of the call itself, else of the accountant that is asked later about this mechanism. */
function deltaOf(dp: PrivatiseEvent, events: readonly Event[]): StatedParameter | null {
  const asked = events.filter(
    (event): event is BudgetEvent =>
      event.kind === 'budget' && (event.privatise.length === 0 || event.privatise.includes(dp.id)),
  );
  for (const event of asked) {
    const delta = constantOf(event.parameters.delta);
    if (delta) return delta;
  }
  return null;
}

function samplingOf(dp: PrivatiseEvent): Sampling {
  const given = dp.parameters.poissonSampling;
  if (given?.kind === 'constant') return given.resolved.value === false ? 'shuffle' : 'poisson';
  return given === undefined || given.kind === 'absent' ? (dp.library === 'opacus' ? 'poisson' : 'unknown') : 'unknown';
}

/** The largest number of records that one person has, when a data file with a person key was counted. */
function personOf(
  rows: Evidence | null,
  files: FileFactsLookup,
  question: (DpSgd & { readonly sampling: Sampling; readonly epochs: number | null | undefined }) | null,
): BudgetStatement['person'] {
  for (const source of rows?.sources ?? []) {
    const keys = source.name === null ? undefined : files(source.name)?.data?.keys;
    const key = source.subjectKey ?? (keys ? (Object.keys(keys)[0] ?? null) : null);
    const counted = key === null ? undefined : keys?.[key];
    if (key !== null && counted && counted.maxRecords > 1)
      return { key, maxRecords: counted.maxRecords, epsilon: question && personEpsilon(question, counted.maxRecords) };
  }
  return null;
}

/** ε for a person with `records` records: a mixture over how many of them a batch holds, or all of them where batches are not sampled. */
function personEpsilon(
  question: DpSgd & { readonly sampling: Sampling; readonly epochs: number | null | undefined },
  records: number,
): number | null {
  const { noiseMultiplier, sampleRate, steps, delta, sampling, epochs } = question;
  // Beyond this a person is in nearly every batch, and the mixture costs more than it says.
  if (records > 200) return null;
  if (sampling === 'shuffle')
    return epochs
      ? deterministicBatchesEpsilon(noiseMultiplier, Math.max(1, epochs), delta, 'add-or-remove', records)
      : null;
  return dpSgdEpsilon({ noiseMultiplier, sampleRate, steps, delta, recordsPerPerson: records, tolerance: 1e-3 })
    .epsilon;
}

function constantOf(parameter: Parameter | undefined): StatedParameter | null {
  return parameter?.kind === 'constant' ? stated(parameter.resolved) : null;
}

const evidenceConstant = (evidence: Evidence | undefined): StatedParameter | null =>
  evidence?.constant ? stated(evidence.constant) : null;

function stated(resolved: Resolved): StatedParameter | null {
  const { value, origins, overridable } = resolved;
  if (typeof value !== 'number' && typeof value !== 'string' && typeof value !== 'boolean') return null;
  const literal = origins.find(origin => origin.kind === 'literal' && origin.path === undefined)?.span ?? null;
  return { value, origin: phraseOf(origins), overridable, span: literal };
}

function numberIn(parameter: StatedParameter | undefined): number | null {
  if (!parameter) return null;
  const value = typeof parameter.value === 'string' ? Number(parameter.value) : parameter.value;
  return typeof value === 'number' && !Number.isNaN(value) ? value : null;
}
