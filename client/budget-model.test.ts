import assert from 'node:assert/strict';
import type { BudgetAnswer } from '../server/protocol';
import {
  firstAxis,
  inputOf,
  literal,
  parametersOf,
  solveFor,
  solveQuestion,
  usable,
  type Values,
  valuesAlong,
} from './budget-model';

const answer: NonNullable<BudgetAnswer> = {
  title: 'ε = 1.13',
  line: 0,
  version: 1,
  library: 'opacus',
  input: { noiseMultiplier: 1.1, delta: 1e-5, recordsPerPerson: 1, sampling: 'poisson' },
  loader: { examples: 60_000, batchSize: 256, epochs: 15 },
  named: [],
  epsilon: 1.13,
  unresolved: [],
  places: {},
  paragraph: '',
  personKey: null,
  maxRecords: null,
};
const values: Values = {
  noiseMultiplier: 1.1,
  examples: 1,
  epochs: 15,
  batchSize: 256,
  steps: 1000,
  sampleRate: 0.01,
  delta: 1e-5,
  recordsPerPerson: 1,
};

describe('the model of the budget explorer', () => {
  it('turns epochs and batches into the steps and the rate that Opacus has', () => {
    const { sampleRate, steps } = inputOf(values, answer);
    assert.deepEqual([1 / sampleRate, steps], [235, 3525]);
    assert.equal(inputOf(values, { ...answer, library: 'tensorflow_privacy' }).sampleRate, 256 / 60_000);
    assert.equal(inputOf(values, { ...answer, loader: null }).steps, 1000);
  });

  it('starts at what the code says, and says what is an example', () => {
    const names = parametersOf(answer).map(({ name, start, known }) => [name, start, known]);
    assert.deepEqual(names, [
      ['noiseMultiplier', 1.1, true],
      ['epochs', 15, true],
      ['batchSize', 256, true],
      ['delta', 1e-5, true],
      ['recordsPerPerson', 1, true],
    ]);
    const open = parametersOf({ ...answer, input: {}, loader: null });
    assert.deepEqual(
      open.filter(({ known }) => !known).map(({ name }) => name),
      ['noiseMultiplier', 'steps', 'sampleRate', 'delta', 'recordsPerPerson'],
    );
  });

  it('runs along a parameter from end to end, whole numbers once', () => {
    const [noise, epochs] = parametersOf(answer);
    const along = valuesAlong(noise!, 33);
    assert.deepEqual([along.length, along[0], Math.round(along.at(-1)!)], [33, 0.3, 10]);
    const whole = valuesAlong(epochs!, 33);
    assert.deepEqual([...new Set(whole)], whole);
    assert.ok(whole.every(Number.isInteger));
  });

  it('rounds solutions to the safe side', () => {
    assert.equal(usable('noiseMultiplier', 0.912301, values, answer), 0.9124);
    assert.equal(usable('noiseMultiplier', 0.9123, values, answer), 0.9123);
    assert.equal(usable('sampleRate', 0.0123456, values, answer), 0.01234);
    assert.equal(usable('epochs', 235 * 7 + 234, values, answer), 7);
    assert.equal(usable('epochs', 10, values, answer), null);
    assert.equal(usable('batchSize', 511, values, answer), 511);
    assert.equal(solveFor('recordsPerPerson'), null);
  });

  it('asks for a batch size over the loader that fills it', () => {
    const question = solveQuestion('batchSize', values, answer, 3);
    assert.deepEqual(question?.loader, { examples: 60_000, epochs: 15, wholeBatches: true });
    assert.equal(solveQuestion('recordsPerPerson', values, answer, 3), null);
  });

  it('writes numbers as code has them', () => {
    assert.deepEqual([1e-5, 0.9124, 7].map(literal), ['1e-5', '0.9124', '7']);
  });

  it('lets the number of examples be set where the code does not tell it, and draws the first curve over it', () => {
    const open = { ...answer, loader: { examples: null, batchSize: 256, epochs: 15 }, epsilon: null };
    const parameters = parametersOf(open);
    assert.equal(firstAxis(parameters), 'examples');
    assert.deepEqual(
      parameters.filter(({ known }) => !known).map(({ name, low, high }) => [name, low, high]),
      [['examples', 1e3, 1e6]],
    );
    assert.equal(inputOf({ ...values, examples: 60_000, epochs: 15, batchSize: 256 }, open).steps, 15 * 235);
    assert.equal(firstAxis(parametersOf(answer)), 'noiseMultiplier');
  });
});
