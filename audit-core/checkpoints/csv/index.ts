import { DataFileError, readCsv } from '../../datasets/csv';
import type { ByteSource } from '../byte-source';
import type { Checkpoint } from '../checkpoint';
import { inspection, refuse } from '../inspection';
import type { Limits } from '../limits';

const looked = 1 << 20;
const personKey = /^(?:(?:subject|patient|person|participant|case|hadm|stay)_?(?:id|key|no|number)?|eid|mrn|pid)$/i;
const labelName = /^(?:label|target|y|outcome|class|diagnosis|died|death|status)$/i;

/** `inspect` of a delimited table: columns with their types, rows, candidates for person key and label; never a cell. */
export async function openTable(source: ByteSource, limits: Limits): Promise<Checkpoint> {
  const head = await source.read(0, looked);
  if (source.size > limits.inflatedBytes) refuse('The table is larger than this command reads at once.');
  const text = decode(head, source.size > looked);
  const separator = source.name.endsWith('.tsv') ? '\t' : ',';
  const warnings = oddities(text);
  try {
    const grid = await readCsv(source, separator);
    if (grid.names.length > 10_000) refuse(`The table has ${grid.names.length} columns; the limit is 10,000.`);
    if (grid.index.length === 0) refuse('The table has a header and no rows.');
    const seen = new Set<string>();
    for (const name of grid.names) {
      if (seen.has(name)) warnings.push('Two columns have the same name.');
      if (name === '__proto__' || name === 'constructor') warnings.push(`A column is called "${name}".`);
      seen.add(name);
    }
    const types = grid.columns.map(column => (column.some(cell => typeof cell === 'string') ? 'string' : 'float64'));
    const find = (pattern: RegExp): string => grid.names.filter(name => pattern.test(name)).join(', ');
    return {
      inspection: inspection('csv', {
        tensors: grid.names.map((name, index) => ({
          name,
          shape: [grid.index.length],
          dtype: types[index] ?? 'string',
        })),
        parameters: 0,
        metadata: {
          rows: grid.index.length,
          columns: grid.names.length,
          personKey: find(personKey),
          label: find(labelName),
        },
        warnings: [...new Set(warnings)],
        why: 'A table of data, not a model.',
      }),
    };
  } catch (error) {
    if (error instanceof DataFileError)
      refuse(error.message.replace(`${source.name}: `, '').replace(/^./, letter => letter.toUpperCase()));
    throw error;
  }
}

function decode(head: Uint8Array, isPart: boolean): string {
  if ((head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff))
    refuse('The table is UTF-16 text; save it as UTF-8.');
  if (head.includes(0)) refuse('The table holds NUL bytes; it is no text, or it is broken.');
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: isPart });
  } catch {
    return refuse('The table is not UTF-8 text; save it as UTF-8.');
  }
}

/** What other programs may read otherwise; said in general, without a cell's content. */
function oddities(text: string): string[] {
  const found: string[] = [];
  if (!text.includes('\n') && text.includes('\r')) found.push('Lines end with a carriage return alone.');
  if (/(?:^|[,\t\n])"?[=@][A-Za-z|(]/.test(text))
    found.push('Cells start like spreadsheet formulas; open the file in a spreadsheet with care.');
  if (/<[a-z]+[^>\n]*>/i.test(text)) found.push('Cells hold markup.');
  if (/(?:^|[,\t\n])(?:0x[\da-f]+|\d[\d_]*_\d+|[+-]?\d+e\d{3,}|[+-]?Infinity)(?:[,\t\r\n]|$)/i.test(text))
    found.push('Some numbers are spelled in ways that programs read differently.');
  if (/\d{400}/.test(text)) refuse('The table holds a number of more than 400 digits.');
  return found;
}
