import type { Event, MarkEvent } from '../facts/events';
import { Found, ofKind } from './found';
import type { Setting } from './setting';
import type { BudgetStatement } from './statement';

/**
 * Laplace noise that a script draws itself, in a scale that it computes, beside data that is not public: a plain literal is a simulation
 * more often than a mechanism.
 */
export function laplaceByHand(events: readonly Event[]): MarkEvent[] {
  const own = ofKind(events, 'load').some(({ source }) => source.people !== 'public');
  const drawn = own ? ofKind(events, 'mark').filter(({ mark }) => mark === 'noise:laplace') : [];
  return drawn.filter(
    ({ path, values: [scale] }) => path === undefined && scale && scale.text !== '' && !/^[\d.eE+-]+$/.test(scale.text),
  );
}

/** Noise of scale b makes a release Δ/b-private for what one record moves at most, Δ, which only its author knows. */
export function laplaceStatement(mark: MarkEvent, { run }: Setting): BudgetStatement {
  const scale = mark.values[0]!;
  const found = new Found();
  found.takeEvidence('noiseScale', scale);
  return {
    event: mark.id,
    path: run.path,
    span: mark.span,
    library: 'the script itself',
    mechanism: 'output-noise',
    unit: 'record',
    parameters: found.entries(),
    unresolved: ['sensitivity'],
    unknowns: [
      { name: 'sensitivity', expression: null, span: null },
      ...(found.has('noiseScale') ? [] : [found.unknown('noiseScale')]),
    ],
    epsilon: { pld: null, rdp: null, library: null },
    sampling: 'unknown',
    epsilonIfShuffled: null,
    person: null,
    target: null,
    sweep: null,
    range: null,
    pending: false,
    warnings: [
      `Laplace noise of scale ${scale.text}: a release spends sensitivity / scale, the sensitivity being what one record moves at most. Values that are not bounded have none; releases add up.`,
    ],
  };
}
