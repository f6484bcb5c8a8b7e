import { parseCode } from '../language/parse';
import type { SourceFile } from '../language/syntax';
import type { Machine, Named } from '../machine/machine';
import { is, type Place, unknownOf, type Value } from '../values';
import { mnasnet, shufflenet, squeezenet } from './compact';
import { densenet } from './densenet';
import { efficientnet } from './efficientnet';
import { googlenet, inception } from './inception';
import { mobilenet } from './mobilenet';
import { regnet } from './regnet';
import { resnet } from './resnet';
import { timmConvnext, timmEfficientnet, timmVit } from './timm';
import { convnext, swin, vit } from './transformers';
import { vgg } from './vgg';
import { video } from './video';

/** Families of networks that scripts name instead of writing them: their code by the words that their constructors start with. */
const families: readonly { readonly starts: RegExp; readonly code: string }[] = [
  { starts: /^(?:resnet|resnext|wide_resnet)\d/, code: resnet },
  { starts: /^densenet\d/, code: densenet },
  { starts: /^(?:vgg\d|alexnet$)/, code: vgg },
  { starts: /^mobilenet_v/, code: mobilenet },
  { starts: /^efficientnet_/, code: efficientnet },
  { starts: /^googlenet$/, code: googlenet },
  { starts: /^inception_v3$/, code: inception },
  { starts: /^shufflenet_v2_/, code: shufflenet },
  { starts: /^squeezenet1_/, code: squeezenet },
  { starts: /^mnasnet\d/, code: mnasnet },
  { starts: /^regnet_[xy]_/, code: regnet },
  { starts: /^vit_[blh]_/, code: vit },
  { starts: /^swin_[tsb]$/, code: swin },
  { starts: /^convnext_/, code: convnext },
  { starts: /^(?:r3d|mc3|r2plus1d)_18$/, code: video },
];

const imports =
  'import math\nfrom collections import OrderedDict\nimport torch\nimport torch.nn as nn\nimport torch.nn.functional as F\n';
const parsed = new Map<string, SourceFile>();

function fileOf(name: string): SourceFile | null {
  const family = families.find(each => each.starts.test(name));
  return family ? parsedFile(family.code, 'torchvision.models') : null;
}

function parsedFile(code: string, library: string): SourceFile {
  const known = parsed.get(code);
  if (known) return known;
  const file = parseCode(imports + code, library);
  parsed.set(code, file);
  return file;
}

type Native = (m: Machine, positional: readonly Value[], named: Named, place: Place) => Value;

/** Networks of timm whose parts have the names and the arithmetic of torchvision's; a tag of weights may follow (`resnet50.a1_in1k`). */
const sharedWithTimm =
  /^(resnet(?:18|34|50|101|152)|wide_resnet(?:50|101)_2|resnext50_32x4d|resnext101_32x8d|densenet(?:121|161|169|201))(?:\.\w+)?$/;

/** Networks that timm builds by rules of its own: their names without a tag, and the function that builds them from the name. */
const ofTimm: readonly { readonly names: RegExp; readonly code: string; readonly maker: string }[] = [
  { names: /^(?:vit|deit)_(?:tiny|small|base|large)_patch(?:8|16|32)_\d+$/, code: timmVit, maker: 'vit' },
  { names: /^convnext_(?:tiny|small|base|large)$/, code: timmConvnext, maker: 'convnext' },
  { names: /^(?:tf_)?efficientnet_b[0-7]$/, code: timmEfficientnet, maker: 'efficientnet' },
  { names: /^mobilenetv2_100$/, code: timmEfficientnet, maker: 'mobilenetv2' },
  { names: /^(?:tf_)?mobilenetv3_(?:large|small)_100$/, code: timmEfficientnet, maker: 'mobilenetv3' },
];

/** `timm.create_model(name, …)`. */
const timmModel: Native = (m, [first], named, place) => {
  const name = typeof first === 'string' ? first : text(named.get('model_name'));
  const settings = without(named, ['model_name']);
  const shared = sharedWithTimm.exec(name)?.[1];
  if (shared !== undefined) return build(m, shared, settings, place);
  const bare = name.replace(/^hf[-_]hub:timm\//, '').replace(/\..*$/, '');
  const own = ofTimm.find(each => each.names.test(bare));
  if (!own) return unknownOf(`The network ${JSON.stringify(name.slice(0, 60))} of timm is not known here`);
  return buildFrom(m, parsedFile(own.code, 'timm.models'), own.maker, [bare], settings, place);
};

/** A constructor of a known family of networks by its qualified name (`torchvision.models.resnet18`); null for others. */
export function familyOf(path: string): Native | null {
  // `torch.hub.load('pytorch/vision:v0.10.0', 'resnet18')` names the repository and the constructor.
  if (path === 'torch.hub.load')
    return (m, [repository, model], named, place) =>
      typeof repository === 'string' && /^pytorch\/vision(?::|$)/.test(repository)
        ? build(m, typeof model === 'string' ? model : text(named.get('model')), without(named, ['model']), place)
        : unknownOf('A network of torch.hub is not known here');
  if (/^timm\.(?:models\.)?create_model$/.test(path)) return timmModel;
  const name = /^torchvision\.models\.(?:\w+\.)?(\w+)$/.exec(path)?.[1];
  if (name === undefined) return null;
  // `get_model('resnet18')` names the constructor.
  if (name === 'get_model') return (m, [first], named, place) => build(m, text(first), named, place);
  return fileOf(name) ? (m, _, named, place) => build(m, name, named, place) : null;
}

/** Classes of torchvision that scripts extend or put together themselves. */
const extended = /^torchvision\.models\.(?:resnet\.)?(ResNet|BasicBlock|Bottleneck)$/;

/** A class of a known family by its qualified name (`torchvision.models.resnet.Bottleneck`); null for others. */
export function familyClass(m: Machine, path: string): Value {
  const name = extended.exec(path)?.[1];
  return name === undefined ? null : (m.scopeOf(parsedFile(resnet, 'torchvision.models')).names.get(name) ?? null);
}

const text = (value: Value | undefined): string => (typeof value === 'string' ? value : '');
const without = (named: Named, keys: readonly string[]): Named =>
  new Map([...named].filter(([key]) => !keys.includes(key)));

/** Arguments that choose weights or change what training does alone, and those that the families' code takes. */
const understood =
  /^(?:(?:weights|weights_backbone|pretrained|progress|init_weights|zero_init_residual|memory_efficient|stochastic_depth_prob|drop_rate|drop_connect_rate|num_classes|dropout|attention_dropout|dropout_aux|aux_logits|transform_input|width_mult|groups|width_per_group|image_size|in_chans|img_size|drop_path_rate|replace_stride_with_dilation|norm_layer|checkpoint_path|trust_repo|verbose|force_reload|skip_validation)|\*\*)$/;

/** Builds a network of a family. An argument that is not known here might change what it computes, so it is no network then. */
function build(m: Machine, name: string, named: Named, place: Place): Value {
  const file = fileOf(name);
  return file
    ? buildFrom(m, file, name, [], named, place)
    : m.fail(`The family ${name.slice(0, 60)} is not known here`);
}

function buildFrom(
  m: Machine,
  file: SourceFile,
  maker: string,
  positional: readonly Value[],
  named: Named,
  place: Place,
): Value {
  const [foreign] = [...named].find(([key, value]) => !understood.test(key) && value !== null) ?? [];
  if (foreign !== undefined)
    return unknownOf(
      `The argument "${foreign.slice(0, 60)}" of ${String(positional[0] ?? maker).slice(0, 60)} is not followed here`,
    );
  const made = m.call(m.scopeOf(file).names.get(maker) ?? null, positional, named, place);
  if (is(made, 'module')) made.made = place;
  return made;
}
