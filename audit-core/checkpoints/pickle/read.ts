import type { ByteSource } from '../byte-source';
import { type Hazard, refuse } from '../inspection';
import type { Limits } from '../limits';
import { type Pickled, PickleInterpreter, type PickleOptions } from './interpret';
import type { PyValue } from './values';

/** Interprets the pickle that starts at `start`, reading the file in windows; raw data and long byte strings are skipped. */
export async function readPickle(source: ByteSource, start: number, options: PickleOptions): Promise<Pickled> {
  const interpreter = new PickleInterpreter(start, source.size, options);
  const run = interpreter.run();
  for (;;) {
    const next = run.next();
    if (next.done) return next.value;
    const { at, length } = next.value;
    interpreter.supply(await source.read(at, at + length), at);
  }
}

/** What follows the first pickle of a file: more pickles (whose hazards count), or junk (a warning). */
export async function readTrailing(
  source: ByteSource,
  end: number,
  options: PickleOptions,
): Promise<{ hazards: Hazard[]; warnings: string[] }> {
  const hazards: Hazard[] = [];
  const warnings: string[] = [];
  let at = end;
  for (let count = 0; at < source.size && count < 100; count++) {
    try {
      const more = await readPickle(source, at, options);
      if (count === 0) warnings.push('The file holds a second pickle after the first.');
      hazards.push(...more.hazards);
      at = more.end;
    } catch {
      warnings.push(`${source.size - at} bytes follow the end of the pickle.`);
      break;
    }
  }
  return { hazards, warnings };
}

/**
 * Looks over a value once, each shared part counted once; refuses what would grow or nest beyond the limits when it is loaded, and
 * warns of values that hold themselves.
 */
export function checkValue(root: PyValue, limits: Limits): string[] {
  const sizes = new Map<object, number>();
  const depths = new Map<object, number>();
  const open = new Set<object>();
  let cyclic = false;
  const stack: { value: object; children: readonly PyValue[]; next: number }[] = [];
  const enter = (value: PyValue): void => {
    if (
      typeof value !== 'object' ||
      value === null ||
      value.kind === 'bytes' ||
      value.kind === 'global' ||
      sizes.has(value)
    )
      return;
    if (open.has(value)) {
      cyclic = true;
      return;
    }
    open.add(value);
    stack.push({ value, children: childrenOf(value), next: 0 });
  };
  enter(root);
  while (stack.length > 0) {
    const frame = stack.at(-1);
    if (!frame) break;
    const child = frame.children[frame.next++];
    if (child !== undefined) {
      enter(child);
      continue;
    }
    stack.pop();
    open.delete(frame.value);
    let size = 1;
    let depth = 1;
    for (const each of frame.children) {
      if (typeof each !== 'object' || each === null) continue;
      size += sizes.get(each) ?? 0;
      depth = Math.max(depth, 1 + (depths.get(each) ?? 0));
    }
    sizes.set(frame.value, size);
    depths.set(frame.value, depth);
    if (size > 1e9)
      refuse('The pickle refers to the same parts over and over: it would grow beyond any memory (billion laughs).');
    if (depth > limits.depth * 5) refuse('The pickle is nested too deeply.');
  }
  return cyclic ? ['The pickle holds a value that contains itself.'] : [];
}

function childrenOf(value: Exclude<PyValue, null | boolean | number | bigint | string>): readonly PyValue[] {
  switch (value.kind) {
    case 'tuple':
    case 'list':
    case 'set':
      return value.items;
    case 'dict':
      return value.entries.flat();
    case 'object':
      return [
        value.callee,
        ...value.args,
        value.keywords,
        value.state ?? null,
        ...value.items,
        ...value.entries.flat(),
      ];
    case 'persistent':
      return [value.id];
    default:
      return [];
  }
}
