import { type Column, Lazy } from './column';
import { DataFileError } from './errors';
import { type Block, type Grid, gridOf, positions } from './grid';
import type { RecordArray } from './images';
import { type DataAccess, type DataLimits, defaultDataLimits, Wanted } from './sources';
import { openTable, type ReadOptions, type Table } from './tables';

export { type DataAccess, type DataLimits, defaultDataLimits, Wanted } from './sources';

/** Records of one file, as they are counted through all files. */
export interface RecordRun {
  readonly name: string;
  readonly offset: number;
  readonly rows: number;
}

/**
 * The data files of one audit, opened and read by need: a replay asks, is interrupted by `Wanted` where something is not at hand, and is
 * started again when it is. So only the columns that matter are held, and the replay itself stays plain arithmetic.
 */
export class DataStore {
  private readonly tables = new Map<string, { table: Table; grid: Grid; offset: number }>();
  private readonly loaded = new Map<unknown, unknown>();
  private readonly claims = new Map<string, RecordRun>();
  private readonly decoded = new Map<string, Map<string, RecordArray>>();
  private readonly noted = new Set<string>();
  private total = 0;
  private held = 0;

  constructor(
    private readonly access: DataAccess,
    readonly limits: DataLimits = defaultDataLimits,
  ) {}

  /** Runs work that may be interrupted; `load` grows until the work goes through. */
  async run<T>(work: () => T): Promise<T> {
    for (;;) {
      try {
        return work();
      } catch (error) {
        if (!(error instanceof Wanted)) throw error;
        await error.load();
      }
    }
  }

  /** Opened tables with their offsets. */
  *opened(): Iterable<{ readonly grid: Grid; readonly offset: number; readonly name: string }> {
    for (const { grid, offset, table } of this.tables.values()) yield { grid, offset, name: table.name };
  }

  /** A table whose columns are read when they are needed. Tables count their records in the order in which they are asked for. */
  table(name: string, options: ReadOptions): Grid {
    const key = JSON.stringify([name, options], (_, value) =>
      value instanceof Set || value instanceof Map ? [...value] : (value as unknown),
    );
    const known = this.tables.get(key);
    if (known) return known.grid;
    throw new Wanted(async () => {
      const source = await this.access.open(name);
      const table = await openTable(source, name, options, this.limits);
      const earlier = [...this.tables.values()].find(
        each => each.table.name === name && each.table.rows === table.rows,
      );
      const offset = earlier?.offset ?? this.total;
      const labels = (await table.index?.read()) ?? null;
      if (!earlier) this.total += table.rows;
      this.tables.set(key, { table, offset, grid: this.gridOf(table, offset, labels) });
    });
  }

  private gridOf(table: Table, offset: number, labels: Column | null): Grid {
    const columns: Lazy<Column>[] = table.names.map(
      (_, i) =>
        new Lazy(() => {
          const found = this.loaded.get(columns[i]) as Column | undefined;
          if (found) return found;
          const wanted = table.isSmall ? table.names.map((_name, at) => at) : [i];
          throw new Wanted(() => this.read(table, columns, wanted));
        }),
    );
    const rows = Int32Array.from({ length: table.rows }, (_, i) => offset + i);
    return {
      ...gridOf(table.names, columns, { height: table.rows, index: labels ?? positions(table.rows) }),
      indexName: table.index?.name ?? null,
      rows,
    };
  }

  /** Reads several columns of a large table in one pass. */
  async prefetch(grid: Grid, wanted: readonly number[]): Promise<void> {
    for (const { table, grid: known } of this.tables.values()) {
      if (known !== grid) continue;
      const missing = wanted.filter(i => !this.loaded.has(known.columns[i]));
      if (missing.length > 0) await this.read(table, known.columns, missing);
    }
  }

  private async read(table: Table, columns: readonly Lazy<Column>[], wanted: readonly number[]): Promise<void> {
    this.hold(wanted.length * table.rows, table.name);
    const read = await table.read(wanted);
    for (const [place, i] of wanted.entries()) this.loaded.set(columns[i], read[place]!);
  }

  /** Something read once by key (an array of an archive, a folder of pictures). */
  value<T extends Grid | Block | readonly string[] | string>(
    key: unknown,
    load: (access: DataAccess) => Promise<T>,
  ): T {
    const known = this.loaded.get(key);
    if (known !== undefined) return known as T;
    throw new Wanted(async () => {
      const made = await load(this.access);
      if (typeof made === 'object' && 'kind' in made && made.kind === 'block')
        this.hold(
          made.shape.reduce((product, size) => product * size, 1),
          'the arrays of the script',
        );
      this.loaded.set(key, made);
    });
  }

  /** Counts the records of a file that is no table (an array, a folder) once by key; answers with the first one's number. */
  claim(key: string, name: string, rows: number): number {
    const known = this.claims.get(key);
    if (known) return known.offset;
    const claim = { name, offset: this.total, rows };
    this.claims.set(key, claim);
    this.total += rows;
    return claim.offset;
  }

  /** Every run of records that was counted, in order. */
  get runs(): readonly RecordRun[] {
    const tables = [...this.tables.values()].map(({ table, offset }) => ({
      name: table.name,
      offset,
      rows: table.rows,
    }));
    const all = [...tables, ...this.claims.values()].sort((a, b) => a.offset - b.offset);
    return all.filter((each, i) => i === 0 || each.offset !== all[i - 1]!.offset);
  }

  /** Something that the reader of a result should know about how data were read or replayed. */
  note(text: string): void {
    this.noted.add(text);
  }
  get notes(): readonly string[] {
    return [...this.noted];
  }

  /** Records of a file each that were read, by the steps they went through. */
  records(steps: string): Map<string, RecordArray> {
    const known = this.decoded.get(steps) ?? new Map<string, RecordArray>();
    this.decoded.set(steps, known);
    return known;
  }

  async reach(work: (access: DataAccess) => Promise<void>): Promise<void> {
    await work(this.access);
  }

  private hold(values: number, name: string): void {
    this.held += values;
    if (this.held > this.limits.values)
      throw new DataFileError(
        `${name}: the script's steps need more than ${Math.round(this.limits.values / 1e6)} million values at once; audit fewer rows or columns.`,
      );
  }
}
