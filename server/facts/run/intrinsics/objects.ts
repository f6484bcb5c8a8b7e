import { copyOf, PER_RECORD, symbol, UNKNOWN } from '../value';
import { first, type Intrinsic, put, text } from './support';

const attributeOf: Intrinsic = (run, _, args, span) => {
  const name = text(args.positional[1]?.value ?? null);
  const object = first(args);
  if (name === null) return null;
  const found = run.attribute(object, name, span);
  const fallback = args.positional[2]?.value;
  return found === UNKNOWN && fallback ? fallback : found;
};

const setAttribute: Intrinsic = (_, __, args) => {
  const name = text(args.positional[1]?.value ?? null);
  const object = first(args);
  if (name === null || object === UNKNOWN) return null;
  put(object, name, args.positional[2]?.value ?? UNKNOWN);
  return UNKNOWN;
};

const superOf: Intrinsic = run => run.superValue();

/** `optimizer.zero_grad()` on something of unknown class shows an optimizer (or a model) where PyTorch is imported. */
const zeroGradients: Intrinsic = (_, receiver) => {
  const value = receiver?.value;
  if (value && value !== UNKNOWN && value.types.length === 0) value.types = ['torch.optim.Optimizer'];
  return null;
};

/** `loss.backward()`: what it was computed from is what the next step learns from. */
const differentiate: Intrinsic = (run, receiver) => {
  if (!receiver) return null;
  run.differentiated = { value: copyOf(receiver.value), span: receiver.span };
  // Only one number has a gradient: a loss over the batch.
  if (receiver.value !== UNKNOWN && !Object.isFrozen(receiver.value)) {
    receiver.value.taint &= ~PER_RECORD;
    receiver.value.strength = 'aggregate';
  }
  return null;
};

/** A copy: what is put into it later is not in the original. A copied network still is what it learned. */
const copied: Intrinsic = (_, __, args) => {
  if (args.positional.length === 0) return null;
  const out = copyOf(first(args));
  if (out.fields) out.fields = new Map(out.fields);
  if (out.items) out.items = [...out.items];
  return out;
};

const require: Intrinsic = (_, __, args) => {
  const name = text(args.positional[0]?.value ?? null);
  return name === null ? null : symbol(name);
};

/** `Depends(get_model)`: the handler is given what the function returns, or yields while the request lasts. */
const dependency: Intrinsic = (run, _, args, span) => {
  const callee = first(args);
  if (!callee.ref || (callee.ref.kind !== 'function' && callee.ref.kind !== 'bound')) return null;
  const given = run.callValue(callee, { positional: [], keywords: new Map(), open: true, span }, span);
  return given.element ?? given;
};

/** Attributes by name, super, and the calls of training loops that tell what an object is. */
export const objects: readonly (readonly [string, Intrinsic])[] = [
  ['builtins.getattr', attributeOf],
  ['builtins.setattr', setAttribute],
  ['builtins.super', superOf],
  ['copy.deepcopy', copied],
  ['copy.copy', copied],
  ['*.zero_grad', zeroGradients],
  ['*.backward', differentiate],
  ['builtins.require', require],
  ['fastapi.Depends', dependency],
];
