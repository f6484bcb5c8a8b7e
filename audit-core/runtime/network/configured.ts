import type { StateDict } from '../../checkpoints/tensors';
import { asNumber, asObject, asString, type Json } from '../../checkpoints/text/json';
import type { RuntimeAssets } from '../assets';
import { RuntimeError } from '../error';
import type { Port, Runtime } from '../runtime';
import { encoders } from './families/huggingface';
import { parseCode } from './language/parse';
import type { NetworkDescription } from './network';
import { networkRuntime } from './runtime';

/** A network that a `config.json` of Hugging Face transformers names, and the code that builds it. */
export interface ConfiguredNetwork {
  readonly name: string;
  readonly description: NetworkDescription;
  readonly inputs: readonly Port[];
  /** The token that fills rows up; null where the network takes no tokens. */
  readonly padding: number | null;
}

/** What a class needs of its configuration, with transformers' own defaults (a missing key means the default). */
interface Family {
  readonly code: string;
  readonly text: boolean;
  readonly settings: Readonly<Record<string, number | string | boolean>>;
}

const bert: Family = {
  code: 'BertForSequenceClassification',
  text: true,
  settings: {
    vocab_size: 30522,
    hidden_size: 768,
    num_hidden_layers: 12,
    num_attention_heads: 12,
    intermediate_size: 3072,
    hidden_act: 'gelu',
    max_position_embeddings: 512,
    type_vocab_size: 2,
    layer_norm_eps: 1e-12,
    pad_token_id: 0,
    first_position: 0,
  },
};
/** Positions of RoBERTa are counted from behind the padding's own. */
const roberta: Family = {
  code: 'RobertaForSequenceClassification',
  text: true,
  settings: { ...bert.settings, vocab_size: 50265, pad_token_id: 1, first_position: 1 },
};
const vit: Family = {
  code: 'ViTForImageClassification',
  text: false,
  settings: {
    hidden_size: 768,
    num_hidden_layers: 12,
    num_attention_heads: 12,
    intermediate_size: 3072,
    hidden_act: 'gelu',
    layer_norm_eps: 1e-12,
    image_size: 224,
    patch_size: 16,
    num_channels: 3,
    qkv_bias: true,
  },
};

const families: Readonly<Record<string, Family>> = {
  BertForSequenceClassification: bert,
  BertForTokenClassification: { ...bert, code: 'BertForTokenClassification' },
  RobertaForSequenceClassification: roberta,
  XLMRobertaForSequenceClassification: roberta,
  CamembertForSequenceClassification: roberta,
  DistilBertForSequenceClassification: {
    code: 'DistilBertForSequenceClassification',
    text: true,
    settings: {
      vocab_size: 30522,
      dim: 768,
      n_layers: 6,
      n_heads: 12,
      hidden_dim: 3072,
      activation: 'gelu',
      max_position_embeddings: 512,
      pad_token_id: 0,
    },
  },
  ViTForImageClassification: vit,
  DeiTForImageClassification: { ...vit, code: 'DeiTForImageClassification' },
};

const activations = /^(?:gelu|gelu_new|gelu_pytorch_tanh|relu|silu|swish)$/;

/**
 * The network that a configuration names, or the sentence that says why it is not built here; null where the configuration names none.
 * The numbers are checked against the weights when the network is built.
 */
export function configuredNetwork(config: {
  [key: string]: Json;
}): ConfiguredNetwork | { readonly why: string } | null {
  const [written] = Array.isArray(config.architectures) ? config.architectures : [];
  const name = asString(written);
  if (name === null) return null;
  const shown = name.slice(0, 60);
  const family = Object.hasOwn(families, name) ? families[name] : undefined;
  if (!family) return { why: `The network ${shown} of its config.json is not built here` };
  const position = config.position_embedding_type ?? 'absolute';
  if (position !== 'absolute')
    return { why: `The ${shown} of its config.json counts positions in a way that is not run here` };
  const settings: Record<string, number | string | boolean> = { ...family.settings, num_labels: labelsOf(config) };
  for (const key of Object.keys(family.settings)) {
    const given = config[key] ?? null;
    if (given === null) continue;
    const wanted = family.settings[key];
    const fits =
      typeof wanted === 'number'
        ? asNumber(given) !== null && Number.isFinite(given) && Math.abs(Number(given)) < 1e7
        : typeof given === typeof wanted;
    if (!fits) return { why: `The setting "${key}" of its config.json is not of a kind that is known` };
    settings[key] = given as number | string | boolean;
  }
  const act = settings.hidden_act ?? settings.activation;
  if (typeof act === 'string' && !activations.test(act))
    return { why: `The activation "${act.slice(0, 40)}" of its config.json is not run here` };
  const depth = Number(settings.num_hidden_layers ?? settings.n_layers);
  const width = Number(settings.hidden_size ?? settings.dim);
  const heads = Number(settings.num_attention_heads ?? settings.n_heads);
  if (!(depth <= 200) || !(heads >= 1) || !Number.isInteger(width / heads))
    return { why: `The sizes in its config.json do not fit together` };
  const side = Number(settings.image_size);
  return {
    name: shown,
    description: {
      version: 1,
      main: '__main__',
      files: { __main__: parseCode(`${imports}${encoders}${instance(family.code, settings)}`, 'config.json') },
      checkpoint: null,
    },
    inputs: family.text
      ? [{ name: 'input_ids, attention_mask, token_type_ids', shape: [-1, -1, -1], dtype: 'int64' }]
      : [{ name: 'pixel_values', shape: [-1, Number(settings.num_channels), side, side], dtype: 'float32' }],
    padding: family.text ? Number(settings.pad_token_id) : null,
  };
}

const imports = 'import math\nimport torch\nimport torch.nn as nn\nimport torch.nn.functional as F\n';

/** Lines that make the network with its settings; texts are known words here. */
function instance(code: string, settings: Readonly<Record<string, number | string | boolean>>): string {
  const lines = Object.entries(settings).map(([key, value]) => {
    const text = typeof value === 'boolean' ? (value ? 'True' : 'False') : JSON.stringify(value);
    return `    ${key} = ${text}`;
  });
  return `\nclass Configuration:\n${lines.join('\n')}\n\nmodel = ${code}(Configuration())\n`;
}

/** transformers writes the classes as `id2label`; two where there is none. */
function labelsOf(config: { [key: string]: Json }): number {
  const labels = asObject(config.id2label);
  return labels ? Math.max(1, Object.keys(labels).length) : (asNumber(config.num_labels) ?? 2);
}

/** The network with its weights; tokens come as `[rows, length]`, or with their mask and types as `[rows, kinds, length]`. */
export async function configuredRuntime(
  network: ConfiguredNetwork,
  weights: StateDict,
  assets: RuntimeAssets,
): Promise<Runtime> {
  const runtime = await networkRuntime(network.description, weights, assets);
  const { padding } = network;
  if (padding === null) return { ...runtime, inputs: network.inputs };
  return {
    ...runtime,
    inputs: network.inputs,
    predict: async ([tokens]) => {
      if (!tokens) throw new RuntimeError(`The ${network.name} wants rows of token ids.`);
      const [rows = 0, ...rest] = tokens.shape;
      if (rest.length > 2) throw new RuntimeError(`The ${network.name} wants rows of token ids.`);
      // Padding that counts would change every score without a word.
      if (rest.length === 1 && Array.prototype.some.call(tokens.data, each => Number(each) === padding))
        throw new RuntimeError(
          `Rows are filled up with token ${padding} and no attention_mask says so; give input_ids and attention_mask together in one .npz.`,
        );
      const shape = rest.length === 1 ? [rows, 1, ...rest] : [rows, ...rest];
      return await runtime.predict([{ data: tokens.data, shape }]);
    },
  };
}
