import {
  type Code,
  FunctionBuilder,
  f32,
  f32x4,
  i32,
  type Local,
  loop,
  type ValueType,
  type WasmFunction,
} from './assembler';

type Binary = (left: Code, right: Code) => Code;

/** The same arithmetic on four numbers or on one. */
export interface Arithmetic {
  readonly type: ValueType;
  readonly numbers: number;
  readonly load: (address: Code, offset?: number) => Code;
  readonly store: (address: Code, value: Code, offset?: number) => Code;
  readonly add: Binary;
  readonly sub: Binary;
  readonly mul: Binary;
  readonly div: Binary;
  readonly max: Binary;
  readonly sqrt: (value: Code) => Code;
  /** A number parameter for all lanes. */
  readonly spread: (value: Code) => Code;
}

const single: Arithmetic = { type: 'f32', numbers: 1, ...f32, spread: value => value };
const vector: Arithmetic = { type: 'v128', numbers: 4, ...f32x4, spread: f32x4.splat };

/** A walk over `count` numbers at the pointers: four at a time, then one at a time. */
export function alongside(
  f: FunctionBuilder,
  count: Local,
  pointers: readonly Local[],
  body: (arithmetic: Arithmetic) => Code,
): Code {
  const at = f.local();
  const part = (arithmetic: Arithmetic, limit: Code): Code =>
    loop(
      at,
      limit,
      i32.constant(arithmetic.numbers),
      body(arithmetic),
      pointers.flatMap(each => each.add(i32.constant(4 * arithmetic.numbers))),
    );
  return [...at.set(i32.constant(0)), ...part(vector, i32.sub(count.get, i32.constant(3))), ...part(single, count.get)];
}

/** max(x + row, floor) in place for `[rows, columns]`; the row is a bias, the floor 0 for ReLU and −∞ for none. */
function addRow(): WasmFunction {
  const f = new FunctionBuilder();
  const { x, rows, columns, bias } = f.take(['x', 'rows', 'columns', 'bias']);
  const floor = f.parameter('f32');
  const { row, own } = f.own(['row', 'own']);
  const body = ({ load, store, add, max, spread }: Arithmetic): Code =>
    store(x.get, max(add(load(x.get), load(own.get)), spread(floor.get)));
  return f.finish(loop(row, rows.get, i32.constant(1), own.set(bias.get), alongside(f, columns, [x, own], body)));
}

/** Sums over the rows of `[rows, columns]`, added to what `sums` holds. */
function columnSums(): WasmFunction {
  const f = new FunctionBuilder();
  const { x, rows, columns, sums } = f.take(['x', 'rows', 'columns', 'sums']);
  const { row, own } = f.own(['row', 'own']);
  const body = ({ load, store, add }: Arithmetic): Code => store(own.get, add(load(own.get), load(x.get)));
  return f.finish(loop(row, rows.get, i32.constant(1), own.set(sums.get), alongside(f, columns, [x, own], body)));
}

/**
 * One step of Adam or AdamW (Kingma & Ba 2015, algorithm 1; Loshchilov & Hutter 2019, algorithm 2) over `size` weights in place. `rate` is
 * the learning rate over 1 − β₁ᵗ, `root` 1/√(1 − β₂ᵗ), `keep` the factor of decoupled decay, `coupled` the L2 factor.
 */
function adam(): WasmFunction {
  const f = new FunctionBuilder();
  const { w, g, m, v, size } = f.take(['w', 'g', 'm', 'v', 'size']);
  const { beta1, beta2, rate, root, epsilon, keep, coupled, scale } = f.take(
    ['beta1', 'beta2', 'rate', 'root', 'epsilon', 'keep', 'coupled', 'scale'],
    'f32',
  );
  const own = { v128: [1, 2, 3, 4].map(() => f.local('v128')), f32: [1, 2, 3, 4].map(() => f.local('f32')), i32: [] };
  const body = ({ type, load, store, add, sub, mul, div, sqrt, spread }: Arithmetic): Code => {
    const [weight, gradient, first, second] = own[type] as [Local, Local, Local, Local];
    const rest = (beta: Local): Code => spread(f32.sub(f32.constant(1), beta.get));
    return [
      ...weight.set(mul(load(w.get), spread(keep.get))),
      ...gradient.set(add(mul(load(g.get), spread(scale.get)), mul(spread(coupled.get), weight.get))),
      ...first.set(add(mul(spread(beta1.get), load(m.get)), mul(rest(beta1), gradient.get))),
      ...second.set(add(mul(spread(beta2.get), load(v.get)), mul(rest(beta2), mul(gradient.get, gradient.get)))),
      ...store(m.get, first.get),
      ...store(v.get, second.get),
      ...store(
        w.get,
        sub(
          weight.get,
          div(mul(spread(rate.get), first.get), add(mul(sqrt(second.get), spread(root.get)), spread(epsilon.get))),
        ),
      ),
    ];
  };
  return f.finish(alongside(f, size, [w, g, m, v], body));
}

export const rowCode: readonly (readonly [name: string, made: WasmFunction])[] = [
  ['addRow', addRow()],
  ['columnSums', columnSums()],
  ['adam', adam()],
];
