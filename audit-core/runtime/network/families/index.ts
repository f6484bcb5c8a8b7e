import { parseCode } from '../language/parse';
import type { SourceFile } from '../language/syntax';
import type { Machine, Named } from '../machine/machine';
import { is, type Place, type Value } from '../values';
import { densenet } from './densenet';
import { efficientnet } from './efficientnet';
import { mobilenet } from './mobilenet';
import { resnet } from './resnet';
import { vgg } from './vgg';

/** Families of networks that scripts name instead of writing them: their code by the words that their constructors start with. */
const families: readonly { readonly starts: RegExp; readonly code: string }[] = [
  { starts: /^(?:resnet|resnext|wide_resnet)\d/, code: resnet },
  { starts: /^densenet\d/, code: densenet },
  { starts: /^(?:vgg\d|alexnet$)/, code: vgg },
  { starts: /^mobilenet_v/, code: mobilenet },
  { starts: /^efficientnet_/, code: efficientnet },
];

const imports = 'import math\nimport torch\nimport torch.nn as nn\nimport torch.nn.functional as F\n';
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

/** A constructor of a known family of networks by its qualified name (`torchvision.models.resnet18`); null for others. */
export function familyOf(path: string): Native | null {
  const name = /^torchvision\.models\.(?:\w+\.)?(\w+)$/.exec(path)?.[1];
  if (name === undefined) return null;
  // `get_model('resnet18')` names the constructor.
  if (name === 'get_model')
    return (m, [first, ...rest], named, place) => build(m, typeof first === 'string' ? first : '', rest, named, place);
  return fileOf(name) ? (m, positional, named, place) => build(m, name, positional, named, place) : null;
}

/** Builds a network of a family; arguments that choose pre-trained weights change no shape. */
function build(m: Machine, name: string, positional: readonly Value[], named: Named, place: Place): Value {
  void positional;
  const file = fileOf(name);
  const maker = file ? m.scopeOf(file).names.get(name) : undefined;
  if (!maker) return m.fail(`The family ${name.slice(0, 60)} is not known here`);
  const made = m.call(maker, [], named, place);
  if (is(made, 'module')) made.made = place;
  return made;
}
