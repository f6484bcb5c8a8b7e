import { refuse } from '../inspection';
import { latin1 } from './literals';
import { op } from './opcodes';

/** Payloads longer than this stay in the file. */
export const inlineLimit = 1 << 20;
/** Longest text (protocol 2 keeps arrays in texts). */
export const textLimit = 1 << 26;

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** A place in the file with a window of its bytes around it. */
export class Cursor {
  window: Uint8Array = new Uint8Array(0);
  view: DataView = new DataView(new ArrayBuffer(0));
  base: number;
  at: number;

  constructor(
    start: number,
    readonly size: number,
  ) {
    this.base = start;
    this.at = start;
  }

  /** Gives the window that was asked for. */
  supply(bytes: Uint8Array, at: number): void {
    this.window = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.base = at;
  }

  /** Bytes of the window from the place on. */
  get left(): number {
    return this.base + this.window.length - this.at;
  }

  /** Bytes of the payload that must be in the window before the opcode is run, its length field included. */
  payload(code: number): number {
    const at = this.at - this.base;
    const view = this.view;
    const has = (count: number): boolean => at + count <= this.window.length;
    switch (code) {
      case op.SHORT_BINSTRING:
      case op.SHORT_BINBYTES:
      case op.SHORT_BINUNICODE:
      case op.LONG1:
        return has(1) ? 1 + view.getUint8(at) : 1;
      case op.BINSTRING:
      case op.LONG4: {
        const length = has(4) ? view.getInt32(at, true) : 0;
        if (length < 0) refuse(`The pickle has a value of negative length at byte ${this.at}.`);
        return 4 + length;
      }
      case op.BINUNICODE:
      case op.BINBYTES:
        return has(4) ? 4 + view.getUint32(at, true) : 4;
      case op.BINUNICODE8:
      case op.BINBYTES8:
      case op.BYTEARRAY8: {
        const length = has(8) ? view.getBigUint64(at, true) : 0n;
        if (length > BigInt(this.size))
          refuse(
            `The pickle says that a value of ${length} bytes follows at byte ${this.at}; the file is not that long.`,
          );
        return 8 + Number(length);
      }
      case op.BINFLOAT:
      case op.FRAME:
        return 8;
      case op.BININT:
      case op.LONG_BINGET:
      case op.LONG_BINPUT:
      case op.EXT4:
        return 4;
      case op.BININT2:
      case op.EXT2:
        return 2;
      case op.BININT1:
      case op.BINGET:
      case op.BINPUT:
      case op.PROTO:
      case op.EXT1:
        return 1;
      default:
        return 0;
    }
  }

  byte(): number {
    const value = this.window[this.at - this.base];
    if (value === undefined) refuse(`The pickle is cut off at byte ${this.at}.`);
    this.at++;
    return value;
  }

  /** Moves over `count` bytes; the offset in the window where they start. */
  skip(count: number): number {
    const at = this.at - this.base;
    if (at + count > this.window.length) refuse(`The pickle is cut off at byte ${this.at}.`);
    this.at += count;
    return at;
  }

  take(count: number): Uint8Array {
    const at = this.skip(count);
    return this.window.subarray(at, at + count);
  }

  text(length: number, position: number): string {
    if (length > this.size - this.at)
      refuse(`The pickle says that a text of ${length} bytes follows at byte ${position}; the file is not that long.`);
    if (length > textLimit)
      refuse(`The pickle has a text of ${length} bytes at byte ${position}, more than this reader allows.`);
    try {
      return decoder.decode(this.take(length));
    } catch {
      return refuse(`The pickle has a text at byte ${position} that is not UTF-8.`);
    }
  }

  lineEnd(lines: number): number {
    let at = this.at - this.base;
    for (let line = 0; line < lines; line++) {
      at = this.window.indexOf(0x0a, at) + 1;
      if (at === 0) return -1;
    }
    return at;
  }

  line(): string {
    return this.rawLine().replace(/\r$/, '');
  }

  /** A line with all its bytes but the last, as letters of their number. */
  rawLine(): string {
    const from = this.at - this.base;
    const end = this.window.indexOf(0x0a, from);
    if (end < 0) refuse(`The pickle is cut off at byte ${this.at}.`);
    this.at = this.base + end + 1;
    return latin1(this.window.subarray(from, end));
  }
}
