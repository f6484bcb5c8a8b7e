import {
  type AtenValue,
  type Call,
  define,
  integers,
  isTensor,
  number,
  self,
  type Tensor,
  tensor,
  tensors,
  text,
} from '../operator';

const like =
  (value: number) =>
  (call: Call): Tensor =>
    call.tf.fill(self(call).shape, value);

const filled =
  (value: number) =>
  (call: Call): Tensor =>
    call.tf.fill([...integers(call, 'size', [])], value);

/** Numbers of nested lists in row-major order, with the shape that they have. */
function nested(value: AtenValue): { readonly shape: number[]; readonly values: number[] } {
  if (!Array.isArray(value)) return { shape: [], values: [Number(isTensor(value) ? value.dataSync()[0] : value)] };
  const parts = (value as readonly AtenValue[]).map(nested);
  return { shape: [parts.length, ...(parts[0]?.shape ?? [])], values: parts.flatMap(part => part.values) };
}

/** `arange(end)`, `arange(start, end)`, `arange(start, end, step)`. */
function range(call: Call): Tensor {
  const list = integers(call, 'bounds', []);
  const [start, end] =
    list.length > 1 ? [list[0] ?? 0, list[1] ?? 0] : [number(call, 'start', 0), list[0] ?? number(call, 'end', 0)];
  const step = list[2] ?? number(call, 'step', 1);
  const values = Array.from(
    { length: Math.max(0, Math.ceil((end - start) / step)) },
    (_, index) => start + index * step,
  );
  return call.tf.tensor1d(values, values.every(Number.isInteger) ? 'int32' : 'float32');
}

export const creation = define({
  'zeros(*size)': filled(0),
  'ones(*size)': filled(1),
  'empty(*size)': filled(0),
  'new_zeros(self, *size)': filled(0),
  'new_ones(self, *size)': filled(1),
  'full(size, fill_value)': call => call.tf.fill([...integers(call, 'size', [])], number(call, 'fill_value', 0)),
  'new_full(self, size, fill_value)': call =>
    call.tf.fill([...integers(call, 'size', [])], number(call, 'fill_value', 0)),
  'zeros_like(self)': like(0),
  'ones_like(self)': like(1),
  'empty_like(self)': like(0),
  'full_like(self, fill_value)': call => like(number(call, 'fill_value', 0))(call),
  'randn(*size)': call => call.tf.randomNormal([...integers(call, 'size', [])], 0, 1, 'float32', call.seed()),
  'rand(*size)': call => call.tf.randomUniform([...integers(call, 'size', [])], 0, 1, 'float32', call.seed()),
  'randn_like(self)': call => call.tf.randomNormal(self(call).shape, 0, 1, 'float32', call.seed()),
  'rand_like(self)': call => call.tf.randomUniform(self(call).shape, 0, 1, 'float32', call.seed()),
  'arange(*bounds, start, end, step)': range,
  'linspace(start, end, steps)': call =>
    call.tf.linspace(number(call, 'start', 0), number(call, 'end', 1), number(call, 'steps', 100)),
  'meshgrid(*tensors, indexing)': call => {
    const axes = tensors(call, 'tensors');
    const shape = axes.map(each => each.size);
    const out = axes.map((each, index) =>
      call.tf.broadcastTo(
        call.tf.reshape(
          each,
          shape.map((size, at) => (at === index ? size : 1)),
        ),
        shape as [number],
      ),
    );
    // With "xy" the first two dimensions change places.
    if (text(call, 'indexing', 'ij') !== 'xy' || shape.length < 2) return out;
    const order = shape.map((_, at) => (at === 0 ? 1 : at === 1 ? 0 : at));
    return out.map(each => call.tf.transpose(each, order));
  },
  'eye(n, m)': call => call.tf.eye(number(call, 'n', 1), number(call, 'm', number(call, 'n', 1))),
  'tensor(data)': call => {
    const data = call.get('data') ?? 0;
    if (isTensor(data)) return data;
    const { shape, values } = nested(data);
    return call.tf.tensor(values, shape, values.every(Number.isInteger) ? 'int32' : 'float32');
  },
  'as_tensor(data)': call => tensor(call, 'data'),
  'scalar_tensor(s)': call => call.tf.scalar(number(call, 's', 0)),
});
