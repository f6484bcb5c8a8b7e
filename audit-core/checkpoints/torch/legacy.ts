import type { ByteSource } from '../byte-source';
import type { Checkpoint } from '../checkpoint';
import { type Hazard, refuse } from '../inspection';
import type { Limits } from '../limits';
import { checkValue, readPickle } from '../pickle/read';
import { asNumber, items, type PyValue } from '../pickle/values';
import { itemSize } from '../tensors';
import { describe } from './index';
import { type Storage, storageDtype } from './tensors';

/** The long that starts a legacy torch file (torch/serialization.py, MAGIC_NUMBER), as it lies in the bytes: PROTO 2, LONG1 10. */
export const legacyMagic = [
  0x80, 0x02, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19,
] as const;

/** Opens the stream of pickles that torch wrote before 1.6: magic, protocol, system, object, storage keys, then the storages. */
export async function openLegacy(source: ByteSource, limits: Limits): Promise<Checkpoint> {
  const hazards: Hazard[] = [];
  const options = { limits, persistent: true };
  let at = 0;
  const values: PyValue[] = [];
  for (let part = 0; part < 5; part++) {
    const read = await readPickle(source, at, options);
    hazards.push(...read.hazards);
    values.push(read.value);
    at = read.end;
  }
  const [, protocol, , value = null, keyList] = values;
  if (asNumber(protocol) !== 1001) refuse('The file says an unknown protocol of the old torch format.');
  const keys = (items(keyList) ?? refuse('The old torch format is broken: no list of storages.')).map(String);
  const types = new Map<string, string>();
  visitStorages(value, id => {
    const parts = items(id) ?? [];
    if (parts[0] === 'storage') types.set(String(parts[2]), storageDtype(parts[1]));
  });
  const found = new Map<string, Storage>();
  for (const key of keys) {
    const head = await source.read(at, at + 8);
    if (head.length < 8) refuse('The file is cut off before its tensors.');
    const count = Number(new DataView(head.buffer, head.byteOffset, 8).getBigInt64(0, true));
    const dtype = types.get(key) ?? 'uint8';
    const bytes = count * itemSize(dtype);
    const start = at + 8;
    if (count < 0 || start + bytes > source.size)
      refuse(`The file is cut off: a storage of ${count} numbers goes beyond its end.`);
    found.set(key, {
      dtype,
      count,
      bytes,
      bigEndian: false,
      read: (from, to) => source.read(start + from, start + Math.min(to, bytes)),
    });
    at = start + bytes;
  }
  const lookup = (id: PyValue): Storage => {
    const key = String((items(id) ?? [])[2]);
    return found.get(key) ?? refuse(`The storage "${key.slice(0, 40)}" is missing; the file is cut off or broken.`);
  };
  const warnings = [
    ...checkValue(value, limits),
    ...(at < source.size ? [`${source.size - at} bytes follow the last tensor.`] : []),
  ];
  return describe('torch legacy pickle', value, lookup, hazards, warnings, limits, {});
}

/** Calls `found` for each persistent id of a value, shared parts once. */
function visitStorages(root: PyValue, found: (id: PyValue) => void): void {
  const seen = new Set<object>();
  const stack: (PyValue | undefined)[] = [root];
  while (stack.length > 0) {
    const value = stack.pop();
    if (typeof value !== 'object' || value === null || seen.has(value)) continue;
    seen.add(value);
    if (value.kind === 'persistent') found(value.id);
    else if (value.kind === 'dict') for (const [key, each] of value.entries) stack.push(key, each);
    else if (value.kind === 'object') {
      stack.push(value.callee, ...value.args, value.state, ...value.items);
      for (const [key, each] of value.entries) stack.push(key, each);
    } else if (value.kind === 'tuple' || value.kind === 'list' || value.kind === 'set')
      for (const each of value.items) stack.push(each);
  }
}
