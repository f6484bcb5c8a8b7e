import type { BudgetEvent, ModuleRun, PrivatiseEvent } from '../facts/events';
import type { FileFactsLookup } from '../facts/file-facts';
import { type Accountants, allAtOnce } from './answers';
import { loopsByHand } from './by-hand';
import { clientStatement } from './clients';
import { perAccountant } from './composed';
import { accountedStatement, byHandStatement, dpSgdStatement } from './dp-sgd';
import { ofKind } from './found';
import { calibrates, placeOf, within } from './gather';
import { laplaceByHand, laplaceStatement } from './laplace';
import { placed, type Setting } from './setting';
import { spentStatement } from './spent';
import type { BudgetStatement } from './statement';

/**
 * One statement for each call that makes training or a release private, and for each accountant that is used by hand without one. A call in
 * a helper of another file is stated at the call of this file that leads to it.
 *
 * The figures of DP-SGD are computed when they are first read. `accountants` answer at once by default; where they have no answer yet
 * the statement is `pending` and carries RDP, or its target, only.
 */
export function budgetStatements(
  run: ModuleRun,
  files: FileFactsLookup,
  { ask, solve }: Accountants = allAtOnce,
): BudgetStatement[] {
  const setting: Setting = { run, files, ask, solve };
  const mechanisms = ofKind(run.events, 'privatise').filter(placed);
  const statements = mechanisms.map(event => statementOf(event, setting));
  const covered = mechanisms.some(event => trained.has(event.mechanism));
  const told = covered ? [] : ofKind(run.events, 'budget').filter(event => placed(event) && tellsNoise(event));
  const solved = told.filter(calibrates).map(placeOf);
  // The event that a calibration varies says no more than the calibration.
  const byHand = told.filter(event => !variesOnly(event) || !solved.some(place => within(placeOf(event), place)));
  const own = covered ? [] : loopsByHand(run.events).map(loop => byHandStatement(loop, setting));
  // The loop says more than the accountant beside it, which is read into its statement.
  const accounted = own.length > 0 ? [] : perAccountant(byHand).map(events => accountedStatement(events, setting));
  const released =
    mechanisms.length === 0 ? laplaceByHand(run.events).map(mark => laplaceStatement(mark, setting)) : [];
  return [...statements, ...own, ...onePerCall(accounted), ...released].sort((a, b) => a.span.start - b.span.start);
}

/** A call that leads to several accountants (a copy of one calls another) is stated once, as far as it is told. */
function onePerCall(statements: readonly BudgetStatement[]): BudgetStatement[] {
  const best = new Map<string, BudgetStatement>();
  for (const statement of statements) {
    const key = `${statement.span.start} ${statement.span.end} ${statement.library}`;
    const known = best.get(key);
    if (!known || statement.unresolved.length < known.unresolved.length) best.set(key, statement);
  }
  return [...best.values()];
}

const trained: ReadonlySet<string> = new Set(['dp-sgd', 'dp-ftrl', 'hand-written']);

function statementOf(event: PrivatiseEvent, setting: Setting): BudgetStatement {
  switch (event.mechanism) {
    case 'estimator':
    case 'output-noise':
    case 'synthesizer':
    case 'local':
    case 'pate':
      return spentStatement(event, setting);
    case 'central-aggregation':
      return clientStatement(event, setting);
    default:
      return dpSgdStatement(event, setting);
  }
}

/** Its noise is a name only: the parameter of the function that a calibration calls. */
const variesOnly = (event: BudgetEvent): boolean =>
  event.parameters.noiseMultiplier?.kind === 'unknown' && !calibrates(event);

/** An accountant's question that names the noise or what it is calibrated to. */
const tellsNoise = ({ parameters }: BudgetEvent): boolean =>
  ['noiseMultiplier', 'targetEpsilon'].some(name => {
    const given = parameters[name];
    return given !== undefined && given.kind !== 'absent';
  });
