import type { Tensor } from '../../aten/operator';
import { manyHeads } from '../../aten/operators/attention';
import { is, listOf, type ModuleValue, tensorValue, type Value } from '../values';
import {
  type Builder,
  constant,
  defineLayers,
  type Initials,
  type LayerSpecification,
  type Pass,
  within,
} from './layer';

/** Glorot's uniform bound √(6 / (rows + columns)). */
const glorot: Initials = within(shape => Math.sqrt(6 / ((shape[0] ?? 1) + (shape[1] ?? 1))));

const optionalTensor = (value: Value): Tensor | null => (is(value, 'tensor') ? value.value : null);

/** PyTorch's masks say which positions are hidden; the scores take what is added to them. */
function hidden(p: Pass, mask: Tensor | null): Tensor | null {
  if (!mask) return null;
  return mask.dtype === 'bool' ? p.tf.mul(mask.cast('float32'), -1e30) : mask;
}

function masks(p: Pass, attention: Value, padding: Value, heads: number): Tensor | null {
  const { tf } = p;
  let mask = hidden(p, optionalTensor(attention));
  // A mask per row is [N · heads, T, S].
  if (mask?.rank === 3) {
    const [all = 1, rows = 1, columns = 1] = mask.shape;
    mask = tf.reshape(mask, [all / heads, heads, rows, columns]);
  }
  const keys = hidden(p, optionalTensor(padding));
  if (keys) {
    const wide = tf.reshape(keys, keys.rank === 1 ? [1, 1, 1, -1] : [keys.shape[0] ?? 1, 1, 1, keys.shape[1] ?? 1]);
    mask = mask ? tf.add(mask, wide) : wide;
  }
  return mask;
}

const headsLayer: LayerSpecification = {
  build: b => {
    const width = b.size('embed_dim');
    const triple = width === null ? null : 3 * width;
    const [key, value] = [b.get('kdim'), b.get('vdim')];
    const own = (size: Value): boolean => size === null || (width !== null && size === width);
    if (own(key) && own(value)) b.parameter('in_proj_weight', [triple, width], glorot);
    else {
      b.parameter('q_proj_weight', [width, width], glorot);
      b.parameter('k_proj_weight', [width, key === null ? width : typeof key === 'number' ? key : null], glorot);
      b.parameter('v_proj_weight', [width, value === null ? width : typeof value === 'number' ? value : null], glorot);
    }
    const bias = b.flag('bias');
    if (bias !== false) b.parameter('in_proj_bias', [triple], constant(0), { optional: bias === null });
    if (b.flag('add_bias_kv')) for (const name of ['bias_k', 'bias_v']) b.parameter(name, [1, 1, width], glorot);
    b.child('out_proj', 'NonDynamicallyQuantizableLinear', { in_features: width, out_features: width, bias });
  },
  forward: p => {
    const { tf } = p;
    const first = p.flag('batch_first') ?? p.fail('Whether an attention is batch_first is not known.');
    const read = (index: number, name: string): Tensor => {
      const value = p.argument(index, name);
      return is(value, 'tensor') ? value.value : p.fail(`An attention has no ${name}.`);
    };
    const given = [read(0, 'query'), read(1, 'key'), read(2, 'value')] as const;
    const single = given[0].rank === 2;
    const arrange = (x: Tensor): Tensor => (single ? tf.expandDims(x, 0) : first ? x : tf.transpose(x, [1, 0, 2]));
    const projection = p.child('out_proj').attributes;
    const weight = (name: string): Tensor | null => {
      const value = projection.get(name);
      return is(value, 'parameter') ? value.value : null;
    };
    const separate = p.weightOr('q_proj_weight');
    const rate = p.training ? p.number('dropout') : 0;
    const { output, weights } = manyHeads(tf, arrange(given[0]), arrange(given[1]), arrange(given[2]), {
      count: p.number('num_heads'),
      inWeight: separate ?? p.weight('in_proj_weight'),
      inBias: p.weightOr('in_proj_bias'),
      outWeight: weight('weight') ?? p.fail('An attention has no output weights.'),
      outBias: weight('bias'),
      mask: masks(p, p.argument(5, 'attn_mask'), p.argument(3, 'key_padding_mask'), p.number('num_heads')),
      added: { key: p.weightOr('bias_k'), value: p.weightOr('bias_v'), zeros: p.flag('add_zero_attn') === true },
      ...(separate ? { separate: { q: separate, k: p.weight('k_proj_weight'), v: p.weight('v_proj_weight') } } : {}),
      ...(rate > 0 ? { drop: (x: Tensor) => p.aten('dropout', { self: x, p: rate, train: true }) as Tensor } : {}),
    });
    const back = single ? tf.squeeze(output, [0]) : first ? output : tf.transpose(output, [1, 0, 2]);
    return listOf([tensorValue(back), tensorValue(single ? tf.squeeze(weights, [0]) : weights)], 'tuple');
  },
  words: settings =>
    `attention, ${typeof settings.get('num_heads') === 'number' ? settings.get('num_heads') : '?'} heads`,
};

function sublayers(b: Builder, attentions: readonly string[]): void {
  const width = b.get('d_model');
  const bias = b.get('bias');
  for (const name of attentions)
    b.child(name, 'MultiheadAttention', {
      embed_dim: width,
      num_heads: b.get('nhead'),
      dropout: b.get('dropout'),
      bias,
      batch_first: b.get('batch_first'),
    });
  b.child('linear1', 'Linear', { in_features: width, out_features: b.get('dim_feedforward'), bias });
  b.child('linear2', 'Linear', { in_features: b.get('dim_feedforward'), out_features: width, bias });
  for (let index = 1; index <= attentions.length + 1; index++)
    b.child(`norm${index}`, 'LayerNorm', { normalized_shape: width, eps: b.get('layer_norm_eps'), bias });
}

const dropped = (p: Pass, x: Tensor): Tensor =>
  p.training ? (p.aten('dropout', { self: x, p: p.number('dropout'), train: true }) as Tensor) : x;

const through = (p: Pass, name: string, x: Tensor): Tensor => {
  const out = p.call(p.child(name), [tensorValue(x)]);
  return is(out, 'tensor') ? out.value : p.fail(`The part ${name} gave no tensor.`);
};

/** The activation between the two linear layers: by name, function or module. */
function activated(p: Pass, x: Tensor): Tensor {
  const value = p.get('activation');
  if (typeof value === 'string') return p.aten(value, { self: x }) as Tensor;
  const out = p.call(value as ModuleValue, [tensorValue(x)]);
  return is(out, 'tensor') ? out.value : p.fail('The activation of a transformer layer gave no tensor.');
}

const feed = (p: Pass, x: Tensor): Tensor =>
  dropped(p, through(p, 'linear2', dropped(p, activated(p, through(p, 'linear1', x)))));

function attended(p: Pass, name: string, x: Tensor, memory: Tensor, mask: Value, padding: Value): Tensor {
  const named = new Map<string, Value>([
    ['attn_mask', mask],
    ['key_padding_mask', padding],
  ]);
  const out = p.call(p.child(name), [tensorValue(x), tensorValue(memory), tensorValue(memory)], named);
  const first = is(out, 'tuple') ? out.items[0] : out;
  return is(first, 'tensor') ? dropped(p, first.value) : p.fail('An attention gave no tensor.');
}

const encoderLayer: LayerSpecification = {
  build: b => sublayers(b, ['self_attn']),
  forward: p => {
    const { tf, input: x } = p;
    const mask = p.argument(1, 'src_mask');
    const padding = p.argument(2, 'src_key_padding_mask');
    if (p.flag('norm_first')) {
      const normal = through(p, 'norm1', x);
      const middle = tf.add(x, attended(p, 'self_attn', normal, normal, mask, padding));
      return tensorValue(tf.add(middle, feed(p, through(p, 'norm2', middle))));
    }
    const middle = through(p, 'norm1', tf.add(x, attended(p, 'self_attn', x, x, mask, padding)));
    return tensorValue(through(p, 'norm2', tf.add(middle, feed(p, middle))));
  },
  words: settings =>
    `transformer layer, ${typeof settings.get('nhead') === 'number' ? settings.get('nhead') : '?'} heads`,
};

const decoderLayer: LayerSpecification = {
  build: b => sublayers(b, ['self_attn', 'multihead_attn']),
  forward: p => {
    const { tf, input: x } = p;
    const other = p.argument(1, 'memory');
    const memory = is(other, 'tensor') ? other.value : p.fail('A decoder layer has no memory.');
    const [mask, over] = [p.argument(2, 'tgt_mask'), p.argument(3, 'memory_mask')];
    const [padding, overPadding] = [p.argument(4, 'tgt_key_padding_mask'), p.argument(5, 'memory_key_padding_mask')];
    if (p.flag('norm_first')) {
      const normal = through(p, 'norm1', x);
      const first = tf.add(x, attended(p, 'self_attn', normal, normal, mask, padding));
      const second = tf.add(
        first,
        attended(p, 'multihead_attn', through(p, 'norm2', first), memory, over, overPadding),
      );
      return tensorValue(tf.add(second, feed(p, through(p, 'norm3', second))));
    }
    const first = through(p, 'norm1', tf.add(x, attended(p, 'self_attn', x, x, mask, padding)));
    const second = through(p, 'norm2', tf.add(first, attended(p, 'multihead_attn', first, memory, over, overPadding)));
    return tensorValue(through(p, 'norm3', tf.add(second, feed(p, second))));
  },
};

/** Copies of one layer, each with weights of its own. */
const stack = (kind: 'encoder' | 'decoder'): LayerSpecification => ({
  build: b => {
    const layer = b.get(`${kind}_layer`);
    const count = b.number('num_layers');
    b.child('layers', 'ModuleList', {});
    const list = b.module.attributes.get('layers');
    if (!is(list, 'module') || !is(layer, 'module')) return;
    for (let index = 0; index < count; index++) list.attributes.set(String(index), copyOf(layer));
    if (is(b.get('norm'), 'module')) b.adopt('norm', b.get('norm'));
  },
  forward: p => {
    const names =
      kind === 'encoder'
        ? ['mask', 'src_key_padding_mask']
        : ['tgt_mask', 'memory_mask', 'tgt_key_padding_mask', 'memory_key_padding_mask'];
    const into = kind === 'encoder' ? ['src_mask', 'src_key_padding_mask'] : names;
    const memory = kind === 'encoder' ? [] : [p.argument(1, 'memory')];
    const named = new Map(
      names.map((name, index) => [into[index] ?? name, p.argument(1 + memory.length + index, name)] as const),
    );
    let value: Value = tensorValue(p.input);
    for (const layer of p.child('layers').attributes.values())
      if (is(layer, 'module')) value = p.call(layer, [value, ...memory], named);
    const norm = p.module.attributes.get('norm');
    return is(norm, 'module') ? p.call(norm, [value]) : value;
  },
  words: () => null,
});

/** The whole transformer: an encoder and a decoder, each with a norm at its end. */
const transformer: LayerSpecification = {
  build: b => {
    for (const kind of ['encoder', 'decoder'] as const) {
      const custom = b.get(`custom_${kind}`);
      if (is(custom, 'module')) {
        b.adopt(kind, custom);
        continue;
      }
      const shared = Object.fromEntries(
        'd_model nhead dim_feedforward dropout activation layer_norm_eps batch_first norm_first bias'
          .split(' ')
          .map(name => [name, b.get(name)] as const),
      );
      const name = kind === 'encoder' ? 'Encoder' : 'Decoder';
      const layer = b.make(`Transformer${name}Layer`, shared);
      const norm = b.make('LayerNorm', {
        normalized_shape: b.get('d_model'),
        eps: b.get('layer_norm_eps'),
        bias: b.get('bias'),
      });
      b.child(kind, `Transformer${name}`, {
        [`${kind}_layer`]: layer,
        num_layers: b.get(`num_${kind}_layers`),
        norm,
      });
    }
  },
  forward: p => {
    const named = (list: readonly (readonly [string, number, string])[]): Map<string, Value> =>
      new Map(list.map(([to, index, from]) => [to, p.argument(index, from)] as const));
    const source = p.argument(0, 'src');
    const target = p.argument(1, 'tgt');
    const memory = p.call(
      p.child('encoder'),
      [source],
      named([
        ['mask', 2, 'src_mask'],
        ['src_key_padding_mask', 5, 'src_key_padding_mask'],
      ]),
    );
    return p.call(
      p.child('decoder'),
      [target, memory],
      named([
        ['tgt_mask', 3, 'tgt_mask'],
        ['memory_mask', 4, 'memory_mask'],
        ['tgt_key_padding_mask', 6, 'tgt_key_padding_mask'],
        ['memory_key_padding_mask', 7, 'memory_key_padding_mask'],
      ]),
    );
  },
  words: () => null,
};

/** A module with fresh weights of the same shapes. */
export function copyOf(module: ModuleValue): ModuleValue {
  const attributes = new Map<string, Value>();
  const copy: ModuleValue = { ...module, attributes, settings: new Map(module.settings) };
  for (const [name, value] of module.attributes) {
    if (is(value, 'module')) attributes.set(name, copyOf(value));
    else attributes.set(name, is(value, 'parameter') ? { ...value } : value);
  }
  return copy;
}

const layerList =
  "dim_feedforward=2048, dropout=0.1, activation='relu', layer_norm_eps=1e-5, batch_first=False, norm_first=False, bias=True";

export const attentionLayers = defineLayers({
  'MultiheadAttention(embed_dim, num_heads, dropout=0.0, bias=True, add_bias_kv=False, add_zero_attn=False, kdim=None, vdim=None, batch_first=False)':
    headsLayer,
  [`TransformerEncoderLayer(d_model, nhead, ${layerList})`]: encoderLayer,
  [`TransformerDecoderLayer(d_model, nhead, ${layerList})`]: decoderLayer,
  'TransformerEncoder(encoder_layer, num_layers, norm=None, enable_nested_tensor=True, mask_check=True)':
    stack('encoder'),
  'TransformerDecoder(decoder_layer, num_layers, norm=None)': stack('decoder'),
  "Transformer(d_model=512, nhead=8, num_encoder_layers=6, num_decoder_layers=6, dim_feedforward=2048, dropout=0.1, activation='relu', custom_encoder=None, custom_decoder=None, layer_norm_eps=1e-5, batch_first=False, norm_first=False, bias=True)":
    transformer,
});
