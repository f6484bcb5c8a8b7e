import { isOperation, list, literal, literalOf, operation, type Term } from '../../../../audit-core/datasets/recipe';
import type { CallSite } from '../follower';
import {
  type Instance,
  instance,
  isTrue,
  itemsOf,
  known,
  literalIn,
  type Meaning,
  numberIn,
  text,
  textOf,
  tuple,
  unknown,
} from '../symbols';
import { records } from './files';

type Data = Extract<Meaning, { kind: 'term' }>;

const step = (name: string, ...given: readonly (string | number | Term)[]): Term =>
  list([literal(name), ...given.map(each => (typeof each === 'object' ? each : literal(each)))]);

/** Random changes that keep the shape: an audit looks at the records themselves, and says that it does. */
const chance =
  /^Random(?:HorizontalFlip|VerticalFlip|Rotation|Affine|Grayscale|Erasing|Perspective|Invert|Equalize|AdjustSharpness|Autocontrast|Posterize|Solarize|Apply|Choice)$|^(?:ColorJitter|GaussianBlur|AutoAugment|RandAugment|TrivialAugmentWide|AugMix|GaussianNoise)$/;

/** Steps on the records of a term that reads files; null where it reads none. */
function onRecords(data: Data, ...steps: readonly Term[]): Meaning | null {
  const { term } = data;
  if (!isOperation(term) || term.op !== 'records') return null;
  const checked = onTensors([...term.args, ...steps]);
  return checked && { ...data, term: operation('records', checked) };
}

/** Steps as they are replayed; null where a tensor is resized in a way that pictures are not: without antialiasing, or to the nearest. */
function onTensors(given: readonly Term[]): Term[] | null {
  let isTensor = false;
  const out: Term[] = [];
  for (const each of given) {
    const words = 'items' in each ? each.items.map(literalOf) : [];
    if (words[0] === 'to-tensor' || words[0] === 'to-bytes') isTensor = true;
    const how = String(words.at(-1));
    const isResized = words[0] === 'resize' || words[0] === 'resize-short';
    if (isResized && isTensor && (how === 'nearest' || how.endsWith(plain))) return null;
    out.push(
      isResized && 'items' in each && how.endsWith(plain)
        ? list([...each.items.slice(0, -1), literal(how.slice(0, -plain.length))])
        : each,
    );
  }
  return out;
}

/** Marks a resizing that is not to smooth; pictures of Pillow are smoothed all the same. */
const plain = ' without antialiasing';

/** Two numbers of a size: one for both, or height and width. */
function sizeOf(given: Meaning | undefined): [number, number] | number | null {
  const one = numberIn(given);
  if (one !== null) return one;
  const two = given ? itemsOf(given)?.map(numberIn) : null;
  if (two?.length === 1 && two[0] !== null) return two[0]!;
  return two?.length === 2 && two.every(each => each !== null) ? [two[0]!, two[1]!] : null;
}

const method = (given: Meaning | undefined): string | null => {
  if (given === undefined) return 'bilinear';
  const words = given.kind === 'path' ? given.path : textOf(given);
  const number = numberIn(given);
  if (number !== null) return ({ 0: 'nearest', 2: 'bilinear', 3: 'bicubic' } as Record<number, string>)[number] ?? null;
  return /(bilinear|bicubic|nearest)/i.exec(words ?? '')?.[1]?.toLowerCase() ?? null;
};

/** A transform of torchvision as steps; null where one is not replayed. */
function stepsOf(of: Meaning | undefined): Term[] | null {
  if (of?.kind !== 'instance') return null;
  const type = of.type.split('.').at(-1)!;
  const [a, b] = of.items;
  const get = (name: string): Meaning | undefined => of.named.get(name);
  if (chance.test(type)) return [step('chance', type)];
  switch (type) {
    case 'Compose':
    case 'Sequential': {
      const parts = (type === 'Compose' ? itemsOf(a ?? get('transforms') ?? unknown) : of.items)?.map(stepsOf);
      return parts?.every(each => each !== null) ? parts.flat() : null;
    }
    case 'Resize': {
      const size = sizeOf(a ?? get('size'));
      const smooth = literalIn(get('antialias') ?? text(true)) !== false;
      const how = `${method(b ?? get('interpolation')) ?? ''}${smooth ? '' : plain}`;
      if (size === null || method(of.named.get('interpolation') ?? b) === null || get('max_size')) return null;
      return [typeof size === 'number' ? step('resize-short', size, how) : step('resize', size[0], size[1], how)];
    }
    case 'CenterCrop': {
      const size = sizeOf(a ?? get('size'));
      return size === null
        ? null
        : [typeof size === 'number' ? step('center-crop', size, size) : step('center-crop', ...size)];
    }
    case 'RandomCrop': {
      // Padding is there for the crop to move in; the middle needs none.
      const size = sizeOf(a ?? get('size'));
      if (size === null) return null;
      const [height, width] = typeof size === 'number' ? [size, size] : size;
      return [step('chance', type), step('center-crop', height, width)];
    }
    case 'RandomResizedCrop': {
      const size = sizeOf(a ?? get('size'));
      if (typeof size !== 'number') return null;
      // The share of the side that torchvision's own evaluation keeps.
      return [
        step('chance', type),
        step('resize-short', Math.round((size * 256) / 224), 'bilinear'),
        step('center-crop', size, size),
      ];
    }
    case 'Grayscale':
      return [step('grey', numberIn(a ?? get('num_output_channels')) ?? 1)];
    case 'ToTensor':
    case 'PILToTensor':
    case 'ToImage':
      return [step(type === 'ToTensor' ? 'to-tensor' : 'to-bytes')];
    case 'ToDtype':
      return isTrue(get('scale')) ? [step('scale', 1 / 255)] : [];
    case 'ConvertImageDtype':
      return [step('scale', 1 / 255)];
    case 'Normalize': {
      const [mean, std] = [numbers(a ?? get('mean')), numbers(b ?? get('std'))];
      return mean && std ? [step('normalize', mean, std)] : null;
    }
    case 'Pad': {
      const all = numberIn(a ?? get('padding'));
      const fill = literalIn(b ?? get('fill') ?? text(0));
      if (fill !== 0 || (get('padding_mode') && textOf(get('padding_mode')) !== 'constant') || of.items[2]) return null;
      return all === null ? null : [step('pad', list([all, all, all, all].map(literal)))];
    }
    case 'Lambda':
      return lambda(a);
    case 'ToPILImage':
    case 'Identity':
      return [];
    default:
      return null;
  }
}

function numbers(of: Meaning | undefined): Term | null {
  const one = numberIn(of);
  if (one !== null) return list([literal(one)]);
  const items = of ? itemsOf(of)?.map(numberIn) : null;
  return items?.every(each => each !== null) ? list(items.map(literal)) : null;
}

/** The few functions that pictures are commonly given: one channel made three, a mode converted. */
function lambda(of: Meaning | undefined): Term[] | null {
  if (of?.kind !== 'function' || of.definition.kind !== 'lambda') return null;
  const words = JSON.stringify(of.definition.body, (key, value) =>
    key === 'start' || key === 'end' || key === 'nameSpan' ? undefined : value,
  );
  if (/"name":"repeat"/.test(words) && /"value":3/.test(words)) return [step('repeat-channels', 3)];
  if (/"name":"convert"/.test(words)) return [step('mode', /"value":"L"/.test(words) ? 'L' : 'RGB')];
  return null;
}

/** Opening pictures and volumes by path, and torchvision's transforms and folders; null for others. */
export function callVision(path: string, site: CallSite): Meaning | null {
  const { at, args, named } = site;
  const [a, b] = args;
  const each =
    a?.kind === 'term' && (a.row || (isOperation(a.term) && a.term.op !== 'literal')) && textOf(a) === null ? a : null;
  if (/^torchvision\.transforms(?:\.v2)?\.\w+$/.test(path) || path === 'torch.nn.Sequential') {
    if (path === 'torch.nn.Sequential' && stepsOf(instance('Sequential', new Map(), args)) === null) return null;
    return instance(path.replace('torch.nn.', 'torchvision.transforms.'), new Map(named), args);
  }
  if (/^torchvision\.transforms(?:\.v2)?\.functional\.\w+$/.test(path) && a?.kind === 'term') {
    const name = path.split('.').at(-1)!;
    const type = {
      to_tensor: 'ToTensor',
      pil_to_tensor: 'PILToTensor',
      resize: 'Resize',
      center_crop: 'CenterCrop',
      normalize: 'Normalize',
      to_grayscale: 'Grayscale',
      rgb_to_grayscale: 'Grayscale',
    }[name];
    const steps = type ? stepsOf(instance(type, new Map(named), args.slice(1))) : null;
    return (steps && onRecords(a, ...steps)) ?? unknown;
  }
  switch (path) {
    case 'PIL.Image.open':
    case 'Image.open':
    case 'skimage.io.imread':
    case 'imageio.imread':
    case 'imageio.v2.imread':
    case 'imageio.v3.imread':
    case 'matplotlib.pyplot.imread':
      return each ? records(each) : unknown;
    case 'cv2.imread': {
      const grey = numberIn(b) === 0 || (b?.kind === 'path' && b.path.endsWith('IMREAD_GRAYSCALE'));
      return each ? records(each, step('mode', grey ? 'L' : 'BGR'), step('pixels')) : unknown;
    }
    case 'cv2.cvtColor': {
      const how = b?.kind === 'path' ? b.path.split('.').at(-1)! : '';
      if (a?.kind !== 'term' || !isOperation(a.term) || a.term.op !== 'records') return unknown;
      const rest = a.term.args.filter(
        term =>
          !(
            'items' in term &&
            term.items[0] &&
            'value' in term.items[0] &&
            ['mode', 'pixels'].includes(String(term.items[0].value))
          ),
      );
      const mode = how === 'COLOR_BGR2RGB' ? 'RGB' : how === 'COLOR_BGR2GRAY' ? 'L' : null;
      return mode ? { ...a, term: operation('records', [...rest, step('mode', mode), step('pixels')]) } : unknown;
    }
    case 'cv2.resize': {
      const size = sizeOf(b ?? named.get('dsize'));
      if (a?.kind !== 'term' || !Array.isArray(size) || named.has('interpolation')) return unknown;
      return onRecords(a, step('cv2-resize', size[1], size[0])) ?? unknown;
    }
    case 'torchvision.io.read_image':
    case 'torchvision.io.decode_image': {
      const mode = b ?? named.get('mode');
      const words = mode?.kind === 'path' ? mode.path : (textOf(mode) ?? '');
      if (!each) return unknown;
      const converted = /GRAY/.test(words) ? [step('mode', 'L')] : /RGB/.test(words) ? [step('mode', 'RGB')] : [];
      return records(each, ...converted, step('to-bytes'));
    }
    case 'pydicom.dcmread':
    case 'pydicom.read_file':
    case 'nibabel.load':
    case 'SimpleITK.ReadImage':
      return each ? records(each) : unknown;
    case 'SimpleITK.GetArrayFromImage':
      return unknown;
    case 'wfdb.rdsamp':
      return each
        ? tuple([
            records({ ...each, term: operation('join-text', [literal(''), each.term, literal('.hea')]) }),
            unknown,
          ])
        : unknown;
    case 'torchvision.datasets.ImageFolder': {
      const root = textOf(a ?? named.get('root'));
      if (root === null) return a?.kind === 'unknown' ? a : unknown;
      const transform = b ?? named.get('transform');
      const steps = transform === undefined || literalIn(transform) === null ? [] : stepsOf(transform);
      const checked = steps && onTensors(steps);
      if (!checked) return unknown;
      if (!at.followed.files.includes(root)) at.followed.files.push(root);
      const paths = operation('folder-paths', [literal(root), literal('torch')]);
      at.followed.reads.push(paths);
      const pictures = operation('records', [paths, step('mode', 'RGB'), ...checked]);
      const classes = operation('folder-classes', [literal(root), literal('torch')]);
      return instance('torchvision.datasets.ImageFolder', new Map([['targets', known(classes)]]), [
        known(pictures),
        known(classes),
      ]);
    }
    default:
      return null;
  }
}

/** A transform applied to a picture; null for other instances. */
export function callVisionInstance(self: Instance, name: string, { args }: CallSite): Meaning | null {
  if (!self.type.startsWith('torchvision.transforms')) return null;
  const [picture] = args;
  if (name !== '__call__' || picture?.kind !== 'term') return unknown;
  const steps = stepsOf(self);
  return (steps && onRecords(picture, ...steps)) ?? unknown;
}

/** Methods of opened pictures: modes and sizes of Pillow; null for others. */
export function callPicture(self: Data, name: string, { args, named }: CallSite): Meaning | null {
  if (!isOperation(self.term) || self.term.op !== 'records') return null;
  const [a, b] = args;
  switch (name) {
    case 'convert': {
      const mode = textOf(a);
      return mode === 'L' || mode === 'RGB' ? onRecords(self, step('mode', mode)) : unknown;
    }
    case 'resize': {
      const size = sizeOf(a ?? named.get('size'));
      const how = b || named.has('resample') ? method(b ?? named.get('resample')) : 'bicubic';
      // Pillow names the width first.
      return Array.isArray(size) && how ? onRecords(self, step('resize', size[1], size[0], how)) : unknown;
    }
    case 'crop': {
      const box = a ? itemsOf(a)?.map(numberIn) : null;
      if (box?.length !== 4 || !box.every(each => each !== null)) return unknown;
      const [left, top, right, bottom] = box as number[];
      return onRecords(self, step('crop', left!, top!, right! - left!, bottom! - top!));
    }
    case 'get_fdata':
    case 'load':
    case 'close':
      return name === 'close' ? text(null) : self;
    default:
      return null;
  }
}
