import {
  account,
  bucketEpsilons,
  calibrate,
  type DpEvent,
  deterministicBatchesEpsilon,
  directionsOf,
  dpSgdEvent,
  opacusEpsilon,
  opacusRdpEpsilon,
  parseEvent,
  type Relation,
  shuffleLowerEpsilon,
} from '../../audit-core/accounting';
import { OPACUS_ORDERS, sampledGaussianRdp } from '../../audit-core/accounting/rdp';
import type { Row, Tally } from './tally';

/** Tolerances as the README of the reference states them. */
const GRID = 5e-4;
const off = (got: number, wanted: number): number => Math.abs(got / wanted - 1);
/** The row's steps; what is calibrated has no noise of its own. */
const eventOf = (row: Row): DpEvent =>
  dpSgdEvent({
    noiseMultiplier: row.raw('noiseMultiplier') === undefined ? 1 : row.number('noiseMultiplier'),
    sampleRate: row.number('sampleRate'),
    steps: row.number('steps'),
  });
const pld = (event: DpEvent, delta: number, relation: Relation = 'add-or-remove', records = 1): number =>
  account({ event, accountant: 'pld', relation, delta, recordsPerPerson: records }).epsilon;

/** No looser than the peer's default grid, and not below what is known: the exact value, a finer grid, a lower bound. */
function between(tally: Tally, name: string, got: number, row: Row, tolerance = GRID, field = 'epsilon'): void {
  const peers = ['pld', 'pldFine'].map(tool => row.answer(tool, field)).filter(value => value !== undefined);
  const exact = row.answer('exact', field);
  const known = exact === undefined ? peers : [...peers, exact];
  if (known.length === 0) return;
  const top = Math.max(...known) * (1 + tolerance) + 1e-12;
  const lows = field === 'epsilon' ? [row.answer('prv', 'lower') ?? 0, row.answer('prvFine', 'lower') ?? 0] : [0];
  const settled = peers.length > 1 && Math.max(...peers) / Math.min(...peers) < 1 + 1e-3;
  const floor = exact ?? (settled ? Math.min(...peers) * (1 - 2e-3) : Math.max(0, ...lows));
  tally.check(name, got <= top && got >= floor * (1 - 1e-6) - 1e-12, `${got} not in ${floor} … ${top}`);
}

export function dpsgd(tally: Tally, row: Row): void {
  const event = eventOf(row);
  const delta = row.number('delta');
  const got = pld(event, delta);
  between(tally, `${row.id} PLD`, got, row);
  const rdp = account({ event, accountant: 'rdp', relation: 'add-or-remove', delta }).epsilon;
  tally.check(`${row.id} RDP ≥ PLD`, rdp >= got * (1 - 1e-3) - 1e-6, `${rdp} < ${got}`);
  const peer = row.answer('rdp');
  if (peer !== undefined) tally.check(`${row.id} RDP`, rdp <= peer * (1 + 1e-3), `${rdp} / ${peer}`);
  if (peer !== undefined && rdp < peer * (1 - 1e-3))
    tally.differs('dp_accounting adds the terms of fractional orders by their absolute value');
  const steps = {
    noiseMultiplier: row.number('noiseMultiplier'),
    sampleRate: row.number('sampleRate'),
    steps: row.number('steps'),
    delta,
  };
  const opacus = row.answer('opacusRdp');
  if (opacus !== undefined)
    tally.check(
      `${row.id} Opacus RDP`,
      off(opacusRdpEpsilon(steps).epsilon, opacus) < 1e-4,
      `${opacusRdpEpsilon(steps).epsilon} / ${opacus}`,
    );
  const gdp = row.answer('opacusGdp');
  if (gdp !== undefined)
    tally.check(
      `${row.id} Opacus GDP`,
      off(opacusEpsilon('gdp', steps), gdp) < 1e-7,
      `${opacusEpsilon('gdp', steps)} / ${gdp}`,
    );
  const prv = row.answer('opacusPrv');
  if (prv !== undefined) {
    const bounds = account({ event, accountant: 'prv', relation: 'add-or-remove', delta });
    const wide = bounds.warning !== null;
    if (wide) tally.differs('the PRV grid would not fit: the bracket is wider and says so');
    tally.check(
      `${row.id} PRV`,
      Math.abs(bounds.epsilon - prv) < (wide ? 0.1 : 1e-3) &&
        bounds.lower! <= got &&
        bounds.epsilon >= got * (1 - 1e-4),
      `${bounds.lower} … ${bounds.epsilon} / ${prv}`,
    );
  }
  const replaced = row.answer('pldReplaceOne');
  if (replaced === undefined) return;
  const mine = pld(event, delta, 'replace-one');
  tally.check(
    `${row.id} replace-one`,
    Math.abs(mine / replaced - 1) <= 1e-3 && mine >= got * (1 - 1e-9),
    `${mine} / ${replaced}`,
  );
}

export function delta(tally: Tally, row: Row): void {
  const { delta: got } = account({
    event: eventOf(row),
    accountant: 'pld',
    relation: row.text('relation') as Relation,
    epsilon: row.number('epsilon'),
  });
  between(tally, `${row.id} δ`, got, row, 5e-3, 'delta');
}

export function calibration(tally: Tally, row: Row): void {
  const event = eventOf(row);
  const target = row.number('targetEpsilon');
  const at = row.number('delta');
  for (const accountant of ['pld', 'rdp'] as const) {
    const wanted = row.answer(accountant, 'noiseMultiplier');
    if (wanted === undefined) continue;
    const got = calibrate(event, accountant, 'add-or-remove', at, target);
    if (accountant === 'rdp' && got < wanted * (1 - 2e-3))
      tally.differs('calibrated by RDP: the peer is too large at fractional orders');
    tally.check(`${row.id} ${accountant}`, got <= wanted * (1 + 2e-3) && got > wanted * 0.98, `${got} / ${wanted}`);
  }
  // Opacus stops within 0.01 of the target: its noise reaches the target by its own accountant, and not much less would.
  const theirs = row.answer('opacusRdp.epochsForm', 'noiseMultiplier');
  if (theirs === undefined) return;
  const { epsilon } = account({
    event: dpSgdEvent({ noiseMultiplier: theirs, sampleRate: row.number('sampleRate'), steps: row.number('steps') }),
    accountant: 'rdp',
    relation: 'add-or-remove',
    delta: at,
    orders: OPACUS_ORDERS,
  });
  tally.check(`${row.id} Opacus`, epsilon <= target + 1e-6 && epsilon >= target - 0.0101, `${epsilon} / ${target}`);
}

export function composition(tally: Tally, row: Row): void {
  const event = parseEvent(row.raw('event'));
  const relation = row.text('relation') as Relation;
  const ask = (accountant: 'pld' | 'rdp'): number =>
    account({ event, accountant, relation, delta: row.number('delta') }).epsilon;
  between(tally, `${row.id} PLD`, ask('pld'), row);
  const rdp = row.answer('rdp');
  if (rdp !== undefined) tally.check(`${row.id} RDP`, ask('rdp') <= rdp * (1 + 1e-3), `${ask('rdp')} / ${rdp}`);
}

export function group(tally: Tally, row: Row): void {
  const got = pld(eventOf(row), row.number('delta'), 'add-or-remove', row.number('recordsPerPerson'));
  if (row.answer('pld') !== undefined || row.answer('exact') !== undefined) {
    between(tally, row.id, got, row, 2e-3);
    return;
  }
  const coarse = row.answer('pldCoarse')!;
  tally.check(row.id, got >= coarse * 0.95 && got <= coarse * 1.005, `${got} / ${coarse} (coarse, from above)`);
}

export function mechanisms(tally: Tally, row: Row): void {
  const event = parseEvent(row.raw('event'));
  const accountant = row.text('accountant') as 'pld' | 'rdp';
  const relation = row.text('relation') as Relation;
  const at = row.number('delta');
  const wanted = row.number('epsilon');
  const { epsilon } = account({ event, accountant, relation, delta: at });
  const exact = row.answer('exact');
  const loose = row.text('kind').includes('truncated') ? 0.5 : 1e-3;
  if (epsilon < wanted * (1 - 1e-3)) tally.differs('a smaller bound of another mechanism than the peer’s');
  const low = accountant === 'pld' ? (exact ?? wanted) * (1 - loose) : 0;
  tally.check(
    `${row.id} ${row.text('kind')}`,
    epsilon <= wanted * (1 + 1e-3) && epsilon >= low,
    `${epsilon} / ${wanted}`,
  );
  const buckets = row.answer('buckets');
  if (buckets === undefined) return;
  const { lower, upper } = bucketEpsilons(directionsOf(event, relation, 1), at, 1e-4);
  tally.check(
    `${row.id} buckets`,
    lower <= wanted * (1 + 1e-6) && upper >= epsilon * (1 - 1e-9),
    `${lower} … ${upper}`,
  );
}

export function shuffle(tally: Tally, row: Row): void {
  const noise = row.number('noiseMultiplier');
  const at = row.number('delta');
  const upper = deterministicBatchesEpsilon(noise, row.number('epochs'), at);
  const wanted = row.answer('deterministicBatches')!;
  tally.check(`${row.id} deterministic`, off(upper, wanted) < 1e-9, `${upper} / ${wanted}`);
  const lower = shuffleLowerEpsilon(noise, row.number('stepsPerEpoch'), at);
  tally.check(`${row.id} lower ≤ upper`, lower <= upper, `${lower} > ${upper}`);
}

export function rdpSteps(tally: Tally, row: Row): void {
  const wanted = row.answer('exact', 'rdp');
  if (wanted === undefined) return;
  const step = { noiseMultiplier: row.number('noiseMultiplier'), sampleRate: row.number('sampleRate') };
  const got = sampledGaussianRdp(step, row.number('order'));
  tally.check(row.id, off(got, wanted) < 1e-9, `${got} / ${wanted}`);
}
