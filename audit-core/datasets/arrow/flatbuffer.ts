import { DataFileError } from '../errors';

/** One table of a FlatBuffer, read in place with every offset checked (format: FlatBuffers internals, "Tables"). */
export class FlatTable {
  private readonly vtable: number;
  private readonly fields: number;

  constructor(
    private readonly view: DataView,
    private readonly at: number,
  ) {
    this.vtable = at - this.i32(at);
    this.fields = (this.u16(this.vtable) - 4) / 2;
  }

  static root(bytes: Uint8Array): FlatTable {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (bytes.length < 8) broken();
    return new FlatTable(view, view.getUint32(0, true));
  }

  private check(at: number, size: number): number {
    return at >= 0 && at + size <= this.view.byteLength ? at : broken();
  }
  private u16(at: number): number {
    return this.view.getUint16(this.check(at, 2), true);
  }
  private i32(at: number): number {
    return this.view.getInt32(this.check(at, 4), true);
  }
  private i64(at: number): number {
    const value = Number(this.view.getBigInt64(this.check(at, 8), true));
    return Number.isSafeInteger(value) ? value : broken();
  }

  /** Place of a field's value; 0 when it has its default. */
  private place(field: number): number {
    if (field >= this.fields) return 0;
    const offset = this.u16(this.vtable + 4 + 2 * field);
    return offset === 0 ? 0 : this.at + offset;
  }

  byte(field: number, otherwise = 0): number {
    const at = this.place(field);
    return at === 0 ? otherwise : this.view.getUint8(this.check(at, 1));
  }
  short(field: number, otherwise = 0): number {
    const at = this.place(field);
    return at === 0 ? otherwise : this.view.getInt16(this.check(at, 2), true);
  }
  int(field: number, otherwise = 0): number {
    const at = this.place(field);
    return at === 0 ? otherwise : this.i32(at);
  }
  long(field: number, otherwise = 0): number {
    const at = this.place(field);
    return at === 0 ? otherwise : this.i64(at);
  }
  table(field: number): FlatTable | null {
    const at = this.place(field);
    return at === 0 ? null : new FlatTable(this.view, at + this.i32(at));
  }
  text(field: number): string {
    const at = this.place(field);
    if (at === 0) return '';
    const start = at + this.i32(at);
    const length = this.i32(start);
    if (length < 0 || length > 1 << 24) broken();
    this.check(start + 4, length);
    return new TextDecoder().decode(new Uint8Array(this.view.buffer, this.view.byteOffset + start + 4, length));
  }

  private list(field: number, size: number): { start: number; count: number } {
    const at = this.place(field);
    if (at === 0) return { start: 0, count: 0 };
    const start = at + this.i32(at);
    const count = this.i32(start);
    if (count < 0) broken();
    this.check(start + 4, count * size);
    return { start: start + 4, count };
  }
  tables(field: number): FlatTable[] {
    const { start, count } = this.list(field, 4);
    return Array.from({ length: count }, (_, i) => new FlatTable(this.view, start + 4 * i + this.i32(start + 4 * i)));
  }
  /** A vector of 64-bit integers, none negative. */
  longs(field: number): number[] {
    const { start, count } = this.list(field, 8);
    return Array.from({ length: count }, (_, i) => {
      const value = this.i64(start + 8 * i);
      return value >= 0 ? value : broken();
    });
  }
  /** Where the messages of a file's blocks start (format/File.fbs: structures of 24 bytes). */
  blocks(field: number): number[] {
    const { start, count } = this.list(field, 24);
    return Array.from({ length: count }, (_, i) => this.i64(start + 24 * i));
  }
  /** A vector of structures of two 64-bit integers. */
  pairs(field: number): [number, number][] {
    const { start, count } = this.list(field, 16);
    return Array.from({ length: count }, (_, i) => [this.i64(start + 16 * i), this.i64(start + 16 * i + 8)]);
  }
}

export function broken(): never {
  throw new DataFileError('The Arrow file is broken: its parts do not fit together.');
}
