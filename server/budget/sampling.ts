import type { PrivatiseEvent } from '../facts/events';
import type { Gathered } from './gather';
import type { Sampling } from './statement';

/** Engines that train on a Keras, Hugging Face or plain loader: shuffled batches of a fixed size. */
const shuffles = new Set(['tensorflow-privacy', 'private_transformers', 'fastDP', 'dp-transformers']);

/** How batches are made, and a word where that is not what people would expect of the call. */
export function samplingOf(dp: PrivatiseEvent, { loader }: Gathered): { sampling: Sampling; warning: string | null } {
  const given = dp.parameters.poissonSampling;
  const told = (sampling: Sampling, warning: string | null = null) => ({ sampling, warning });
  const sampler = [loader?.arguments.batch_sampler, loader?.arguments.sampler].flatMap(each => each?.types ?? []);
  const poissonSampler = sampler.some(type => type.endsWith('UniformWithReplacementSampler'));
  if (given?.kind === 'several' || given?.kind === 'unknown') return told('unknown');
  if (given?.kind === 'constant') {
    if (given.resolved.value !== true) return told(poissonSampler ? 'poisson' : 'shuffle');
    if (dp.loader !== null && dp.used.optimizer && !dp.used.loader && dp.library === 'opacus')
      return told(
        'shuffle',
        'The private loader that the engine returns is not used here: batches come from another loader, and are not sampled by Poisson.',
      );
    return told('poisson');
  }
  if (poissonSampler) return told('poisson');
  if (dp.library === 'opacus')
    // The engine of 0.x was attached to an optimizer and left the loader alone.
    return told(dp.api === 'opacus.PrivacyEngine' ? (loader ? 'shuffle' : 'unknown') : 'poisson');
  return told(shuffles.has(dp.library) ? 'shuffle' : 'unknown');
}
