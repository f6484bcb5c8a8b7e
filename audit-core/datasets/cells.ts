import { type Column, type ColumnType, numbersColumn } from './column';

/** Collects one column of values as a reader of typed files gives them: numbers, big integers, truth values, texts, dates, nothing. */
export class CellBuilder {
  private numbers: Float64Array;
  private length = 0;
  private places: Map<string, number> | null = null;
  private type: ColumnType | null = null;

  constructor(expected = 1024) {
    this.numbers = new Float64Array(Math.max(16, Math.min(expected, 1 << 22)));
  }

  /** Levels of a category in its own order, before any value. */
  levels(texts: readonly string[]): void {
    this.places ??= new Map();
    this.type = 'text';
    for (const text of texts) this.place(text);
  }

  /** False when the value is none of these (a list, a structure). */
  push(value: unknown): boolean {
    if (value === null || value === undefined) this.add(this.places ? -1 : Number.NaN);
    else if (typeof value === 'number') this.number(value, Number.isInteger(value) ? 'int' : 'float');
    else if (typeof value === 'bigint') {
      if (value > 9007199254740991n || value < -9007199254740991n) this.text(String(value));
      else this.number(Number(value), 'int');
    } else if (typeof value === 'boolean') this.number(value ? 1 : 0, 'bool');
    else if (typeof value === 'string') this.text(value);
    else if (value instanceof Date) this.number(value.getTime(), 'date');
    else return false;
    return true;
  }

  private number(value: number, type: ColumnType): void {
    if (this.places) {
      this.text(String(value));
      return;
    }
    if (this.type === null || (this.type === 'int' && type === 'float')) this.type = type;
    else if (this.type !== type && !(this.type === 'float' && type === 'int')) this.type = 'float';
    this.add(value);
  }

  private text(value: string): void {
    if (!this.places) {
      this.places = new Map();
      const so = this.numbers.subarray(0, this.length);
      so.forEach((number, i) => {
        so[i] = Number.isNaN(number) ? -1 : this.place(String(number));
      });
      this.type = 'text';
    }
    this.add(this.place(value));
  }

  private place(text: string): number {
    const known = this.places!.get(text);
    if (known !== undefined) return known;
    this.places!.set(text, this.places!.size);
    return this.places!.size - 1;
  }

  private add(value: number): void {
    if (this.length === this.numbers.length) {
      const bigger = new Float64Array(2 * this.length);
      bigger.set(this.numbers);
      this.numbers = bigger;
    }
    this.numbers[this.length++] = value;
  }

  get size(): number {
    return this.length;
  }

  /** Integers with missing values are floats, as in pandas; an empty column is one of floats. */
  finish(declared?: ColumnType, isCategory = false): Column {
    const data = this.numbers.slice(0, this.length);
    if (this.places)
      return {
        type: 'text',
        data: Int32Array.from(data),
        levels: [...this.places.keys()],
        ...(isCategory && { category: true as const }),
      };
    if (declared === 'text') return { type: 'text', data: new Int32Array(this.length).fill(-1), levels: [] };
    const missing = data.some(Number.isNaN);
    const type = declared ?? this.type ?? 'float';
    return numbersColumn(data, type === 'int' && missing ? 'float' : type);
  }
}
