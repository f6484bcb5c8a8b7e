import type { ByteSource } from '../checkpoints/byte-source';

/** How the files that a script names are reached; the caller decides what may be opened. Names are as the script spells them. */
export interface DataAccess {
  /** Rejects with one sentence when there is no such file. */
  open(name: string): Promise<ByteSource>;
  /** Files below a folder, relative, with `/`; null when it is no folder. */
  list(name: string): Promise<readonly string[] | null>;
}

/** What a reader of data files may use. */
export interface DataLimits {
  /** Values that may be at hand at once (all columns and arrays that are kept). */
  readonly values: number;
  /** Rows of one table. */
  readonly rows: number;
  readonly columns: number;
  /** Files of one folder. */
  readonly files: number;
  /** Width × height of one picture. */
  readonly pixels: number;
}

export const defaultDataLimits: DataLimits = {
  values: 200_000_000,
  rows: 100_000_000,
  columns: 100_000,
  files: 1_000_000,
  pixels: 1 << 26,
};

/** Interrupts a replay until something has been read; `DataStore.run` then starts it again. */
export class Wanted extends Error {
  constructor(readonly load: () => Promise<void>) {
    super('Data are to be read first.');
  }
}
