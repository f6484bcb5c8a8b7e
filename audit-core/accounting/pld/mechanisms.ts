import { binomialAbove, binomialMass } from '../binomial';
import { type DpEvent, EventError, gaussianNoise, leavesOf, type Relation } from '../events';
import type { Directions } from './accountant';
import { type Atom, atomicLoss, mixedLoss, sampledAtoms, swapped } from './atoms';
import type { Part } from './compose';
import { type Mixture, mixtureLoss } from './gaussian-mixture';
import { laplaceLoss } from './laplace';
import type { Loss } from './loss';

/** A mechanism's loss in both directions (one of them where they are mirror images). */
type Both = readonly [Loss, Loss];

/**
 * The losses that an event composes, a list for each direction of the relation. `records` is how many records one person has: sampled
 * Gaussians become mixtures over how many of them a batch holds (Ganesh 2024, arXiv 2401.10294).
 *
 * @throws EventError where privacy loss distributions do not know the event under this relation
 */
export function directionsOf(event: DpEvent, relation: Relation, records: number): Directions {
  const parts = new Map<string, { both: Both; count: number }>();
  let precision = 0;
  for (const { event: leaf, count } of leavesOf(event)) {
    const noise =
      leaf.type === 'gaussian'
        ? leaf.noiseMultiplier
        : leaf.type === 'treeAggregation'
          ? treeNoise(leaf.noiseMultiplier, leaf.stepCounts, relation)
          : leaf.type === 'poissonSampled' && leaf.sampleRate === 1
            ? gaussianNoise(leaf.event)
            : null;
    // Unsampled Gaussians compose to one Gaussian, exactly.
    if (noise !== null) {
      precision += count / noise ** 2;
      continue;
    }
    const both = bothOf(leaf, relation, records);
    if (both === null) continue;
    const known = parts.get(both[0].name);
    parts.set(both[0].name, { both, count: (known?.count ?? 0) + count });
  }
  if (precision > 0) {
    const both = gaussianBoth(Math.sqrt(precision), [{ times: records, weight: 1 }], relation);
    parts.set('gaussian', { both, count: 1 });
  }
  const all = [...parts.values()];
  const one = (index: 0 | 1): Part[] => all.map(({ both, count }) => ({ loss: both[index], count }));
  return all.every(({ both }) => both[0] === both[1]) ? [one(0)] : [one(0), one(1)];
}

interface Presence {
  /** How many of the person's records take part. */
  readonly times: number;
  readonly weight: number;
}

/** Gaussian noise where a record moves the release by `move` standard deviations and `presence` records take part. */
function gaussianBoth(move: number, presence: readonly Presence[], relation: Relation): Both {
  const up: Mixture = presence
    .filter(({ weight }) => weight > 0)
    .map(({ times, weight }) => ({ shift: times * move, weight }));
  const name = `gaussian ${up.map(({ shift, weight }) => `${weight}@${shift}`).join(' ')} ${relation === 'replace-one'}`;
  if (relation === 'replace-one') {
    const loss = mixtureLoss(
      name,
      up,
      up.map(({ shift, weight }) => ({ shift: -shift, weight })),
    );
    return [loss, loss];
  }
  const still: Mixture = [{ shift: 0, weight: 1 }];
  const loss = mixtureLoss(name, up, still);
  // The plain Gaussian is its own mirror image.
  return up.length === 1 ? [loss, loss] : [loss, mixtureLoss(name, up, still, true)];
}

function bothOf(event: DpEvent, relation: Relation, records: number): Both | null {
  switch (event.type) {
    case 'poissonSampled':
      return event.sampleRate === 0 ? null : sampledBoth(event.sampleRate, event.event, relation, records);
    case 'mixtureOfGaussians':
      onePerPerson(records, event.type);
      return gaussianBoth(
        1 / event.noiseMultiplier,
        event.sensitivities.map((times, i) => ({ times, weight: event.probabilities[i]! })),
        relation,
      );
    case 'laplace': {
      const moved = records * (relation === 'replace-one' ? 2 : 1);
      const loss = laplaceLoss(event.noiseMultiplier / moved, 1, false);
      return [loss, loss];
    }
    case 'truncatedPoissonGaussian':
      onePerPerson(records, event.type);
      return truncatedBoth(event, relation);
    case 'zcdp':
    case 'repeatAndSelect':
    case 'sampledWithoutReplacement':
      throw new EventError(`Privacy loss distributions do not know ${event.type}; ask the RDP accountant.`);
    default: {
      onePerPerson(records, event.type);
      const atoms = atomsOf(event, relation);
      return atomicBoth(JSON.stringify(event), atoms);
    }
  }
}

const atomicBoth = (name: string, atoms: readonly Atom[]): Both => [
  atomicLoss(name, atoms),
  atomicLoss(`${name} reversed`, swapped(atoms)),
];

function onePerPerson(records: number, type: string): void {
  if (records !== 1) throw new EventError(`recordsPerPerson above 1 is not known for ${type}.`);
}

/** One tree a person's record is in one node a level: Gaussian noise for √depth times the sensitivity (Kairouz et al. 2021, arXiv 2103.00039). */
function treeNoise(noise: number, stepCounts: readonly number[], relation: Relation): number {
  if (relation !== 'replace-special')
    throw new EventError('treeAggregation is known under the relation replace-special.');
  return noise / Math.sqrt(Math.ceil(Math.log2(Math.max(...stepCounts) + 1)));
}

function sampledBoth(rate: number, event: DpEvent, relation: Relation, records: number): Both {
  const noise = gaussianNoise(event);
  if (noise !== null) {
    const presence = Array.from({ length: records + 1 }, (_, times) => ({
      times,
      weight: binomialMass(records, rate, times),
    }));
    // One record needs no rounding: 1 − q and q as they are.
    const exact =
      records === 1
        ? [
            { times: 0, weight: 1 - rate },
            { times: 1, weight: rate },
          ]
        : presence;
    return gaussianBoth(1 / noise, exact, relation);
  }
  onePerPerson(records, 'this sampled event');
  if (relation === 'replace-one') throw new EventError('Under replace-one only Gaussians can be Poisson-sampled here.');
  if (event.type === 'laplace')
    return [laplaceLoss(event.noiseMultiplier, rate, false), laplaceLoss(event.noiseMultiplier, rate, true)];
  if (event.type === 'composed' || event.type === 'selfComposed' || event.type === 'poissonSampled')
    throw new EventError('Sampling around a composition is not one step: put the sampling inside.');
  if (!['discreteLaplace', 'discreteGaussian', 'epsilonDelta'].includes(event.type))
    throw new EventError(`${event.type} cannot be Poisson-sampled here.`);
  return atomicBoth(`${rate} of ${JSON.stringify(event)}`, sampledAtoms(atomsOf(event, relation), rate));
}

/**
 * Poisson batches cut at a maximum (Chua et al. 2024, arXiv 2411.04205): with the probability that the batch overflows, a replacement
 * at half the noise and the rate of being in a full batch; else the sampled Gaussian.
 */
function truncatedBoth(event: Extract<DpEvent, { type: 'truncatedPoissonGaussian' }>, relation: Relation): Both | null {
  const { records, sampleRate: q, maxBatchSize: most, noiseMultiplier } = event;
  if (q === 0) return null;
  const plain = gaussianBoth(
    1 / noiseMultiplier,
    [
      { times: 0, weight: 1 - q },
      { times: 1, weight: q },
    ],
    relation,
  );
  const overflow = binomialAbove(records - 1, q, most - 1);
  if (overflow === 0) return plain;
  const rate = Math.min(1, (binomialAbove(records, q, most) * most) / (overflow * records));
  const [full] = gaussianBoth(
    2 / noiseMultiplier,
    [
      { times: 0, weight: 1 - rate },
      { times: 1, weight: rate },
    ],
    'replace-one',
  );
  const mixed = (loss: Loss): Loss =>
    mixedLoss([
      { weight: overflow, loss: full },
      { weight: 1 - overflow, loss },
    ]);
  return plain[0] === plain[1] ? [mixed(plain[0]), mixed(plain[0])] : [mixed(plain[0]), mixed(plain[1])];
}

/** The outcomes of a discrete mechanism under both hypotheses. */
function atomsOf(event: DpEvent, relation: Relation): Atom[] {
  const twice = relation === 'replace-one' ? 2 : 1;
  switch (event.type) {
    case 'epsilonDelta': {
      const { epsilon, delta } = event;
      const high = (1 - delta) / (1 + Math.exp(-epsilon));
      const low = (1 - delta) / (1 + Math.exp(epsilon));
      return [
        { loss: epsilon, p: high, q: low },
        { loss: -epsilon, p: low, q: high },
        { loss: Number.POSITIVE_INFINITY, p: delta, q: 0 },
        { loss: Number.NEGATIVE_INFINITY, p: 0, q: delta },
      ];
    }
    case 'randomizedResponse': {
      const { noiseParameter: noise, buckets } = event;
      const [kept, other] = [1 - noise + noise / buckets, noise / buckets];
      if (relation === 'replace-one')
        return [
          { loss: Math.log(kept / other), p: kept, q: other },
          { loss: Math.log(other / kept), p: other, q: kept },
          { loss: 0, p: noise * (1 - 2 / buckets), q: noise * (1 - 2 / buckets) },
        ];
      if (relation === 'replace-special')
        return [
          { loss: Math.log(kept * buckets), p: kept, q: 1 / buckets },
          { loss: Math.log(noise), p: 1 - kept, q: 1 - 1 / buckets },
        ];
      throw new EventError('randomizedResponse is known under the relations replace-one and replace-special.');
    }
    case 'discreteLaplace': {
      // Masses tanh(a/2)·e^(−a|x|) at 0 against the same about `shift`; beyond either centre the loss is constant.
      const { noiseParameter: a } = event;
      const shift = event.sensitivity * twice;
      const end = 1 / (1 + Math.exp(-a));
      const atoms: Atom[] = [
        { loss: a * shift, p: end, q: end * Math.exp(-a * shift) },
        { loss: -a * shift, p: end * Math.exp(-a * shift), q: end },
      ];
      for (let x = 1; x < shift; x++) {
        const mass = (y: number): number => Math.tanh(a / 2) * Math.exp(-a * Math.abs(y));
        atoms.push({ loss: a * (shift - 2 * x), p: mass(x), q: mass(x - shift) });
      }
      return atoms;
    }
    case 'discreteGaussian': {
      const { sigma } = event;
      const shift = event.sensitivity * twice;
      const reach = Math.ceil(40 * sigma) + shift;
      let total = 0;
      const mass = (x: number): number => Math.exp((-x * x) / (2 * sigma * sigma));
      for (let x = -reach; x <= reach; x++) total += mass(x);
      return Array.from({ length: 2 * reach + 1 }, (_, i) => {
        const x = i - reach;
        return {
          loss: (shift * shift - 2 * shift * x) / (2 * sigma * sigma),
          p: mass(x) / total,
          q: mass(x - shift) / total,
        };
      }).filter(({ p, q }) => p > 1e-40 || q > 1e-40);
    }
    default:
      throw new EventError(`Privacy loss distributions do not know ${event.type} there.`);
  }
}
