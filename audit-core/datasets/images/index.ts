import type { ByteSource } from '../../checkpoints/byte-source';
import { defaultLimits } from '../../checkpoints/limits';
import { DataFileError } from '../errors';
import { readNumpyArchive } from '../npy';
import type { DataLimits } from '../sources';
import { readWfdb } from '../wfdb';
import { isDicom, readDicom } from './dicom';
import { isJpeg, readJpeg } from './jpeg';
import { isNifti, readNifti } from './nifti';
import { isPng, readPng } from './png';
import type { Raster } from './raster';

/** One record of a file of its own: a picture, or an array. */
export type FileRecord = { readonly kind: 'raster'; readonly format: string; readonly raster: Raster } | RecordArray;
export interface RecordArray {
  readonly kind: 'array';
  /** Of the file that it comes from. */
  readonly format: string;
  readonly shape: readonly number[];
  readonly data: Float32Array | Float64Array;
}

const largestFile = 512 << 20;

/** Opens one record file of a known format, told by its bytes (WFDB by its name). */
export async function openRecord(source: ByteSource, limits: DataLimits): Promise<FileRecord> {
  try {
    return await open(source, limits);
  } catch (error) {
    if (error instanceof DataFileError && !error.message.startsWith(source.name))
      throw new DataFileError(`${source.name}: ${error.message.replace(/^./, letter => letter.toLowerCase())}`);
    throw error;
  }
}

async function open(source: ByteSource, limits: DataLimits): Promise<FileRecord> {
  if (source.size === 0) throw new DataFileError('The file is empty.');
  if (source.size > largestFile)
    throw new DataFileError(`The file has ${source.size} bytes; the limit is ${largestFile}.`);
  if (/\.hea$/i.test(source.name)) {
    const { samples, signals, data } = await readWfdb(source, limits.values);
    return { kind: 'array', format: 'wfdb', shape: [samples, signals], data };
  }
  const bytes = await source.read(0, source.size);
  if (isPng(bytes)) return { kind: 'raster', format: 'png', raster: readPng(bytes, limits.pixels) };
  if (isJpeg(bytes)) return { kind: 'raster', format: 'jpeg', raster: await readJpeg(bytes, limits.pixels) };
  if (isDicom(bytes)) {
    const { frames, rows, columns, samples, data } = await readDicom(bytes, limits.pixels);
    return {
      kind: 'array',
      format: 'dicom',
      shape: [...(frames > 1 ? [frames] : []), rows, columns, ...(samples > 1 ? [samples] : [])],
      data,
    };
  }
  if (isNifti(bytes) || (/\.nii\.gz$/i.test(source.name) && bytes[0] === 0x1f)) {
    const { shape, data } = await readNifti(bytes, limits.values);
    return { kind: 'array', format: 'nifti', shape, data };
  }
  if (bytes[0] === 0x93) {
    const array = [...(await readNumpyArchive(source, defaultLimits)).values()][0]!;
    return { kind: 'array', format: 'npy', shape: array.shape, data: await array.numbers() };
  }
  throw new DataFileError('The file is no picture, volume, signal or array of a known format.');
}
