import type { BudgetEvent, MarkEvent, PrivatiseEvent } from '../facts/events';
import type { Evidence } from '../facts/values';
import {
  calibrationOf,
  libraryEpsilon,
  personEpsilon,
  pldOf,
  rdpOf,
  type Solve,
  type Steps,
  shuffledEpsilon,
} from './answers';
import { deriveBanded } from './banded';
import { type ByHand, noiseByHand } from './by-hand';
import { composeInto } from './composed';
import { rangeOf, stepsIn, sweepOf, worstOf } from './curves';
import { Found, type Name, ofKind } from './found';
import { derive, type Gathered, gather, gatherAccounted, repeatsOf } from './gather';
import { shown } from './names';
import { samplingOf } from './sampling';
import { type Schedule, scheduleOf } from './schedule';
import { type Setting, spanOf } from './setting';
import { type BudgetStatement, numberIn, type Sampling, type StatedParameter } from './statement';

/** The statement of a call that clips and noises gradients. */
export function dpSgdStatement(dp: PrivatiseEvent, setting: Setting): BudgetStatement {
  const gathered = gather(dp, setting.run.events, setting.files);
  const { found } = gathered;
  noiseFromDeviation(dp, found);
  if (dp.mechanism === 'hand-written') noiseBeside(dp, found, setting);
  // A batch is drawn from the authors then, of whom only the mapping knows how many there are.
  const mapping = authors(dp);
  if (mapping) found.forget('examples', `authors in ${mapping.text}`);
  const { sampling, warning } = dp.mechanism === 'dp-ftrl' ? correlated(dp, found) : samplingOf(dp, gathered);
  const doubled = microbatched(found);
  const marks = setting.run.events.flatMap(event => (event.kind === 'mark' ? [event.mark] : []));
  const warnings = [
    warning,
    doubled,
    marks.includes('distributed') || dp.library === 'dp-transformers'
      ? 'One worker is counted: with more, a batch is as many times larger, and so is the sample rate.'
      : null,
    marks.includes('adaptive-clipping')
      ? 'The clipping norm adapts to the data: before Opacus 1.6 its accountant counts the noise of the gradients alone.'
      : null,
  ].filter(text => text !== null);
  return finish(
    dp,
    found,
    { sampling, gathered, accountant: accountantOf(dp), warnings, repeats: repeatsOf(dp) },
    setting,
  );
}

/** Noise that is correlated over the steps: the tree of TensorFlow Privacy, the bands of jax_privacy. */
function correlated(dp: PrivatiseEvent, found: Found): { sampling: Sampling; warning: string } {
  if (dp.library === 'jax_privacy') {
    deriveBanded(dp, found);
    return { sampling: 'poisson', warning: bandedWords };
  }
  found.noise = 'tree';
  return { sampling: 'unknown', warning: treeWords };
}

const bandedWords =
  'Banded matrix factorisation: the noise is correlated over the steps, and the examples are in as many groups as there are bands; batches are drawn from one group after the other, as the batches of the plan are.';
const treeWords =
  'DP-FTRL: one tree of noise over all steps, without restarts; each record takes part once an epoch. No sampling is counted.';

/** The statement of a loop of the script's own that clips and noises: the training step is where it stands. */
export function byHandStatement({ train, clip, noise }: ByHand, setting: Setting): BudgetStatement {
  const dp: PrivatiseEvent = {
    ...train,
    kind: 'privatise',
    library: 'the script itself',
    mechanism: 'hand-written',
    parameters: {},
    loader: train.data,
    used: { model: true, optimizer: true, loader: true },
  };
  const gathered = gather(dp, setting.run.events, setting.files, [train]);
  noiseByHand(gathered.found, noise, clip);
  return finish(
    dp,
    gathered.found,
    { sampling: 'shuffle', gathered, accountant: null, warnings: [], repeats: null },
    setting,
  );
}

/** The statement of an accountant that is used by hand, of all calls that add up on it: it assumes the sampling that it is told. */
export function accountedStatement([event, ...others]: readonly BudgetEvent[], setting: Setting): BudgetStatement {
  const found = gatherAccounted(event!, setting.run.events);
  const halved = microbatchesCounted(event!, found);
  const composed = others.length > 0 ? composeInto(found, event!, others, setting.run.events) : null;
  const warnings = halved ? [halved] : [];
  const told = {
    sampling: 'unknown',
    gathered: null,
    accountant: accountantAsked(event!),
    warnings,
    repeats: null,
    composed,
  } as const;
  return finish(event!, found, told, setting);
}

/** Whose figure a question asks for; `orders`: Rényi divergences at the fixed orders of `compute_dp_sgd_privacy`. */
function accountantAsked({ api, library, arguments: given }: PrivatiseEvent | BudgetEvent): string | null {
  if (/\.compute_dp_sgd_privacy$/.test(api)) return 'orders';
  const text = `${api} ${given.accountant_type?.text ?? ''} ${given.make_fresh_accountant?.text ?? ''} ${given.accountant_fn?.text ?? ''}`;
  if (/pld/i.test(text)) return 'pld';
  if (/rdp/i.test(text) || api.endsWith('compute_dp_sgd_privacy_statement')) return 'rdp';
  return library === 'jax_privacy' ? 'pld' : null;
}

/** `compute_dp_sgd_privacy_statement` counts half the noise unless it is told that there are no microbatches. */
function microbatchesCounted({ api, arguments: given }: BudgetEvent, found: Found): string | null {
  if (!api.endsWith('compute_dp_sgd_privacy_statement') || given.used_microbatching?.constant?.value === false)
    return null;
  const noise = found.get('noiseMultiplier');
  const value = numberIn(noise);
  if (!noise || value === null || noise.values) return null;
  found.replace('noiseMultiplier', {
    ...noise,
    value: value / 2,
    origin: `half of ${noise.origin}: used_microbatching`,
    span: null,
  });
  return 'Microbatches are counted (used_microbatching): examples that are clipped together count half the noise.';
}

/** The mapping from records to their authors, where the call protects authors (dp-transformers). */
function authors({ arguments: given }: PrivatiseEvent | BudgetEvent): Evidence | null {
  const mapping = given.author_mapping;
  return !mapping || mapping.constant?.value === null || mapping.text === 'None' ? null : mapping;
}

const withoutNoise = 'The call adds no noise: nothing bounds what is revealed, unless the script adds noise elsewhere.';

interface Told {
  readonly sampling: Sampling;
  readonly gathered: Gathered | null;
  readonly accountant: string | null;
  readonly warnings: readonly string[];
  /** How often a loop sets the mechanism up anew. */
  readonly repeats: number | null;
  /** What several calls on one accountant spend together. */
  readonly composed?: Schedule | null;
}

function finish(event: PrivatiseEvent | BudgetEvent, found: Found, told: Told, setting: Setting): BudgetStatement {
  const { ask, files } = setting;
  const { library } = event;
  derive(found, library);
  if (event.kind === 'privatise') ownDelta(found, event);
  noTarget(found);
  const target = found.get('targetEpsilon') ?? null;
  const calibrated = target !== null && !found.has('noiseMultiplier');
  // Without noise nothing else matters, unless the script adds noise of its own beside the library's.
  const silent =
    numberIn(found.get('noiseMultiplier')) === 0 &&
    !found.swept().includes('noiseMultiplier') &&
    !ofKind(setting.run.events, 'mark').some(({ mark }) => mark === 'noise:normal');
  const unresolved = silent || told.composed ? [] : missing(found, calibrated);
  const figures = once(() => {
    const solving = calibrated && calibrate(found, library, told.accountant, setting.solve) === 'later';
    const own = unresolved.length === 0 || calibrated ? stepsIn(found) : null;
    const composed = told.composed ?? null;
    // Calibrated noise follows what is swept: the target holds for each.
    const curve = calibrated ? targetsOf(target) : own ? sweepOf(found, library, ask) : null;
    // The value that spends most speaks for a sweep.
    const worst = curve && !calibrated ? worstOf(found, curve, library) : null;
    const steps = worst?.steps ?? own;
    const schedule =
      steps && told.gathered ? scheduleOf(event as PrivatiseEvent, found, setting.run.events, steps) : composed;
    const pld = schedule?.pld ?? (steps && pldOf(steps, ask));
    const rdp = schedule?.rdp ?? (steps && rdpOf(steps));
    const sweep =
      curve && worst && pld
        ? { ...curve, points: curve.points.map(one => (one === worst.point ? { ...one, epsilon: pld.epsilon } : one)) }
        : curve;
    const [noise, epochs, delta] = (['noiseMultiplier', 'epochs', 'delta'] as const).map(name =>
      numberIn((worst?.found ?? found).get(name)),
    );
    return { solving, steps, schedule, pld, rdp, sweep, noise, epochs: epochs ?? null, delta };
  });
  // Only those who show the whole statement ask for these: a check of many files does not, and solves for no noise.
  const logged = once(() => {
    const { steps, schedule } = figures();
    return steps && !schedule ? libraryEpsilon(library, told.accountant, steps, ask) : null;
  });
  const shuffled = once(() => {
    const { noise, epochs, delta } = figures();
    return found.noise === 'independent' && noise != null && epochs != null && delta != null && delta > 0 && delta < 1
      ? shuffledEpsilon(noise, epochs, delta)
      : null;
  });
  const parameters = once(() => {
    figures();
    return found.entries();
  });
  const people = personOf(told, files);
  const person = once(() => {
    const { steps, epochs } = figures();
    return (
      people && { ...people, epsilon: steps && personEpsilon(steps, told.sampling, epochs, people.maxRecords, ask) }
    );
  });
  const range = once(() => rangeOf(found, unresolved, library, ask));
  const warnings = once(() => {
    const { steps, schedule, pld, rdp } = figures();
    return [
      ...told.warnings,
      ...(silent && !steps ? [withoutNoise] : []),
      ...repeated(told, steps, ask),
      ...(schedule ? [schedule.words] : []),
      ...new Set([pld?.warning, rdp?.warning].filter(warning => typeof warning === 'string')),
    ];
  });
  return {
    event: event.id,
    path: setting.run.path,
    span: spanOf(event),
    library,
    mechanism: event.kind === 'budget' ? 'accounted' : event.mechanism,
    unit: authors(event) ? 'author' : 'record',
    get parameters() {
      return parameters();
    },
    unresolved,
    unknowns: unresolved.map(name => found.unknown(name)),
    epsilon: {
      get pld() {
        return silent ? Number.POSITIVE_INFINITY : (figures().pld?.epsilon ?? null);
      },
      get rdp() {
        return figures().rdp?.epsilon ?? null;
      },
      get library() {
        return logged();
      },
    },
    sampling: told.sampling,
    get epsilonIfShuffled() {
      return shuffled();
    },
    get person() {
      return person();
    },
    target,
    get sweep() {
      return figures().sweep;
    },
    get range() {
      return range();
    },
    get pending() {
      const { solving, steps, pld } = figures();
      return !silent && (solving || (steps !== null && pld === null));
    },
    get warnings() {
      return warnings();
    },
  };
}

/** A target of 0 or below, as many command lines have for "none", is not one: it is named, and so is the noise. */
function noTarget(found: Found): void {
  const target = found.get('targetEpsilon');
  const values = (target?.values ?? (target ? [target.value] : [])).map(value => numberIn({ value }));
  if (!target || values.length === 0 || values.some(value => value === null || value > 0)) return;
  found.forget('targetEpsilon', `${target.value}: ${target.origin}`);
  if (!found.has('noiseMultiplier'))
    found.forget('noiseMultiplier', `for a target ε of ${target.value}, ${target.origin}`);
}

/** A mechanism that is set up again and again spends again and again. */
function repeated({ repeats }: Told, steps: Steps | null, ask: Setting['ask']): string[] {
  if (repeats === null || repeats < 2) return [];
  const all = steps && repeats <= 10_000 ? pldOf({ ...steps, steps: steps.steps * repeats }, ask, 1e-3) : null;
  const total =
    all && Number.isFinite(all.epsilon) ? `: together ε = ${shown(all.epsilon)} where they see the same rows` : '';
  return [`It is set up anew ${repeats} times in a loop, and each run spends${total}.`];
}

/** δ where the call leaves it to its library: by each library's own rule from the number of examples n. */
const deltaRules: Readonly<Record<string, { readonly words: string; readonly of: (n: number) => number }>> = {
  private_transformers: { words: 'n^-1.1', of: n => n ** -1.1 },
  fastDP: { words: '1/(2n)', of: n => 1 / (2 * n) },
  'dp-transformers': { words: '1/n', of: n => 1 / n },
};

function ownDelta(found: Found, { library, parameters }: PrivatiseEvent): void {
  const rule = deltaRules[library];
  const examples = found.get('examples');
  const n = numberIn(examples);
  const given = parameters.delta;
  const none = given?.kind === 'constant' && given.resolved.value === null;
  const open = !given || given.kind === 'absent' || none;
  if (!rule || !open || n === null || n < 2 || found.has('delta')) return;
  found.set('delta', {
    value: rule.of(n),
    origin: `${library} default ${rule.words}: ${examples!.origin}`,
    overridable: none || examples!.overridable,
    span: null,
  });
}

/** Every target that the code gives in turn, each of which the library meets; null where it is one. */
function targetsOf({ values }: StatedParameter): BudgetStatement['sweep'] {
  const points = (values ?? []).flatMap(value => {
    const epsilon = numberIn({ value });
    return epsilon === null ? [] : [{ value, epsilon }];
  });
  return points.length > 1 ? { name: 'targetEpsilon', points } : null;
}

/**
 * The noise that the library will solve for, where everything that it needs is known; for the largest of several targets. `later`: it is
 * being solved for.
 */
function calibrate(found: Found, library: string, accountant: string | null, solve: Solve): 'later' | 'done' {
  const target = found.get('targetEpsilon')!;
  const targets = (target.values ?? [target.value]).flatMap(value => numberIn({ value }) ?? []);
  const aim = targets.length > 0 ? Math.max(...targets) : null;
  const [rate, steps, delta] = (['sampleRate', 'steps', 'delta'] as const).map(name => numberIn(found.get(name)));
  if (aim == null || rate == null || steps == null || delta == null) return 'done';
  if (!(aim > 0 && rate > 0 && rate <= 1 && steps >= 1 && delta > 0 && delta < 1)) return 'done';
  const noise = solve(calibrationOf(library, accountant, aim, { sampleRate: rate, steps: Math.round(steps), delta }));
  if (noise === 'later') return 'later';
  if (noise !== null)
    found.set('noiseMultiplier', {
      value: Number(noise.toPrecision(5)),
      origin: `calibrated by the library to ε = ${aim}: ${target.origin}`,
      overridable: target.overridable,
      span: null,
    });
  return 'done';
}

function missing(found: Found, calibrated: boolean): Name[] {
  const needed: Name[] = calibrated
    ? ['delta']
    : [
        'noiseMultiplier',
        ...(found.noise === 'banded' || found.has('sampleRate') ? [] : (['batchSize', 'examples'] as const)),
        ...(found.noise === 'banded' || found.has('steps') ? [] : (['epochs'] as const)),
        ...(found.noise === 'banded' ? (['sampleRate', 'steps'] as const) : []),
        'delta',
      ];
  return needed.filter(name => !found.has(name) || numberIn(found.get(name)) === null);
}

/** A written-out gradient descent with noise: the noise that is drawn in the same loops. */
function noiseBeside(dp: PrivatiseEvent, found: Found, { run }: Setting): void {
  const noise = run.events.find(
    (event): event is MarkEvent =>
      event.kind === 'mark' &&
      event.mark === 'noise:normal' &&
      event.path === dp.path &&
      dp.loops.every((loop, i) => event.loops[i]?.span.start === loop.span.start),
  );
  noiseByHand(found, noise, undefined);
}

/** `GaussianSumQuery(l2_norm_clip, stddev)`: σ is the deviation over the clipping norm. */
function noiseFromDeviation(dp: PrivatiseEvent, found: Found): void {
  const deviation = new Found();
  deviation.take('noiseMultiplier', dp.parameters.noiseDeviation);
  const [stddev, clip] = [deviation.get('noiseMultiplier'), found.get('maxGradNorm')];
  const [s, c] = [numberIn(stddev), numberIn(clip)];
  if (s !== null && c !== null && c > 0 && stddev)
    found.set('noiseMultiplier', { ...stddev, value: s / c, origin: `stddev / clip: ${stddev.origin}`, span: null });
}

/** Microbatches of several examples are clipped as one: replacing one example moves the sum by twice the norm. */
function microbatched(found: Found): string | null {
  const [parts, batch, noise] = (['microbatches', 'batchSize', 'noiseMultiplier'] as const).map(name =>
    found.get(name),
  );
  const [m, b, s] = [numberIn(parts), numberIn(batch), numberIn(noise)];
  // One microbatch is the whole batch, however large that is.
  if (m === null || m < 1 || s === null || !noise || (b === null ? m > 1 : m >= b)) return null;
  found.replace('noiseMultiplier', {
    ...noise,
    value: s / 2,
    origin: `half of ${noise.origin}: microbatches`,
    span: null,
  });
  const size = b === null ? 'all examples of a batch' : `${Math.ceil(b / m)} examples`;
  return `Microbatches hold ${size} that are clipped together: the noise counts half.`;
}

function accountantOf(dp: PrivatiseEvent): string | null {
  const given = dp.parameters.accountant;
  if (dp.library === 'jax_privacy') return accountantAsked(dp);
  return given?.kind === 'constant' && typeof given.resolved.value === 'string' ? given.resolved.value : null;
}

/** The largest number of records that one person has, when a data file with a person key was counted. */
function personOf({ gathered }: Told, files: Setting['files']): { key: string; maxRecords: number } | null {
  const rows = gathered?.rows ?? gathered?.trains.find(train => train.data)?.data ?? null;
  for (const source of rows?.sources ?? []) {
    const keys = source.name === null ? undefined : files(source.name)?.data?.keys;
    const key = source.subjectKey ?? (keys ? (Object.keys(keys)[0] ?? null) : null);
    const counted = key === null ? undefined : keys?.[key];
    if (key !== null && counted && counted.maxRecords > 1) return { key, maxRecords: counted.maxRecords };
  }
  return null;
}

/** Computes when first asked. */
function once<T>(compute: () => T): () => T {
  let done: { readonly value: T } | null = null;
  return () => {
    done ??= { value: compute() };
    return done.value;
  };
}
