import type { PrivatiseEvent } from '../facts/events';
import { Found } from './found';
import { type Setting, spanOf } from './setting';
import { type BudgetStatement, numberIn } from './statement';

/** Libraries whose synthesizer turns the noise off at ε = 0. */
const offAtZero = new Set(['DataSynthesizer']);

/**
 * The statement of a call that is told its ε: an estimator, a noisy statistic, a synthesizer, local noise. It spends what it is told, pure
 * where no δ is named.
 */
export function spentStatement(event: PrivatiseEvent, { run }: Setting): BudgetStatement {
  const found = new Found();
  for (const name of ['targetEpsilon', 'delta', 'maxGradNorm', 'noiseMultiplier'] as const)
    found.take(name, event.parameters[name]);
  const target = found.get('targetEpsilon') ?? null;
  const silent = numberIn(found.get('noiseMultiplier')) === 0;
  const warnings: string[] = [];
  if (silent) warnings.push('It adds no noise: nothing bounds what it reveals.');
  const sparse = sparseVector(event);
  if (sparse) warnings.push(sparse);
  const values = (target?.values ?? (target ? [target.value] : [])).flatMap(value => {
    const number = numberIn({ value });
    return number === null || number < 0 ? [] : [number];
  });
  const zero = offAtZero.has(event.library) && values.includes(0);
  if (zero) warnings.push(`${event.library} adds no noise at ε = 0.`);
  if (event.mechanism === 'local') warnings.push('The ε is that of one release: rounds and repeated releases add up.');
  const spent = values.length > 0 ? Math.max(...values) : null;
  const epsilon = silent || zero ? Number.POSITIVE_INFINITY : spent;
  const unresolved = epsilon === null ? ['targetEpsilon' as const] : [];
  return {
    event: event.id,
    path: run.path,
    span: spanOf(event),
    library: event.library,
    mechanism: event.mechanism,
    unit: event.mechanism === 'local' ? 'client' : 'record',
    parameters: found.entries(),
    unresolved,
    unknowns: unresolved.map(name => found.unknown(name)),
    epsilon: { pld: epsilon, rdp: null, library: null },
    sampling: 'unknown',
    epsilonIfShuffled: null,
    person: null,
    target,
    sweep:
      values.length > 1 ? { name: 'targetEpsilon', points: values.map(value => ({ value, epsilon: value })) } : null,
    range: null,
    pending: false,
    warnings,
  };
}

/** NVFlare's sparse vector filter: it releases ⌈fraction · weights⌉ values, each with noise that costs `noise_var`, unless one ε for the release is given. */
function sparseVector({ api, arguments: given, parameters }: PrivatiseEvent): string | null {
  const { targetEpsilon } = parameters;
  if (!api.endsWith('SVTPrivacy') || (targetEpsilon && targetEpsilon.kind !== 'absent')) return null;
  const read = (name: string): number | null => {
    const value = given[name]?.constant?.value;
    return given[name] === undefined ? 0.1 : typeof value === 'number' ? value : null;
  };
  const [fraction, split, each] = ['fraction', 'epsilon', 'noise_var'].map(read);
  if (fraction == null || split == null || each == null) return null;
  const released = Math.ceil(fraction * 1e6);
  return `A round spends ${split} + ⌈${fraction} · weights⌉ · ${each}: for a million weights ε = ${Math.round(split + released * each).toLocaleString('en')}.`;
}
