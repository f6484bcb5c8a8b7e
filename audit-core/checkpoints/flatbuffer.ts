import { refuse } from './inspection';

/** Just enough of FlatBuffers: every offset is checked against the file. */
export class FlatBuffer {
  readonly #view: DataView;
  constructor(
    bytes: Uint8Array,
    private readonly what: string,
  ) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  uint32(at: number): number {
    return at >= 0 && at + 4 <= this.#view.byteLength ? this.#view.getUint32(at, true) : this.#broken();
  }

  byte(at: number): number {
    return at < this.#view.byteLength ? this.#view.getUint8(at) : this.#broken();
  }

  indirect(at: number): number {
    const target = at + this.uint32(at);
    return target + 4 <= this.#view.byteLength ? target : this.#broken();
  }

  /** Position of a table's field, 0 when it is absent. */
  field(table: number, slot: number): number {
    const vtable = table - (table + 4 <= this.#view.byteLength ? this.#view.getInt32(table, true) : this.#broken());
    if (vtable < 0 || vtable + 4 > this.#view.byteLength) return this.#broken();
    const size = this.#view.getUint16(vtable, true);
    const at = 4 + slot * 2;
    if (at + 2 > size) return 0;
    if (vtable + at + 2 > this.#view.byteLength) return this.#broken();
    const offset = this.#view.getUint16(vtable + at, true);
    return offset === 0 ? 0 : table + offset;
  }

  #broken(): never {
    return refuse(`${this.what} is cut off or broken: a part lies beyond its end.`);
  }

  /** A scalar of a table, or its default. */
  int32(table: number, slot: number, fallback: number): number {
    const at = this.field(table, slot);
    return at === 0 ? fallback : this.uint32(at) | 0;
  }

  float64(table: number, slot: number, fallback: number): number {
    const at = this.field(table, slot);
    if (at === 0) return fallback;
    return at + 8 <= this.#view.byteLength ? this.#view.getFloat64(at, true) : this.#broken();
  }

  /** A table inside a table; null when it is absent. */
  inner(table: number, slot: number): number | null {
    const at = this.field(table, slot);
    return at === 0 ? null : this.indirect(at);
  }

  /** How many parts a vector has, whatever they are. */
  count(table: number, slot: number): number {
    return this.#vector(table, slot, 1).count;
  }

  floats(table: number, slot: number): number[] {
    const { start, count } = this.#vector(table, slot, 4);
    return Array.from({ length: count }, (_, index) => this.#view.getFloat32(start + index * 4, true));
  }

  doubles(table: number, slot: number): Float64Array {
    const { start, count } = this.#vector(table, slot, 8);
    return Float64Array.from({ length: count }, (_, index) => this.#view.getFloat64(start + index * 8, true));
  }

  /** A vector of pairs of 16-bit numbers. */
  shortPairs(table: number, slot: number): (readonly [number, number])[] {
    const { start, count } = this.#vector(table, slot, 4);
    return Array.from(
      { length: count },
      (_, index) =>
        [this.#view.getUint16(start + index * 4, true), this.#view.getUint16(start + index * 4 + 2, true)] as const,
    );
  }

  #vector(table: number, slot: number, width: number): { start: number; count: number } {
    const field = this.field(table, slot);
    if (field === 0) return { start: 0, count: 0 };
    const at = this.indirect(field);
    const count = this.uint32(at);
    return at + 4 + count * width <= this.#view.byteLength ? { start: at + 4, count } : this.#broken();
  }

  tables(table: number, slot: number, limit: number): number[] {
    const { start, count } = this.#vector(table, slot, 4);
    if (count > limit) return this.#broken();
    return Array.from({ length: count }, (_, index) => this.indirect(start + index * 4));
  }

  integers(table: number, slot: number): number[] {
    const { start, count } = this.#vector(table, slot, 4);
    return Array.from({ length: Math.min(count, 1e6) }, (_, index) => this.#view.getInt32(start + index * 4, true));
  }

  text(table: number, slot: number, limit = 1000): string {
    const { start, count } = this.#vector(table, slot, 1);
    return new TextDecoder().decode(
      new Uint8Array(this.#view.buffer, this.#view.byteOffset + start, Math.min(count, limit)),
    );
  }
}
