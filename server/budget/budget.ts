import type { BudgetEvent, ModuleRun, PrivatiseEvent } from '../facts/events';
import type { FileFactsLookup } from '../facts/file-facts';
import { type Ask, atOnce } from './answers';
import { loopsByHand } from './by-hand';
import { clientStatement } from './clients';
import { accountedStatement, byHandStatement, dpSgdStatement } from './dp-sgd';
import { ofKind } from './found';
import { placed, type Setting } from './setting';
import { spentStatement } from './spent';
import type { BudgetStatement } from './statement';

/**
 * One statement for each call that makes training or a release private, and for each accountant that is used by hand without one. A call in
 * a helper of another file is stated at the call of this file that leads to it.
 *
 * `ask` answers questions about DP-SGD, at once by default; where it answers null the statement is `pending` and carries RDP only.
 */
export function budgetStatements(run: ModuleRun, files: FileFactsLookup, ask: Ask = atOnce): BudgetStatement[] {
  const setting: Setting = { run, files, ask };
  const mechanisms = ofKind(run.events, 'privatise').filter(placed);
  const statements = mechanisms.map(event => statementOf(event, setting));
  const covered = mechanisms.some(event => trained.has(event.mechanism));
  const byHand = covered ? [] : ofKind(run.events, 'budget').filter(event => placed(event) && tellsNoise(event));
  const own = covered ? [] : loopsByHand(run.events).map(loop => byHandStatement(loop, setting));
  // The loop says more than the accountant beside it, which is read into its statement.
  const accounted = own.length > 0 ? [] : byHand.map(event => accountedStatement(event, setting));
  return [...statements, ...own, ...accounted];
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

/** An accountant's question that names the noise or what it is calibrated to. */
const tellsNoise = ({ parameters }: BudgetEvent): boolean =>
  ['noiseMultiplier', 'targetEpsilon'].some(name => {
    const given = parameters[name];
    return given !== undefined && given.kind !== 'absent';
  });
