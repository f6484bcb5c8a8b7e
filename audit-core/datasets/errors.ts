/** A data file that cannot be read; the message is one sentence with the place and no cell of the file. */
export class DataFileError extends Error {
  override readonly name: string = 'DataFileError';
}

/**
 * A step that cannot be replayed on this data; the message names the step, never a value. `{}` stands for a column: names that a script makes
 * may be made of values (dummies, pivots), so that its name is only said by `told`.
 */
export class ReplayError extends Error {
  override readonly name: string = 'ReplayError';

  constructor(
    private readonly words: string,
    readonly column: string | null = null,
  ) {
    super(words.replace('{}', 'column of a name that the script makes'));
  }

  /** The same, with the column's name where that is known to be no value. */
  told(known: ReadonlySet<string>): ReplayError {
    if (this.column === null || !known.has(this.column)) return this;
    return new ReplayError(this.words.replace('{}', `column ${JSON.stringify(this.column)}`));
  }
}
