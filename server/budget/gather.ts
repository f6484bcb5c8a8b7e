import type { BudgetEvent, Event, LoopFacts, MarkEvent, PrivatiseEvent, TrainEvent } from '../facts/events';
import type { FileFactsLookup } from '../facts/file-facts';
import type { Evidence, Parameter } from '../facts/values';
import { addsUp, inLoops, onceByDefault } from './accumulated';
import { bandedEvent } from './banded';
import { examplesOf, loaderOf } from './examples';
import { Found, type Name, ofKind } from './found';
import { numberIn, type StatedParameter } from './statement';
import { deriveTree } from './tree';

/** Everything that the text says of one mechanism. */
export interface Gathered {
  readonly found: Found;
  /** The rows that it trains on. */
  readonly rows: Evidence | null;
  readonly loader: MarkEvent | null;
  readonly trains: readonly TrainEvent[];
  readonly asked: readonly BudgetEvent[];
}

const own: readonly Name[] = [
  'noiseMultiplier',
  'sampleRate',
  'steps',
  'delta',
  'batchSize',
  'examples',
  'epochs',
  'targetEpsilon',
  'maxGradNorm',
  'microbatches',
  'clientsPerRound',
  'clients',
  'rounds',
];
/** What Keras' `fit` takes where no batch size is given. */
const KERAS_BATCH = 32;

/** Parameters from the call itself, its loader, the training that uses it, and the accountant that is asked about it. */
export function gather(
  dp: PrivatiseEvent,
  events: readonly Event[],
  files: FileFactsLookup,
  steps: readonly TrainEvent[] = [],
): Gathered {
  const found = new Found();
  for (const name of own) found.take(name, dp.parameters[name]);
  const trains = [...steps, ...ofKind(events, 'train').filter(train => train.privatisedBy.includes(dp.id))];
  const asked = askedOf(dp, events);
  const loader = loaderOf(dp.loader ?? trains.find(train => train.data)?.data ?? null, events);
  found.takeEvidence('batchSize', loader?.arguments.batch_size);
  const rows = loader?.arguments.dataset ?? dp.loader ?? rowsOf(trains);
  found.takeResolved('examples', rows?.rows ?? loader?.values[0]?.rows ?? dp.loader?.rows);
  for (const train of trains) {
    found.takeEvidence('batchSize', train.arguments.batch_size);
    found.takeResolved('batchSize', train.data?.batch ?? train.arguments.x?.batch);
    found.takeResolved('examples', train.data?.rows ?? train.arguments.x?.rows);
  }
  if (rows) found.set('examples', examplesOf(rows, events, files));
  accumulate(found, dp.parameters.accumulation);
  for (const train of trains) {
    if (train.style !== 'step' && train.style !== 'update') found.take('epochs', train.epochs);
    // Loops around the mechanism too repeat all of it; only those between it and the step count its epochs.
    for (const loop of ownLoops(train, dp))
      found.take(countsSteps(loop) && !walksLoader(train, loop) ? 'steps' : 'epochs', loop.count);
    if (train.loops.length === 0) found.take('epochs', train.epochs);
  }
  // A step that is not seen to stand in it: the module's one loop over epochs counts them all the same.
  if (!found.has('epochs')) found.take('epochs', epochLoop(dp, events));
  const kin = asked.filter(event => related(event.library, dp.library));
  for (const name of ['noiseMultiplier', 'sampleRate', 'steps', 'batchSize', 'examples', 'epochs'] as const)
    takeAsked(found, name, dp, kin);
  // Noise that a helper calibrated: its target tells more than the name of the result.
  if (!found.has('noiseMultiplier'))
    for (const name of ['targetEpsilon', 'delta'] as const) takeAsked(found, name, dp, kin);
  takeAsked(found, 'delta', dp, asked);
  const again = trains.map(againOn).find(words => words !== null);
  if (again) for (const name of ['steps', 'epochs'] as const) found.forget(name, `steps repeated ${again} a batch`);
  if (!found.has('batchSize') && trains.some(train => train.api.startsWith('keras.') && train.style === 'fit'))
    found.set('batchSize', { value: KERAS_BATCH, origin: 'Keras default', overridable: false, span: null });
  return { found, rows, loader, trains, asked };
}

/** A logical batch of several that a device takes one after another. Where either is not one number, their product is not known. */
function accumulate(found: Found, parts: Parameter | undefined): void {
  const batch = found.get('batchSize');
  if (!parts || parts.kind === 'absent' || !batch) return;
  const held = parts.kind === 'constant' ? parts.resolved.value : null;
  const count = typeof held === 'number' || typeof held === 'string' ? numberIn({ value: held }) : null;
  const each = batch.values ? null : numberIn(batch);
  if (count === null || each === null) found.forget('batchSize', `${batch.origin} × accumulated batches`);
  else if (count > 1)
    found.replace('batchSize', { ...batch, value: each * count, origin: `${batch.origin} × ${count}` });
}

/** Parameters of an accountant used by hand: its own call, and what is asked of it afterwards. */
export function gatherAccounted(event: BudgetEvent, events: readonly Event[]): Found {
  const found = new Found();
  const kin = ofKind(events, 'budget').filter(other => other !== event && related(other.library, event.library));
  const near = kin.filter(other => within(placeOf(other), placeOf(event)));
  for (const name of own) if (name !== 'steps' || !oneStep(event)) found.take(name, event.parameters[name]);
  const loop = event.loops.find(each => each.over === 'epochs');
  if (event.api.endsWith('.step') && loop) found.take('steps', loop.count);
  // What is calibrated is the event that stands beside it.
  if (calibrates(event))
    for (const name of ['sampleRate', 'steps', 'batchSize', 'examples', 'epochs'] as const)
      for (const other of near) found.take(name, other.parameters[name]);
  if (calibrates(event))
    for (const mark of ofKind(events, 'mark'))
      if (mark.mark === 'privacy-event' && within(placeOf(mark), placeOf(event))) {
        found.takeEvidence('sampleRate', mark.arguments.sampling_probability);
        found.takeEvidence('steps', mark.arguments.count);
      }
  const later = kin.filter(other => other.id > event.id && other.library === event.library);
  for (const other of [...near, ...later, ...kin.filter(other => other.library === event.library)])
    found.take('delta', other.parameters.delta);
  // A question of its own tells the steps of another call; a call that adds up has its own, once where it says no more.
  if (addsUp(event)) onceByDefault(found, event);
  else for (const other of [...near, ...later]) found.take('steps', other.parameters.steps);
  bandedEvent(event, found);
  inLoops(found, event);
  return found;
}

/** In that definition or in one inside it. */
export const within = (place: readonly string[], outer: readonly string[]): boolean =>
  outer.every((name, i) => name === place[i]);

/** Solves for the noise of another event. */
export const calibrates = ({ parameters }: BudgetEvent): boolean => {
  const { targetEpsilon, noiseMultiplier } = parameters;
  return (
    targetEpsilon !== undefined &&
    targetEpsilon.kind !== 'absent' &&
    (noiseMultiplier === undefined || noiseMultiplier.kind === 'absent')
  );
};

/** The definition of this module that an event belongs to: that of the call which leads to it, where it happens in another file. */
export const placeOf = ({ path, scope, callScope }: Event): readonly string[] =>
  path === undefined ? scope : (callScope ?? scope);

export const samePlace = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((name, i) => name === b[i]);

/** Accountants that are asked about a mechanism: linked to it, or to none and not standing beside another one. */
function askedOf(dp: PrivatiseEvent, events: readonly Event[]): BudgetEvent[] {
  const here = placeOf(dp);
  const others = ofKind(events, 'privatise')
    .map(placeOf)
    .filter(place => !samePlace(place, here));
  return ofKind(events, 'budget').filter(event => {
    if (event.privatise.length > 0) return event.privatise.includes(dp.id);
    const place = placeOf(event);
    return samePlace(place, here) || !others.some(other => samePlace(place, other));
  });
}

/** A parameter as accountants are told it. What the mechanism's own definition names is not filled in from another one's. */
function takeAsked(found: Found, name: Name, dp: PrivatiseEvent, asked: readonly BudgetEvent[]): void {
  // What the mechanism itself is given and does not resolve may be something else than an accountant's number.
  if (dp.parameters[name]?.kind === 'unknown') return;
  const told = asked.filter(event => name !== 'steps' || !oneStep(event));
  const here = placeOf(dp);
  const near = told.filter(event => samePlace(placeOf(event), here));
  for (const event of near) found.take(name, event.parameters[name]);
  if (near.some(event => event.parameters[name]?.kind === 'unknown')) return;
  for (const event of told) found.take(name, event.parameters[name]);
}

/** The divergence of one step, which the script multiplies itself. */
function oneStep({ parameters }: BudgetEvent): boolean {
  const { steps } = parameters;
  return steps?.kind === 'constant' && steps.resolved.value === 1;
}

const isCounted = (loop: LoopFacts): boolean => loop.over === 'epochs' && loop.count.kind !== 'absent';

/** Counting loops that a step stands in and its mechanism does not; those inside a batch repeat the step on the same one. */
const ownLoops = (train: TrainEvent, dp: PrivatiseEvent): LoopFacts[] =>
  train.loops.filter(
    (loop, at) =>
      isCounted(loop) &&
      !train.loops.slice(0, at).some(outer => outer.over === 'batches') &&
      !dp.loops.some(outer => outer.span.start === loop.span.start && train.path === dp.path),
  );

/** How often a step is taken on one batch, where that is not once; null where no counting loop stands inside the loader's. */
function againOn({ loops }: TrainEvent): string | null {
  const first = loops.findIndex(loop => loop.over === 'batches');
  const inner = first === -1 ? [] : loops.slice(first + 1).filter(isCounted);
  const more = inner.find(({ count }) => count.kind !== 'constant' || count.resolved.value !== 1);
  return more ? wordsOf(more.count) || 'several times' : null;
}

/** Inside a pass of the loop the whole loader is walked: whatever it is called, it counts epochs. */
const walksLoader = (train: TrainEvent, loop: LoopFacts): boolean =>
  train.loops.slice(train.loops.indexOf(loop) + 1).some(inner => inner.over === 'batches');

/** A loop that says that it counts steps, not passes over the data. */
const countsSteps = ({ count, iterable }: LoopFacts): boolean => {
  const words = `${iterable?.text ?? ''} ${wordsOf(count)}`;
  return /step|iter(?:ation)?s?\b|num_batches/i.test(words) && !/epoch/i.test(words);
};

/** How often the mechanism itself is set up anew, in a counting loop around it; null where it stands in none. */
export function repeatsOf(dp: PrivatiseEvent): number | null {
  const counts = dp.loops
    .filter(isCounted)
    .map(({ count }) => (count.kind === 'constant' ? count.resolved.value : null));
  const numbers = counts.filter(count => typeof count === 'number');
  return counts.length > 0 && numbers.length === counts.length ? numbers.reduce((a, b) => a * b, 1) : null;
}

/** The count of the one loop of this module that is about epochs by its own words; undefined where there are several. */
function epochLoop(dp: PrivatiseEvent, events: readonly Event[]): Parameter | undefined {
  const counts = new Map<number, Parameter>();
  for (const event of events)
    if (event.path === dp.path)
      for (const loop of event.loops)
        if (isCounted(loop) && /epoch/i.test(`${loop.iterable?.text ?? ''} ${wordsOf(loop.count)}`))
          counts.set(loop.span.start, loop.count);
  return counts.size === 1 ? [...counts.values()][0] : undefined;
}

/** Where a count comes from, as text. */
const wordsOf = (count: Parameter): string =>
  count.kind === 'constant'
    ? count.resolved.origins.map(origin => origin.note).join(' ')
    : count.kind === 'unknown'
      ? count.expression
      : '';

/** The same steps in another library's words. */
function related(asked: string, library: string): boolean {
  const accountants = ['dp_accounting', 'tensorflow-privacy', 'opacus', 'jax_privacy'];
  return asked === library || accountants.includes(asked);
}

function rowsOf(trains: readonly TrainEvent[]): Evidence | null {
  for (const train of trains) {
    const rows = train.arguments.x ?? train.data;
    if (rows) return rows;
  }
  return null;
}

/** Sample rate and steps where the text gives batches, examples and epochs instead, by each library's own arithmetic. */
export function derive(found: Found, library: string): void {
  if (found.noise === 'tree') {
    deriveTree(found);
    return;
  }
  // Its rate and steps follow from participations and bands, not from batches.
  if (found.noise === 'banded') return;
  const [batch, examples, epochs] = (['batchSize', 'examples', 'epochs'] as const).map(name => found.get(name));
  const [b, n] = [numberIn(batch), numberIn(examples)];
  const batches = b !== null && n !== null && b > 0 && n > 0 ? Math.ceil(n / b) : null;
  const overridable = [batch, examples].some(each => each?.overridable);
  // A data set smaller than a batch: every record is in every batch.
  const opacus = library === 'opacus';
  const told = numberIn(found.get('sampleRate'));
  if (!found.has('sampleRate') && batches !== null && batch && examples)
    found.set('sampleRate', {
      value: opacus ? 1 / batches : Math.min(1, b! / n!),
      origin: `${opacus ? '1/⌈n/B⌉' : 'B/n'}: ${examples.origin}; ${batch.origin}`,
      overridable,
      span: null,
    });
  const rate = numberIn(found.get('sampleRate'));
  const e = numberIn(epochs);
  // A rate that the text gives beats the loader: with accumulated gradients its batches are parts of a logical one.
  const perEpoch =
    told === null && batches !== null ? batches : rate === null || rate <= 0 ? null : Math.ceil(1 / rate - 1e-9);
  if (!found.has('steps') && e !== null && epochs && perEpoch !== null)
    found.set('steps', stepsOf(e, perEpoch, epochs, overridable));
  const steps = numberIn(found.get('steps'));
  if (!found.has('epochs') && steps !== null && perEpoch !== null)
    found.set('epochs', {
      value: Math.ceil(steps / perEpoch),
      origin: 'steps / ⌈n/B⌉',
      overridable: found.get('steps')!.overridable,
      span: null,
    });
}

const stepsOf = (epochs: number, perEpoch: number, from: StatedParameter, overridable: boolean): StatedParameter => ({
  value: Math.ceil(epochs * perEpoch - 1e-9),
  origin: `epochs × ⌈n/B⌉: ${from.origin}`,
  overridable: overridable || from.overridable,
  span: null,
});
