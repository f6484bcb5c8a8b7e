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
  if (!family) return null;
  let file = parsed.get(family.code);
  if (!file) {
    file = parseCode(imports + family.code, 'torchvision.models');
    parsed.set(family.code, file);
  }
  return file;
}

type Native = (m: Machine, positional: readonly Value[], named: Named, place: Place) => Value;

/** Networks of timm whose parts have the names and the arithmetic of torchvision's; a tag of weights may follow (`resnet50.a1_in1k`). */
const sharedWithTimm =
  /^(resnet(?:18|34|50|101|152)|wide_resnet(?:50|101)_2|resnext50_32x4d|resnext101_32x8d|densenet(?:121|161|169|201))(?:\.\w+)?$/;

/** A constructor of a known family of networks by its qualified name (`torchvision.models.resnet18`); null for others. */
export function familyOf(path: string): Native | null {
  // `torch.hub.load('pytorch/vision:v0.10.0', 'resnet18')` names the repository and the constructor.
  if (path === 'torch.hub.load')
    return (m, [repository, model, ...rest], named, place) =>
      typeof repository === 'string' && /^pytorch\/vision(?::|$)/.test(repository)
        ? build(m, typeof model === 'string' ? model : text(named.get('model')), rest, without(named, ['model']), place)
        : unknownOf('A network of torch.hub is not known here');
  if (path === 'timm.create_model')
    return (m, [first, ...rest], named, place) => {
      const name = sharedWithTimm.exec(typeof first === 'string' ? first : text(named.get('model_name')))?.[1];
      return name === undefined
        ? unknownOf('A network of timm by this name is not known here')
        : build(m, name, rest, without(named, ['model_name']), place);
    };
  const name = /^torchvision\.models\.(?:\w+\.)?(\w+)$/.exec(path)?.[1];
  if (name === undefined) return null;
  // `get_model('resnet18')` names the constructor.
  if (name === 'get_model') return (m, [first, ...rest], named, place) => build(m, text(first), rest, named, place);
  return fileOf(name) ? (m, positional, named, place) => build(m, name, positional, named, place) : null;
}

const text = (value: Value | undefined): string => (typeof value === 'string' ? value : '');
const without = (named: Named, keys: readonly string[]): Named =>
  new Map([...named].filter(([key]) => !keys.includes(key)));

/** Arguments that choose weights or change what training does alone, and those that the families' code takes. */
const understood =
  /^(?:(?:weights|weights_backbone|pretrained|progress|init_weights|zero_init_residual|memory_efficient|stochastic_depth_prob|drop_rate|drop_connect_rate|num_classes|dropout|attention_dropout|dropout_aux|aux_logits|transform_input|width_mult|groups|width_per_group|image_size|in_chans|trust_repo|verbose|force_reload|skip_validation)|\*\*)$/;

/** Builds a network of a family. An argument that is not known here might change what it computes, so it is no network then. */
function build(m: Machine, name: string, positional: readonly Value[], named: Named, place: Place): Value {
  void positional;
  const [foreign] = [...named].find(([key, value]) => !understood.test(key) && value !== null) ?? [];
  if (foreign !== undefined)
    return unknownOf(`The argument "${foreign.slice(0, 60)}" of ${name.slice(0, 60)} is not followed here`);
  const file = fileOf(name);
  const maker = file ? m.scopeOf(file).names.get(name) : undefined;
  if (!maker) return m.fail(`The family ${name.slice(0, 60)} is not known here`);
  const made = m.call(maker, [], named, place);
  if (is(made, 'module')) made.made = place;
  return made;
}
