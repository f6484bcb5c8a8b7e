/** What a reader may use of a file; settings of the caller, with defaults that hold a hostile file to 5 s and 512 MB. */
export interface Limits {
  /** Tensors that are listed in one file. */
  readonly tensors: number;
  /** Bytes of one text or structure part that is read whole (configuration, graph, header). */
  readonly structureBytes: number;
  /** Bytes that one compressed part may grow to. */
  readonly inflatedBytes: number;
  /** Compressed parts that grow beyond 1 MB may grow by no more than this factor. */
  readonly inflationRatio: number;
  /** Entries of one archive. */
  readonly entries: number;
  /** Nesting of structures. */
  readonly depth: number;
  /** Bytes of a model that is handed whole to a runtime. */
  readonly modelBytes: number;
  /** Steps of the pickle interpreter. */
  readonly pickleSteps: number;
}

export const defaultLimits: Limits = {
  tensors: 200_000,
  structureBytes: 64 << 20,
  inflatedBytes: 1 << 30,
  inflationRatio: 200,
  entries: 200_000,
  depth: 200,
  modelBytes: 1 << 30,
  pickleSteps: 20_000_000,
};
