import assert from 'node:assert/strict';
import type { Event, ModuleRun } from '../facts/events';
import type { Evidence, Parameter } from '../facts/values';
import { attackOf, budgetStatements, epochCurve, figureOf, markdownOf, titleOf } from '.';

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
      accountants: [],
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

  it('name every unknown where there are two, and compute nothing', () => {
    const unknown = (expression: string): Parameter => ({ kind: 'unknown', expression, span });
    const [statement] = budgetStatements(
      run({ noiseMultiplier: unknown('args.sigma'), sampleRate: constant(0.01), steps: unknown('n') }),
      () => null,
    );
    assert.deepEqual(statement!.unresolved, ['noiseMultiplier']);
    const [two] = budgetStatements(
      {
        ...run({ noiseMultiplier: unknown('args.sigma') }),
        events: events({ noiseMultiplier: unknown('args.sigma') }).slice(1, 3),
      },
      () => null,
    );
    assert.ok(two!.unresolved.length > 1 && two!.range === null);
    assert.match(titleOf(two!), /^ε unknown: noise multiplier, .* not resolved$/);
  });

  it('list every value of a sweep, the largest in front of rules', () => {
    const several: Parameter = {
      kind: 'several',
      resolved: [4, 2, 1].map(value => ({ value, origins: [{ kind: 'literal', note: 'sigma' }], overridable: false })),
    };
    const [statement] = budgetStatements(run({ noiseMultiplier: several }), () => null);
    assert.deepEqual(
      statement!.sweep!.points.map(point => point.value),
      [4, 2, 1],
    );
    assert.equal(statement!.epsilon.pld, Math.max(...statement!.sweep!.points.map(point => point.epsilon)));
    assert.match(titleOf(statement!), /^ε = [\d.]+, [\d.]+, [\d.]+ for noise multiplier 4, 2, 1/);
  });

  it('count only the loops between the mechanism and the step, and say what repeating it spends', () => {
    const loop = (start: number, count: Parameter, text: string) => ({
      span: { start, end: start + 1 },
      over: 'epochs' as const,
      count,
      iterable: evidence({ text }),
    });
    const rounds = loop(100, constant(20, 'ROUNDS'), 'range(ROUNDS)');
    const local = loop(200, constant(2, 'LOCAL_EPOCHS'), 'range(LOCAL_EPOCHS)');
    const inLoops = events({ noiseMultiplier: constant(1.1) }).map((event): Event => {
      if (event.kind === 'privatise') return { ...event, loops: [rounds] };
      return event.kind === 'train' ? { ...event, epochs: constant(20), loops: [rounds, local] } : event;
    });
    const [statement] = budgetStatements({ path: 'train.py', events: inLoops, limited: false }, () => null);
    assert.equal(statement!.parameters.epochs!.value, 2);
    assert.ok(statement!.warnings.some(warning => /anew 20 times.*together ε = /.test(warning)));
  });

  it('take a loop that says it counts steps for steps', () => {
    const loop = {
      span: { start: 200, end: 201 },
      over: 'epochs' as const,
      count: constant(500, 'STEPS'),
      iterable: evidence({ text: 'range(STEPS)' }),
    };
    const stepping = events({ noiseMultiplier: constant(1.1) }).map(
      (event): Event => (event.kind === 'train' ? { ...event, loops: [loop] } : event),
    );
    const [statement] = budgetStatements({ path: 'train.py', events: stepping, limited: false }, () => null);
    assert.equal(statement!.parameters.steps!.value, 500);
    assert.equal(statement!.parameters.epochs!.value, 3);
  });

  it('state a loop of the script’s own that clips per example and adds noise', () => {
    const epochs = {
      span: { start: 10, end: 90 },
      over: 'epochs' as const,
      count: constant(5, 'EPOCHS'),
      iterable: evidence({ text: 'range(EPOCHS)' }),
    };
    const examples = {
      span: { start: 20, end: 40 },
      over: 'batches' as const,
      count: { kind: 'absent' } as const,
      iterable: evidence(),
    };
    const mark = (id: number, name: string, value: number, loops: Event['loops']): Event => ({
      ...base,
      id,
      kind: 'mark',
      mark: name,
      values: [evidence({ text: String(value), constant: { value, origins: [], overridable: false } })],
      loops,
    });
    const own: Event[] = [
      ...events({}).filter(event => event.kind === 'load' || event.kind === 'mark'),
      mark(20, 'clip:norm', 0.5, [epochs, examples]),
      mark(21, 'noise:normal', 0.6, [epochs]),
      {
        ...base,
        id: 22,
        kind: 'train',
        style: 'step',
        model: null,
        optimizer: null,
        data: mnist,
        epochs: constant(5),
        privatisedBy: [],
        regularisation: [],
        loops: [epochs],
      },
    ];
    const [statement] = budgetStatements({ path: 'train.py', events: own, limited: false }, () => null);
    assert.equal(statement!.mechanism, 'hand-written');
    assert.equal(statement!.parameters.noiseMultiplier!.value, 1.2);
    assert.equal(statement!.parameters.epochs!.value, 5);
    assert.deepEqual(statement!.unresolved, ['delta']);
  });

  it('wait for an answerer, with RDP in front', () => {
    const [statement] = budgetStatements(run({ noiseMultiplier: constant(1.1) }), () => null, {
      ask: () => null,
      solve: () => 'later',
    });
    assert.ok(statement!.pending && statement!.epsilon.pld === null && statement!.epsilon.rdp !== null);
    assert.match(titleOf(statement!), /RDP/);
  });

  it('solve for the noise of a target only when its figures are read, and stand on the target until it is there', () => {
    const asked: unknown[] = [];
    const [statement] = budgetStatements(run({ targetEpsilon: constant(3) }), () => null, {
      ask: () => null,
      solve: question => {
        asked.push(question);
        return 'later';
      },
    });
    figureOf(statement!);
    assert.deepEqual([statement!.unresolved, statement!.target?.value, asked.length], [[], 3, 0]);
    assert.match(titleOf(statement!), /^target ε = 3 /);
    assert.ok(statement!.pending && statement!.parameters.noiseMultiplier === undefined);
    assert.equal(asked.length, 1);
  });

  it('read ε as an attack and after each epoch', () => {
    const [statement] = budgetStatements(run({ noiseMultiplier: constant(1.1) }), () => null);
    const attack = attackOf(statement!)!;
    assert.ok(attack.auc > 0.5 && attack.auc < 0.7 && attack.tprAt1Percent > 0.01);
    const curve = epochCurve(statement!);
    assert.equal(curve.length, 15);
    assert.ok(Math.abs(curve.at(-1)!.epsilon - statement!.epsilon.rdp!) < 1e-12);
    assert.ok(curve.every((point, i) => i === 0 || point.epsilon >= curve[i - 1]!.epsilon));
  });

  it('keep what does not resolve as a named unknown', () => {
    const [statement] = budgetStatements(
      run({ noiseMultiplier: { kind: 'unknown', expression: 'args.sigma', span } }),
      () => null,
    );
    assert.equal(statement!.epsilon.pld, null);
    assert.deepEqual(statement!.unresolved, ['noiseMultiplier']);
    assert.equal(statement!.unknowns[0]!.expression, 'args.sigma');
    // One unknown alone: ε over the values that it usually has, falling with the noise.
    const points = statement!.range!.points.map(point => point.epsilon);
    assert.ok(points.length > 2 && points.every((epsilon, i) => i === 0 || epsilon < points[i - 1]!));
    assert.match(titleOf(statement!), /noise multiplier not resolved \(args\.sigma\)/);
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
    assert.match(titleOf(statement!), /^target ε = 0\.5 \(δ = 1e-5\).* noise multiplier about 1\.9/);
    assert.deepEqual(statement!.unresolved, []);
    // Opacus' PRV counts 0.01 more than is spent.
    assert.ok(statement!.epsilon.pld! > 0.48 && statement!.epsilon.pld! <= 0.4901);
    assert.ok(Math.abs(statement!.epsilon.library!.epsilon - 0.5) < 2e-3);
  });
});
