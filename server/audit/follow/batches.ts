import { isOperation, literal, operation } from '../../../audit-core/datasets/recipe';
import type { Follower } from './follower';
import { type Instance, instance, known, type Meaning, termOf, tuple, unknown } from './symbols';

const loaders = /(?:^|\.)DataLoader$|DeviceDataLoader$|tqdm$/;

/** A data loader or data set that a loop goes through, and what one turn gives. */
export function enterLoader(at: Follower, over: Meaning): { instance: Instance; batch: Meaning } | null {
  if (over.kind !== 'instance') return null;
  if (over.type === 'enumerate' && over.items[0]) {
    const inner = enterLoader(at, over.items[0]);
    return inner && { instance: inner.instance, batch: tuple([{ kind: 'unknown', loop: true }, inner.batch]) };
  }
  if (!loaders.test(over.type) && over.items.length === 0) return null;
  if (over.type === 'dict' || over.type === 'zip') return null;
  // Going through a loader draws from torch's global stream.
  if (loaders.test(over.type)) at.globals.torch.state = null;
  return { instance: over, batch: batchOf(over) };
}

/** One batch of a data set: its arrays as some of their rows, by position or by name. */
export function batchOf(of: Instance): Meaning {
  const some = (item: Meaning): Meaning => {
    const term = termOf(item);
    return term ? { kind: 'term', term, batch: true } : item;
  };
  if (of.named.size > 0 && of.named.has('items:names')) {
    const names = of.named.get('items:names')!;
    const texts = names.kind === 'tuple' ? names.items : [];
    const named = new Map(
      texts.flatMap((name, i) =>
        name.kind === 'term' && 'value' in name.term
          ? [[String(name.term.value), some(of.items[i] ?? unknown)] as const]
          : [],
      ),
    );
    return instance('dict', named, texts);
  }
  return of.items.length === 1 ? some(of.items[0]!) : tuple(of.items.map(some));
}

/** What a loop over something gives each time, where its turns are not known one by one. */
export function iterateAll(over: Meaning): Meaning {
  if (over.kind === 'term') {
    if (isOperation(over.term) && ['range', 'length'].includes(over.term.op)) return { kind: 'unknown', loop: true };
    return { kind: 'term', term: over.term, row: true };
  }
  if (over.kind === 'instance' && over.type === 'zip') return tuple(over.items.map(iterateAll));
  if (over.kind === 'instance' && over.type === 'enumerate')
    return tuple([{ kind: 'unknown', loop: true }, iterateAll(over.items[0] ?? unknown)]);
  if (over.kind === 'instance' && over.type === 'iterrows')
    return tuple([
      { kind: 'unknown', loop: true },
      { kind: 'term', term: termOf(over.items[0])!, row: true },
    ]);
  return over.kind === 'unknown' ? { ...over, loop: true } : { kind: 'unknown', loop: true };
}

/** The part of a value that is unpacked at a place. */
export function itemAt(value: Meaning, i: number): Meaning {
  if (value.kind === 'tuple') return value.items.at(i) ?? unknown;
  if (value.kind === 'instance' && value.type !== 'dict') return value.items.at(i) ?? unknown;
  if (value.kind === 'unknown') return value;
  if (value.kind !== 'term') return unknown;
  if ('items' in value.term) return value.term.items[i] ? known(value.term.items[i]) : unknown;
  if (value.row) return { ...value, term: operation('column-at', [value.term, literal(i)]) };
  return known(operation('item', [value.term, literal(i)]));
}
