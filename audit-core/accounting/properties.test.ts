import assert from 'node:assert/strict';
import fc from 'fast-check';
import { account, type DpEvent, directionsOf, dpSgdEpsilon, dpSgdEvent, gaussianEpsilon, prvBracket } from '.';

/** Runs over which every accountant is quick; ε from thousandths to hundreds. */
const runs = fc.record({
  noiseMultiplier: fc.double({ min: 0.5, max: 8, noNaN: true }),
  sampleRate: fc.double({ min: 1e-4, max: 0.2, noNaN: true }),
  steps: fc.integer({ min: 1, max: 20_000 }),
  delta: fc.constantFrom(1e-3, 1e-5, 1e-6, 1e-8),
});
const holds = <T>(property: fc.IProperty<T>): void => {
  fc.assert(property, { numRuns: 8, seed: 42 });
};
/** What two grids of the default tolerance may differ by. */
const GRID = 1e-4;
const epsilonOf = (run: Parameters<typeof dpSgdEpsilon>[0]): number => dpSgdEpsilon(run).epsilon;

describe('any accountant of DP-SGD', () => {
  it('rises with steps and sample rate, falls with noise and δ', () =>
    holds(
      fc.property(runs, run => {
        const here = epsilonOf(run);
        const more = [
          epsilonOf({ ...run, steps: run.steps * 2 }),
          epsilonOf({ ...run, sampleRate: run.sampleRate * 1.5 }),
          epsilonOf({ ...run, noiseMultiplier: run.noiseMultiplier / 1.3 }),
          epsilonOf({ ...run, delta: run.delta / 10 }),
        ];
        for (const epsilon of more) assert.ok(epsilon >= here * (1 - GRID) - 1e-9, `${epsilon} < ${here}`);
      }),
    ));

  it('has RDP above PLD, and the PRV bounds around it', () =>
    holds(
      fc.property(runs, run => {
        const pld = epsilonOf(run);
        const rdp = epsilonOf({ ...run, accountant: 'rdp' });
        assert.ok(rdp >= pld * (1 - GRID) - 1e-9, `RDP ${rdp} < PLD ${pld}`);
        const { lower, upper } = prvBracket(directionsOf(dpSgdEvent(run), 'add-or-remove', 1), run.delta);
        assert.ok(lower <= pld * (1 + GRID) && upper >= pld * (1 - GRID), `${pld} outside ${lower} … ${upper}`);
      }),
    ));

  it('stays between one step and no sampling at all', () =>
    holds(
      fc.property(runs, run => {
        const here = epsilonOf(run);
        assert.ok(here >= epsilonOf({ ...run, steps: 1 }) * (1 - GRID) - 1e-9);
        assert.ok(here <= gaussianEpsilon(run.noiseMultiplier / Math.sqrt(run.steps), run.delta) * (1 + GRID) + 1e-9);
      }),
    ));

  it('asks a person with one record what it asks a record, and more of a person with two', () =>
    holds(
      fc.property(runs, run => {
        const here = epsilonOf(run);
        assert.equal(epsilonOf({ ...run, recordsPerPerson: 1 }), here);
        assert.ok(epsilonOf({ ...run, recordsPerPerson: 2, tolerance: 1e-3 }) >= here * (1 - GRID) - 1e-9);
      }),
    ));

  it('composes in any order and grouping', () =>
    holds(
      fc.property(runs, runs, (a, b) => {
        const ask = (events: DpEvent[]): number =>
          account({ event: { type: 'composed', events }, accountant: 'pld', relation: 'add-or-remove', delta: 1e-5 })
            .epsilon;
        const [one, other] = [dpSgdEvent(a), dpSgdEvent(b)];
        const forth = ask([one, other]);
        const back = ask([other, { type: 'composed', events: [one] }]);
        assert.ok(forth === back || Math.abs(forth / back - 1) < 1e-6, `${forth} / ${back}`);
        assert.ok(forth >= Math.max(ask([one]), ask([other])) * (1 - GRID) - 1e-9);
      }),
    ));
});
