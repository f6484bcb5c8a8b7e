/** Random access to the bytes of one file; readers never see a path or a file system. */
export interface ByteSource {
  /** A name for messages (no more than the file's base name). */
  readonly name: string;
  /** Size in bytes. */
  readonly size: number;
  /** Bytes `[start, end)`, clipped to the file; never more than asked for. */
  read(start: number, end: number): Promise<Uint8Array>;
  /** A sibling named relative to this file (external tensor data, shards); null when absent. Never leaves the file's folder. */
  sibling(name: string): Promise<ByteSource | null>;
}

/** A source over bytes in memory. */
export function bytesSource(
  name: string,
  bytes: Uint8Array,
  siblings: ReadonlyMap<string, Uint8Array> = new Map(),
): ByteSource {
  return {
    name,
    size: bytes.length,
    read: async (start, end) => bytes.subarray(Math.max(0, start), Math.min(bytes.length, end)),
    sibling: async wanted => {
      const found = siblings.get(wanted);
      return found ? bytesSource(wanted, found) : null;
    },
  };
}
