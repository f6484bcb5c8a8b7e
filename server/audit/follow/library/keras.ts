import { list, literal, operation, type Term } from '../../../../audit-core/datasets/recipe';
import type { CallSite } from '../follower';
import {
  type Instance,
  instance,
  isNone,
  itemsOf,
  known,
  literalIn,
  type Meaning,
  numberIn,
  termOf,
  textOf,
  unknown,
} from '../symbols';
import { callPictureGenerator } from './picture-generator';

const step = (name: string, ...given: readonly (string | number)[]): Term =>
  list([literal(name), ...given.map(literal)]);
const plainKeras = (path: string): string =>
  path.replace(/^(?:tensorflow\.|tf\.)?keras\./, 'keras.').replace(/^keras\.(?:api|src)\./, 'keras.');

/** Keras' and TensorFlow's data: folders of pictures, `tf.data`, `to_categorical`, padding; null for others. */
export function callKeras(path: string, site: CallSite): Meaning | null {
  const { args, named } = site;
  const name = plainKeras(path);
  const first = termOf(args[0]);
  switch (name) {
    case 'keras.utils.to_categorical':
    case 'keras.utils.np_utils.to_categorical': {
      const classes = termOf(args[1] ?? named.get('num_classes'));
      return first ? known(operation('one-hot', [first, ...(classes ? [classes] : [])])) : unknown;
    }
    case 'keras.utils.image_dataset_from_directory':
    case 'keras.preprocessing.image_dataset_from_directory':
      return folderOf(site);
    case 'keras.preprocessing.image.ImageDataGenerator':
    case 'keras.legacy.preprocessing.image.ImageDataGenerator':
      return instance('keras-generator', new Map(named), args);
    case 'keras.layers.Rescaling':
      return instance('keras-step', new Map(named), args);
    case 'keras.layers.Normalization':
      return instance('keras-normalization', new Map(named), args);
    default:
  }
  if (/^(?:tensorflow|tf)\.data\.Dataset\.from_tensor_slices$/.test(path)) {
    const items = args[0]?.kind === 'tuple' ? args[0].items : args;
    return instance('keras-dataset', new Map(), items);
  }
  return null;
}

/** Draws as Keras does: paths sorted by class, shuffled by numpy's legacy generator, the last part held out. */
function folderOf({ at, args, named }: CallSite): Meaning {
  const get = (key: string): Meaning | undefined => named.get(key);
  const root = textOf(args[0] ?? get('directory'));
  if (root === null) return args[0] ?? unknown;
  if (!at.followed.files.includes(root)) at.followed.files.push(root);
  const paths = operation('folder-paths', [literal(root), literal('keras')]);
  const classes = operation('folder-classes', [literal(root), literal('keras')]);
  at.followed.reads.push(paths);
  const shuffles = literalIn(get('shuffle')) !== false;
  const seed = termOf(get('seed'));
  const share = numberIn(get('validation_split'));
  const subset = textOf(get('subset'));
  const mode = textOf(get('label_mode')) ?? 'int';
  if (shuffles && (!seed || isNone(get('seed'))) && share !== null) return unknown;
  const order = (of: Term): Term =>
    shuffles && seed
      ? operation('draw', [operation('generator', [literal('numpy'), seed]), literal(null), literal('shuffle'), of])
      : of;
  const cut = (of: Term): Term => {
    if (share === null || subset === null || subset === 'both') return of;
    const held = operation('negate', [
      operation('call', [
        literal('int'),
        operation('binary', [literal('*'), literal(share), operation('length', [of])]),
      ]),
    ]);
    return operation('slice-rows', subset === 'training' ? [of, literal(null), held] : [of, held]);
  };
  const size = get('image_size') ? itemsOf(get('image_size')!)?.map(numberIn) : [256, 256];
  if (
    size?.length !== 2 ||
    size.some(each => each === null) ||
    get('crop_to_aspect_ratio') ||
    get('pad_to_aspect_ratio')
  )
    return unknown;
  const colour = textOf(get('color_mode')) ?? 'rgb';
  const how = textOf(get('interpolation')) ?? 'bilinear';
  if (how !== 'bilinear' || colour === 'rgba') return unknown;
  const pictures = operation('records', [
    cut(order(paths)),
    step('mode', colour === 'grayscale' ? 'Y' : 'RGB'),
    step('keras-resize', size[0]!, size[1]!),
    step('channels-last'),
  ]);
  const labels = cut(order(classes));
  const shown = mode === 'categorical' ? operation('one-hot', [labels]) : labels;
  const made = instance(
    'keras-dataset',
    new Map(),
    mode === 'None' ? [known(pictures)] : [known(pictures), known(shown)],
  );
  return made;
}

/** Chains of `tf.data` and layers as steps; null for other instances. */
export function callKerasInstance(self: Instance, method: string, site: CallSite): Meaning | null {
  const { at, args } = site;
  if (self.type === 'keras-step') {
    const factor = numberIn(self.items[0] ?? self.named.get('scale'));
    const offset = numberIn(self.items[1] ?? self.named.get('offset')) ?? 0;
    const [picture] = args;
    if (method !== '__call__' || picture?.kind !== 'term' || factor === null) return unknown;
    const scaled = operation('binary', [literal('*'), picture.term, literal(factor)]);
    return { ...picture, term: offset === 0 ? scaled : operation('binary', [literal('+'), scaled, literal(offset)]) };
  }
  if (self.type === 'keras-generator') return callPictureGenerator(self, method, site);
  if (self.type !== 'keras-dataset') return null;
  switch (method) {
    case 'batch':
    case 'cache':
    case 'prefetch':
    case 'repeat':
    case 'shuffle':
    case 'with_options':
    case 'unbatch':
      // Another order of the same records.
      return self;
    case 'map': {
      const [how] = args;
      const row = (item: Meaning): Meaning => (item.kind === 'term' ? { ...item, row: true } : item);
      const made = how ? at.apply(how, self.items.map(row)) : unknown;
      const plain = (item: Meaning): Meaning => (item.kind === 'term' ? known(item.term) : item);
      return made.kind === 'tuple'
        ? instance('keras-dataset', new Map(), made.items.map(plain))
        : made.kind === 'term'
          ? instance('keras-dataset', new Map(), [plain(made)])
          : unknown;
    }
    case 'take':
    case 'skip':
      return unknown;
    case 'as_numpy_iterator':
      return self;
    default:
      return unknown;
  }
}

/** The part of arrays that Keras' `validation_split` leaves for training. */
export function withoutValidation(of: Term, share: number): { train: Term; validation: Term } {
  const at = operation('call', [
    literal('int'),
    operation('binary', [literal('*'), operation('length', [of]), literal(1 - share)]),
  ]);
  return { train: operation('slice-rows', [of, literal(null), at]), validation: operation('slice-rows', [of, at]) };
}
