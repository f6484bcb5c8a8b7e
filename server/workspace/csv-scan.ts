import { defaultDataLimits } from '../../audit-core/datasets/sources';

/** Counts of a table: rows, column names and, per candidate key, how many people and how many rows at most for one. */
export interface TableCounts {
  readonly rows: number;
  readonly columns: readonly string[];
  readonly keys: Readonly<Record<string, { readonly people: number; readonly maxRecords: number }>>;
}

/** More distinct values than this are not counted: such a column is no key that anybody reports by. */
export const distinctLimit = 2_000_000;
const longestField = 1_000_000;
/** Wider tables are not counted, as they are not read for an audit either. */
const mostColumns = defaultDataLimits.columns;

/**
 * Counts a CSV as it streams by (RFC 4180: quotes, doubled quotes, line breaks inside quotes). Values live only while they
 * are counted; what comes out are names and counts.
 */
export class CsvScan {
  private columns: string[] | null = null;
  private fields: string[] = [];
  private field = '';
  private state: 'plain' | 'quoted' | 'quote' = 'plain';
  private rows = 0;
  private readonly counts = new Map<number, Map<string, number>>();
  private readonly decoder = new TextDecoder();
  private separator = '';
  private wide = false;

  /** `isKey` says which columns may tell people apart. */
  constructor(private readonly isKey: (column: string) => boolean) {}

  /** Whether there is nothing to learn from the rest: the table is too wide. */
  get isOver(): boolean {
    return this.wide;
  }

  push(chunk: Uint8Array): void {
    if (!this.wide) this.text(this.decoder.decode(chunk, { stream: true }));
  }

  /** null for a table that is too wide. */
  finish(): TableCounts | null {
    if (!this.wide) this.text(this.decoder.decode());
    if (this.wide) return null;
    if (this.field !== '' || this.fields.length > 0) this.endRow();
    const keys: Record<string, { people: number; maxRecords: number }> = {};
    for (const [index, values] of this.counts) {
      if (values.size > distinctLimit) continue;
      let maxRecords = 0;
      for (const n of values.values()) maxRecords = Math.max(maxRecords, n);
      keys[this.columns![index]!] = { people: values.size, maxRecords };
    }
    return { rows: this.rows, columns: this.columns ?? [], keys };
  }

  private text(text: string): void {
    if (this.separator === '' && text !== '') this.separator = separatorOf(text);
    let from = 0;
    for (let i = 0; i < text.length; i++) {
      const unit = text[i]!;
      if (this.state === 'quoted') {
        if (unit !== '"') continue;
        this.add(text, from, i);
        this.state = 'quote';
        from = i + 1;
      } else if (unit === '"') {
        // A doubled quote, or the start of a quoted field.
        this.add(text, from, i);
        if (this.state === 'quote') this.field += '"';
        this.state = 'quoted';
        from = i + 1;
      } else if (unit === this.separator || unit === '\n') {
        this.add(text, from, i);
        this.state = 'plain';
        this.fields.push(this.field);
        if (this.fields.length > mostColumns) {
          this.wide = true;
          this.fields = [];
          return;
        }
        this.field = '';
        from = i + 1;
        if (unit === '\n') this.endRow(false);
      } else if (this.state === 'quote') this.state = 'plain';
    }
    this.add(text, from, text.length);
  }

  private add(text: string, from: number, to: number): void {
    if (to > from && this.field.length < longestField) this.field += text.slice(from, to);
  }

  private endRow(open = true): void {
    if (open) this.fields.push(this.field);
    this.field = '';
    const fields = this.fields;
    this.fields = [];
    const last = fields.length - 1;
    if (fields[last]?.endsWith('\r')) fields[last] = fields[last].slice(0, -1);
    if (fields.length === 1 && fields[0] === '') return;
    if (this.columns === null) {
      this.columns = fields.map((name, i) => (i === 0 ? name.replace(/^\ufeff/, '') : name).trim());
      this.columns.forEach((name, i) => {
        if (this.isKey(name)) this.counts.set(i, new Map());
      });
      return;
    }
    this.rows++;
    for (const [index, values] of this.counts) {
      const value = fields[index];
      if (value === undefined || value === '' || values.size > distinctLimit) continue;
      values.set(value, (values.get(value) ?? 0) + 1);
    }
  }
}

/** The separator that the first line has most of. */
function separatorOf(text: string): string {
  const line = text.slice(0, 20_000).split('\n', 1)[0]!;
  return [',', '\t', ';', '|'].reduce((best, one) => (line.split(one).length > line.split(best).length ? one : best));
}
