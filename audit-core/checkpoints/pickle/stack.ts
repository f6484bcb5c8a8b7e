import { refuse } from '../inspection';
import { isKind, type PyValue } from './values';

const mark = Symbol('mark');

/** The stack of values of one pickle, with its marks, and what it remembers under numbers (CPython Lib/pickle.py). */
export class ValueStack {
  readonly #slots: (PyValue | typeof mark)[] = [];
  readonly #memo = new Map<number, PyValue>();
  readonly #at: () => number;

  /** `at` tells the position in the file for messages. */
  constructor(at: () => number) {
    this.#at = at;
  }

  get size(): number {
    return this.#slots.length;
  }

  /** How many values are remembered. */
  get remembered(): number {
    return this.#memo.size;
  }

  mark(): void {
    this.#slots.push(mark);
  }

  /** Takes a value or a mark away; false where there is none. */
  drop(): boolean {
    return this.#slots.pop() !== undefined;
  }

  push(value: PyValue): void {
    this.#slots.push(value);
  }

  pop(): PyValue {
    const value = this.#slots.pop();
    if (value === undefined || value === mark)
      refuse(`The pickle is broken at byte ${this.#at()}: nothing to take from the stack.`);
    return value;
  }

  top(): PyValue {
    const value = this.#slots.at(-1);
    if (value === undefined || value === mark)
      refuse(`The pickle is broken at byte ${this.#at()}: the stack is empty.`);
    return value;
  }

  popMark(): PyValue[] {
    const at = this.#slots.lastIndexOf(mark);
    if (at < 0) refuse(`The pickle is broken at byte ${this.#at()}: a mark is missing.`);
    const values = this.#slots.slice(at + 1) as PyValue[];
    this.#slots.length = at;
    return values;
  }

  put(index: number, position: number): void {
    if (!Number.isSafeInteger(index) || index < 0 || index > this.#memo.size + 1_000_000)
      refuse(`The pickle remembers a value under the impossible number ${index} (byte ${position}).`);
    this.#memo.set(index, this.top());
  }

  get(index: number, position: number): void {
    const value = this.#memo.get(index);
    if (value === undefined) refuse(`The pickle refers to value ${index} at byte ${position}, which it never stored.`);
    this.push(value);
  }

  append(values: readonly PyValue[], position: number): void {
    const target = this.top();
    if (isKind(target, 'list') || isKind(target, 'set') || isKind(target, 'object'))
      for (const value of values) target.items.push(value);
    else refuse(`The pickle is broken at byte ${position}: it appends to something that is no list.`);
  }

  set(pairs: readonly [PyValue, PyValue][], position: number): void {
    const target = this.top();
    if (isKind(target, 'dict') || isKind(target, 'object')) for (const pair of pairs) target.entries.push(pair);
    else refuse(`The pickle is broken at byte ${position}: it sets an entry of something that is no dictionary.`);
  }

  pairs(flat: readonly PyValue[], position: number): [PyValue, PyValue][] {
    if (flat.length % 2) refuse(`The pickle is broken at byte ${position}: a dictionary has a key without a value.`);
    const pairs: [PyValue, PyValue][] = [];
    for (let index = 0; index < flat.length; index += 2) pairs.push([flat[index] ?? null, flat[index + 1] ?? null]);
    return pairs;
  }
}
