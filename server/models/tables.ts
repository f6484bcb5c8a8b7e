import type { CallModel, ClassModel, LibraryModel, Variant } from './schema';

const read = (format: string): CallModel => ({
  parameters: ['source'],
  result: 'polars.DataFrame',
  flow: 'none',
  adds: ['records'],
  events: [{ kind: 'load', format, path: 'source' }],
});
const write: CallModel = {
  parameters: ['file'],
  flow: 'none',
  events: [{ kind: 'export', sink: 'file', values: ['receiver'], target: 'file' }],
};

/** Polars. */
export const polars: LibraryModel = {
  library: 'Polars',
  modules: ['polars'],
  classes: { 'polars.DataFrame': { roles: ['frame'] }, 'polars.LazyFrame': { bases: ['polars.DataFrame'] } },
  calls: {
    ...Object.fromEntries(
      ['csv', 'parquet', 'excel', 'json', 'ndjson', 'ipc', 'avro', 'delta', 'ods'].flatMap(format => [
        [`polars.read_${format}`, read(format)],
        [`polars.scan_${format}`, read(format)],
      ]),
    ),
    'polars.read_database': {
      ...read('sql'),
      parameters: ['query'],
      events: [{ kind: 'load', format: 'sql', path: 'query' }],
    },
    'polars.read_database_uri': {
      ...read('sql'),
      parameters: ['query'],
      events: [{ kind: 'load', format: 'sql', path: 'query' }],
    },
    'polars.from_pandas': {
      parameters: ['data'],
      result: 'polars.DataFrame',
      flow: 'same',
      columns: { kind: 'make', from: 'data' },
    },
    'polars.DataFrame': { parameters: ['data'], flow: 'same', from: ['data'], columns: { kind: 'make', from: 'data' } },
    ...Object.fromEntries(
      'with_columns with_row_index sort unique drop_nulls fill_null fill_nan sample slice limit tail lazy clone rename cast vstack'
        .split(' ')
        .map(name => [
          `polars.DataFrame.${name}`,
          {
            result: 'polars.DataFrame',
            flow: 'same',
            from: ['receiver'],
            columns:
              name === 'with_columns'
                ? { kind: 'assign' }
                : name === 'rename'
                  ? { kind: 'rename', mapping: 'mapping' }
                  : { kind: 'keep' },
            ...(name === 'rename' ? { parameters: ['mapping'] } : {}),
          } satisfies CallModel,
        ]),
    ),
    'polars.DataFrame.join': {
      parameters: ['other'],
      result: 'polars.DataFrame',
      flow: 'same',
      columns: { kind: 'join', other: 'other' },
    },
    'polars.DataFrame.select': {
      parameters: ['exprs'],
      result: 'polars.DataFrame',
      flow: 'same',
      columns: { kind: 'select', list: 'exprs' },
    },
    'polars.DataFrame.drop': {
      parameters: ['columns'],
      result: 'polars.DataFrame',
      flow: 'same',
      columns: { kind: 'drop', list: 'columns' },
    },
    'polars.DataFrame.filter': {
      result: 'polars.DataFrame',
      flow: 'same',
      from: ['receiver'],
      columns: { kind: 'keep' },
    },
    'polars.DataFrame.head': {
      result: 'polars.DataFrame',
      flow: 'same',
      from: ['receiver'],
      columns: { kind: 'keep' },
    },
    'polars.DataFrame.collect': { result: 'polars.DataFrame', flow: 'same', columns: { kind: 'keep' } },
    'polars.DataFrame.to_pandas': { result: 'pandas.DataFrame', flow: 'same', columns: { kind: 'keep' } },
    'polars.DataFrame.to_numpy': { result: 'numpy.ndarray', flow: 'derived', columns: { kind: 'keep' } },
    'polars.DataFrame.describe': { flow: 'aggregate' },
    ...Object.fromEntries(
      ['csv', 'parquet', 'excel', 'json', 'ndjson', 'ipc', 'avro', 'delta'].flatMap(format => [
        [`polars.DataFrame.write_${format}`, write],
        [`polars.DataFrame.sink_${format}`, write],
      ]),
    ),
    'polars.DataFrame.write_database': {
      flow: 'none',
      events: [{ kind: 'export', sink: 'database', values: ['receiver'] }],
    },
  },
};

const fromFiles: Variant = {
  when: { argument: 'data_files', given: true },
  events: [{ kind: 'load', format: 'files', path: 'data_files' }],
};
const set: ClassModel = { roles: ['data-set', 'frame'] };
const loadSet: CallModel = {
  parameters: ['path', 'name'],
  result: 'datasets.Dataset',
  flow: 'none',
  adds: ['records'],
  rows: { known: 'path' },
  events: [
    { kind: 'load', format: 'hub', path: 'path' },
    { kind: 'load-model', format: 'data-set', target: 'path', remote: true, revision: 'revision' },
  ],
  variants: [fromFiles],
};
/** Hugging Face datasets. */
export const datasets: LibraryModel = {
  library: 'datasets',
  modules: ['datasets'],
  classes: {
    'datasets.Dataset': set,
    ...Object.fromEntries(
      ['DatasetDict', 'IterableDataset', 'IterableDatasetDict'].map(name => [
        `datasets.${name}`,
        { bases: ['datasets.Dataset'] },
      ]),
    ),
  },
  calls: {
    'datasets.load_dataset': loadSet,
    'datasets.load_from_disk': {
      parameters: ['dataset_path'],
      result: 'datasets.Dataset',
      flow: 'none',
      adds: ['records'],
      events: [{ kind: 'load', format: 'arrow', path: 'dataset_path' }],
    },
    'datasets.Dataset.from_pandas': {
      parameters: ['df'],
      result: 'datasets.Dataset',
      flow: 'same',
      from: ['df'],
      columns: { kind: 'make', from: 'df' },
    },
    ...Object.fromEntries(
      Object.entries({ from_csv: 'csv', from_parquet: 'parquet', from_json: 'json', from_text: 'text' }).map(
        ([name, format]) => [
          `datasets.Dataset.${name}`,
          {
            parameters: ['path_or_paths'],
            result: 'datasets.Dataset',
            flow: 'none',
            adds: ['records'],
            events: [{ kind: 'load', format, path: 'path_or_paths' }],
          } satisfies CallModel,
        ],
      ),
    ),
    'datasets.Dataset.from_sql': {
      parameters: ['sql', 'con'],
      result: 'datasets.Dataset',
      flow: 'none',
      adds: ['records'],
      events: [{ kind: 'load', format: 'sql', path: 'sql' }],
    },
    'datasets.Dataset.from_polars': {
      parameters: ['df'],
      result: 'datasets.Dataset',
      flow: 'same',
      from: ['df'],
      columns: { kind: 'make', from: 'df' },
    },
    ...Object.fromEntries(
      ['from_list', 'from_generator'].map(name => [
        `datasets.Dataset.${name}`,
        { parameters: ['rows'], result: 'datasets.Dataset', flow: 'same' } satisfies CallModel,
      ]),
    ),
    ...Object.fromEntries(
      ['DatasetDict', 'IterableDataset', 'IterableDatasetDict'].map(name => [
        `datasets.${name}`,
        { parameters: ['parts'], flow: 'same', from: ['arguments'] } satisfies CallModel,
      ]),
    ),
    ...Object.fromEntries(
      ['concatenate_datasets', 'interleave_datasets'].map(name => [
        `datasets.${name}`,
        { parameters: ['dsets'], result: 'datasets.Dataset', flow: 'same', from: ['dsets'] } satisfies CallModel,
      ]),
    ),
    ...Object.fromEntries(
      'select shuffle sort shard take skip rename_column rename_columns cast_column with_format to_iterable_dataset flatten class_encode_column'
        .split(' ')
        .map(name => [
          `datasets.Dataset.${name}`,
          {
            result: 'datasets.Dataset',
            flow: 'same',
            from: ['receiver'],
            columns: { kind: 'keep' },
          } satisfies CallModel,
        ]),
    ),
    'datasets.Dataset.to_pandas': {
      result: 'pandas.DataFrame',
      flow: 'same',
      from: ['receiver'],
      columns: { kind: 'keep' },
    },
    'datasets.Dataset.to_polars': {
      result: 'polars.DataFrame',
      flow: 'same',
      from: ['receiver'],
      columns: { kind: 'keep' },
    },
    'datasets.Dataset.from_dict': {
      parameters: ['mapping'],
      result: 'datasets.Dataset',
      flow: 'same',
      from: ['mapping'],
      columns: { kind: 'make', from: 'mapping' },
    },
    'datasets.Dataset.map': {
      parameters: ['function'],
      result: 'datasets.Dataset',
      flow: 'derived',
      from: ['receiver'],
      callbacks: [{ function: 'function', with: ['receiver'] }],
    },
    'datasets.Dataset.filter': {
      parameters: ['function'],
      result: 'datasets.Dataset',
      flow: 'same',
      from: ['receiver'],
      columns: { kind: 'keep' },
    },
    'datasets.Dataset.select': {
      parameters: ['indices'],
      result: 'datasets.Dataset',
      flow: 'same',
      from: ['receiver'],
      columns: { kind: 'keep' },
      rows: { lengthOf: 'indices' },
    },
    'datasets.Dataset.unique': {
      parameters: ['column'],
      flow: 'same',
      from: ['receiver'],
      events: [{ kind: 'mark', mark: 'records:deduplicated', values: ['receiver'] }],
    },
    'datasets.Dataset.remove_columns': {
      parameters: ['column_names'],
      result: 'datasets.Dataset',
      flow: 'same',
      from: ['receiver'],
      columns: { kind: 'drop', list: 'column_names' },
    },
    'datasets.Dataset.select_columns': {
      parameters: ['column_names'],
      result: 'datasets.Dataset',
      flow: 'same',
      from: ['receiver'],
      columns: { kind: 'select', list: 'column_names' },
    },
    'datasets.Dataset.train_test_split': {
      parameters: ['test_size'],
      result: 'datasets.DatasetDict',
      flow: 'same',
      from: ['receiver'],
      columns: { kind: 'keep' },
      events: [{ kind: 'split', unit: 'row', input: 'receiver' }],
    },
    'datasets.Dataset.push_to_hub': {
      parameters: ['repo_id'],
      flow: 'none',
      events: [{ kind: 'send', to: 'hub', what: 'data-set', values: ['receiver'] }],
    },
    'datasets.Dataset.save_to_disk': {
      parameters: ['dataset_path'],
      flow: 'none',
      events: [{ kind: 'export', sink: 'file', values: ['receiver'], target: 'dataset_path' }],
    },
    'datasets.Dataset.to_parquet': {
      parameters: ['path'],
      flow: 'none',
      events: [{ kind: 'export', sink: 'file', values: ['receiver'], target: 'path' }],
    },
    'datasets.Dataset.to_sql': {
      parameters: ['name', 'con'],
      flow: 'none',
      events: [{ kind: 'export', sink: 'database', values: ['receiver'], target: 'name' }],
    },
    'datasets.Dataset.to_csv': {
      parameters: ['path'],
      flow: 'none',
      events: [{ kind: 'export', sink: 'file', values: ['receiver'], target: 'path' }],
    },
    'datasets.Dataset.to_json': {
      parameters: ['path'],
      flow: 'none',
      events: [{ kind: 'export', sink: 'file', values: ['receiver'], target: 'path' }],
    },
  },
};

const arrow = (format: string, path = 'source'): CallModel => ({
  parameters: [path],
  result: 'pyarrow.Table',
  flow: 'none',
  adds: ['records'],
  events: [{ kind: 'load', format, path }],
});
const arrowWrite = (parameters: readonly string[], target: string): CallModel => ({
  parameters,
  flow: 'none',
  events: [{ kind: 'export', sink: 'file', values: [parameters[0]!], target }],
});
const kept = (result: string): CallModel => ({
  result,
  flow: 'same',
  from: ['receiver'],
  columns: { kind: 'keep' },
});

/** PyArrow: Parquet, Feather, ORC, CSV, JSON and data sets of many files. */
export const pyarrow: LibraryModel = {
  library: 'PyArrow',
  modules: ['pyarrow'],
  aliases: { 'pyarrow.dataset.parquet_dataset': 'pyarrow.dataset.dataset' },
  classes: {
    'pyarrow.Table': { roles: ['frame'] },
    'pyarrow.parquet.ParquetFile': { bases: ['pyarrow.Table'] },
    'pyarrow.parquet.ParquetDataset': { bases: ['pyarrow.Table'] },
    'pyarrow.dataset.Dataset': { bases: ['pyarrow.Table'] },
  },
  calls: {
    'pyarrow.parquet.read_table': { ...read('parquet'), result: 'pyarrow.Table' },
    'pyarrow.parquet.ParquetFile': { ...arrow('parquet'), result: 'pyarrow.parquet.ParquetFile' },
    'pyarrow.parquet.ParquetDataset': { ...arrow('parquet'), result: 'pyarrow.parquet.ParquetDataset' },
    'pyarrow.dataset.dataset': { ...arrow('files'), result: 'pyarrow.dataset.Dataset' },
    'pyarrow.feather.read_table': arrow('feather'),
    'pyarrow.feather.read_feather': { ...arrow('feather'), result: 'pandas.DataFrame' },
    'pyarrow.orc.read_table': arrow('orc'),
    'pyarrow.json.read_json': arrow('json'),
    'pyarrow.Table.from_pandas': {
      parameters: ['df'],
      result: 'pyarrow.Table',
      flow: 'same',
      from: ['df'],
      columns: { kind: 'make', from: 'df' },
    },
    ...Object.fromEntries(
      ['read', 'to_table', 'filter', 'slice', 'combine_chunks', 'head'].map(name => [
        `pyarrow.Table.${name}`,
        kept('pyarrow.Table'),
      ]),
    ),
    'pyarrow.feather.write_feather': arrowWrite(['df', 'dest'], 'dest'),
    'pyarrow.csv.write_csv': arrowWrite(['data', 'output_file'], 'output_file'),
    'pyarrow.orc.write_table': arrowWrite(['table', 'where'], 'where'),
    'pyarrow.dataset.write_dataset': arrowWrite(['data', 'base_dir'], 'base_dir'),
    'pyarrow.parquet.write_to_dataset': arrowWrite(['table', 'root_path'], 'root_path'),
    'pyarrow.csv.read_csv': { ...read('csv'), result: 'pyarrow.Table' },
    'pyarrow.Table.to_pandas': { result: 'pandas.DataFrame', flow: 'same', columns: { kind: 'keep' } },
    'pyarrow.parquet.write_table': {
      parameters: ['table', 'where'],
      flow: 'none',
      events: [{ kind: 'export', sink: 'file', values: ['table'], target: 'where' }],
    },
  },
};
