import assert from 'node:assert/strict';
import type { Event, ModuleRun } from '../facts/events';
import type { Evidence, Parameter } from '../facts/values';
import { budgetStatements, markdownOf, titleOf } from '.';

const span = { start: 0, end: 1 };
const constant = (value: number | string | boolean, note = 'literal', overridable = false): Parameter => ({
  kind: 'constant',
  resolved: { value, origins: [{ kind: 'literal', note, span }], overridable },
});
const evidence = (change: Partial<Evidence> = {}): Evidence => ({
  span,
  text: 'x',
  types: [],
  constant: null,
  taint: 0,
  strength: 'same',
  columns: null,
  sources: [],
  objects: [],
  trace: [],
  ...change,
});
const number = (value: number): Evidence =>
  evidence({ constant: { value, origins: [{ kind: 'literal', note: 'literal' }], overridable: false } });
const base = { span, api: 'x', tier: 'certain' as const, scope: [], loops: [], arguments: {} };
const mnist = evidence({
  objects: [7],
  sources: [{ id: 0, name: 'a data set of torchvision', people: 'public', reasons: [], subjectKey: null }],
});

/** The Opacus example as events: a loader, the private call, the training loop, the question for ε. */
function events(dp: Record<string, Parameter>): Event[] {
  return [
    {
      ...base,
      id: 9,
      kind: 'load',
      api: 'torchvision.datasets.MNIST',
      source: mnist.sources[0]!,
      format: 'toy',
      result: mnist,
    },
    {
      ...base,
      id: 0,
      kind: 'mark',
      mark: 'loader',
      values: [mnist],
      arguments: { dataset: mnist, batch_size: number(256) },
    },
    {
      ...base,
      id: 1,
      kind: 'privatise',
      library: 'opacus',
      mechanism: 'dp-sgd',
      parameters: dp,
      model: null,
      optimizer: null,
      loader: mnist,
      used: { model: true, optimizer: true, loader: true },
    },
    {
      ...base,
      id: 2,
      kind: 'train',
      style: 'step',
      model: null,
      optimizer: null,
      data: null,
      epochs: constant(15),
      privatisedBy: [1],
      regularisation: [],
    },
    {
      ...base,
      id: 3,
      kind: 'budget',
      library: 'opacus',
      parameters: { delta: constant(1e-5) },
      privatise: [1],
      read: true,
    },
  ];
}
const run = (dp: Record<string, Parameter>): ModuleRun => ({ path: 'train.py', events: events(dp), limited: false });

describe('budget statements', () => {
  it('state the Opacus MNIST example: q = 1/235, 15 epochs, ε = 1.13', () => {
    const [statement] = budgetStatements(run({ noiseMultiplier: constant(1.1, '--sigma default', true) }), () => null);
    assert.equal(statement!.parameters.sampleRate!.value, 1 / 235);
    assert.equal(statement!.parameters.steps!.value, 15 * 235);
    assert.equal(titleOf(statement!), 'ε = 1.13 (δ = 1e-5) per record');
    assert.equal(statement!.sampling, 'poisson');
    assert.deepEqual(statement!.unresolved, []);
    assert.match(markdownOf(statement!), /noise multiplier \| 1\.1 \| --sigma default \(can be overridden\)/);
    for (const named of ['accountant', 'neighbouring relation', 'sampling', 'unit'])
      assert.ok(markdownOf(statement!).includes(`| ${named} |`), named);
  });

  it('keep what does not resolve as a named unknown and compute nothing', () => {
    const [statement] = budgetStatements(
      run({ noiseMultiplier: { kind: 'unknown', expression: 'args.sigma', span } }),
      () => null,
    );
    assert.equal(statement!.epsilon.pld, null);
    assert.deepEqual(statement!.unresolved, ['noiseMultiplier']);
    assert.match(titleOf(statement!), /unknown: noise multiplier/);
  });

  it('never show the Poisson figure as the headline of shuffled batches', () => {
    const [statement] = budgetStatements(
      run({ noiseMultiplier: constant(1.1), poissonSampling: constant(false) }),
      () => null,
    );
    assert.equal(statement!.sampling, 'shuffle');
    assert.ok(statement!.epsilonIfShuffled! > statement!.epsilon.pld!);
    assert.match(titleOf(statement!), /^ε ≤ .*not sampled/);
  });

  it('show a target where the library calibrates the noise', () => {
    const [statement] = budgetStatements(run({ targetEpsilon: constant(0.5) }), () => null);
    assert.match(titleOf(statement!), /^target ε = 0\.5 \(δ = 1e-5\)/);
    assert.deepEqual(statement!.unresolved, []);
  });
});
