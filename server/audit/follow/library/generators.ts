import { isOperation, literal, operation, type Term } from '../../../../audit-core/datasets/recipe';
import type { CallSite, Follower } from '../follower';
import { type Instance, instance, isNone, known, type Meaning, termOf, termsOf, text, unknown } from '../symbols';

/** How often the global generators were drawn from is not known: what they give from here on cannot be replayed. */
export function loseStreams(at: Follower): void {
  for (const generator of Object.values(at.globals)) generator.state = null;
}

const followed = new Set([
  'permutation',
  'shuffle',
  'choice',
  'choices',
  'sample',
  'randperm',
  'random',
  'rand',
  'random_sample',
  'uniform',
  'randint',
  'integers',
]);

const clone = (generator: Instance): Instance => {
  const made = instance(generator.type);
  made.state = generator.state;
  made.last = generator.last;
  return made;
};

/** A call of a generator's method, or of a module's function on its global generator. */
export function callGenerator(self: Instance, method: string, { at, args, named, first }: CallSite): Meaning {
  if (method === 'manual_seed' || method === 'seed') {
    const seed = termOf(args[0] ?? named.get('seed'));
    const family = self.type.slice('generator:'.length);
    self.state = seed && !isNone(args[0] ?? named.get('seed')) ? operation('generator', [literal(family), seed]) : null;
    self.last = null;
    return self;
  }
  if (method === 'get_state' || method === 'getstate') return clone(self);
  if (method === 'set_state' || method === 'setstate') {
    const state = args[0];
    self.state = state?.kind === 'instance' ? state.state : null;
    self.last = state?.kind === 'instance' ? state.last : null;
    return text(null);
  }
  if (!followed.has(method)) {
    // A draw that is not followed moves the stream on by an unknown number.
    self.state = null;
    return unknown;
  }
  let data = args.map(termOf);
  const more = termsOf(named);
  if (method === 'rand' && args.length > 1) {
    self.state = null;
    return unknown;
  }
  if (!self.state || !more || data.some(term => term === null)) {
    self.state = null;
    if (method === 'shuffle') at.store(first, unknown);
    return unknown;
  }
  const name = method === 'rand' || method === 'random_sample' ? 'random' : method;
  // Shuffling a list of Python takes another path than an array in numpy's newer generators.
  const isList = method === 'shuffle' && self.type === 'generator:generator' && isPythonList(data[0]!);
  if (method === 'random' && data.length === 0 && more.size) data = [more.size];
  const drawn = advance(self, name, data as Term[], isList ? { ...more, list: literal(true) } : more);
  if (method !== 'shuffle') return known(drawn);
  // In place: the place means the shuffled array from here on.
  at.store(first, known(drawn));
  return text(null);
}

function isPythonList(term: Term): boolean {
  if ('items' in term) return true;
  return (
    isOperation(term) &&
    (term.op === 'range' || term.op === 'each-item' || (term.op === 'draw' && term.named.list !== undefined))
  );
}

export function advance(generator: Instance, method: string, args: readonly Term[], named: Record<string, Term>): Term {
  const drawn = operation('draw', [generator.state!, generator.last ?? literal(null), literal(method), ...args], named);
  generator.last = drawn;
  return drawn;
}

/** A draw of a function that takes `random_state`: a seed, a generator, or none (then numpy's global one, if it was seeded). */
export function drawFrom(
  at: Follower,
  state: Meaning | undefined,
  method: string,
  args: readonly Term[],
  named: ReadonlyMap<string, Meaning>,
): Term | null {
  const more = termsOf(named, ['random_state']);
  if (!more) return null;
  const seed = termOf(state);
  if (seed && !isNone(state)) {
    const fresh = operation('generator', [literal('numpy'), seed]);
    return operation('draw', [fresh, literal(null), literal(method), ...args], more);
  }
  const generator = isNone(state) ? at.globals.numpy : state?.kind === 'instance' ? state : null;
  return generator?.state ? advance(generator, method, args, more) : null;
}

/** Positions within `of` of the rows that are (0) or are not (1) members as declared: a split that no seed lets us replay. */
export const undrawn = (of: Term, side: 0 | 1): Term => operation('undrawn', [of, literal(side)]);

/** `numpy.random.*`, `random.*`, `torch.manual_seed` and the like; null for other functions. */
export function callRandom(path: string, site: CallSite): Meaning | null {
  const { at, args, named } = site;
  const short = path.split('.').at(-1)!;
  const seeded = (family: string): Meaning =>
    callGenerator(instance(`generator:${family}`), 'seed', {
      ...site,
      args: [args[0] ?? named.get('seed') ?? text(null)],
    });
  switch (path) {
    case 'numpy.random.RandomState':
      return seeded('numpy');
    case 'numpy.random.default_rng':
    case 'numpy.random.Generator':
      return args[0]?.kind === 'instance' ? args[0] : seeded('generator');
    case 'numpy.random.PCG64':
      return seeded('generator');
    case 'random.Random':
      return seeded('python');
    case 'sklearn.utils.check_random_state':
      return args[0]?.kind === 'instance' ? args[0] : isNone(args[0]) ? at.globals.numpy : seeded('numpy');
    case 'torch.manual_seed':
    case 'torch.random.manual_seed':
    case 'torch.cuda.manual_seed_all':
    case 'torch.cuda.manual_seed':
      return path.includes('cuda') ? text(null) : callGenerator(at.globals.torch, 'seed', site);
    case 'torch.seed':
      at.globals.torch.state = null;
      return unknown;
    case 'torch.Generator':
      return instance('generator:torch');
    case 'torch.randperm': {
      const given = named.get('generator');
      return callGenerator(given?.kind === 'instance' ? given : at.globals.torch, 'randperm', {
        ...site,
        named: new Map(),
        args: args.slice(0, 1),
      });
    }
    case 'keras.utils.set_random_seed':
    case 'tensorflow.keras.utils.set_random_seed':
    case 'tensorflow.random.set_seed':
    case 'lightning.seed_everything':
    case 'pytorch_lightning.seed_everything':
    case 'lightning.pytorch.seed_everything':
    case 'lightning.fabric.utilities.seed.seed_everything':
    case 'transformers.set_seed':
    case 'accelerate.utils.set_seed':
    case 'fastai.torch_core.set_seed':
      if (!path.startsWith('tensorflow.random'))
        for (const generator of Object.values(at.globals)) callGenerator(generator, 'seed', site);
      return text(null);
    default:
  }
  if (path.startsWith('numpy.random.')) return callGenerator(at.globals.numpy, short, site);
  if (/^random\.\w+$/.test(path)) return callGenerator(at.globals.python, short, site);
  // Other tensors drawn use up torch's global stream.
  if (/^torch\.(?:rand|normal|bernoulli|multinomial)/.test(path)) {
    at.globals.torch.state = null;
    return unknown;
  }
  return null;
}

/** Positions 0 … n − 1 as Python lists them. */
export const rangeOf = (from: Term, to: Term, by: Term | null = null): Term =>
  operation('range', by ? [from, to, by] : [from, to]);
