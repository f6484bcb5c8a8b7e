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
      ['csv', 'parquet', 'excel', 'json', 'ndjson', 'database', 'ipc'].flatMap(format => [
        [`polars.read_${format}`, read(format)],
        [`polars.scan_${format}`, read(format)],
      ]),
    ),
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
    'polars.DataFrame.write_csv': write,
    'polars.DataFrame.write_parquet': write,
    'polars.DataFrame.write_excel': write,
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
  classes: { 'datasets.Dataset': set, 'datasets.DatasetDict': { bases: ['datasets.Dataset'] } },
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

/** PyArrow's Parquet readers. */
export const pyarrow: LibraryModel = {
  library: 'PyArrow',
  modules: ['pyarrow'],
  classes: { 'pyarrow.Table': { roles: ['frame'] } },
  calls: {
    'pyarrow.parquet.read_table': { ...read('parquet'), result: 'pyarrow.Table' },
    'pyarrow.csv.read_csv': { ...read('csv'), result: 'pyarrow.Table' },
    'pyarrow.Table.to_pandas': { result: 'pandas.DataFrame', flow: 'same', columns: { kind: 'keep' } },
    'pyarrow.parquet.write_table': {
      parameters: ['table', 'where'],
      flow: 'none',
      events: [{ kind: 'export', sink: 'file', values: ['table'], target: 'where' }],
    },
  },
};
