import * as z from 'zod';
import { defaultLimits, type Limits } from '../../../audit-core/checkpoints/limits';
import { type DataLimits, defaultDataLimits } from '../../../audit-core/datasets/sources';

/** What reading one checkpoint or data file may take. */
export interface ReadingLimits {
  readonly checkpoints: Limits;
  readonly data: DataLimits;
  /** Seconds of processor time; null: not said, the editor's setting or 20. */
  readonly seconds: number | null;
  /** Heap of the thread that reads, in MB. */
  readonly memory: number;
}

/** Seconds of processor time for one file where nothing is said. */
export const defaultReadSeconds = 20;

export const defaultReading: ReadingLimits = {
  checkpoints: defaultLimits,
  data: defaultDataLimits,
  seconds: null,
  memory: 512,
};

const count = (described: string): z.ZodOptional<z.ZodNumber> =>
  z.number().int().positive().optional().describe(described);

/** `[tool.epsilint.limits]` */
export const limitsSection = z.strictObject({
  'file-size': count('Largest source file, in bytes.'),
  'findings-per-file': count('Most findings of one file. Default 1000.'),
  'read-seconds': z
    .number()
    .positive()
    .max(3600)
    .optional()
    .describe('Processor time for reading one checkpoint or data file; the reader is ended then. Default 20.'),
  'read-memory': count('Heap for reading one checkpoint or data file, in MB. Default 512.'),
  'checkpoint-size': count('Largest model that is read whole in order to run it, in bytes. Default 1 GiB.'),
  'archive-size': count('Bytes that one compressed part of a file may grow to. Default 1 GiB.'),
  'archive-ratio': count('How many times larger a compressed part may grow. Default 200.'),
  tensors: count('Most tensors of one checkpoint. Default 200000.'),
  'data-rows': count('Most rows of one table. Default 100000000.'),
  'data-columns': count('Most columns of one table. Default 100000.'),
  'data-values': count('Values of data files that may be at hand at once. Default 200000000.'),
  'data-files': count('Most files of one folder of pictures. Default 1000000.'),
  pixels: count('Largest picture, width times height. Default 67108864.'),
  'audit-seconds': z
    .number()
    .positive()
    .optional()
    .describe('Time for a quick audit; more people are left out at random.'),
  'audit-rows': count('Most rows of a quick audit.'),
  'audit-memory': count('Heap of an audit, in MB. Default 2048.'),
  'audit-records': z
    .number()
    .int()
    .nonnegative()
    .optional()
    .describe('Audits kept in the history of a checkpoint; 0 keeps none. Default 50.'),
  'audit-days': z.number().positive().optional().describe('Days for which an audit is kept. Default 730.'),
  'shadow-days': z
    .number()
    .nonnegative()
    .optional()
    .describe('Days for which unused scores of reference models are kept; 0 keeps them. Default 30.'),
});

/** Limits on reading as the file says them. */
export function readingOf(limits: z.infer<typeof limitsSection> | undefined): ReadingLimits {
  const { checkpoints, data, seconds, memory } = defaultReading;
  return {
    checkpoints: {
      ...checkpoints,
      modelBytes: limits?.['checkpoint-size'] ?? checkpoints.modelBytes,
      inflatedBytes: limits?.['archive-size'] ?? checkpoints.inflatedBytes,
      inflationRatio: limits?.['archive-ratio'] ?? checkpoints.inflationRatio,
      tensors: limits?.tensors ?? checkpoints.tensors,
    },
    data: {
      rows: limits?.['data-rows'] ?? data.rows,
      columns: limits?.['data-columns'] ?? data.columns,
      values: limits?.['data-values'] ?? data.values,
      files: limits?.['data-files'] ?? data.files,
      pixels: limits?.pixels ?? data.pixels,
    },
    seconds: limits?.['read-seconds'] ?? seconds,
    memory: limits?.['read-memory'] ?? memory,
  };
}
