import type { TrainEvent } from '../facts/events';
import { touches } from './DP001';
import { caused, finding, here, isPeople, peopleOf, peopleTier, way, weakest } from './evidence';
import type { Rule, RuleContext } from './rule';

/** Classes that model the distribution of records themselves, so that what they memorise they can also say. */
const generative =
  /(?:^|\.)(?:AutoModelForCausalLM|AutoModelForSeq2SeqLM|AutoModelForVision2Seq|\w*LMHeadModel|\w*ForCausalLM|\w*ForConditionalGeneration|(?:SFT|DPO|GRPO|PPO|ORPO|KTO|CPO|RLOO|Seq2Seq)Trainer|FastLanguageModel|FastModel|UNet2D\w*|DDPM\w*|Diffusion\w*|\w*VAE|\w*GAN|VariationalAutoencoder)$/;

/** The run's classes of networks that sample their latent code, and of noise. */
const drawsRecords = '#generative';
const noise = '#noise';

export const MEM002: Rule = {
  id: 'MEM002',
  name: 'generative-fine-tune',
  summary: 'A generative model learns from records of people without DP or deduplication.',
  severity: 'warning',
  check: context => {
    if (here(context.of('mark')).some(mark => mark.mark === 'records:deduplicated')) return [];
    const mechanisms = context.of('privatise');
    return caused(context.of('train')).flatMap(event => {
      if (event.privatisedBy.length > 0 || mechanisms.some(dp => touches(event, dp))) return [];
      if (!isGenerative(context, event)) return [];
      const people = peopleOf(context, event.data, event.model);
      if (!isPeople(people)) return [];
      return [
        finding(MEM002, event, {
          tier: weakest(event.tier, peopleTier(people)),
          message:
            'A generative model learns from records of people with neither DP nor deduplication. ' +
            'What it memorises it can write out again: a record seen ten times is extracted far more often than one seen once. ' +
            'Remove duplicates, train with DP-SGD, and test with planted canaries before sharing.',
          related: way(event.data),
        }),
      ];
    });
  },
};

function isGenerative(context: RuleContext, event: TrainEvent): boolean {
  const types = [event.api, ...(event.model?.types ?? [])];
  return (
    types.includes(drawsRecords) ||
    // What learns from noise learns to make records of it: a generator under a discriminator.
    (event.data?.types.includes(noise) ?? false) ||
    types.some(type => generative.test(type.replace(/\.(?:train|fit|__call__)$/, ''))) ||
    context
      .of('mark')
      .some(
        mark =>
          mark.mark === 'model:generative' &&
          mark.id < event.id &&
          mark.values.every(
            value =>
              value.objects.length === 0 ||
              event.model === null ||
              value.objects.some(id => event.model!.objects.includes(id)),
          ),
      )
  );
}
