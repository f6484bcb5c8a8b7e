import type { Evaluator } from '../evaluator';
import type { Given } from '../machine';
import { UNKNOWN, Value } from '../value';
import { argument, type Intrinsic, tupleOf } from './support';

const session = /^tensorflow\.(?:\w+\.)*\w*Session$/;
const operation = 'tensorflow.TrainOperation';

/**
 * `sess.run(fetches, feed_dict)` of TensorFlow's graphs: the training operations among what is fetched learn here, in the loops around,
 * from what is fed; the other fetches are computed from it, in the structure in which they are named.
 */
const runSession: Intrinsic = (run, receiver, args) => {
  const fetches = argument(args, 'fetches', 0);
  const known = receiver?.value.types.some(type => session.test(type)) ?? false;
  if (!fetches || !(known || holdsOperation(fetches))) return null;
  const fed = argument(args, 'feed_dict', 1);
  return fetched(run, fetches, fed ? { value: fed, span: args.span } : null, 0);
};

/** `train_op.run(feed_dict=…)`. */
const runOperation: Intrinsic = (run, receiver, args) => {
  if (!receiver?.value.types.includes(operation)) return null;
  const fed = argument(args, 'feed_dict', 0);
  return fetched(run, receiver.value, fed ? { value: fed, span: args.span } : null, 0);
};

function fetched(run: Evaluator, fetch: Value, fed: Given | null, depth: number): Value {
  if (depth > 4) return UNKNOWN;
  if (fetch.items) return tupleOf(fetch.items.map(inner => fetched(run, inner, fed, depth + 1)));
  if (fetch.types.includes(operation)) {
    run.runAgain(fetch, fed);
    return UNKNOWN;
  }
  if (fetch.fields && fetch.types.includes('builtins.dict')) {
    const out = new Value();
    out.types = ['builtins.dict'];
    out.fields = new Map(
      [...fetch.fields].map(([name, inner]) => [name, fetched(run, inner, fed, depth + 1)] as const),
    );
    return out;
  }
  const out = run.flow(fed ? [fetch, fed.value] : [fetch], 'derived');
  out.types = fetch.types;
  return out;
}

const holdsOperation = (fetch: Value): boolean =>
  fetch.types.includes(operation) ||
  (fetch.items?.some(holdsOperation) ?? false) ||
  [...(fetch.fields?.values() ?? [])].some(inner => inner.types.includes(operation));

/** Graphs of TensorFlow before 2.0: built once, run in a session. */
export const sessions: readonly (readonly [string, Intrinsic])[] = [
  ['*.run', (...given) => runOperation(...given) ?? runSession(...given)],
];
