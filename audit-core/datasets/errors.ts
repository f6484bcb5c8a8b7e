/** A data file that cannot be read; the message is one sentence with the place and no cell of the file. */
export class DataFileError extends Error {
  override readonly name: string = 'DataFileError';
}

/** A step that cannot be replayed on this data; the message names the step, never a value. */
export class ReplayError extends Error {
  override readonly name: string = 'ReplayError';
}
