import assert from 'node:assert/strict';
import { exposureOf } from '../people/exposure';
import { unitsOf } from '../people/joins';
import { uniformStream } from '../statistics/random';
import { type ShadowEngine, ShadowError, type ShadowScores } from './engine';
import { milestones, peopleMask, rowMask, type ShadowPeople } from './masks';
import { type PrivateFolder, ScoreStore } from './store';
import { trainShadows } from './train';

const people: ShadowPeople = {
  codes: Int32Array.from({ length: 300 }, (_, row) => row % 101),
  count: 101,
  eligible: Uint8Array.from({ length: 300 }, (_, row) => (row % 50 === 0 ? 0 : 1)),
};

const folder = (): PrivateFolder & { files: Map<string, Uint8Array> } => {
  const files = new Map<string, Uint8Array>();
  return {
    files,
    list: async () => [...files.keys()],
    read: async name => files.get(name) ?? null,
    write: async (name, bytes) => void files.set(name, bytes),
  };
};

const run = { version: 1 as const, key: 'k', engine: 'test', rows: 300, seed: 5, begun: '2026-01-01T00:00:00Z' };

/** Answers the mask itself, so that what comes back can be told apart by model. */
const engine = (fail: (model: number) => boolean = () => false): ShadowEngine & { trained: number[] } => {
  const trained: number[] = [];
  return {
    name: 'embedded',
    slots: 3,
    differences: [],
    trained,
    train: async job => {
      await new Promise(resolve => setImmediate(resolve));
      if (fail(job.model)) throw new ShadowError(`Reference model ${job.model + 1} stopped.`);
      trained.push(job.model);
      return { outputs: Float32Array.from(job.members, each => each + 10 * job.model), width: 1 };
    },
    dispose: async () => {},
  };
};

const options = (models: number, more: object = {}) => ({
  models,
  seed: 5,
  signal: new AbortController().signal,
  now: () => performance.now(),
  ...more,
});

describe('masks of people', () => {
  it('put every person into exactly one half of each pair, with all records', () => {
    for (let pair = 0; pair < 8; pair++) {
      const [a, b] = [rowMask(people, 2 * pair, 5), rowMask(people, 2 * pair + 1, 5)];
      for (const [row, code] of people.codes.entries()) {
        assert.equal(a[row]! + b[row]!, people.eligible[row], `row ${row}`);
        if (people.eligible[row]) assert.equal(a[row], peopleMask(people, 2 * pair, 5)[code]);
      }
    }
  });

  it('split the people evenly and differ from pair to pair and from seed to seed', () => {
    const first = peopleMask(people, 0, 5);
    assert.equal(
      first.reduce((sum, each) => sum + each, 0),
      50,
    );
    assert.notDeepEqual(peopleMask(people, 2, 5), first);
    assert.notDeepEqual(peopleMask(people, 0, 6), first);
    assert.deepEqual(peopleMask(people, 0, 5), first);
  });

  it('are independent between pairs: two people share a side half of the time', () => {
    let together = 0;
    for (let pair = 0; pair < 400; pair++) {
      const mask = peopleMask(people, 2 * pair, 9);
      together += mask[3] === mask[77] ? 1 : 0;
    }
    // Binomial(400, 49.5 %): 4 standard deviations are 40.
    assert.ok(Math.abs(together - 198) < 40, String(together));
  });

  it('refine by doubling', () => {
    assert.deepEqual(milestones(64), [16, 32, 64]);
    assert.deepEqual(milestones(20), [16, 20]);
    assert.deepEqual(milestones(4), [4]);
  });
});

describe('the training of reference models', () => {
  it('keeps scores as they come and trains only what is missing after a failure', async () => {
    const place = folder();
    const broken = engine(model => model === 5);
    await assert.rejects(
      trainShadows(people, broken, await ScoreStore.open(place, run), options(8)),
      /Reference model 6 stopped/,
    );
    const store = await ScoreStore.open(place, run);
    const kept = await store.finished();
    assert.ok(kept.length >= 3 && !kept.includes(5), String(kept));
    const whole = engine();
    const scores = await trainShadows(people, whole, store, options(8));
    assert.deepEqual(
      whole.trained.sort((a, b) => a - b),
      [...Array(8).keys()].filter(model => !kept.includes(model)),
    );
    for (const [model, { outputs }] of scores.entries())
      assert.deepEqual(
        outputs,
        Float32Array.from(rowMask(people, model, 5), each => each + 10 * model),
      );
  });

  it('shows partial results at 16 of 20 models, in the order of their numbers', async () => {
    const seen: number[] = [];
    const partial = async (scores: readonly ShadowScores[]): Promise<void> => {
      seen.push(scores.length);
      assert.equal(scores[15]!.outputs[1]! >= 150, true);
    };
    await trainShadows(people, engine(), await ScoreStore.open(folder(), run), options(20, { partial }));
    assert.deepEqual(seen, [16]);
  });

  it('stops when told to, with the signal’s reason', async () => {
    const abort = new AbortController();
    const slow: ShadowEngine = { ...engine(), train: () => new Promise(() => {}) };
    const work = trainShadows(people, slow, await ScoreStore.open(folder(), run), options(4, { signal: abort.signal }));
    abort.abort(new Error('cancelled'));
    await assert.rejects(work, /cancelled/);
  });

  it('refuses an odd number, scores of another length and scores that are no numbers', async () => {
    const store = await ScoreStore.open(folder(), run);
    await assert.rejects(trainShadows(people, engine(), store, options(3)), /even number/);
    const short: ShadowEngine = { ...engine(), train: async () => ({ outputs: new Float32Array(10), width: 1 }) };
    await assert.rejects(trainShadows(people, short, store, options(2)), /10 rows of scores; the data have 300/);
    const nan: ShadowEngine = {
      ...engine(),
      train: async () => ({ outputs: new Float32Array(300).fill(Number.NaN), width: 1 }),
    };
    await assert.rejects(trainShadows(people, nan, store, options(2)), /no finite score for row 1/);
  });
});

describe('the store of scores', () => {
  it('trains again what was damaged and refuses another run', async () => {
    const place = folder();
    const store = await ScoreStore.open(place, run);
    await store.write(0, { outputs: new Float32Array(600).fill(0.25), width: 2 });
    assert.deepEqual(await store.finished(), [0]);
    assert.equal((await store.read(0))!.outputs[599], 0.25);
    place.files.set('model-0000.scores', place.files.get('model-0000.scores')!.slice(0, 100));
    assert.equal(await store.read(0), null);
    await assert.rejects(ScoreStore.open(place, { ...run, key: 'other' }), /another run/);
  });
});

describe('who is exposed, by masks of people', () => {
  /** φ of references that saw none of the people, but for `planted` people who gain `gain` where they are in. */
  const simulated = (models: number, seed: number, planted: number, gain: number) => {
    const count = 400;
    const who: ShadowPeople = {
      codes: Int32Array.from({ length: 2 * count }, (_, row) => row % count),
      count,
      eligible: new Uint8Array(2 * count).fill(1),
    };
    const rows = 2 * count;
    const uniform = uniformStream(1000 + seed);
    const members = new Uint8Array(models * rows);
    for (let model = 0; model < models; model++) members.set(rowMask(who, model, seed), model * rows);
    const own = Float64Array.from({ length: rows }, () => 4 * uniform());
    // Sums of uniforms with an outlier now and then.
    const noise = (): number => (uniform() + uniform() + uniform() - 1.5) * (uniform() < 0.05 ? 8 : 2);
    const confidence = Float64Array.from(
      { length: models * rows },
      (_, at) => own[at % rows]! + noise() + (members[at] && who.codes[at % rows]! < planted ? gain : 0),
    );
    const probability = confidence.map(phi => 1 / (1 + Math.exp(-phi)));
    const units = unitsOf(who.codes, count, members.subarray(0, rows));
    return exposureOf({ models, rows, confidence, probability, members }, units, { permutations: 5 });
  };

  it('names nobody in 20 seeds where nothing leaks', () => {
    for (const models of [16, 32])
      for (let seed = 0; seed < 20; seed++)
        assert.equal(simulated(models, seed, 0, 0).named, 0, `${models} models, seed ${seed}`);
  });

  it('finds planted people by 32 models, and by 16 those whom eight pairs of an exact rank test could not', () => {
    for (const models of [16, 32]) {
      const { q, largest, named } = simulated(models, 1, 8, 6);
      // Of all that are named 5 % may be false.
      assert.ok(named === 8 || named === 9, `${named} by ${models}`);
      for (let person = 0; person < 8; person++)
        assert.ok(q[person]! <= 0.05 && largest[person]! > 0.9, `${person} by ${models}`);
    }
  });
});
