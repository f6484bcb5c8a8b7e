import { isOperation, list, literal, literalOf, operation, type Term } from '../../audit-core/datasets/recipe';
import type { Follower } from './follow';
import { type Instance, instance, known, type Meaning, unknown } from './symbols';

type Named = ReadonlyMap<string, Meaning>;
const termOf = (symbol: Meaning | undefined): Term | null => (symbol?.kind === 'term' ? symbol.term : null);
const textOf = (symbol: Meaning | undefined): string | null => {
  const value = literalOf(termOf(symbol) ?? undefined);
  return typeof value === 'string' ? value : null;
};
const terms = (named: Named, skip: readonly string[] = []): Record<string, Term> | null => {
  const out: Record<string, Term> = {};
  for (const [name, value] of named) {
    if (skip.includes(name)) continue;
    if (value.kind !== 'term') return null;
    out[name] = value.term;
  }
  return out;
};

const same = new Set([
  'copy',
  'float',
  'long',
  'numpy',
  'cpu',
  'contiguous',
  'detach',
  'double',
  'to_frame',
  'squeeze',
  'tolist',
  'to',
]);
const statistics = new Set(['median', 'mean', 'std', 'min', 'max', 'sum']);
const splitters = new Set([
  'KFold',
  'StratifiedKFold',
  'GroupKFold',
  'StratifiedGroupKFold',
  'ShuffleSplit',
  'StratifiedShuffleSplit',
  'GroupShuffleSplit',
]);
const scalers = new Set(['StandardScaler', 'MinMaxScaler']);
const arrays =
  /^(?:torch\.(?:tensor|from_numpy|as_tensor|FloatTensor|LongTensor|Tensor)|numpy\.(?:array|asarray|ascontiguousarray))$/;

/** Calls on a value: tables, series, generators, splitters, transformers, models. `name` is the variable given first, for methods that change it in place. */
export function callMethod(
  at: Follower,
  self: Meaning,
  method: string,
  args: readonly Meaning[],
  named: Named,
  name: string | null,
): Meaning {
  if (self.kind === 'instance') return callInstance(at, self, method, args, named, name);
  if (self.kind !== 'term') {
    if (method === 'fit') trained(at, args);
    return unknown;
  }
  const data = self.term;
  const first = termOf(args[0]);
  if (same.has(method)) return self;
  if (statistics.has(method)) return known(operation('statistic', [data, literal(method)]));
  switch (method) {
    case 'to_numpy':
      return known(operation('array', [data]));
    case 'astype':
      return known(operation('cast', [data, literal(typeName(args[0] ?? named.get('dtype')))]));
    case 'isna':
    case 'isnull':
      return known(operation('isna', [data]));
    case 'notna':
    case 'notnull':
      return known(operation('notna', [data]));
    case 'isin':
      return first ? known(operation('isin', [data, first])) : unknown;
    case 'unique':
      return known(operation('unique', [data]));
    case 'fillna':
      return first ? known(operation('fillna', [data, first])) : unknown;
    case 'dropna':
      return named.size === 0 ? known(operation('dropna', [data])) : unknown;
    case 'reset_index':
      return literalOf(termOf(named.get('drop')) ?? undefined) === true
        ? known(operation('reset-index', [data]))
        : unknown;
    case 'head':
      return first ? known(operation('rows', [data, operation('range', [literal(0), first])])) : unknown;
    case 'drop': {
      const columns =
        termOf(named.get('columns')) ?? (literalOf(termOf(named.get('axis')) ?? undefined) === 1 ? first : null);
      if (columns) return known(operation('drop-columns', [data, columns]));
      const rows = termOf(named.get('index')) ?? first;
      return rows && named.get('axis') === undefined ? known(operation('drop-rows', [data, rows])) : unknown;
    }
    case 'sample': {
      const positional = args[0] ? new Map([...named, ['n', args[0]] as const]) : named;
      const drawn = drawFrom(at, positional.get('random_state'), 'pandas.sample', [data], positional);
      return drawn ? known(operation('part', [data, drawn])) : unknown;
    }
    case 'map': {
      const mapping = args[0];
      const to = mapping?.kind === 'instance' && mapping.type === 'dict' ? terms(mapping.named) : null;
      return to
        ? known(
            operation('map', [
              data,
              { op: 'list', items: Object.keys(to).map(literal) },
              { op: 'list', items: Object.values(to) },
            ]),
          )
        : unknown;
    }
    default:
      return unknown;
  }
}

function typeName(symbol: Meaning | undefined): string {
  if (symbol?.kind === 'path') return symbol.path.split('.').at(-1)!;
  return textOf(symbol) ?? '';
}

function trained(at: Follower, args: readonly Meaning[]): void {
  const x = termOf(args[0]);
  if (x) at.followed.training.push({ features: x, label: termOf(args[1]) });
}

function callInstance(
  at: Follower,
  self: Instance,
  method: string,
  args: readonly Meaning[],
  named: Named,
  name: string | null,
): Meaning {
  const type = self.type.split('.').at(-1)!;
  if (self.type.startsWith('generator:')) return callGenerator(at, self, method, args, named, name);
  if (method === 'split' && splitters.has(type)) {
    const given = [...args, ...['X', 'y', 'groups'].flatMap(key => named.get(key) ?? [])];
    const data = given.map(termOf);
    const more = terms(self.named, ['random_state']);
    if (!more || data.some(term => term === null)) return unknown;
    const groups = termOf(named.get('groups'));
    const state = self.named.get('random_state');
    const shuffles = /Shuffle/.test(type) || literalOf(more.shuffle) === true;
    const drawn = drawFrom(
      at,
      shuffles ? state : known(literal(0)),
      type,
      data as Term[],
      new Map([
        ...Object.entries(more).map(([k, t]) => [k, known(t)] as const),
        ...(groups ? [['groups', known(groups)] as const] : []),
      ]),
    );
    if (drawn) return known(drawn);
    // Not seeded: what is a member must be declared, but what is done with the parts is followed.
    const [first] = data as Term[];
    return first && /ShuffleSplit$/.test(type) ? known(list([list([undrawn(first, 0), undrawn(first, 1)])])) : unknown;
  }
  if (scalers.has(type) || type === 'SimpleImputer') {
    const data = termOf(args[0]);
    if (!data || self.named.size > (type === 'SimpleImputer' ? 1 : 0)) return unknown;
    const what = type === 'SimpleImputer' ? (textOf(self.named.get('strategy')) ?? 'mean') : type;
    if (method === 'fit' || method === 'fit_transform') self.state = operation('fit', [literal(what), data]);
    if (method === 'fit') return self;
    return self.state && /transform$/.test(method) ? known(operation('transform', [self.state, data])) : unknown;
  }
  if (type === 'ArgumentParser') {
    if (method === 'add_argument') {
      const flag = [...args].map(textOf).find(text => text?.startsWith('--')) ?? textOf(args[0]);
      if (flag) self.named.set(flag.replace(/^-+/, '').replace(/-/g, '_'), named.get('default') ?? unknown);
      return unknown;
    }
    return method === 'parse_args' ? instance('namespace', self.named) : unknown;
  }
  if (/^make_private/.test(method)) {
    const value = literalOf(termOf(named.get('target_epsilon')) ?? undefined);
    const delta = literalOf(termOf(named.get('target_delta')) ?? undefined);
    if (typeof value === 'number')
      at.followed.claims.push({
        value,
        delta: typeof delta === 'number' ? delta : null,
        unit: 'record',
        origin: 'target_epsilon',
      });
    return { kind: 'tuple', items: [unknown, unknown, named.get('data_loader') ?? args[2] ?? unknown] };
  }
  if (method === 'fit') trained(at, args);
  if (method === 'fit') return self;
  return unknown;
}

function callGenerator(
  at: Follower,
  self: Instance,
  method: string,
  args: readonly Meaning[],
  named: Named,
  name: string | null,
): Meaning {
  if (method === 'manual_seed' || method === 'seed') {
    const seed = termOf(args[0]);
    self.state = seed && operation('generator', [literal(self.type.slice('generator:'.length)), seed]);
    self.last = null;
    return self;
  }
  if (!['permutation', 'shuffle', 'choice', 'sample', 'randperm', 'random', 'rand'].includes(method)) {
    self.state = null;
    return unknown;
  }
  const data = args.map(termOf);
  const more = terms(named);
  if (!self.state || !more || data.some(term => term === null)) {
    self.state = null;
    if (method === 'shuffle' && name !== null) at.rebind(name, unknown);
    return unknown;
  }
  const drawn = advance(self, method === 'rand' ? 'random' : method, data as Term[], more);
  if (method !== 'shuffle') return known(drawn);
  // A shuffle in place: the variable means the shuffled array from here on.
  if (name !== null) at.rebind(name, known(drawn));
  return unknown;
}

function advance(generator: Instance, method: string, args: readonly Term[], named: Record<string, Term>): Term {
  const drawn = operation('draw', [generator.state!, generator.last ?? literal(null), literal(method), ...args], named);
  generator.last = drawn;
  return drawn;
}

/** A draw of a function that takes `random_state`: a seed, a generator, or none (then numpy's global one, if it was seeded). */
function drawFrom(
  at: Follower,
  state: Meaning | undefined,
  method: string,
  args: readonly Term[],
  named: Named,
): Term | null {
  const more = terms(named, ['random_state']);
  if (!more) return null;
  const seed = termOf(state);
  if (seed && literalOf(seed) !== null) {
    const fresh = operation('generator', [literal('numpy'), seed]);
    return operation('draw', [fresh, literal(null), literal(method), ...args], more);
  }
  const generator = state === undefined || seed ? at.globals.numpy : state.kind === 'instance' ? state : null;
  return generator?.state ? advance(generator, method, args, more) : null;
}

/** Calls of library functions and constructors by qualified name; `name` is the variable given first. */
export function callLibrary(
  at: Follower,
  path: string,
  args: readonly Meaning[],
  named: Named,
  name: string | null,
): Meaning {
  const short = path.split('.').at(-1)!;
  const first = termOf(args[0]);
  if (/^(?:pandas)\.read_(?:csv|parquet|table)$/.test(path)) {
    const file = textOf(args[0] ?? named.get('filepath_or_buffer'));
    if (file === null || [...named.keys()].some(key => !['low_memory', 'encoding', 'engine'].includes(key)))
      return unknown;
    if (!at.followed.files.includes(file)) at.followed.files.push(file);
    return known(operation('table', [literal(file)]));
  }
  if (arrays.test(path)) return first ? known(operation('array', [first])) : unknown;
  if (path.startsWith('numpy.random.') || path.startsWith('random.')) {
    const family = path.startsWith('numpy') ? 'numpy' : 'python';
    const seed = args[0] ?? named.get('seed') ?? unknown;
    if (short === 'RandomState') return callGenerator(at, instance('generator:numpy'), 'seed', [seed], new Map(), null);
    if (short === 'default_rng')
      return callGenerator(at, instance('generator:generator'), 'seed', [seed], new Map(), null);
    if (short === 'Random') return callGenerator(at, instance('generator:python'), 'seed', [seed], new Map(), null);
    return callGenerator(at, at.globals[family], short, args, named, name);
  }
  if (path === 'torch.manual_seed') return callGenerator(at, at.globals.torch, 'seed', args, named, null);
  if (path === 'torch.Generator') return instance('generator:torch');
  if (path === 'torch.randperm') {
    const given = named.get('generator');
    const generator = given?.kind === 'instance' ? given : at.globals.torch;
    return callGenerator(at, generator, 'randperm', args, new Map(), null);
  }
  if (path === 'torch.utils.data.random_split') return randomSplit(at, args, named);
  if (path === 'torch.utils.data.TensorDataset') return instance(path, new Map(), args);
  if (path === 'torch.utils.data.DataLoader' || path === 'torch.utils.data.Subset') return dataset(path, args, named);
  if (path === 'joblib.dump' || path === 'torch.onnx.export' || path === 'torch.save' || path === 'pickle.dump') {
    const file = textOf(args[path === 'torch.onnx.export' ? 2 : 1] ?? named.get('f'));
    if (file) at.followed.saved.push(file);
    if (path === 'torch.onnx.export') {
      const onnx = textOf(args[2] ?? named.get('f'));
      if (onnx && !at.followed.saved.includes(onnx)) at.followed.saved.push(onnx);
    }
    return unknown;
  }
  if (path === 'sklearn.model_selection.train_test_split') return trainTestSplit(at, args, named);
  if (path.startsWith('sklearn.')) {
    const all = new Map(named);
    if (args[0] && splitters.has(short)) all.set('n_splits', args[0]);
    return instance(path, all);
  }
  if (path === 'argparse.ArgumentParser') return instance(path);
  if (path === 'opacus.PrivacyEngine') return instance(path);
  // A layer's initial weights and other tensors drawn use up torch's global stream: later draws of it cannot be replayed.
  if (/^torch\.(?:nn\.|rand|normal|empty|bernoulli|multinomial)/.test(path) && !path.startsWith('torch.nn.functional'))
    at.globals.torch.state = null;
  switch (path) {
    case 'len':
      if (args[0]?.kind === 'instance')
        return first0(args[0]) ? known(operation('length', [first0(args[0])!])) : unknown;
      return first ? known(operation('length', [first])) : unknown;
    case 'int':
    case 'round':
    case 'math.floor':
    case 'math.ceil':
      return first ? known(operation('call', [literal(short), first])) : unknown;
    case 'range': {
      if (!first || args.length > 2) return unknown;
      const second = termOf(args[1]);
      return known(operation('range', second ? [first, second] : [literal(0), first]));
    }
    case 'numpy.arange':
      return first && args.length === 1 ? known(operation('range', [literal(0), first])) : unknown;
    case 'list':
    case 'iter':
    case 'sorted':
      return short === 'sorted' ? unknown : (args[0] ?? unknown);
    case 'next':
      return args[0] ? at.item(args[0], 0) : unknown;
    case 'print':
      return unknown;
    default:
      return unknown;
  }
}

const first0 = (of: Instance): Term | null => termOf(of.items[0]);

function trainTestSplit(at: Follower, args: readonly Meaning[], named: Named): Meaning {
  const data = args.map(termOf);
  if (data.length === 0 || data.some(term => term === null)) return unknown;
  const drawn = drawFrom(at, named.get('random_state'), 'train_test_split', [data[0]!], named);
  const side = (term: Term, i: 0 | 1): Meaning =>
    known(operation('part', [term, drawn ? operation('item', [drawn, literal(i)]) : undrawn(data[0]!, i)]));
  return { kind: 'tuple', items: data.flatMap(term => [side(term!, 0), side(term!, 1)]) };
}

/** Positions within `of` of the rows that are (0) or are not (1) members as declared: a split that no seed lets us replay. */
const undrawn = (of: Term, side: 0 | 1): Term => operation('undrawn', [of, literal(side)]);

function randomSplit(at: Follower, args: readonly Meaning[], named: Named): Meaning {
  const whole = args[0];
  const lengths = termOf(args[1] ?? named.get('lengths'));
  const given = named.get('generator') ?? args[2];
  const generator = given === undefined ? at.globals.torch : given.kind === 'instance' ? given : null;
  const first = whole?.kind === 'instance' ? first0(whole) : termOf(whole);
  if (!lengths || !first || !('items' in lengths)) return unknown;
  const drawn = generator?.state ? advance(generator, 'random_split', [first, lengths], {}) : null;
  const parts = lengths.items.map((_, i) =>
    drawn ? operation('item', [drawn, literal(i)]) : undrawn(first, i === 0 ? 0 : 1),
  );
  const items = whole?.kind === 'instance' ? whole.items : [whole!];
  return {
    kind: 'tuple',
    items: parts.map(part =>
      instance(
        'torch.utils.data.Subset',
        new Map(),
        items.map(item => (item.kind === 'term' ? known(operation('part', [item.term, part])) : unknown)),
      ),
    ),
  };
}

function dataset(path: string, args: readonly Meaning[], named: Named): Meaning {
  const of = args[0] ?? named.get('dataset');
  if (of?.kind !== 'instance') return unknown;
  if (path.endsWith('DataLoader'))
    return named.has('sampler') || named.has('batch_sampler') ? unknown : instance(path, new Map(), of.items);
  const rows = termOf(args[1] ?? named.get('indices'));
  if (!rows) return unknown;
  return instance(
    path,
    new Map(),
    of.items.map(item => (item.kind === 'term' ? known(operation('rows', [item.term, rows])) : unknown)),
  );
}

export function readAttribute(object: Meaning, name: string): Meaning {
  if (object.kind === 'instance') return object.named.get(name) ?? unknown;
  if (object.kind !== 'term') return unknown;
  if (name === 'values') return known(operation('array', [object.term]));
  if (name === 'index') return known(operation('index', [object.term]));
  if (['iloc', 'loc', 'T', 'columns', 'dtype', 'size'].includes(name)) return unknown;
  if (name === 'shape')
    return {
      kind: 'tuple',
      items: [known(operation('length', [object.term])), known(operation('width', [object.term]))],
    };
  return isOperation(object.term) ? known(operation('columns', [object.term, literal(name)])) : unknown;
}
