import type { Tensor } from '../../aten/operator';
import { RuntimeError } from '../../error';
import { isList, type Place, tensorValue, type Value } from '../values';
import type { Machine, Named } from './machine';
import { share } from './memory';
import { aten, tensorOf } from './operations';

/** The axes of one side of a pattern, by the dimension that they make up; `…` stands for those that it does not name. */
type Side = readonly (readonly string[])[];

function sideOf(text: string): Side {
  const groups: string[][] = [];
  let open: string[] | null = null;
  for (const [token] of text.replaceAll('...', '…').matchAll(/[()]|[^\s()]+/g)) {
    if (token === '(') open = [];
    else if (token === ')') {
      groups.push(open ?? []);
      open = null;
    } else {
      const axes = token === '1' ? [] : [token];
      if (open) open.push(...axes);
      else groups.push(axes);
    }
  }
  return groups;
}

/** `…` as one dimension an axis on the side of the input, so that both sides name the same. */
const widened = (side: Side, dots: readonly string[]): Side =>
  side.flatMap(group =>
    group.length === 1 && group[0] === '…'
      ? dots.map(each => [each])
      : [group.flatMap(each => (each === '…' ? dots : [each]))],
  );

/** What the axes of the input measure: given sizes, and one in each dimension that follows from the rest. */
function measure(input: Side, shape: readonly number[], sizes: Map<string, number>, pattern: string): number[] {
  const wrong = (): never => {
    throw new RuntimeError(`The pattern "${pattern.slice(0, 80)}" does not fit a tensor of [${shape.join(', ')}]`);
  };
  if (input.length !== shape.length) wrong();
  for (const [index, group] of input.entries()) {
    const size = shape[index] ?? 1;
    const open = group.filter(axis => !sizes.has(axis));
    const known = group.reduce((product, axis) => product * (sizes.get(axis) ?? 1), 1);
    if (open.length > 1 || size % known !== 0 || (open.length === 0 && known !== size)) wrong();
    for (const axis of open) sizes.set(axis, size / known);
  }
  return input.flat().map(axis => sizes.get(axis) ?? 1);
}

type Reduction = 'mean' | 'max' | 'min' | 'sum' | 'prod';
const reductions: Readonly<Record<string, Reduction>> = {
  mean: 'mean',
  max: 'max',
  min: 'min',
  sum: 'sum',
  prod: 'prod',
};

/** Reads a tensor by names of axes (einops: `b c (h p) w -> b (h w) (p c)`): takes apart, reduces, repeats, orders, joins. */
export function einops(m: Machine, x: Tensor, pattern: string, named: Named, reduction: string | null): Tensor {
  const { tensors: tf } = m;
  const [left, right] = pattern.split('->');
  if (left === undefined || right === undefined) return m.fail(`The pattern "${pattern.slice(0, 80)}" has no arrow`);
  const sizes = new Map<string, number>();
  for (const [axis, size] of named) if (typeof size === 'number') sizes.set(axis, size);
  const input = sideOf(left);
  const whole = input.filter(group => !(group.length === 1 && group[0] === '…')).length;
  const dots = Array.from({ length: Math.max(0, x.rank - whole) }, (_, index) => `…${index}`);
  const from = widened(input, dots);
  const to = widened(sideOf(right), dots);
  let out = tf.reshape(x, measure(from, x.shape, sizes, pattern));
  let axes = from.flat();
  const wanted = to.flat();
  const gone = axes.flatMap((axis, index) => (wanted.includes(axis) ? [] : [index]));
  if (gone.length > 0) {
    const how = reduction === null ? undefined : reductions[reduction];
    if (!how) return m.fail(`The pattern "${pattern.slice(0, 80)}" loses an axis`);
    out = tf[how](out, gone);
    axes = axes.filter((_, index) => !gone.includes(index));
  }
  for (const axis of wanted) {
    if (axes.includes(axis)) continue;
    const times = sizes.get(axis) ?? (/^\d+$/.test(axis) ? Number(axis) : null);
    if (times === null) return m.fail(`The axis "${axis.slice(0, 40)}" of a pattern has no size`);
    sizes.set(axis, times);
    out = tf.tile(tf.expandDims(out, out.rank), [...out.shape.map(() => 1), times]);
    axes = [...axes, axis];
  }
  const order = wanted.map(axis => axes.indexOf(axis));
  if (order.some((place, index) => place !== index)) out = tf.transpose(out, order);
  return tf.reshape(
    out,
    to.map(group => group.reduce((product, axis) => product * (sizes.get(axis) ?? 1), 1)),
  );
}

type Native = (m: Machine, positional: readonly Value[], named: Named, place: Place) => Value;

/** A tensor, or several of one shape that einops stacks. */
function inputOf(m: Machine, value: Value): Tensor {
  if (isList(value)) {
    const list = value.items.map(each => tensorOf(m, each) ?? m.fail('What einops is given is not known'));
    return m.tensors.stack(list);
  }
  return tensorOf(m, value) ?? m.fail('What einops is given is not known');
}

const run =
  (reduces: boolean): Native =>
  (m, [given = null, pattern = null, how = null], named) => {
    if (typeof pattern !== 'string') return m.fail('The pattern of einops is not known');
    const reduction = how ?? named.get('reduction') ?? null;
    const out = tensorValue(
      einops(m, inputOf(m, given), pattern, named, reduces && typeof reduction === 'string' ? reduction : null),
    );
    if (!reduces) share(given, out, false);
    return out;
  };

/** Functions of einops; its layers are among the layers. */
export const einopsFunctions: ReadonlyMap<string, Native> = new Map<string, Native>([
  ['einops.rearrange', run(false)],
  ['einops.reduce', run(true)],
  ['einops.repeat', run(false)],
  [
    'einops.einsum',
    (m, positional) => {
      const pattern = positional.at(-1);
      if (typeof pattern !== 'string') return m.fail('The pattern of einops is not known');
      // Axes are words here and letters in torch.einsum.
      const letters = new Map<string, string>();
      const letter = (word: string): string => {
        if (!letters.has(word)) letters.set(word, String.fromCharCode(97 + letters.size));
        return letters.get(word) ?? word;
      };
      const equation = pattern.replaceAll('...', '…').replace(/[A-Za-z_]\w*/g, letter);
      if (equation.includes('…') || letters.size > 26) return m.fail('An einsum of einops with dots is not run here');
      return aten(m, 'einsum', [equation.replace(/\s+/g, ''), ...positional.slice(0, -1)], new Map());
    },
  ],
]);

/** `Rearrange('b c h w -> b (h w) c')` and `Reduce`: modules without weights that call the function. */
export function einopsLayer(m: Machine, path: string, positional: readonly Value[], named: Named, place: Place): Value {
  const native = einopsFunctions.get(`einops.${path.endsWith('Reduce') ? 'reduce' : 'rearrange'}`);
  const forward: Value = {
    kind: 'native',
    call: given => native?.(m, [given[0] ?? null, ...positional], named, place) ?? null,
  };
  return {
    kind: 'module',
    class: null,
    layer: null,
    type: path,
    attributes: new Map([['forward', forward]]),
    settings: new Map(),
    made: place,
  };
}
