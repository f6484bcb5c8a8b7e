import type { TensorInfo } from '../inspection';

/**
 * What weights alone tell of a network, in words: each layer by the names and shapes of its tensors, in the order of the file, alike ones in a row
 * counted. Activations and the order of the forward pass are not in a state dict; null where no layer is recognised.
 */
export function wordsOfWeights(tensors: Iterable<TensorInfo>): string | null {
  const layers = new Map<string, Map<string, readonly number[]>>();
  for (const { name, shape } of tensors) {
    const dot = name.lastIndexOf('.');
    const prefix = dot < 0 ? '' : name.slice(0, dot);
    const parts = layers.get(prefix) ?? new Map<string, readonly number[]>();
    parts.set(name.slice(dot + 1), shape);
    layers.set(prefix, parts);
  }
  const words = [...layers.values()].flatMap(parts => wordsOf(parts) ?? []);
  const counted: string[] = [];
  for (let at = 0; at < words.length && counted.length < 40; ) {
    let run = 1;
    while (words[at + run] === words[at]) run++;
    counted.push(run > 1 ? `${run}× ${words[at]}` : (words[at] ?? ''));
    at += run;
  }
  if (counted.length === 40) counted.push('…');
  return counted.length > 0 ? counted.join(', ') : null;
}

const cells: Readonly<Record<number, string>> = { 4: 'LSTM', 3: 'GRU', 1: 'RNN' };

function wordsOf(parts: ReadonlyMap<string, readonly number[]>): string | null {
  const hidden = parts.get('weight_hh_l0') ?? parts.get('weight_hh');
  if (hidden) {
    const [rows = 0, width = 1] = hidden;
    const kind = cells[rows / width] ?? 'recurrent layer';
    const count = [...parts.keys()].filter(name => /^weight_ih_l\d+$/.test(name)).length;
    const both = parts.has('weight_ih_l0_reverse') ? ', both ways' : '';
    return `${kind} ${width}${count > 1 ? `, ${count} layers` : ''}${both}`;
  }
  const projection = parts.get('in_proj_weight');
  if (projection) return `attention of width ${projection[1] ?? '?'}`;
  if (parts.has('running_mean')) return `BatchNorm ${parts.get('running_mean')?.[0] ?? '?'}`;
  const weight = parts.get('weight');
  if (!weight) return null;
  const [out = 0, into = 0, ...kernel] = weight;
  if (kernel.length > 0) return `Conv${kernel.length}d ${kernel.join('×')}, ${out} × ${into} channels`;
  if (weight.length === 2) return parts.has('bias') ? `Linear ${into} → ${out}` : `matrix ${into} → ${out}`;
  return weight.length === 1 ? `norm of width ${out}` : null;
}
