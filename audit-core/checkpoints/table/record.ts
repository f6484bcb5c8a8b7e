import { DataFileError } from '../../datasets/errors';
import { openRecord } from '../../datasets/images';
import { defaultDataLimits } from '../../datasets/sources';
import type { ByteSource } from '../byte-source';
import type { Checkpoint } from '../checkpoint';
import { inspection, refuse } from '../inspection';
import { sentence } from './index';

/** `inspect` of one picture, volume or signal: its shape, nothing of what it shows. */
export async function openRecordFile(source: ByteSource): Promise<Checkpoint> {
  try {
    const record = await openRecord(source, defaultDataLimits);
    const { format, shape, dtype } =
      record.kind === 'array'
        ? { format: record.format, shape: record.shape, dtype: 'float32' }
        : {
            format: record.format,
            shape: [record.raster.height, record.raster.width, record.raster.channels],
            dtype:
              record.raster.data instanceof Uint8Array
                ? 'uint8'
                : record.raster.data instanceof Uint16Array
                  ? 'uint16'
                  : 'float32',
          };
    return {
      inspection: inspection(format, {
        tensors: [{ name: 'values', shape, dtype }],
        parameters: 0,
        why: 'A record of data, not a model.',
      }),
    };
  } catch (error) {
    if (error instanceof DataFileError) refuse(sentence(error, source));
    throw error;
  }
}
