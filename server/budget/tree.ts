import type { Found } from './found';
import { numberIn } from './statement';

/**
 * How many releases of plain Gaussian noise the tree of DP-FTRL is worth, for one record that takes part once an epoch at any place of it.
 * Each node of the binary tree over all `steps` releases a sum with noise of its own; a record moves a node by the number x of its turns
 * under that node, so that the whole run is one Gaussian release of squared sensitivity Σ x² (Kairouz et al. 2021, arXiv 2103.00039,
 * appendix D). On a level whose nodes hold s steps no node holds more than c = min(epochs, s, ⌈(s − 1)/perEpoch⌉ + 1) turns, hence
 * Σ x² ≤ c · epochs. One epoch gives the height of the tree, as dp_accounting's single-epoch event does.
 */
export function treeReleases(epochs: number, perEpoch: number): number {
  const turns = Math.max(1, Math.ceil(epochs));
  const levels = Math.ceil(Math.log2(turns * perEpoch + 1));
  let releases = 0;
  for (let level = 0; level < levels; level++) {
    const held = 2 ** level;
    releases += turns * Math.min(turns, held, Math.ceil((held - 1) / perEpoch) + 1);
  }
  return releases;
}

/** Puts the releases of the tree in the place of sampled steps: DP-FTRL counts on no sampling. */
export function deriveTree(found: Found): void {
  const [batch, examples, epochs] = (['batchSize', 'examples', 'epochs'] as const).map(name => found.get(name));
  const [b, n, e] = [numberIn(batch), numberIn(examples), numberIn(epochs)];
  if (!(b !== null && n !== null && e !== null && b > 0 && n > 0 && e > 0) || found.has('steps')) return;
  const overridable = [batch, examples, epochs].some(each => each?.overridable);
  const perEpoch = Math.ceil(n / b);
  found.set('sampleRate', { value: 1, origin: 'DP-FTRL counts on no sampling (⌈n/B⌉)', overridable, span: null });
  found.set('steps', {
    value: treeReleases(e, perEpoch),
    origin: `nodes of the noise tree that one record moves, over epochs × ⌈n/B⌉ = ${Math.ceil(e * perEpoch)} steps`,
    overridable,
    span: null,
  });
}
