import { refuse } from '../inspection';

const mark = [0x47, 0x43, 0x4f, 0x4c] as const;

/**
 * Checks every global heap collection of an HDF5 file (format specification, III.E): its objects must lie inside it. The library trusts their
 * sizes, and runs round in circles where one is too large.
 */
export function checkHeaps(bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = bytes.indexOf(mark[0]); at >= 0; at = bytes.indexOf(mark[0], at + 1)) {
    // The marks stand on multiples of eight; other places where these letters are data.
    if (at % 8 !== 0 || !mark.every((byte, index) => bytes[at + index] === byte) || bytes[at + 4] !== 1) continue;
    if (at + 16 > bytes.length) refuse('The HDF5 file is cut off or broken.');
    const size = view.getBigUint64(at + 8, true);
    if (size < 16n || size > BigInt(bytes.length - at)) refuse('The HDF5 file is broken: a heap goes beyond its end.');
    const end = at + Number(size);
    for (let object = at + 16; object + 16 <= end; ) {
      const index = view.getUint16(object, true);
      const length = view.getBigUint64(object + 8, true);
      // Object 0 is the free space, whose size counts its own header.
      if (index === 0) {
        if (length < 16n || length > BigInt(end - object))
          refuse('The HDF5 file is broken: the free space of a heap does not fit.');
        object += Number(length);
        continue;
      }
      if (length > BigInt(end - object - 16)) refuse('The HDF5 file is broken: an object of a heap goes beyond it.');
      object += 16 + Math.ceil(Number(length) / 8) * 8;
    }
  }
}
