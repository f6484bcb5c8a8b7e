import { DataFileError } from '../errors';

/** One decoded picture: rows of pixels with interleaved channels. */
export interface Raster {
  readonly width: number;
  readonly height: number;
  /** 1 grey, 2 grey with alpha, 3 colour, 4 colour with alpha. */
  readonly channels: number;
  /** 8 bits: 0…255; 16 bits and signed or real values as they are. */
  readonly data: Uint8Array | Uint16Array | Float32Array;
}

export function checkSize(width: number, height: number, pixels: number): void {
  if (!(width > 0 && height > 0)) throw new DataFileError('The picture has no pixels.');
  if (width * height > pixels)
    throw new DataFileError(`The picture says it is ${width} × ${height}; the limit is ${pixels} pixels.`);
}

/**
 * Grey or colour as Pillow's `convert('L')` and `convert('RGB')` make it: alpha is dropped, grey by ITU-R 601-2 in
 * 16-bit fixed point. `Y`: grey as libpng makes it for TensorFlow, cut off rather than rounded.
 */
export function convert(from: Raster, mode: string): Raster {
  const { width, height, channels } = from;
  if (!['L', 'Y', 'RGB', 'BGR'].includes(mode))
    throw new DataFileError(`The picture mode "${mode.slice(0, 20)}" is not replayed.`);
  const colours = mode === 'L' || mode === 'Y' ? 1 : 3;
  if (channels === colours && mode !== 'BGR') return from;
  const n = width * height;
  const source = from.data instanceof Uint8Array ? from.data : to8Bit(from.data);
  const out = new Uint8Array(n * colours);
  const grey = channels <= 2;
  for (let i = 0; i < n; i++) {
    const at = i * channels;
    const [r, g, b] = grey ? [source[at]!, source[at]!, source[at]!] : [source[at]!, source[at + 1]!, source[at + 2]!];
    if (mode === 'L') out[i] = grey ? r : (r * 19595 + g * 38470 + b * 7471 + 0x8000) >> 16;
    else if (mode === 'Y') out[i] = grey ? r : (r * 9798 + g * 19235 + b * 3735) >> 15;
    else {
      out[3 * i] = mode === 'BGR' ? b : r;
      out[3 * i + 1] = g;
      out[3 * i + 2] = mode === 'BGR' ? r : b;
    }
  }
  return { width, height, channels: colours, data: out };
}

/** 16-bit pictures as Pillow makes them 8-bit: clipped, not scaled. */
const to8Bit = (data: Uint16Array | Float32Array): Uint8Array =>
  Uint8Array.from(data, value => Math.max(0, Math.min(255, Math.round(value))));

export function crop(from: Raster, left: number, top: number, width: number, height: number): Raster {
  const { channels } = from;
  const size = width * height * channels;
  const data =
    from.data instanceof Uint8Array
      ? new Uint8Array(size)
      : from.data instanceof Uint16Array
        ? new Uint16Array(size)
        : new Float32Array(size);
  for (let y = 0; y < height; y++) {
    const row = y + top;
    if (row < 0 || row >= from.height) continue;
    for (let x = 0; x < width; x++) {
      const column = x + left;
      if (column < 0 || column >= from.width) continue;
      for (let c = 0; c < channels; c++)
        data[(y * width + x) * channels + c] = from.data[(row * from.width + column) * channels + c]!;
    }
  }
  return { width, height, channels, data };
}
