import type { Tensor } from '../../aten/operator';
import { is, isList, type TensorValue, type Value } from '../values';
import type { Machine } from './machine';

/**
 * What tensors of one network's code share. PyTorch's operations in place (`ReLU(inplace=True)`, `x += y`) change every view of a memory;
 * here each name holds values of its own, so that a view which is read after another one was changed would be wrong, and is refused.
 */
export interface Memory {
  /** The memory that this one is a part of (a chunk of a split). */
  readonly parent: Memory | null;
  /** Changes of the whole. */
  changes: number;
  /** Changes of its parts. */
  below: number;
}

const memoryOf = (value: TensorValue): Memory => {
  value.memory ??= { parent: null, changes: 0, below: 0 };
  return value.memory;
};

/** Grows with every change that a view of the memory would see. */
function stampOf(memory: Memory): number {
  let stamp = memory.below;
  for (let at: Memory | null = memory; at; at = at.parent) stamp += at.changes;
  return stamp;
}

/** Tells that `view` shows the memory of `base`: the whole of it, or a part that no other part overlaps. */
export function share(base: Value | undefined, view: Value, part: boolean): void {
  if (!is(base, 'tensor')) return;
  if (isList(view)) {
    for (const each of view.items) share(base, each, part);
    return;
  }
  if (!is(view, 'tensor') || view === base) return;
  const memory = memoryOf(base);
  view.memory = part ? { parent: memory, changes: 0, below: 0 } : memory;
  view.seen = stampOf(view.memory);
  base.seen ??= stampOf(memory);
}

/** Changes a tensor in place: every name of it, and the memory that its views show. */
export function changeInPlace(value: TensorValue, next: Tensor): void {
  value.value = next;
  const { memory } = value;
  if (!memory) return;
  memory.changes++;
  for (let at = memory.parent; at; at = at.parent) at.below++;
  value.seen = stampOf(memory);
}

/** The values of a tensor, where no other view of its memory was changed since. */
export function current(m: Machine, value: TensorValue): Tensor {
  if (value.memory && value.seen !== undefined && value.seen !== stampOf(value.memory))
    m.fail('A tensor is read whose memory was changed in place through another view of it, which is not followed here');
  return value.value;
}

const wholes =
  /^(?:view|view_as|reshape|reshape_as|flatten|ravel|unflatten|transpose|t|permute|squeeze|unsqueeze|expand|expand_as|broadcast_to|swapaxes|swapdims|movedim|moveaxis|narrow|select|slice|diagonal|unfold|contiguous|detach|adjoint|dropout|feature_dropout|alpha_dropout|rearrange)$/;
const parts = /^(?:chunk|split|split_with_sizes|tensor_split|unbind|hsplit|vsplit)$/;

/** Where an operator gives views of what it takes, tells so (dropout outside of training gives its input). */
export function shareViews(operator: string, base: Value | undefined, out: Value): void {
  if (wholes.test(operator)) share(base, out, false);
  else if (parts.test(operator)) share(base, out, true);
}
