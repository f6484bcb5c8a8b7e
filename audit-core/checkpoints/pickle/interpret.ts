import type { Hazard } from '../inspection';
import { CheckpointError, refuse } from '../inspection';
import type { Limits } from '../limits';
import { Cursor, inlineLimit, textLimit } from './cursor';
import { describeGlobal, isKnownGlobal } from './globals';
import { floatOf, latin1, longOf, rawUnicode, unquote } from './literals';
import { op } from './opcodes';
import { ValueStack } from './stack';
import { isKind, type PyDict, type PyObject, type PyValue } from './values';

/** What the interpreter asks its driver for: a window of the file that starts at `at` and holds at least `length` bytes. */
export interface Refill {
  readonly at: number;
  readonly length: number;
}

/** One pickle, interpreted. */
export interface Pickled {
  readonly value: PyValue;
  readonly hazards: readonly Hazard[];
  /** Offset after the STOP opcode. */
  readonly end: number;
  readonly protocol: number;
}

export interface PickleOptions {
  readonly limits: Limits;
  /** Persistent ids belong to torch's archives; elsewhere they are refused. */
  readonly persistent: boolean;
  /** Called after BUILD: what follows the object in the stream (joblib): raw bytes after some padding, or a pickle of its own. */
  readonly rawAfter?: (
    object: PyObject,
    nextByte: number,
  ) => { readonly skip: number; readonly length: number } | 'pickle' | null;
}

const isLine = (code: number): boolean =>
  code === op.INT ||
  code === op.LONG ||
  code === op.FLOAT ||
  code === op.STRING ||
  code === op.UNICODE ||
  code === op.PERSID ||
  code === op.GET ||
  code === op.PUT;

/**
 * Interprets the opcodes of one pickle into inert descriptions (pickletools' semantics; CPython Lib/pickle.py). Nothing is
 * imported or called; every name that is not known to be plain data becomes a hazard with its position.
 */
export class PickleInterpreter {
  readonly #values: ValueStack;
  readonly #hazards = new Map<string, Hazard>();
  readonly #in: Cursor;
  #protocol = 0;
  #nesting = 0;
  #duplicates = 0;

  constructor(
    start: number,
    readonly size: number,
    readonly options: PickleOptions,
  ) {
    this.#in = new Cursor(start, size);
    this.#values = new ValueStack(() => this.#in.at);
  }

  /** Gives the window that a `Refill` asked for. */
  supply(bytes: Uint8Array, at: number): void {
    this.#in.supply(bytes, at);
  }

  *run(): Generator<Refill, Pickled, void> {
    for (let steps = 0; ; steps++) {
      if (steps > this.options.limits.pickleSteps) refuse('The pickle has more steps than this reader allows.');
      const { left } = this.#in;
      if (left < 64 && this.#in.at + left < this.size) yield { at: this.#in.at, length: 1 << 18 };
      if (this.#in.at >= this.size) refuse(`The pickle is cut off at byte ${this.size}: it has no end mark.`);
      const position = this.#in.at;
      const code = this.#in.byte();
      if (code === op.STOP) {
        const value = this.#values.pop();
        return { value, hazards: [...this.#hazards.values()], end: this.#in.at, protocol: this.#protocol };
      }
      const wanted = this.#in.payload(code);
      const whole = code === op.BINUNICODE || code === op.BINUNICODE8 ? textLimit : inlineLimit;
      if (wanted > 0 && wanted <= whole + 16) {
        if (this.#in.at + wanted > this.size)
          refuse(`The pickle is cut off: the value at byte ${position} goes beyond the end.`);
        if (this.#in.at + wanted > this.#in.base + this.#in.window.length)
          yield { at: this.#in.at, length: wanted + (1 << 16) };
      }
      if (code === op.GLOBAL || code === op.INST || isLine(code)) {
        let line = this.#in.lineEnd(code === op.GLOBAL || code === op.INST ? 2 : 1);
        if (line < 0 && this.#in.base + this.#in.window.length < this.size) {
          yield { at: this.#in.at, length: 1 << 18 };
          line = this.#in.lineEnd(code === op.GLOBAL || code === op.INST ? 2 : 1);
        }
        if (line < 0) refuse(`The pickle is cut off or broken: the text at byte ${position} does not end.`);
      }
      this.#step(code, position);
      if (code === op.BUILD && this.options.rawAfter) yield* this.#follow(this.#values.top());
      if (this.#values.size > 1_000_000) refuse('The pickle stacks up more values than this reader allows.');
    }
  }

  /** Moves over what follows an object outside the opcodes; a pickle of its own becomes the object's only item. */
  *#follow(target: PyValue): Generator<Refill, void, void> {
    if (!isKind(target, 'object')) return;
    const next = this.options.rawAfter?.(target, this.#in.window[this.#in.at - this.#in.base] ?? 0) ?? null;
    if (next === 'pickle') {
      if (this.#nesting > 8) refuse('The pickle nests pickles too deeply.');
      const inner = new PickleInterpreter(this.#in.at, this.size, this.options);
      inner.#nesting = this.#nesting + 1;
      inner.supply(this.#in.window, this.#in.base);
      const run = inner.run();
      let step = run.next();
      while (!step.done) {
        yield step.value;
        inner.supply(this.#in.window, this.#in.base);
        step = run.next();
      }
      target.items.push(step.value.value);
      for (const hazard of step.value.hazards) this.#hazards.set(hazard.message, hazard);
      this.#in.at = step.value.end;
    } else if (next) {
      if (next.skip + next.length > this.size - this.#in.at)
        refuse(`An array at byte ${this.#in.at} says ${next.length} bytes of data; the file ends before.`);
      target.raw = this.#in.at + next.skip;
      this.#in.at += next.skip + next.length;
    }
    if (this.#in.at > this.#in.base + this.#in.window.length) this.supply(new Uint8Array(0), this.#in.at);
  }

  #step(code: number, position: number): void {
    switch (code) {
      case op.PROTO:
        this.#protocol = this.#in.byte();
        if (this.#protocol > 5) refuse(`The pickle says protocol ${this.#protocol}; protocols 0 to 5 are read.`);
        return;
      case op.FRAME: {
        const length = this.#in.view.getBigUint64(this.#in.skip(8), true);
        if (length > BigInt(this.size - this.#in.at))
          refuse(`The pickle's frame at byte ${position} goes beyond the end of the file.`);
        return;
      }
      case op.MARK:
        this.#values.mark();
        return;
      case op.POP:
        if (!this.#values.drop()) refuse(`The pickle is broken at byte ${position}: nothing to take from the stack.`);
        return;
      case op.POP_MARK:
        this.#values.popMark();
        return;
      case op.DUP:
        if (++this.#duplicates > 1000)
          refuse('The pickle copies its values over and over; it is not what a library writes.');
        this.#values.push(this.#values.top());
        return;
      case op.NONE:
        this.#values.push(null);
        return;
      case op.NEWTRUE:
        this.#values.push(true);
        return;
      case op.NEWFALSE:
        this.#values.push(false);
        return;
      case op.EXT1:
      case op.EXT2:
      case op.EXT4:
        this.#in.skip(code === op.EXT1 ? 1 : code === op.EXT2 ? 2 : 4);
        this.#hazard(
          'extension',
          `Loading the file would look up a registered extension (byte ${position}), which may be any function.`,
        );
        this.#values.push({ kind: 'global', module: 'copyreg', name: 'extension' });
        return;
      case op.PERSID:
        this.#persistent(this.#in.line());
        return;
      case op.BINPERSID:
        this.#persistent(this.#values.pop());
        return;
      case op.NEXT_BUFFER:
      case op.READONLY_BUFFER:
        throw new CheckpointError(
          'The pickle keeps its data in another place (out-of-band buffers), which is not read.',
        );
      default:
        if (
          this.#scalar(code, position) ||
          this.#memory(code, position) ||
          this.#container(code, position) ||
          this.#build(code, position)
        )
          return;
        refuse(`The pickle is broken: byte ${position} is no known instruction.`);
    }
  }

  #scalar(code: number, position: number): boolean {
    switch (code) {
      case op.BININT:
        this.#values.push(this.#in.view.getInt32(this.#in.skip(4), true));
        return true;
      case op.BININT1:
        this.#values.push(this.#in.byte());
        return true;
      case op.BININT2:
        this.#values.push(this.#in.view.getUint16(this.#in.skip(2), true));
        return true;
      case op.BINFLOAT:
        this.#values.push(this.#in.view.getFloat64(this.#in.skip(8), false));
        return true;
      case op.LONG1:
      case op.LONG4: {
        const length = code === op.LONG1 ? this.#in.byte() : this.#in.view.getInt32(this.#in.skip(4), true);
        if (length > 4096)
          refuse(
            `The pickle has a whole number of ${length} bytes at byte ${position}; it is not what a library writes.`,
          );
        this.#values.push(longOf(this.#in.take(length)));
        return true;
      }
      case op.INT: {
        const line = this.#in.line();
        this.#values.push(line === '00' ? false : line === '01' ? true : this.#decimal(line, position));
        return true;
      }
      case op.LONG:
        this.#values.push(this.#decimal(this.#in.line().replace(/L$/, ''), position));
        return true;
      case op.FLOAT:
        this.#values.push(floatOf(this.#in.line()));
        return true;
      case op.STRING:
        this.#values.push(unquote(this.#in.line(), position));
        return true;
      case op.UNICODE:
        this.#values.push(rawUnicode(this.#in.rawLine()));
        return true;
      case op.SHORT_BINSTRING:
        this.#values.push(latin1(this.#in.take(this.#in.byte())));
        return true;
      case op.BINSTRING:
        this.#values.push(latin1(this.#in.take(this.#in.view.getInt32(this.#in.skip(4), true))));
        return true;
      case op.SHORT_BINUNICODE:
        this.#values.push(this.#in.text(this.#in.byte(), position));
        return true;
      case op.BINUNICODE:
        this.#values.push(this.#in.text(this.#in.view.getUint32(this.#in.skip(4), true), position));
        return true;
      case op.BINUNICODE8:
        this.#values.push(this.#in.text(Number(this.#in.view.getBigUint64(this.#in.skip(8), true)), position));
        return true;
      case op.SHORT_BINBYTES:
        this.#bytes(this.#in.byte(), position);
        return true;
      case op.BINBYTES:
        this.#bytes(this.#in.view.getUint32(this.#in.skip(4), true), position);
        return true;
      case op.BINBYTES8:
      case op.BYTEARRAY8:
        this.#bytes(Number(this.#in.view.getBigUint64(this.#in.skip(8), true)), position);
        return true;
      default:
        return false;
    }
  }

  #memory(code: number, position: number): boolean {
    switch (code) {
      case op.MEMOIZE:
        this.#values.put(this.#values.remembered, position);
        return true;
      case op.BINPUT:
        this.#values.put(this.#in.byte(), position);
        return true;
      case op.LONG_BINPUT:
        this.#values.put(this.#in.view.getUint32(this.#in.skip(4), true), position);
        return true;
      case op.PUT:
        this.#values.put(Number(this.#in.line()), position);
        return true;
      case op.BINGET:
        this.#values.get(this.#in.byte(), position);
        return true;
      case op.LONG_BINGET:
        this.#values.get(this.#in.view.getUint32(this.#in.skip(4), true), position);
        return true;
      case op.GET:
        this.#values.get(Number(this.#in.line()), position);
        return true;
      default:
        return false;
    }
  }

  #container(code: number, position: number): boolean {
    switch (code) {
      case op.EMPTY_TUPLE:
        this.#values.push({ kind: 'tuple', items: [] });
        return true;
      case op.TUPLE1:
      case op.TUPLE2:
      case op.TUPLE3: {
        const count = code - op.TUPLE1 + 1;
        const items = Array.from({ length: count }, () => this.#values.pop()).reverse();
        this.#values.push({ kind: 'tuple', items });
        return true;
      }
      case op.TUPLE:
        this.#values.push({ kind: 'tuple', items: this.#values.popMark() });
        return true;
      case op.EMPTY_LIST:
        this.#values.push({ kind: 'list', items: [] });
        return true;
      case op.LIST:
        this.#values.push({ kind: 'list', items: this.#values.popMark() });
        return true;
      case op.EMPTY_SET:
        this.#values.push({ kind: 'set', items: [] });
        return true;
      case op.FROZENSET:
        this.#values.push({ kind: 'set', items: this.#values.popMark() });
        return true;
      case op.EMPTY_DICT:
        this.#values.push({ kind: 'dict', entries: [] });
        return true;
      case op.DICT:
        this.#values.push({ kind: 'dict', entries: this.#values.pairs(this.#values.popMark(), position) });
        return true;
      case op.APPEND:
        this.#values.append([this.#values.pop()], position);
        return true;
      case op.APPENDS:
      case op.ADDITEMS:
        this.#values.append(this.#values.popMark(), position);
        return true;
      case op.SETITEM: {
        const value = this.#values.pop();
        this.#values.set([[this.#values.pop(), value]], position);
        return true;
      }
      case op.SETITEMS:
        this.#values.set(this.#values.pairs(this.#values.popMark(), position), position);
        return true;
      default:
        return false;
    }
  }

  #build(code: number, position: number): boolean {
    switch (code) {
      case op.GLOBAL: {
        const module = this.#in.line();
        this.#global(module, this.#in.line(), position);
        return true;
      }
      case op.STACK_GLOBAL: {
        const name = this.#values.pop();
        const module = this.#values.pop();
        if (typeof name !== 'string' || typeof module !== 'string')
          refuse(`The pickle is broken at byte ${position}: a name is not a text.`);
        this.#global(module, name, position);
        return true;
      }
      case op.REDUCE:
      case op.NEWOBJ: {
        const args = this.#values.pop();
        this.#object(this.#values.pop(), isKind(args, 'tuple') ? args.items : [args], null);
        return true;
      }
      case op.NEWOBJ_EX: {
        const keywords = this.#values.pop();
        const args = this.#values.pop();
        this.#object(
          this.#values.pop(),
          isKind(args, 'tuple') ? args.items : [args],
          isKind(keywords, 'dict') ? keywords : null,
        );
        return true;
      }
      case op.INST: {
        const module = this.#in.line();
        this.#global(module, this.#in.line(), position);
        const callee = this.#values.pop();
        this.#object(callee, this.#values.popMark(), null);
        return true;
      }
      case op.OBJ: {
        const [callee = null, ...args] = this.#values.popMark();
        this.#object(callee, args, null);
        return true;
      }
      case op.BUILD: {
        const state = this.#values.pop();
        const target = this.#values.top();
        if (isKind(target, 'object')) {
          target.state = state;
        }
        return true;
      }
      default:
        return false;
    }
  }

  #global(module: string, name: string, position: number): void {
    if (module.length + name.length > 2000)
      refuse(`The pickle has a name of ${module.length + name.length} letters at byte ${position}.`);
    if (!isKnownGlobal(module, name)) this.#hazard(`${module}.${name}`, describeGlobal(module, name, position));
    this.#values.push({ kind: 'global', module, name });
  }

  #hazard(key: string, message: string): void {
    if (this.#hazards.size < 200 && !this.#hazards.has(key))
      this.#hazards.set(key, { kind: 'executable-content', message });
  }

  #object(callee: PyValue, args: readonly PyValue[], keywords: PyDict | null): void {
    this.#values.push({ kind: 'object', callee, args, keywords, state: undefined, items: [], entries: [], raw: -1 });
  }

  #persistent(id: PyValue): void {
    if (!this.options.persistent)
      refuse('The pickle refers to objects outside the file (persistent ids); it cannot be read alone.');
    this.#values.push({ kind: 'persistent', id });
  }

  #bytes(length: number, position: number): void {
    if (length > this.size - this.#in.at)
      refuse(`The pickle says that ${length} bytes follow at byte ${position}; the file is not that long.`);
    const start = this.#in.at;
    if (length <= inlineLimit) {
      this.#values.push({ kind: 'bytes', start, length, inline: this.#in.take(length).slice() });
      return;
    }
    this.#in.at += length;
    this.#values.push({ kind: 'bytes', start, length, inline: null });
  }

  #decimal(line: string, position: number): number | bigint {
    if (line.length > 5000)
      refuse(
        `The pickle has a whole number of ${line.length} digits at byte ${position}; it is not what a library writes.`,
      );
    if (!/^[+-]?\d+$/.test(line)) refuse(`The pickle is broken at byte ${position}: a number is not a number.`);
    const value = Number(line);
    return Number.isSafeInteger(value) ? value : BigInt(line);
  }
}
