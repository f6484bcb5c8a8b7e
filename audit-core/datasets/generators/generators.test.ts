import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { arange } from './bit-source';
import { NumpyGenerator } from './numpy-generator';
import { RandomState } from './numpy-legacy';
import { PythonRandom } from './python-random';
import { hex, sha256 } from './sha2';
import * as sk from './sklearn';
import { randomSplit, TorchGenerator } from './torch';

interface Row {
  readonly seed: number;
  readonly n: number;
  readonly name: string;
  readonly out: unknown;
}
interface Listing {
  readonly n: number;
  readonly dtype?: string;
  readonly values?: number[];
  readonly sha256: string;
}

const folder = process.env.EPSILINT_GENERATORS;
const small = JSON.parse(
  readFileSync(join(__dirname, '../../../test/fixtures/datasets/generators.json'), 'utf8'),
) as Record<string, Row[]>;
const rowsOf = (name: string): Row[] =>
  folder && existsSync(folder)
    ? (JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) as Row[])
    : small[name]!;

const digest = (values: readonly number[], dtype = '<i8'): string => {
  if (dtype === '<f4') return hex(sha256(new Uint8Array(Float32Array.from(values).buffer)));
  if (dtype === '<f8') return hex(sha256(new Uint8Array(Float64Array.from(values).buffer)));
  return hex(sha256(new Uint8Array(BigInt64Array.from(values, BigInt).buffer)));
};

function agrees(got: unknown, out: unknown, where: string): void {
  const wanted = out as Listing & Record<string, unknown>;
  if (Array.isArray(out)) {
    assert.equal((got as unknown[]).length, out.length, where);
    out.forEach((part, i) => {
      agrees((got as unknown[])[i], part, `${where} [${i}]`);
    });
  } else if ('train' in wanted) {
    agrees((got as sk.Split).train, wanted.train, `${where} train`);
    agrees((got as sk.Split).test, wanted.test, `${where} test`);
  } else {
    const values = got as number[];
    assert.equal(values.length, wanted.n, where);
    if (wanted.values) {
      if (wanted.dtype === '<f8' && /randn|gauss/.test(where))
        values.forEach((value, i) => {
          assert.ok(Math.abs(value - wanted.values![i]!) < 1e-14, where);
        });
      else assert.deepEqual(values, wanted.values, where);
    } else if (!/randn|gauss/.test(where)) assert.equal(digest(values, wanted.dtype), wanted.sha256, where);
  }
}

const times = (n: number, draw: () => number): number[] => Array.from({ length: n }, draw);
const labels3 = (n: number) => sk.uniqueCodes(arange(n).map(i => (i % 7 < 4 ? 0 : i % 7 < 6 ? 1 : 2)));
const labels2 = (n: number) => sk.uniqueCodes(arange(n).map(i => (i % 3 === 0 ? 1 : 0)));
const groups = (n: number) =>
  sk.uniqueCodes(arange(n).map(i => Math.floor((i * 7) / 5) % Math.max(4, Math.min(50, Math.floor(n / 2)))));
const fifth = (n: number) => Math.max(1, Math.floor(n / 5));

type Maker = (seed: number, n: number, size: number) => unknown;
const numpy: Record<string, Maker> = {
  permutation: (s, n) => RandomState.seeded(s).permutation(n),
  shuffle: (s, n) => RandomState.seeded(s).shuffle(arange(n)),
  choice_noreplace: (s, n, k) => RandomState.seeded(s).choice(n, k, false),
  choice_replace: (s, n, k) => RandomState.seeded(s).choice(n, k),
  choice_p_noreplace: (s, n, k) =>
    RandomState.seeded(s).choice(
      n,
      k,
      false,
      ((w: number[]) => w.map(x => x / w.reduce((a, b) => a + b, 0)))(arange(n).map(i => (i % 3 === 0 ? 2 : 1))),
    ),
  randint: (s, n) => ((r: RandomState) => times(n, () => r.randint(0, n)))(RandomState.seeded(s)),
  rand: (s, n) => RandomState.seeded(s).randoms(n),
  randn: (s, n) => ((r: RandomState) => times(n, () => r.gauss()))(RandomState.seeded(s)),
  second_permutation: (s, n) => {
    const r = RandomState.seeded(s);
    r.permutation(n);
    return r.permutation(n);
  },
};
const generator: Record<string, Maker> = {
  permutation: (s, n) => NumpyGenerator.seeded(s).permutation(n),
  choice_noreplace: (s, n, k) => NumpyGenerator.seeded(s).choice(n, k, false),
  choice_noreplace_noshuffle: (s, n, k) => NumpyGenerator.seeded(s).choice(n, k, false, false),
  choice_half: (s, n, k) => NumpyGenerator.seeded(s).choice(n, k, false),
  choice_replace: (s, n, k) => NumpyGenerator.seeded(s).choice(n, k),
  integers: (s, n) => ((r: NumpyGenerator) => times(n, () => r.integers(0, n)))(NumpyGenerator.seeded(s)),
  random: (s, n) => NumpyGenerator.seeded(s).randoms(n),
  random_f4: (s, n) => ((r: NumpyGenerator) => times(n, () => r.randomSingle()))(NumpyGenerator.seeded(s)),
};
const python: Record<string, Maker> = {
  shuffle: (s, n) => PythonRandom.seeded(s).shuffle(arange(n)),
  shuffle_str_seed: (s, n) => PythonRandom.seeded(String(s)).shuffle(arange(n)),
  sample: (s, n, k) => PythonRandom.seeded(s).sample(n, k),
  sample_half: (s, n, k) => PythonRandom.seeded(s).sample(n, k),
  choices: (s, n) => PythonRandom.seeded(s).choices(n, n),
  random: (s, n) => ((r: PythonRandom) => times(n, () => r.random()))(PythonRandom.seeded(s)),
  randrange: (s, n) => ((r: PythonRandom) => times(n, () => r.below(n)))(PythonRandom.seeded(s)),
  gauss: (s, n) => ((r: PythonRandom) => times(n, () => r.gauss()))(PythonRandom.seeded(s)),
};
const torch: Record<string, Maker> = {
  randperm: (s, n) => TorchGenerator.seeded(s).randperm(n),
  'random_split lengths': (s, n) => randomSplit(TorchGenerator.seeded(s), n, [n - fifth(n), fifth(n)]),
  'random_split fractions': (s, n) => randomSplit(TorchGenerator.seeded(s), n, [0.7, 0.2, 0.1]),
  rand: (s, n) => ((r: TorchGenerator) => times(n, () => r.rand()))(TorchGenerator.seeded(s)),
  'rand f64': (s, n) => ((r: TorchGenerator) => times(n, () => r.rand(true)))(TorchGenerator.seeded(s)),
  randint: (s, n) => ((r: TorchGenerator) => times(n, () => r.randint(0, n)))(TorchGenerator.seeded(s)),
  RandomSampler: (s, n) => TorchGenerator.seeded(s).randperm(n),
};
const sklearn: Record<string, Maker> = {
  ShuffleSplit: (s, n) =>
    ((r: RandomState) => arange(3).map(() => sk.shuffleSplit(r, n, { testSize: 0.2 })))(RandomState.seeded(s)),
  KFold: (s, n) => sk.kFold(RandomState.seeded(s), n, 5),
  StratifiedKFold: (s, n) => sk.stratifiedKFold(RandomState.seeded(s), labels2(n), 3),
  'StratifiedKFold5 labels3': (s, n) => sk.stratifiedKFold(RandomState.seeded(s), labels3(n), 5),
  StratifiedShuffleSplit: (s, n) =>
    ((r: RandomState) => arange(3).map(() => sk.stratifiedShuffleSplit(r, labels2(n), { testSize: 0.3 })))(
      RandomState.seeded(s),
    ),
  GroupShuffleSplit: (s, n) =>
    ((r: RandomState) => arange(3).map(() => sk.groupShuffleSplit(r, groups(n), { testSize: 0.25 })))(
      RandomState.seeded(s),
    ),
  GroupKFold: (_, n) => sk.groupKFold(null, groups(n), 4),
  'GroupKFold shuffle': (s, n) => sk.groupKFold(RandomState.seeded(s), groups(n), 4),
  'StratifiedGroupKFold shuffle': (s, n) => sk.stratifiedGroupKFold(RandomState.seeded(s), labels2(n), groups(n), 3),
  StratifiedGroupKFold: (_, n) => sk.stratifiedGroupKFold(null, labels2(n), groups(n), 3),
  'train_test_split default': (s, n) => sk.shuffleSplit(RandomState.seeded(s), n, {}, 0.25),
  'train_test_split train_size=0.7': (s, n) => sk.shuffleSplit(RandomState.seeded(s), n, { trainSize: 0.7 }, 0.25),
  'utils.shuffle': (s, n) => RandomState.seeded(s).permutation(n),
};

describe('random generators against the libraries', () => {
  const families = { numpy_randomstate: numpy, numpy_default_rng: generator, python_random: python, torch, sklearn };
  for (const [family, makers] of Object.entries(families))
    it(family, () => {
      let seen = 0;
      for (const row of rowsOf(family)) {
        const { seed, n, name, out } = row;
        const where = `${name} seed ${seed} n ${n}`;
        const sized = /^train_test_split (stratify2? )?test_size=([\d.]+)$/.exec(name);
        const maker: Maker | undefined = sized
          ? s =>
              sized[1]
                ? sk.stratifiedShuffleSplit(
                    RandomState.seeded(s),
                    sized[1] === 'stratify2 ' ? labels2(n) : labels3(n),
                    { testSize: Number(sized[2]) },
                    0.25,
                  )
                : sk.shuffleSplit(RandomState.seeded(s), n, { testSize: Number(sized[2]) }, 0.25)
          : makers[name];
        if (!maker) continue;
        seen++;
        if (out && typeof out === 'object' && 'error' in out)
          assert.throws(() => maker(seed, n, fifth(n)), sk.SplitError, where);
        else agrees(maker(seed, n, (out as Listing).n ?? 0), out, where);
      }
      assert.ok(seen > 20, `only ${seen} rows were compared`);
    });
});
