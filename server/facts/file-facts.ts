/**
 * What is known of a data file or checkpoint without showing any of its values: counts, names and hashes only.
 * Made in the background by the workspace; rules, budget and audit read it and stay silent where it is absent.
 */
export interface FileFacts {
  /** Relative to the workspace root, `/`-separated. */
  readonly path: string;
  readonly bytes: number;
  readonly modified: number;
  readonly data?: {
    readonly rows: number;
    readonly columns: readonly string[];
    /** Per candidate person key: distinct values and the most records that one of them has. */
    readonly keys: Readonly<Record<string, { readonly people: number; readonly maxRecords: number }>>;
  };
  /** Of a folder of pictures: the folders directly inside. `data.rows` then counts the pictures below. */
  readonly classes?: readonly string[];
  readonly checkpoint?: {
    readonly format: string;
    readonly parameters: number;
    readonly hazards: readonly string[];
    readonly runnable: boolean;
  };
  readonly sha256?: string;
}

/** Looks up what is known now; null is "not known (yet)", never "not there". */
export type FileFactsLookup = (path: string) => FileFacts | null;
