import { DataFileError } from '../errors';
import { checkSize, type Raster } from './raster';

export const isJpeg = (head: Uint8Array): boolean => head[0] === 0xff && head[1] === 0xd8 && head[2] === 0xff;

/** Size and channels from the frame header, before anything is decoded; refuses kinds that are not baseline or progressive. */
function frameOf(bytes: Uint8Array, pixels: number): { channels: number } {
  for (let at = 2; at + 9 < bytes.length; ) {
    if (bytes[at] !== 0xff) break;
    const marker = bytes[at + 1]!;
    if (marker === 0xff) {
      at++;
      continue;
    }
    if (marker === 0xd8 || (marker >= 0xd0 && marker <= 0xd7)) {
      at += 2;
      continue;
    }
    const length = (bytes[at + 2]! << 8) | bytes[at + 3]!;
    if (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc) {
      if (marker > 0xc2)
        throw new DataFileError('The JPEG picture is of a kind (lossless or arithmetic) that is not read.');
      if (bytes[at + 4] !== 8)
        throw new DataFileError('The JPEG picture has more than 8 bits a channel; it is not read.');
      checkSize((bytes[at + 7]! << 8) | bytes[at + 8]!, (bytes[at + 5]! << 8) | bytes[at + 6]!, pixels);
      return { channels: bytes[at + 9]! };
    }
    if (marker === 0xda || marker === 0xd9 || length < 2) break;
    at += 2 + length;
  }
  throw new DataFileError('The JPEG picture is cut off or broken.');
}

/** Decodes a baseline or progressive JPEG picture. Colours may differ by a few levels from those of libjpeg (chroma is not smoothed). */
export async function readJpeg(bytes: Uint8Array, pixels: number): Promise<Raster> {
  const { channels } = frameOf(bytes, pixels);
  if (![1, 3, 4].includes(channels))
    throw new DataFileError('The JPEG picture has a number of channels that is not read.');
  const { decode } = await import('jpeg-js');
  try {
    const { width, height, data } = decode(bytes, {
      useTArray: true,
      formatAsRGBA: false,
      tolerantDecoding: false,
      maxResolutionInMP: Math.ceil(pixels / 1e6),
      maxMemoryUsageInMB: 512,
    });
    if (channels !== 1) return { width, height, channels: 3, data };
    return { width, height, channels: 1, data: Uint8Array.from({ length: width * height }, (_, i) => data[3 * i]!) };
  } catch {
    throw new DataFileError('The JPEG picture is cut off or broken.');
  }
}
