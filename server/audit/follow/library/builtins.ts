import { isOperation, literal, operation } from '../../../../audit-core/datasets/recipe';
import { itemAt } from '../batches';
import { isSet, joined } from '../calculate';
import type { CallSite } from '../follower';
import {
  instance,
  itemsOf,
  known,
  literalIn,
  type Meaning,
  numberIn,
  termOf,
  text,
  textOf,
  tuple,
  unknown,
} from '../symbols';
import { dateText } from './pandas';

/** Python's own functions, and those of its library that make paths. */
export function callBuiltin(path: string, { at, args, named }: CallSite): Meaning | null {
  const [a, b] = args;
  const term = termOf(a);
  switch (path) {
    case 'len': {
      if (a?.kind === 'instance') {
        if (a.type === 'dict') return text(a.named.size);
        const own = a.definition?.attributes.get('__len__');
        if (own?.kind === 'function' && own.definition.kind === 'function')
          return at.enter(own.definition, own.scopes, [a], new Map());
        const items = termOf(a.items[0]);
        return items ? known(operation('length', [items])) : unknown;
      }
      if (a?.kind === 'tuple') return text(a.items.length);
      if (term && 'items' in term) return text(term.items.length);
      const value = literalIn(a);
      if (typeof value === 'string') return text(value.length);
      return term ? known(operation('length', [term])) : unknown;
    }
    case 'int':
    case 'float':
    case 'round':
    case 'abs':
    case 'math.floor':
    case 'math.ceil':
    case 'math.sqrt':
    case 'math.log':
    case 'math.exp': {
      const short = path.split('.').at(-1)!;
      const value = numberIn(a);
      if (value !== null && short === 'int') return text(Math.trunc(value));
      if (value !== null && short === 'float') return a!;
      if (!term) return a?.kind === 'unknown' ? a : unknown;
      if (short === 'float' && !isOperation(term)) return unknown;
      const decimals = numberIn(b);
      return {
        ...(a as Extract<Meaning, { kind: 'term' }>),
        term: operation('call', [literal(short), term, ...(decimals === null ? [] : [literal(decimals)])]),
      };
    }
    case 'min':
    case 'max': {
      const numbers = args.map(numberIn);
      if (args.length > 1 && numbers.every(each => each !== null))
        return text(path === 'min' ? Math.min(...numbers) : Math.max(...numbers));
      const terms = args.map(termOf);
      if (args.length === 2 && terms.every(each => each !== null))
        return known(operation('binary', [literal(path === 'min' ? 'minimum' : 'maximum'), terms[0]!, terms[1]!]));
      return unknown;
    }
    case 'sum':
    case 'any':
    case 'all':
      return term ? known(operation('statistic', [term, literal(path)])) : unknown;
    case 'range': {
      const terms = args.map(termOf);
      if (!terms.every(each => each !== null) || terms.length === 0)
        return args.find(each => each.kind === 'unknown') ?? unknown;
      return known(operation('range', terms.length === 1 ? [literal(0), terms[0]!] : terms));
    }
    case 'list':
    case 'tuple':
      if (a === undefined) return tuple([]);
      if (a.kind === 'term' && isOperation(a.term) && (a.term.op === 'range' || a.term.op === 'names')) return a;
      // The order of a set is its own.
      if (a.kind === 'term' && isSet(a.term) && isOperation(a.term))
        return a.term.op === 'unique' ? known(operation('set-order', [a.term.args[0]!])) : unknown;
      if (a.kind === 'term' && isOperation(a.term) && a.term.op !== 'draw')
        return known(operation('each-item', [a.term]));
      if (a.kind === 'instance' && a.type === 'dict') return tuple([...a.named.keys()].map(text));
      return a;
    case 'iter':
    case 'reversed':
      return path === 'iter' ? (a ?? unknown) : unknown;
    case 'set':
      return term ? known(operation('unique', [term], { set: literal(true) })) : a === undefined ? tuple([]) : unknown;
    case 'sorted':
      return term && named.size === 0 ? known(operation('sort', [term])) : unknown;
    case 'next':
      return a ? itemAt(a, 0) : unknown;
    case 'str': {
      const value = literalIn(a);
      if (typeof value === 'string') return a!;
      if (typeof value === 'number') return text(String(value));
      return term && a?.kind === 'term' ? { ...a, term: operation('cast', [term, literal('str')]) } : (a ?? text(''));
    }
    case 'bool':
      return literalIn(a) === undefined ? unknown : text(Boolean(literalIn(a)));
    case 'dict': {
      const from = a?.kind === 'instance' && a.type === 'dict' ? [...a.named] : [];
      const all = new Map([...from, ...named]);
      return instance('dict', all, [...all.keys()].map(text));
    }
    case 'zip': {
      const lists = args.map(itemsOf);
      if (lists.every(each => each !== null)) {
        const n = Math.min(...lists.map(each => each.length));
        return tuple(Array.from({ length: n }, (_, i) => tuple(lists.map(each => each[i]!))));
      }
      return instance('zip', new Map(), args);
    }
    case 'enumerate': {
      const items = a && itemsOf(a);
      const start = numberIn(b ?? named.get('start')) ?? 0;
      return items
        ? tuple(items.map((item, i) => tuple([text(i + start), item])))
        : instance('enumerate', new Map(), args);
    }
    case 'map': {
      const items = b && itemsOf(b);
      return items && a ? tuple(items.map(item => at.apply(a, [item]))) : unknown;
    }
    case 'getattr':
      return unknown;
    case 'super':
      return instance('super');
    case 'print':
    case 'setattr':
      return text(null);
    case 'tqdm.tqdm':
    case 'tqdm.auto.tqdm':
    case 'tqdm.notebook.tqdm':
    case 'tqdm.std.tqdm':
      return a ?? unknown;
    case 'datetime.datetime':
    case 'datetime.date':
      return dateText(args);
    case 'copy.deepcopy':
    case 'copy.copy':
      return a ?? unknown;
    case 'functools.partial': {
      const [callee, ...given] = args;
      return callee ? instance('partial', new Map([...named, ['partial:callee', callee] as const]), given) : unknown;
    }
    case 'os.path.join':
      return joined(...args);
    case 'pathlib.Path':
    case 'pathlib.PurePath':
    case 'pathlib.PosixPath':
      return args.length === 0 ? text('.') : isFile(a) ? text(FILE) : joined(...args);
    case 'os.path.dirname':
      return isFile(a)
        ? text('')
        : typeof literalIn(a) === 'string'
          ? text(String(literalIn(a)).replace(/\/?[^/]*$/, ''))
          : unknown;
    case 'os.path.abspath':
    case 'os.path.realpath':
    case 'os.path.expanduser':
    case 'os.path.normpath':
    case 'os.fspath':
      return isFile(a) ? text(FILE) : (a ?? unknown);
    case 'os.getcwd':
    case 'pathlib.Path.cwd':
      return text('.');
    case 'os.path.basename':
      return typeof literalIn(a) === 'string' ? text(String(literalIn(a)).replace(/^.*\//, '')) : unknown;
    case 'os.environ.get':
    case 'os.getenv':
      return b ?? unknown;
    case 'argparse.ArgumentParser':
      return instance(path);
    case 'types.SimpleNamespace':
    case 'argparse.Namespace':
      return instance('namespace', new Map(named));
    default:
  }
  return null;
}

/** Stands for the script's own file in paths. */
const FILE = '__file__';
const isFile = (a: Meaning | undefined): boolean => (a?.kind === 'path' && a.path === FILE) || textOf(a) === FILE;
