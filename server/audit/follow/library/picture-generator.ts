import { list, literal, operation, type Term } from '../../../../audit-core/datasets/recipe';
import type { CallSite } from '../follower';
import {
  type Instance,
  instance,
  isNone,
  isTrue,
  itemsOf,
  known,
  literalIn,
  type Meaning,
  numberIn,
  termOf,
  text,
  textOf,
  unknown,
} from '../symbols';
import { part } from './splits';

const step = (name: string, ...given: readonly (string | number)[]): Term =>
  list([literal(name), ...given.map(literal)]);

/** Changes by chance, by the keyword that asks for them. */
const chance = new Set(
  'rotation_range width_shift_range height_shift_range brightness_range shear_range zoom_range channel_shift_range horizontal_flip vertical_flip fill_mode cval'.split(
    ' ',
  ),
);

/** `preprocess_input` of Keras' families that scale to −1 … 1, those that leave pictures as they are, and those that take the colour means away. */
const scaled =
  /\.applications\.(?:mobilenet|mobilenet_v2|inception_v3|xception|inception_resnet_v2|nasnet|resnet_v2)\./;
const plain = /\.applications\.(?:efficientnet|efficientnet_v2|convnext|mobilenet_v3|regnet)\./;
const centred = /\.applications\.(?:vgg16|vgg19|resnet|resnet50|imagenet_utils)\./;

interface Change {
  /** The order of the colours in the pictures. */
  readonly colours: string;
  readonly names: readonly string[];
  then(pictures: Term): Term;
}

const times = (pictures: Term, factor: number): Term => operation('binary', [literal('*'), pictures, literal(factor)]);

/** What a generator does to each picture; null where a part of it is not replayed. */
function changeOf(self: Instance): Change | null {
  const factor = isNone(self.named.get('rescale')) ? 1 : numberIn(self.named.get('rescale'));
  const names: string[] = [];
  let colours = 'RGB';
  let first = (pictures: Term): Term => pictures;
  for (const [name, value] of self.named) {
    if (['rescale', 'validation_split', 'data_format', 'dtype', 'interpolation_order'].includes(name)) continue;
    if (chance.has(name)) {
      const given = literalIn(value);
      if (given !== false && given !== 0 && name !== 'fill_mode' && name !== 'cval') names.push(name);
      continue;
    }
    if (isNone(value) || literalIn(value) === false) continue;
    if (name !== 'preprocessing_function' || value.kind !== 'path' || !value.path.endsWith('.preprocess_input'))
      return null;
    if (scaled.test(value.path))
      first = pictures => operation('binary', [literal('-'), times(pictures, 1 / 127.5), literal(1)]);
    else if (centred.test(value.path)) {
      colours = 'BGR';
      const means = list([103.939, 116.779, 123.68].map(literal));
      first = pictures => operation('binary', [literal('-'), pictures, means]);
    } else if (!plain.test(value.path)) return null;
  }
  if (factor === null) return null;
  return { colours, names, then: pictures => (factor === 1 ? first(pictures) : times(first(pictures), factor)) };
}

/** `ImageDataGenerator`'s flows; null for other methods. */
export function callPictureGenerator(self: Instance, method: string, site: CallSite): Meaning | null {
  const change = changeOf(self);
  if (method === 'fit') return text(null);
  if (!change) return unknown;
  switch (method) {
    case 'flow':
      return ofArrays(self, change, site);
    case 'flow_from_directory':
      return ofFolder(self, change, site);
    case 'flow_from_dataframe':
      return ofTable(self, change, site);
    default:
      return null;
  }
}

/** Keras holds the first share out, in the order of the files or rows. */
function cut(self: Instance, subset: Meaning | undefined, of: Term, by: Term | null): ((data: Term) => Term) | null {
  const side = textOf(subset);
  if (side === null) return data => data;
  const share = numberIn(self.named.get('validation_split'));
  if (share === null || (side !== 'training' && side !== 'validation')) return null;
  const places = operation('first-share', [by ?? of, literal(share), literal(side), literal(by !== null)]);
  return data => {
    const made = part(known(data), places);
    return termOf(made) ?? data;
  };
}

function ofArrays(self: Instance, change: Change, { args, named }: CallSite): Meaning {
  const x = termOf(args[0] ?? named.get('x'));
  const y = termOf(args[1] ?? named.get('y'));
  if (!x) return args[0] ?? unknown;
  const cutting = cut(self, named.get('subset'), x, null);
  if (!cutting || change.colours !== 'RGB') return unknown;
  const words = change.names.length > 0 ? [literal(change.names.join(', '))] : [];
  const pictures = change.then(operation('by-chance', [cutting(x), ...words]));
  return instance('keras-dataset', new Map(), y ? [known(pictures), known(cutting(y))] : [known(pictures)]);
}

function steps(change: Change, named: ReadonlyMap<string, Meaning>): Term[] | null {
  const size = isNone(named.get('target_size')) ? [256, 256] : itemsOf(named.get('target_size')!)?.map(numberIn);
  const colour = textOf(named.get('color_mode')) ?? 'rgb';
  const how = textOf(named.get('interpolation')) ?? 'nearest';
  if (
    size?.length !== 2 ||
    size.some(each => each === null) ||
    colour === 'rgba' ||
    isTrue(named.get('keep_aspect_ratio'))
  )
    return null;
  return [
    step('mode', colour === 'grayscale' ? 'L' : change.colours),
    ...change.names.map(name => step('chance', name)),
    step('resize', size[0]!, size[1]!, how),
    step('channels-last'),
  ];
}

function set(pictures: Term, classes: Term, mode: string | null): Meaning {
  if (mode === null) return instance('keras-dataset', new Map(), [known(pictures)]);
  const labels = mode === 'categorical' ? operation('one-hot', [classes]) : classes;
  return instance('keras-dataset', new Map([['classes', known(classes)]]), [known(pictures), known(labels)]);
}

const modeOf = (named: ReadonlyMap<string, Meaning>): string | null =>
  named.has('class_mode') && isNone(named.get('class_mode'))
    ? null
    : (textOf(named.get('class_mode')) ?? 'categorical');

function ofFolder(self: Instance, change: Change, { at, args, named }: CallSite): Meaning {
  const root = textOf(args[0] ?? named.get('directory'));
  const how = steps(change, named);
  if (root === null || !how || (named.has('classes') && !isNone(named.get('classes'))))
    return args[0]?.kind === 'unknown' ? args[0] : unknown;
  if (!at.followed.files.includes(root)) at.followed.files.push(root);
  const paths = operation('folder-paths', [literal(root), literal('keras')]);
  const classes = operation('folder-classes', [literal(root), literal('keras')]);
  at.followed.reads.push(paths);
  const cutting = cut(self, named.get('subset'), paths, classes);
  if (!cutting) return unknown;
  return set(change.then(operation('records', [cutting(paths), ...how])), cutting(classes), modeOf(named));
}

function ofTable(self: Instance, change: Change, { args, named }: CallSite): Meaning {
  const table = termOf(args[0] ?? named.get('dataframe'));
  const folder = textOf(args[1] ?? named.get('directory'));
  const [x, y] = [textOf(named.get('x_col')) ?? 'filename', textOf(named.get('y_col')) ?? 'class'];
  const how = steps(change, named);
  const mode = modeOf(named);
  if (!table || !how || mode === 'multi_output') return args[0] ?? unknown;
  const cutting = cut(self, named.get('subset'), table, null);
  if (!cutting) return unknown;
  const rows = cutting(table);
  const names = operation('columns', [rows, literal(x)]);
  const paths = folder === null ? names : operation('join-text', [literal('/'), literal(folder), names]);
  const cells = operation('columns', [rows, literal(y)]);
  const whole = operation('columns', [table, literal(y)]);
  const labels =
    mode === 'raw'
      ? cells
      : operation('transform', [operation('fit', [operation('transformer', [literal('LabelEncoder')]), whole]), cells]);
  return set(change.then(operation('records', [paths, ...how])), labels, mode);
}
