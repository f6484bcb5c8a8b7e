import type { LazyTensor, StateDict } from '../tensors';

type Values = Float32Array | Float64Array;

/**
 * Weights that PyTorch stores in parts, put together under the name that their layer knows: weight norm (old hooks and
 * parametrisations, over dimension 0), pruning masks, spectral norm in evaluation (W / uᵀWv). Other names stay as they are.
 */
export function wholeWeights(weights: StateDict): StateDict {
  const out = new Map(weights);
  for (const name of weights.keys()) {
    const rule = rules.find(each => name.endsWith(each.ending));
    if (!rule) continue;
    const base = name.slice(0, -rule.ending.length);
    const parts = rule.parts.map(part => weights.get(base + part));
    if (parts.some(part => part === undefined)) continue;
    const whole = base + rule.whole;
    const known = parts as LazyTensor[];
    const first = known[rule.shapeOf] as LazyTensor;
    for (const part of [...rule.parts, ...rule.beside]) out.delete(base + part);
    out.set(whole, {
      name: whole,
      shape: first.shape,
      dtype: first.dtype,
      values: async () => rule.join(await Promise.all(known.map(part => part.values())), first.shape),
    });
  }
  return out;
}

interface Rule {
  /** The part that gives the rule away. */
  readonly ending: string;
  readonly parts: readonly string[];
  /** Parts that the value does not need. */
  readonly beside: readonly string[];
  readonly whole: string;
  /** The part with the weight's shape. */
  readonly shapeOf: number;
  readonly join: (parts: readonly Values[], shape: readonly number[]) => Values;
}

const parametrised = (name: string) => `parametrizations.${name}`;

const weightRules = (name: string): Rule[] => [
  {
    ending: `${parametrised(name)}.original1`,
    parts: [`${parametrised(name)}.original0`, `${parametrised(name)}.original1`],
    beside: [],
    whole: name,
    shapeOf: 1,
    join: scaled,
  },
  { ending: `${name}_v`, parts: [`${name}_g`, `${name}_v`], beside: [], whole: name, shapeOf: 1, join: scaled },
  {
    ending: `${name}_mask`,
    parts: [`${name}_orig`, `${name}_mask`],
    beside: [],
    whole: name,
    shapeOf: 0,
    join: masked,
  },
  {
    ending: `${parametrised(name)}.0._u`,
    parts: [`${parametrised(name)}.original`, `${parametrised(name)}.0._u`, `${parametrised(name)}.0._v`],
    beside: [],
    whole: name,
    shapeOf: 0,
    join: spectral,
  },
  {
    ending: `${name}_u`,
    parts: [`${name}_orig`, `${name}_u`, `${name}_v`],
    beside: [],
    whole: name,
    shapeOf: 0,
    join: spectral,
  },
];

// The old spectral norm has a `_v` too, which weight norm's rule must not take: its rule comes first.
const rules: readonly Rule[] = ['weight', 'bias', 'in_proj_weight', 'weight_hh_l0', 'weight_ih_l0']
  .flatMap(weightRules)
  .toSorted((a, b) => Number(b.ending.endsWith('_u')) - Number(a.ending.endsWith('_u')));

/** g · v / ‖v‖ with the norm over all dimensions but the first. */
function scaled([g, v]: readonly Values[], shape: readonly number[]): Values {
  const out = Float64Array.from(v ?? []);
  const rows = shape[0] ?? 1;
  const width = out.length / Math.max(1, rows);
  for (let row = 0; row < rows; row++) {
    const part = out.subarray(row * width, (row + 1) * width);
    const norm = Math.sqrt(part.reduce((sum, value) => sum + value * value, 0)) || 1;
    const scale = (g?.[row] ?? 1) / norm;
    for (let index = 0; index < width; index++) part[index] = (part[index] ?? 0) * scale;
  }
  return out;
}

function masked([original, mask]: readonly Values[]): Values {
  return Float64Array.from(original ?? [], (value, index) => value * (mask?.[index] ?? 1));
}

/** W / σ with σ = uᵀ W v, the weight as a matrix of its first dimension. */
function spectral([weight, u, v]: readonly Values[], shape: readonly number[]): Values {
  const rows = shape[0] ?? 1;
  const values = weight ?? new Float64Array();
  const width = values.length / Math.max(1, rows);
  let sigma = 0;
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < width; column++)
      sigma += (u?.[row] ?? 0) * (values[row * width + column] ?? 0) * (v?.[column] ?? 0);
  return Float64Array.from(values, value => value / (sigma || 1));
}
