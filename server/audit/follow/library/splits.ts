import { list, literal, operation, type Term } from '../../../../audit-core/datasets/recipe';
import type { CallSite } from '../follower';
import {
  type Instance,
  instance,
  isTrue,
  known,
  literalIn,
  type Meaning,
  termOf,
  termsOf,
  tuple,
  unknown,
} from '../symbols';
import { drawFrom, undrawn } from './generators';

const splitters = new Set([
  'KFold',
  'StratifiedKFold',
  'GroupKFold',
  'StratifiedGroupKFold',
  'ShuffleSplit',
  'StratifiedShuffleSplit',
  'GroupShuffleSplit',
  'RepeatedKFold',
  'RepeatedStratifiedKFold',
  'LeaveOneGroupOut',
  'TimeSeriesSplit',
  'PredefinedSplit',
]);

/** The positions of rows in a split, on each of the arrays; data sets keep all their arrays. */
export function part(of: Meaning, places: Term): Meaning {
  if (of.kind === 'instance')
    return instance(
      'torch.utils.data.Subset',
      new Map([...of.named, ['indices', known(places)] as const]),
      of.items.map(item => part(item, places)),
    );
  const term = termOf(of);
  return term ? known(operation('part', [term, places])) : of;
}

/** `train_test_split` and scikit-learn's other functions that split or shuffle; null for others. */
export function callSplits(path: string, { at, args, named }: CallSite): Meaning | null {
  const short = path.split('.').at(-1)!;
  if (
    /^sklearn\.model_selection\.train_test_split$/.test(path) ||
    path === 'sklearn.cross_validation.train_test_split'
  ) {
    const first = args.map(of => termOf(of?.kind === 'instance' ? of.items[0] : of))[0];
    if (!first) return args.find(each => each.kind === 'unknown') ?? unknown;
    const isDrawn = literalIn(named.get('shuffle')) !== false;
    const seed = isDrawn ? named.get('random_state') : known(literal(0));
    const drawn = drawFrom(at, seed, 'train_test_split', [first], named);
    if (!drawn && termsOf(named, ['random_state']) === null)
      return [...named.values()].find(each => each.kind === 'unknown') ?? unknown;
    const side = (of: Meaning, i: 0 | 1): Meaning =>
      part(of, drawn ? operation('item', [drawn, literal(i)]) : undrawn(first, i));
    return tuple(args.flatMap(of => [side(of, 0), side(of, 1)]));
  }
  if (path === 'sklearn.utils.shuffle' || path === 'sklearn.utils.resample') {
    const first = termOf(args[0]);
    if (!first) return args[0] ?? unknown;
    const drawn = drawFrom(
      at,
      named.get('random_state'),
      short === 'shuffle' ? 'sklearn.shuffle' : 'sklearn.resample',
      [first],
      named,
    );
    if (!drawn) {
      at.globals.numpy.state = null;
      return unknown;
    }
    const made = args.map(of => part(of, drawn));
    return made.length === 1 ? made[0]! : tuple(made);
  }
  if (path.startsWith('sklearn.model_selection.') && splitters.has(short)) {
    const all = new Map(named);
    if (args[0]) all.set(short === 'PredefinedSplit' ? 'test_fold' : 'n_splits', args[0]);
    return instance(path, all);
  }
  return null;
}

/** `.split(X, y, groups)` of a splitter; null for other calls. */
export function callSplitter(self: Instance, method: string, { at, args, named }: CallSite): Meaning | null {
  const type = self.type.split('.').at(-1)!;
  if (!splitters.has(type) || !self.type.startsWith('sklearn.')) return null;
  if (method === 'get_n_splits') return self.named.get('n_splits') ?? unknown;
  if (method !== 'split') return unknown;
  const folds = self.named.get('test_fold');
  const given = [...(folds ? [folds] : args), ...['X', 'y'].flatMap(key => (folds ? [] : (named.get(key) ?? [])))];
  const data = given.map(each => termOf(each.kind === 'instance' ? each.items[0] : each));
  const more = termsOf(self.named, ['random_state']);
  if (!more || data[0] === null || data.length === 0) return given.find(each => each.kind === 'unknown') ?? unknown;
  // What a plain fold is given beside the rows does not matter to it.
  const needed = /Stratified/.test(type) ? 2 : 1;
  if (data.slice(0, needed).some(term => term === null)) return unknown;
  const groups = termOf(named.get('groups')) ?? (/Group/.test(type) ? (data[2] ?? null) : null);
  if (/Group/.test(type) && !groups) return unknown;
  const shuffles = /Shuffle|Repeated/.test(type) || isTrue(self.named.get('shuffle'));
  const options = new Map<string, Meaning>([
    ...Object.entries(more).map(([key, term]) => [key, known(term)] as const),
    ...(groups ? [['groups', known(groups)] as const] : []),
  ]);
  const drawn = drawFrom(
    at,
    shuffles ? self.named.get('random_state') : known(literal(0)),
    type,
    data.slice(0, 2).map(term => term ?? literal(null)),
    options,
  );
  if (drawn) return known(drawn);
  const first = data[0]!;
  return /ShuffleSplit$/.test(type) ? known(list([list([undrawn(first, 0), undrawn(first, 1)])])) : unknown;
}
