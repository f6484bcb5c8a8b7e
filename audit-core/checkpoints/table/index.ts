import { classify } from '../../datasets/column-words';
import { DataFileError } from '../../datasets/errors';
import { defaultDataLimits } from '../../datasets/sources';
import { openTable as openAnyTable, type Table } from '../../datasets/tables';
import type { ByteSource } from '../byte-source';
import type { Checkpoint } from '../checkpoint';
import { inspection, refuse } from '../inspection';
import type { Limits } from '../limits';
import { oddities } from './oddities';

const looked = 1 << 20;
const types = { float: 'float64', int: 'int64', bool: 'bool', text: 'string', date: 'datetime64' } as const;

/** `inspect` of a table (delimited text, Parquet, Arrow): columns with types, rows, candidates for person key and label; never a cell. */
export async function openTable(source: ByteSource, limits: Limits): Promise<Checkpoint> {
  const table = await opened(source);
  if (table.names.length > limits.entries)
    refuse(`The table has ${table.names.length} columns; the limit is ${limits.entries}.`);
  if (table.rows === 0) refuse('The table has a header and no rows.');
  const warnings = [...table.warnings];
  if (table.format === 'csv') warnings.push(...oddities(await source.read(0, looked), source.size > looked));
  for (const name of table.names)
    if (name === '__proto__' || name === 'constructor') warnings.push(`A column is called "${name}".`);
  // pandas tells repeated names apart by a number.
  if (table.names.some(name => /\.\d+$/.test(name) && table.names.includes(name.replace(/\.\d+$/, ''))))
    warnings.push('Two columns have the same name.');
  const label = table.index?.name ?? null;
  const names = label === null ? table.names : [label, ...table.names];
  const shown = (kind: 'person' | 'label'): string =>
    names
      .filter(name => classify(name) === kind)
      .slice(0, 12)
      .join(', ');
  return {
    inspection: inspection(table.format, {
      tensors: table.names.map((name, i) => ({ name, shape: [table.rows], dtype: types[table.types[i]!] })),
      parameters: 0,
      metadata: { rows: table.rows, columns: table.names.length, personKey: shown('person'), label: shown('label') },
      warnings: [...new Set(warnings)],
      why: 'A table of data, not a model.',
    }),
  };
}

async function opened(source: ByteSource): Promise<Table> {
  try {
    return await openAnyTable(source, source.name, { format: 'any' }, defaultDataLimits);
  } catch (error) {
    if (error instanceof DataFileError) refuse(sentence(error, source));
    throw error;
  }
}

/** The message without the file's name, which the caller puts in front. */
export const sentence = (error: Error, source: ByteSource): string =>
  error.message.replace(`${source.name}: `, '').replace(/^./, letter => letter.toUpperCase());
