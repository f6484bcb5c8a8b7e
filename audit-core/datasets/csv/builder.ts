import { type Column, numbersColumn } from '../column';

/** What pandas reads as a missing value by default (`pandas._libs.parsers.STR_NA_VALUES`). */
export const missingTexts: ReadonlySet<string> = new Set([
  '',
  ...'#N/A|#N/A N/A|#NA|-1.#IND|-1.#QNAN|-NaN|-nan|1.#IND|1.#QNAN|<NA>|N/A|NA|NULL|NaN|None|n/a|nan|null'.split('|'),
]);
const number = /^[ \t]*[+-]?(?:\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?|inf(?:inity)?)[ \t]*$/i;
const truth = /^(?:True|TRUE|true|False|FALSE|false)$/;
const powers = Array.from({ length: 23 }, (_, i) => 10 ** i);

/** How numbers are written where it is not as in programs. */
export interface NumberForm {
  readonly decimal: string;
  readonly thousands: string | null;
}

/** Numbers that grow by doubling. */
class Numbers {
  data = new Float64Array(16);
  length = 0;
  push(value: number): void {
    if (this.length === this.data.length) {
      const bigger = new Float64Array(2 * this.length);
      bigger.set(this.data);
      this.data = bigger;
    }
    this.data[this.length++] = value;
  }
}

/**
 * Collects one column: numbers as long as every cell is one, else `isText` becomes true and the column must be read again as text.
 * Without `keep` only the type and the missing values are noted.
 */
export class ColumnBuilder {
  isText: boolean;
  isFraction = false;
  missing = 0;
  rows = 0;
  private allTruth = true;
  private anyTruth = false;
  private readonly numbers = new Numbers();
  private readonly places = new Map<string, number>();
  private readonly gone: ReadonlySet<string>;
  /** Numbers that stand for a missing value. */
  private readonly goneNumbers: ReadonlySet<number>;

  constructor(
    private readonly decode: (bytes: Uint8Array) => string,
    private readonly keep: boolean,
    private readonly asText: boolean,
    missing: ReadonlySet<string> = missingTexts,
    private readonly form?: NumberForm,
  ) {
    this.isText = asText;
    this.gone = missing;
    const spelt = [...missing].filter(text => number.test(text)).map(Number);
    this.goneNumbers = new Set(spelt.filter(Number.isFinite));
  }

  /** Needs another pass: it was taken for numbers at first. */
  get broken(): boolean {
    return this.isText && !this.asText;
  }

  push(bytes: Uint8Array, start: number, end: number): void {
    this.rows++;
    if (this.isText && (!this.keep || !this.asText)) return;
    if (!this.isText) {
      const value = this.form ? Number.NaN : parseNumber(bytes, start, end);
      if (this.goneNumbers.size > 0 && this.goneNumbers.has(value)) {
        this.missing++;
        this.isFraction = true;
        if (this.keep) this.numbers.push(Number.NaN);
        return;
      }
      if (!Number.isNaN(value) || (end === start && this.gone.has(''))) {
        if (this.keep) this.numbers.push(value);
        if (end === start) {
          this.missing++;
          this.isFraction = true;
          return;
        }
        if (!Number.isInteger(value)) this.isFraction = true;
        else if (!this.isFraction) this.isFraction = hasPoint(bytes, start, end);
        // Whole numbers beyond 2^53 are identifiers: as float64 two of them could become one.
        if (this.anyTruth || (Math.abs(value) > Number.MAX_SAFE_INTEGER && !hasPoint(bytes, start, end)))
          this.isText = true;
        this.allTruth = false;
        return;
      }
    }
    const written = this.decode(bytes.subarray(start, end));
    const text = this.form && !this.isText ? plainNumber(written, this.form) : written;
    const isGone = this.gone.has(written) || (!this.isText && this.goneNumbers.has(Number(text)) && text !== '');
    if (isGone) this.missing++;
    if (this.isText) {
      this.numbers.push(isGone ? -1 : this.place(text));
      return;
    }
    if (isGone) {
      this.isFraction = true;
      if (this.keep) this.numbers.push(Number.NaN);
    } else if (number.test(text)) {
      const value = /inf/i.test(text) ? (text.includes('-') ? -Infinity : Infinity) : Number(text);
      if (this.keep) this.numbers.push(value);
      if (!Number.isInteger(value) || /[.e]/i.test(text)) this.isFraction = true;
      this.allTruth = false;
    } else if (truth.test(text) && this.allTruth) {
      this.anyTruth = true;
      if (this.keep) this.numbers.push(/^t/i.test(text) ? 1 : 0);
    } else this.isText = true;
    if (this.anyTruth && !this.allTruth) this.isText = true;
  }

  private place(text: string): number {
    const known = this.places.get(text);
    if (known !== undefined) return known;
    this.places.set(text, this.places.size);
    return this.places.size - 1;
  }

  get type(): Column['type'] {
    if (this.isText || (this.anyTruth && !this.allTruth)) return 'text';
    if (this.anyTruth) return 'bool';
    return this.isFraction ? 'float' : 'int';
  }

  finish(): Column {
    const data = this.numbers.data.subarray(0, this.numbers.length);
    if (this.isText) return { type: 'text', data: Int32Array.from(data), levels: [...this.places.keys()] };
    const made = numbersColumn(
      this.numbers.length === this.numbers.data.length ? this.numbers.data : data.slice(),
      this.type,
    );
    return made.type === 'bool' && this.missing > 0 ? { ...made, object: true } : made;
  }
}

/** A number as programs write it; other text unchanged. */
function plainNumber(text: string, { decimal, thousands }: NumberForm): string {
  if (decimal !== '.' && text.includes('.') && thousands !== '.') return text;
  const whole = thousands === null ? text : text.replace(/^[ \t]*[+-]?\d.*/, all => all.replaceAll(thousands, ''));
  const made = decimal === '.' ? whole : whole.replace(decimal, '.');
  return number.test(made) ? made : text;
}

function hasPoint(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) {
    const byte = bytes[i]!;
    if (byte === 46 || byte === 101 || byte === 69) return true;
  }
  return false;
}

/**
 * A plain decimal of at most 15 digits, exactly rounded (its digits and the power of ten are both exact in float64); NaN for anything
 * else, which the slower way then judges.
 */
function parseNumber(bytes: Uint8Array, start: number, end: number): number {
  let i = start;
  let negative = false;
  const sign = bytes[i];
  if (sign === 45 || sign === 43) {
    negative = sign === 45;
    i++;
  }
  let digits = 0;
  let mantissa = 0;
  let scale = 0;
  let seenPoint = false;
  let any = false;
  for (; i < end; i++) {
    const byte = bytes[i]!;
    if (byte >= 48 && byte <= 57) {
      any = true;
      if (digits > 0 || byte !== 48) digits++;
      mantissa = mantissa * 10 + (byte - 48);
      if (seenPoint) scale++;
    } else if (byte === 46 && !seenPoint && any) seenPoint = true;
    else break;
  }
  if (!any || digits > 15 || scale > 22 || i < end) {
    if (!any || (i < end && bytes[i] !== 101 && bytes[i] !== 69)) return Number.NaN;
    let text = '';
    if (end - start > 400) return Number.NaN;
    for (let at = start; at < end; at++) text += String.fromCharCode(bytes[at]!);
    return number.test(text) ? Number(text) : Number.NaN;
  }
  const value = scale > 0 ? mantissa / powers[scale]! : mantissa;
  return negative ? -value : value;
}
