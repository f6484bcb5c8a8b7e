import assert from 'node:assert/strict';
import { bytesSource } from '../../checkpoints/byte-source';
import { cellsOf } from '../column';
import { type CsvOptions, openCsv } from '.';

/** Names and cells by column; what pandas 3.1 gives for the same text and options was written down from it. */
async function read(text: string, options: Partial<CsvOptions> = {}) {
  const source = bytesSource('t.csv', new TextEncoder().encode(text));
  const table = await openCsv(source, { separator: ',', ...options });
  const columns = await table.read(table.shape.names.map((_, i) => i));
  return {
    names: table.shape.names,
    columns: columns.map(cellsOf),
    types: columns.map(each => each.type),
    labels: table.shape.hasIndex ? cellsOf(await table.labels()) : null,
  };
}

describe('delimited text as read_csv reads it', () => {
  const same = async (
    text: string,
    options: Partial<CsvOptions>,
    names: readonly string[],
    columns: readonly (readonly (number | string | null)[])[],
  ) => {
    const made = await read(text, options);
    assert.deepEqual(made.names, names);
    assert.deepEqual(made.columns, columns);
    return made;
  };

  it('leaves out lines of spaces, at the start, and by number', async () => {
    await same(
      'a,b\n1,2\n  \n3,4\n',
      {},
      ['a', 'b'],
      [
        [1, 3],
        [2, 4],
      ],
    );
    await same('\nx\na,b\n1,2\n', { skip: 2 }, ['a', 'b'], [[1], [2]]);
    await same('a,b\n1,2\n3,4\n5,6\n', { skip: new Set([1, 3]) }, ['a', 'b'], [[3], [4]]);
  });

  it('takes names from a later line, or others in their place', async () => {
    await same('x,y\na,b\n1,2\n', { header: 1 }, ['a', 'b'], [[1], [2]]);
    await same('x,y\n1,2\n', { header: 0, names: ['a', 'b'] }, ['a', 'b'], [[1], [2]]);
    await same('a,a.1,a\n1,2,3\n', {}, ['a', 'a.1', 'a.2'], [[1], [2], [3]]);
  });

  it('reads a leading column without a name as labels', async () => {
    const made = await same(
      'a,b\nr1,1,2\nr2,3,4\n',
      {},
      ['a', 'b'],
      [
        [1, 3],
        [2, 4],
      ],
    );
    assert.deepEqual(made.labels, ['r1', 'r2']);
  });

  it('leaves out comments, and records of too many fields when told to', async () => {
    await same(
      '# made\na,b # names\n1,2\n#3,4\n5,6#7\n',
      { comment: '#' },
      ['a', 'b '],
      [
        [1, 5],
        [2, 6],
      ],
    );
    await same(
      'a,b\n1,2\n3,4,5\n6,7\n',
      { lenient: true },
      ['a', 'b'],
      [
        [1, 6],
        [2, 7],
      ],
    );
  });

  it('takes runs of spaces and tabs for one separator', async () => {
    const options = { separator: '\\s+', header: false, names: ['a', 'b'] };
    await same(
      '  1   2\n3\t 4  \n"5 x" 6\n',
      options,
      ['a', 'b'],
      [
        ['1', '3', '5 x'],
        [2, 4, 6],
      ],
    );
    await same(
      'a, b\n1, 2\n"x", y\n',
      { trimmed: true },
      ['a', 'b'],
      [
        ['1', 'x'],
        ['2', 'y'],
      ],
    );
  });

  it('reads numbers that are written otherwise', async () => {
    await same(
      'a;b\n1,5;1.000\n2;12.345,5\n',
      { separator: ';', decimal: ',', thousands: '.' },
      ['a', 'b'],
      [
        [1.5, 2],
        [1000, 12345.5],
      ],
    );
  });

  it('knows what is missing: numbers too, by column, or nothing', async () => {
    const made = await same(
      'a,b\n-9,NA\n1,x\n-9.0,-9\n',
      { missing: ['-9'] },
      ['a', 'b'],
      [
        [null, 1, null],
        [null, 'x', null],
      ],
    );
    assert.equal(made.types[0], 'float');
    const only = { missingIn: new Map([['a', ['x']]]) };
    await same(
      'a,b\nx,x\n1,NA\n',
      only,
      ['a', 'b'],
      [
        [null, 1],
        ['x', null],
      ],
    );
    await same(
      'a,b\nNA,1\nx,\n',
      { usualMissing: false },
      ['a', 'b'],
      [
        ['NA', 'x'],
        ['1', ''],
      ],
    );
  });
});
