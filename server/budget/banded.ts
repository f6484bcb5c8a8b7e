import type { BudgetEvent, PrivatiseEvent } from '../facts/events';
import { Found } from './found';
import { numberIn, type StatedParameter } from './statement';

/**
 * Banded matrix factorisation as jax_privacy counts it (Choquette-Choo et al. 2023, arXiv 2306.08153, theorem 4): the examples are split into
 * b groups that take turns, so that T iterations are ⌈T/b⌉ Gaussian releases, each on a Poisson sample of a group at rate
 * participations · b / T; the noise multiplier is in units of the strategy's sensitivity.
 */
export function deriveBanded(dp: PrivatiseEvent, found: Found): void {
  found.noise = 'banded';
  const participations = read(dp, 'expected_participations');
  const bands = bandsOf(dp);
  const [p, b, t] = [numberIn(participations), numberIn(bands), numberIn(found.get('steps'))];
  const truncated = dp.arguments.truncated_batch_size;
  if (truncated && truncated.constant?.value !== null) found.forget('sampleRate', `batches cut at ${truncated.text}`);
  else if (p !== null && b !== null && t !== null && p > 0 && b >= 1 && t >= 1 && (p * b) / t <= 1)
    found.set('sampleRate', {
      value: (p * b) / t,
      origin: `participations × bands / iterations: ${participations!.origin}; ${bands!.origin}`,
      overridable: participations!.overridable || bands!.overridable,
      span: null,
    });
  else found.forget('sampleRate', participations ? `${p ?? participations.origin} participations` : 'participations');
  inTurns(found, bands);
}

/** `amplified_bandmf_event`: it is told the rate, and iterations of which each group of examples takes every b-th. */
export function bandedEvent(event: BudgetEvent, found: Found): void {
  if (event.api.endsWith('bandmf_event')) inTurns(found, bandsOf(event));
}

function inTurns(found: Found, bands: StatedParameter | null): void {
  const iterations = found.get('steps');
  const [t, b] = [numberIn(iterations), numberIn(bands)];
  if (!iterations || t === null) return;
  if (b === null || b < 1) found.forget('steps', `${iterations.origin} / bands`);
  else if (b > 1)
    found.replace('steps', {
      value: Math.ceil(t / b),
      origin: `⌈iterations / bands⌉ = ⌈${t} / ${b}⌉: ${iterations.origin}`,
      overridable: iterations.overridable || bands!.overridable,
      span: null,
    });
}

/** The number of bands, or the length of the strategy's coefficients. */
function bandsOf(event: PrivatiseEvent | BudgetEvent): StatedParameter | null {
  const told = read(event, 'num_bands');
  const strategy = event.arguments.strategy?.constant?.value;
  return (
    told ??
    (Array.isArray(strategy)
      ? { value: strategy.length, origin: 'coefficients of the strategy', overridable: false, span: null }
      : null)
  );
}

function read({ arguments: given }: PrivatiseEvent | BudgetEvent, name: string): StatedParameter | null {
  const held = new Found();
  held.takeEvidence('steps', given[name]);
  return held.get('steps') ?? null;
}
