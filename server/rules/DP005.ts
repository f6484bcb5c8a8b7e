import type { PrivatiseEvent } from '../facts/events';
import type { Parameter } from '../facts/values';
import { digits, finding, here, literalFix, numberOf, originPlaces, weakest } from './evidence';
import type { Fix } from './finding';
import type { Rule, RuleContext } from './rule';

/** Engines that leave the loader as it is, while their accountants assume Poisson sampling. */
const leavesLoader = /^(?:tensorflow[-_]privacy|fast[-_]?dp|private[-_]transformers|dp[-_]transformers|optax|pyvacy)$/i;

const isFalse = (parameter: Parameter | undefined): boolean =>
  parameter?.kind === 'constant' && parameter.resolved.value === false;

export const DP005: Rule = {
  id: 'DP005',
  name: 'sampling-mismatch',
  summary: 'The accountant assumes Poisson batches and the loader does not draw them.',
  severity: 'warning',
  check: context =>
    here(context.of('privatise')).flatMap(dp => {
      if (dp.mechanism !== 'dp-sgd') return [];
      const why = mismatch(context, dp);
      if (!why) return [];
      return [
        finding(DP005, why.at ?? dp, {
          tier: weakest(dp.tier, 'likely'),
          message:
            `The batches are not what the accountant assumes: ${why.what}. Its ε${figures(context, dp)} holds for Poisson sampling only, and can be far too small otherwise. ` +
            'Sample batches by Poisson, or report the bound for deterministic batches (`epsilint account --sampling shuffle`).',
          related: why.parameter ? originPlaces(why.parameter) : [],
          fixes: why.fixes ?? [],
        }),
      ];
    }),
};

/** The two figures of the budget statement, when both are known. */
function figures(context: RuleContext, dp: PrivatiseEvent): string {
  const figure = context.budgets.find(each => each.event === dp.id);
  return figure?.epsilon != null && figure.bound != null && Number.isFinite(figure.bound)
    ? ` (${digits(figure.epsilon)} as Epsilint counts it; without sampling ε ≤ ${digits(figure.bound)})`
    : '';
}

function mismatch(
  context: RuleContext,
  dp: PrivatiseEvent,
): { what: string; at?: PrivatiseEvent['span']; parameter?: Parameter; fixes?: readonly Fix[] } | null {
  const { poissonSampling, microbatches } = dp.parameters;
  if (isFalse(poissonSampling))
    return {
      what: '`poisson_sampling` is off',
      parameter: poissonSampling!,
      fixes: literalFix(dp.span, poissonSampling, 'True', 'Sample batches by Poisson'),
    };
  const micro = numberOf(microbatches);
  const batch = numberOf(dp.parameters.batchSize);
  if (micro !== null && batch !== null && micro > 1 && micro < batch)
    return {
      what: `${batch / micro} examples share one microbatch and are clipped together`,
      parameter: microbatches!,
    };
  if (!leavesLoader.test(dp.library)) return null;
  const trains = here(context.of('train')).filter(each => each.id > dp.id || each.privatisedBy.includes(dp.id));
  // The call that walks the data is a better place than the step inside it; the loader that shuffles a better one still.
  const train = trains.find(each => each.style !== 'step') ?? trains[0];
  if (!train) return null;
  const shuffles = here(context.of('mark')).find(
    mark => mark.mark === 'loader' && mark.id < train.id && mark.arguments.shuffle?.constant?.value === true,
  );
  return {
    what: `${dp.library} trains on shuffled or ordered batches of fixed size`,
    at: shuffles?.span ?? train.span,
  };
}
