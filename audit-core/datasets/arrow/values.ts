import { half } from '../../checkpoints/tensors';
import { broken } from './flatbuffer';
import { type ArrowField, T } from './schema';

/** The values of one field in one batch, from its buffers: validity, then offsets or data. */
export function valuesOf(field: ArrowField, buffers: readonly Uint8Array[], length: number): unknown[] {
  const out = new Array<unknown>(length);
  const valid = buffers[0];
  const present = (i: number): boolean =>
    !valid || valid.length === 0 || ((valid[i >> 3] ?? broken()) >> (i & 7)) % 2 === 1;
  const at = reader(field, buffers, length);
  for (let i = 0; i < length; i++) out[i] = present(i) ? at(i) : null;
  return out;
}

function viewOf(bytes: Uint8Array | undefined, needed: number): DataView {
  if (!bytes || bytes.length < needed) return broken();
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function reader(field: ArrowField, buffers: readonly Uint8Array[], length: number): (i: number) => unknown {
  const { detail } = field;
  if (field.dictionary) return integers(field.dictionary.bits, field.dictionary.signed, buffers[1], length);
  switch (field.type) {
    case T.null:
      return () => null;
    case T.int:
      return integers(detail?.int(0) ?? 32, detail?.byte(1) === 1, buffers[1], length);
    case T.float: {
      const precision = detail?.short(0) ?? 0;
      const view = viewOf(buffers[1], length * (2 << precision));
      if (precision === 0) return i => half(view.getUint16(2 * i, true));
      return precision === 1 ? i => view.getFloat32(4 * i, true) : i => view.getFloat64(8 * i, true);
    }
    case T.bool: {
      const bits = buffers[1];
      if (!bits || bits.length * 8 < length) return broken();
      return i => (bits[i >> 3]! >> (i & 7)) % 2 === 1;
    }
    case T.date: {
      if ((detail?.short(0, 1) ?? 1) === 0) {
        const days = viewOf(buffers[1], 4 * length);
        return i => new Date(days.getInt32(4 * i, true) * 86_400_000);
      }
      const view = viewOf(buffers[1], 8 * length);
      return i => new Date(Number(view.getBigInt64(8 * i, true)));
    }
    case T.timestamp: {
      const divisor = [1, 1, 1_000, 1_000_000][detail?.short(0) ?? 0] ?? 1;
      const factor = (detail?.short(0) ?? 0) === 0 ? 1000 : 1;
      const view = viewOf(buffers[1], 8 * length);
      return i => new Date(Math.floor(Number(view.getBigInt64(8 * i, true)) / divisor) * factor);
    }
    case T.decimal: {
      const words = (detail?.int(2, 128) ?? 128) / 64;
      if (words !== 2 && words !== 4) return broken();
      const [view, scale] = [viewOf(buffers[1], 8 * words * length), 10 ** (detail?.int(1) ?? 0)];
      // The highest word bears the sign.
      return i => {
        let value = view.getBigInt64(8 * (i * words + words - 1), true);
        for (let w = words - 2; w >= 0; w--) value = (value << 64n) | view.getBigUint64(8 * (i * words + w), true);
        return Number(value) / scale;
      };
    }
    case T.utf8View:
      return viewedTexts(buffers, length);
    case T.utf8:
    case T.largeUtf8: {
      const large = field.type === T.largeUtf8;
      const offsets = viewOf(buffers[1], length === 0 ? 0 : (length + 1) * (large ? 8 : 4));
      const data = buffers[2] ?? new Uint8Array(0);
      const decoder = new TextDecoder();
      const place = (i: number): number =>
        large ? Number(offsets.getBigInt64(8 * i, true)) : offsets.getInt32(4 * i, true);
      return i => {
        const [from, to] = [place(i), place(i + 1)];
        if (from < 0 || to < from || to > data.length) broken();
        return decoder.decode(data.subarray(from, to));
      };
    }
    default:
      return broken();
  }
}

/** Texts of at most twelve bytes lie in the view itself, others in one of the buffers behind it ("Variable-size Binary View Layout"). */
function viewedTexts(buffers: readonly Uint8Array[], length: number): (i: number) => unknown {
  const views = viewOf(buffers[1], 16 * length);
  const decoder = new TextDecoder();
  return i => {
    const size = views.getInt32(16 * i, true);
    if (size < 0) broken();
    if (size <= 12) return decoder.decode(new Uint8Array(views.buffer, views.byteOffset + 16 * i + 4, size));
    const part = buffers[2 + views.getInt32(16 * i + 8, true)] ?? broken();
    const from = views.getInt32(16 * i + 12, true);
    if (from < 0 || from + size > part.length) broken();
    return decoder.decode(part.subarray(from, from + size));
  };
}

function integers(
  bits: number,
  signed: boolean,
  bytes: Uint8Array | undefined,
  length: number,
): (i: number) => unknown {
  const view = viewOf(bytes, (length * bits) / 8);
  switch (bits) {
    case 8:
      return signed ? i => view.getInt8(i) : i => view.getUint8(i);
    case 16:
      return signed ? i => view.getInt16(2 * i, true) : i => view.getUint16(2 * i, true);
    case 32:
      return signed ? i => view.getInt32(4 * i, true) : i => view.getUint32(4 * i, true);
    case 64:
      return signed ? i => view.getBigInt64(8 * i, true) : i => view.getBigUint64(8 * i, true);
    default:
      return broken();
  }
}
