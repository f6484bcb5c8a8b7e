import type { PrivateRecipe, TrainingRecipe } from '../../../audit-core/shadows/embedded/recipe';
import type { CallExpression, Expression } from '../../facts/syntax';
import { nodesIn } from '../auditable/walk';
import { argument, flagIn, lastName, numberIn, type Reader, refuse } from './reader';
import type { TrainingLoops } from './torch-loops';

interface Privacy {
  readonly steps: PrivateRecipe | null;
  readonly sampling: TrainingRecipe['sampling'];
  readonly found: boolean;
}

const elsewhere = 'which the embedded engine does not replay; use --engine process.';

/** What Opacus does to a loop, by what the loop uses of it: the steps of a private optimizer, the draws of a private loader. */
export function torchPrivacy(reader: Reader, loops: TrainingLoops): Privacy {
  const { imports, calls, constants } = reader;
  const made = calls.filter(call => /^make_private(?:_with_epsilon)?$/.test(lastName(call.callee) ?? ''));
  const [call] = made;
  if (!call) {
    if (imports.uses(/^(?:opacus|fastDP|private_transformers|dp_transformers)(?:\.|$)/))
      refuse(`It trains with differential privacy in a way ${elsewhere}`);
    return { steps: null, sampling: 'batches', found: false };
  }
  if (made.length > 1) refuse(`It makes its training private more than once, ${elsewhere}`);
  if (calls.some(each => /^opacus\.(?:schedulers|utils\.adaptive)/.test(imports.pathOf(each.callee) ?? '')))
    refuse(`Its noise or clipping changes over the training, ${elsewhere}`);
  const clipping = constants.valueOf(argument(call, 'clipping'));
  if (clipping !== undefined && clipping !== 'flat') refuse(`It clips ${String(clipping)}, ${elsewhere}`);
  const given = namesGiven(reader, call);
  const [, optimizer, loader] = given;
  const steps = !optimizer || loops.stepped.length === 0 || loops.stepped.includes(optimizer);
  const over = loops.over && loaderName(reader, loops.over);
  const drawn = over === null ? null : loops.givenFor(over);
  const draws = flagIn(reader, call, 'poisson_sampling', true) && (!loader || drawn === null || drawn.includes(loader));
  return { steps: steps ? stepsOf(reader, call) : null, sampling: draws ? 'poisson' : 'batches', found: true };
}

function stepsOf(reader: Reader, call: CallExpression): PrivateRecipe {
  const clipNorm = numberIn(reader, call, 'max_grad_norm', Number.NaN);
  if (!Number.isFinite(clipNorm)) refuse('The clip norm of its private steps is not one number that the script tells.');
  if (lastName(call.callee) === 'make_private') {
    const value = numberIn(reader, call, 'noise_multiplier', Number.NaN);
    if (!Number.isFinite(value))
      refuse('The noise multiplier of its private steps is not a constant that the script tells.');
    return { clipNorm, noise: { kind: 'multiplier', value } };
  }
  const [epsilon, delta, epochs] = (['target_epsilon', 'target_delta', 'epochs'] as const).map(name =>
    numberIn(reader, call, name, Number.NaN),
  ) as [number, number, number];
  if (![epsilon, delta, epochs].every(Number.isFinite))
    refuse('Target ε, δ and epochs of its private steps are not constants that the script tells.');
  return { clipNorm, noise: { kind: 'target', epsilon, delta, epochs } };
}

/** The names that model, optimizer and loader are given. */
function namesGiven({ facts }: Reader, call: CallExpression): (string | null)[] {
  for (const node of nodesIn(facts.body)) {
    if (node.kind !== 'assign' || node.value !== call) continue;
    const [target] = node.targets;
    return target?.kind === 'tuple' || target?.kind === 'list' ? target.items.map(lastName) : [];
  }
  return [];
}

/** What a loop over batches goes over: through `enumerate`, progress bars and Opacus's memory manager. */
function loaderName({ facts }: Reader, over: Expression): string | null {
  let e = over;
  while (e.kind === 'call' && e.arguments[0]) e = e.arguments[0];
  const name = lastName(e);
  const managed = [...nodesIn(facts.body)].flatMap(node =>
    node.kind === 'with' ? node.items.filter(({ target }) => target && lastName(target) === name) : [],
  );
  for (const { value } of managed) {
    const inner = value.kind === 'call' ? argument(value, 'data_loader') : undefined;
    if (inner) return lastName(inner);
  }
  return name;
}

/** TF Privacy's optimizers: each microbatch clipped, noise on the sum, divided by their number. null: a plain optimizer. */
export function kerasPrivacy(reader: Reader, made: CallExpression | null, batchSize: number): PrivateRecipe | null {
  if (!made || !/^(?:Vectorized)?DP/.test(lastName(made.callee) ?? '')) return null;
  const clipNorm = numberIn(reader, made, 'l2_norm_clip', Number.NaN, 0);
  const value = numberIn(reader, made, 'noise_multiplier', Number.NaN, 1);
  const parts = numberIn(reader, made, 'num_microbatches', batchSize, 2);
  if (!Number.isFinite(clipNorm) || !Number.isFinite(value))
    refuse('Clip norm and noise multiplier of its private optimizer are not constants that the script tells.');
  if (parts !== batchSize) refuse(`It clips ${parts} microbatches of a batch of ${batchSize}, ${elsewhere}`);
  return { clipNorm, noise: { kind: 'multiplier', value } };
}
