import { literal, operation } from '../../../../audit-core/datasets/recipe';
import { batchOf, itemAt } from '../batches';
import type { CallSite, Follower } from '../follower';
import {
  type Instance,
  instance,
  isNone,
  itemsOf,
  known,
  type Meaning,
  termOf,
  text,
  tuple,
  unknown,
} from '../symbols';
import { advance, undrawn } from './generators';
import { part } from './splits';

/** The arrays of a data set: as it was made, or what its `__getitem__` gives for any index. */
export function dataset(at: Follower, of: Meaning | undefined): Instance | null {
  if (of?.kind === 'term') return instance('array', new Map(), [of]);
  if (of?.kind !== 'instance') return null;
  if (of.items.length > 0 && of.definition === null) return of;
  const get = of.definition?.attributes.get('__getitem__');
  if (get?.kind !== 'function' || get.definition.kind !== 'function') return null;
  const index: Meaning = { kind: 'term', term: operation('each', []), row: true };
  const made = at.enter(get.definition, get.scopes, [of, index], new Map());
  const whole = (item: Meaning): Meaning => (item.kind === 'term' ? known(item.term) : item);
  if (made.kind === 'tuple') return instance('dataset', new Map(), made.items.map(whole), null);
  if (made.kind === 'instance' && made.type === 'dict')
    return instance(
      'dataset',
      new Map([['items:names', tuple([...made.named.keys()].map(text))]]),
      [...made.named.values()].map(whole),
    );
  if (made.kind === 'term') return instance('dataset', new Map(), [whole(made)]);
  return made.kind === 'unknown' ? instance('dataset', new Map(), [made]) : null;
}

/** torch's data sets, loaders, splits and files; null for others. */
export function callTorch(path: string, { at, args, named }: CallSite): Meaning | null {
  const short = path.split('.').at(-1)!;
  const isData = /^(?:torch\.utils\.data|torch_geometric\.loader|monai\.data|lightning|pytorch_lightning)\b/.test(path);
  switch (isData ? short : path) {
    case 'TensorDataset':
      return instance(path, new Map(), args);
    case 'random_split':
      return randomSplit(at, args, named);
    case 'Subset': {
      const of = dataset(at, args[0] ?? named.get('dataset'));
      const places = termOf(args[1] ?? named.get('indices'));
      return of && places ? part(of, places) : unknown;
    }
    case 'SubsetRandomSampler': {
      const places = termOf(args[0] ?? named.get('indices'));
      return places ? instance(short, new Map([['indices', known(places)]])) : unknown;
    }
    case 'RandomSampler':
    case 'SequentialSampler':
    case 'WeightedRandomSampler':
      return instance(short);
    case 'BatchSampler':
      return args[0] ?? unknown;
    case 'ConcatDataset': {
      const parts = itemsOf(args[0] ?? unknown)?.map(each => dataset(at, each));
      if (!parts?.every(each => each !== null)) return unknown;
      const width = Math.min(...parts.map(each => each.items.length));
      const joined = Array.from({ length: width }, (_, i) => {
        const terms = parts.map(each => termOf(each.items[i]));
        return terms.every(term => term !== null)
          ? known(operation('join-rows', [{ op: 'list', items: terms }]))
          : unknown;
      });
      return instance('dataset', new Map(), joined);
    }
    case 'DataLoader': {
      const of = dataset(at, args[0] ?? named.get('dataset'));
      if (!of) return args[0]?.kind === 'unknown' ? args[0] : unknown;
      const sampler = named.get('sampler') ?? named.get('batch_sampler');
      const places = sampler?.kind === 'instance' ? termOf(sampler.named.get('indices')) : null;
      if (sampler && !isNone(sampler) && !places && !(sampler.kind === 'instance' && /Sampler$/.test(sampler.type)))
        return unknown;
      const taken = places ? (part(of, places) as Instance) : of;
      return instance('torch.utils.data.DataLoader', new Map([...taken.named, ['dataset', of] as const]), taken.items);
    }
    default:
      return null;
  }
}

function randomSplit(at: Follower, args: readonly Meaning[], named: ReadonlyMap<string, Meaning>): Meaning {
  const whole = dataset(at, args[0] ?? named.get('dataset'));
  const lengths = itemsOf(args[1] ?? named.get('lengths') ?? unknown)?.map(termOf);
  const given = named.get('generator') ?? args[2];
  const generator = isNone(given) ? at.globals.torch : given?.kind === 'instance' ? given : null;
  const first = whole?.items.map(termOf).find(term => term !== null);
  if (!lengths?.every(term => term !== null) || !whole || !first)
    return args[0]?.kind === 'unknown' ? args[0] : unknown;
  const drawn = generator?.state
    ? advance(generator, 'random_split', [first, { op: 'list', items: lengths }], {})
    : null;
  return tuple(
    lengths.map((_, i) =>
      part(whole, drawn ? operation('item', [drawn, literal(i)]) : undrawn(first, i === 0 ? 0 : 1)),
    ),
  );
}

/** Methods of data sets and loaders, and of tensors' archives; null for other instances. */
export function callTorchInstance(self: Instance, method: string, { args }: CallSite): Meaning | null {
  if (self.type === 'identity' || self.type === 'partial') return null;
  if (method === '__iter__' || method === '__next__') return batchOf(self);
  if (/Subset$|Dataset$|^dataset$|DataLoader$/.test(self.type) && method === '__getitem__')
    return itemAt(batchOf(self), 0);
  if (self.type === 'torch-archive') {
    const file = termOf(self.items[0]);
    if (method === 'get' && file && termOf(args[0])) return known(operation('torch-file', [file, termOf(args[0])!]));
    return unknown;
  }
  return null;
}
