import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A number as the reference writes it: JSON's own, or a word for what JSON has not; undefined where the tool gave none. */
export function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  if (value === 'Infinity') return Number.POSITIVE_INFINITY;
  return undefined;
}

/** One row of a reference file: fields by name, answers of other tools as objects. */
export class Row {
  constructor(private readonly fields: Readonly<Record<string, unknown>>) {}

  get id(): string {
    return String(this.fields.id);
  }

  /** A plain number that every row of its table has. */
  number(name: string): number {
    const value = numberOf(this.fields[name]);
    if (value === undefined) throw new Error(`${this.id} has no ${name}`);
    return value;
  }

  text(name: string): string {
    return String(this.fields[name]);
  }

  raw(name: string): unknown {
    return this.fields[name];
  }

  /** A number inside another tool's answer; undefined where it gave none. */
  answer(tool: string, name = 'epsilon'): number | undefined {
    const inner = tool
      .split('.')
      .reduce<unknown>(
        (value, key) =>
          typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[key] : undefined,
        this.fields,
      );
    return typeof inner === 'object' && inner !== null
      ? numberOf((inner as Readonly<Record<string, unknown>>)[name])
      : undefined;
  }
}

export const rowsOf = (folder: string, file: string): Row[] =>
  readFileSync(join(folder, file), 'utf8')
    .split('\n')
    .filter(line => line.trim() !== '')
    .map(line => new Row(JSON.parse(line) as Record<string, unknown>));

/** Counts what holds and prints what does not. */
export class Tally {
  passed = 0;
  failed = 0;
  private readonly purposes = new Map<string, number>();

  check(name: string, holds: boolean, detail: string): void {
    if (holds) this.passed++;
    else {
      this.failed++;
      console.log(`FAIL ${name}: ${detail}`);
    }
  }

  /** A value that differs from a peer's on purpose, with the reason. */
  differs(reason: string): void {
    this.purposes.set(reason, (this.purposes.get(reason) ?? 0) + 1);
  }

  close(): void {
    for (const [reason, count] of this.purposes) console.log(`differs on purpose in ${count} rows: ${reason}`);
    console.log(`${this.passed} passed, ${this.failed} failed`);
  }
}
