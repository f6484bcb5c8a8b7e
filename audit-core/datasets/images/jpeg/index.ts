import { DataFileError } from '../../errors';
import type { Raster } from '../raster';
import { coloured } from './colours';
import { broken, type Frame, readSegments, type Scan } from './frame';
import { LosslessReader } from './lossless';
import { maxima, type Plane, planesOf, ScanReader } from './scan';
import { samplesOf } from './transform';

export const isJpeg = (head: Uint8Array): boolean => head[0] === 0xff && head[1] === 0xd8 && head[2] === 0xff;

/** Four components (CMYK), which the library jpeg-js decodes. */
class FourComponents extends Error {}

/** Decodes a baseline, progressive or lossless JPEG picture to the samples that libjpeg gives (of CMYK within a level or two). */
export async function readJpeg(bytes: Uint8Array, pixels: number): Promise<Raster> {
  try {
    return decoded(bytes, pixels);
  } catch (error) {
    if (error instanceof FourComponents) return await fourComponents(bytes, pixels);
    throw error;
  }
}

type Decoder =
  | { readonly kind: 'lossless'; readonly reader: LosslessReader }
  | { readonly kind: 'blocks'; readonly reader: ScanReader; readonly planes: readonly Plane[] };

function decoded(bytes: Uint8Array, pixels: number): Raster {
  const decoders: Decoder[] = [];
  const scan = (each: Scan): number => (decoders[0] ?? broken()).reader.read(each);
  const reader = readSegments(bytes, pixels, frame => decoders.push(decoderOf(bytes, frame)), scan);
  const { width, height, components, precision } = reader.frame;
  const decoder = decoders[0] ?? broken();
  if (decoder.kind === 'lossless') {
    const { data } = decoder.reader;
    return { width, height, channels: components.length, data: precision <= 8 ? Uint8Array.from(data) : data };
  }
  const [hMax, vMax] = maxima(reader.frame);
  const parts = decoder.planes.map(plane => ({
    data: samplesOf(plane, reader.quantisers[plane.component.table] ?? broken()),
    stride: 8 * plane.stride,
    width: Math.ceil((width * plane.component.h) / hMax),
    height: Math.ceil((height * plane.component.v) / vMax),
  }));
  return coloured(reader, parts);
}

function decoderOf(bytes: Uint8Array, frame: Frame): Decoder {
  if (frame.components.length === 4) throw new FourComponents();
  if (frame.components.length !== 1 && frame.components.length !== 3)
    throw new DataFileError('The JPEG picture has a number of channels that is not read.');
  if (frame.kind === 0xc3) return { kind: 'lossless', reader: new LosslessReader(bytes, frame) };
  if (frame.precision !== 8)
    throw new DataFileError('The JPEG picture has more than 8 bits a channel and is not lossless; it is not read.');
  const planes = planesOf(frame);
  return { kind: 'blocks', reader: new ScanReader(bytes, frame, planes), planes };
}

async function fourComponents(bytes: Uint8Array, pixels: number): Promise<Raster> {
  const { decode } = await import('jpeg-js');
  try {
    const { width, height, data } = decode(bytes, {
      useTArray: true,
      formatAsRGBA: false,
      tolerantDecoding: false,
      maxResolutionInMP: Math.ceil(pixels / 1e6),
      maxMemoryUsageInMB: 512,
    });
    return { width, height, channels: 3, data };
  } catch {
    return broken();
  }
}
