import type { CallModel, ClassModel, LibraryModel } from './schema';

const frame = 'pandas.DataFrame';
const series = 'pandas.Series';
const keep: CallModel = { flow: 'same', from: ['receiver'], result: 'receiver', columns: { kind: 'keep' } };
const aggregate: CallModel = { flow: 'aggregate' };
const nothing: CallModel = { flow: 'none' };
const read = (format: string, path = 'path'): CallModel => ({
  parameters: [path],
  flow: 'none',
  result: frame,
  columns: { kind: 'select', list: 'usecols' },
  rows: { file: path },
  events: [{ kind: 'load', format, path }],
});
const write = (format: string): CallModel => ({
  parameters: ['path'],
  flow: 'none',
  events: [
    { kind: 'export', sink: format === 'sql' ? 'database' : 'file', values: ['receiver'], target: 'path|path_or_buf' },
  ],
});
/** Without a place the text is given back. */
const writeText = (format: string): CallModel => ({
  ...write(format),
  variants: [
    {
      when: { argument: 'path|path_or_buf', given: false },
      flow: 'same',
      from: ['receiver'],
      result: 'builtins.str',
      events: [],
    },
  ],
});
const keeping =
  'copy fillna dropna sort_values reset_index set_index astype head tail sample query drop_duplicates replace clip round interpolate ffill bfill where mask nlargest nsmallest convert_dtypes infer_objects shift diff rank abs truncate sort_index reindex squeeze compute pipe'.split(
    ' ',
  );
const reducing =
  'mean median std var sum min max count nunique quantile describe value_counts corr cov skew kurt mode any all info memory_usage idxmax idxmin equals crosstab'.split(
    ' ',
  );
const shown = 'items to_string to_list tolist to_numpy to_markdown to_html unique iloc'.split(' ');
const both = (name: string, call: CallModel): [string, CallModel][] => [
  [`${frame}.${name}`, call],
  [`${series}.${name}`, call],
];
const rows: CallModel = { flow: 'same', from: ['receiver'], columns: { kind: 'keep' } };
const indexer = { type: 'pandas.Indexer', flow: 'same' } as const;
const bitless = ['identifier', 'subjectKey', 'quasiIdentifier'] as const;
const flags: CallModel = { flow: 'derived', clears: [...bitless], columns: { kind: 'forget' } };
const tableClass = (role: 'frame' | 'series'): ClassModel => ({
  roles: [role],
  attributes: {
    loc: indexer,
    iloc: indexer,
    at: indexer,
    iat: indexer,
    values: { type: 'numpy.ndarray', flow: 'same' },
    T: { type: frame, flow: 'same' },
    str: { type: 'pandas.Text', flow: 'same' },
    dt: { type: 'pandas.Dates', flow: 'derived' },
    columns: { flow: 'none' },
    index: { flow: 'none' },
    shape: { flow: 'none' },
    dtypes: { flow: 'none' },
    size: { flow: 'none' },
    empty: { flow: 'none' },
  },
});

export const pandas: LibraryModel = {
  library: 'pandas',
  modules: ['pandas', 'dask', 'modin', 'geopandas'],
  aliases: {
    'pandas.core.frame.DataFrame': frame,
    'pandas.core.series.Series': series,
    'dask.dataframe': 'pandas',
    'modin.pandas': 'pandas',
    'geopandas.read_file': 'pandas.read_csv',
    'geopandas.GeoDataFrame': frame,
    'pandas.io.parsers.read_csv': 'pandas.read_csv',
  },
  classes: {
    [frame]: tableClass('frame'),
    [series]: tableClass('series'),
    'pandas.Indexer': { roles: ['frame'] },
    'pandas.GroupBy': { round: { type: frame, pair: true } },
    'pandas.IndexedRows': { round: { type: 'pandas.Row', pair: true } },
    'pandas.Rows': { round: { type: 'pandas.Record' } },
    // One row: its keys and attributes are the columns; of a series `name` is its place in the table.
    'pandas.Row': { bases: ['pandas.Record'], attributes: { name: { flow: 'none' } } },
    'pandas.Record': {
      bases: [series],
      roles: ['frame'],
      attributes: { Index: { flow: 'none' }, _fields: { flow: 'none' } },
    },
    'pandas.Text': {},
    'pandas.Dates': {},
  },
  calls: {
    'pandas.read_csv': read('csv'),
    'pandas.read_table': read('csv'),
    'pandas.read_fwf': read('csv'),
    'pandas.read_parquet': { ...read('parquet'), columns: { kind: 'select', list: 'columns' } },
    'pandas.read_excel': read('excel'),
    'pandas.read_json': read('json'),
    'pandas.read_pickle': read('pickle'),
    'pandas.read_feather': { ...read('feather'), columns: { kind: 'select', list: 'columns' } },
    'pandas.read_hdf': read('hdf5'),
    'pandas.read_stata': read('stata'),
    'pandas.read_sas': read('sas'),
    'pandas.read_spss': read('spss'),
    'pandas.read_html': read('html'),
    'pandas.read_xml': read('xml'),
    'pandas.read_sql': read('sql', 'sql'),
    'pandas.read_sql_query': read('sql', 'sql'),
    'pandas.read_sql_table': read('sql', 'sql'),
    'pandas.read_gbq': read('sql', 'sql'),
    [frame]: {
      parameters: ['data', 'index', 'columns'],
      from: ['data'],
      flow: 'same',
      result: frame,
      columns: { kind: 'make', from: 'data', names: 'columns' },
    },
    'pandas.DataFrame.from_dict': {
      parameters: ['data'],
      flow: 'same',
      result: frame,
      columns: { kind: 'make', from: 'data' },
    },
    'pandas.DataFrame.from_records': {
      parameters: ['data'],
      flow: 'same',
      result: frame,
      columns: { kind: 'make', from: 'data', names: 'columns' },
    },
    [series]: { parameters: ['data'], from: ['data'], flow: 'same', result: series, columns: { kind: 'keep' } },
    'pandas.concat': {
      parameters: ['objs'],
      flow: 'same',
      result: frame,
      columns: { kind: 'join', other: 'objs' },
    },
    'pandas.merge': {
      parameters: ['left', 'right'],
      flow: 'same',
      result: frame,
      columns: { kind: 'join', other: 'right' },
    },
    'pandas.get_dummies': { parameters: ['data'], flow: 'derived', result: frame, columns: { kind: 'keep' } },
    'pandas.to_datetime': { parameters: ['arg'], flow: 'same', columns: { kind: 'keep' } },
    'pandas.to_numeric': { parameters: ['arg'], flow: 'same', columns: { kind: 'keep' } },
    'pandas.cut': { parameters: ['x'], flow: 'derived', clears: ['quasiIdentifier'] },
    'pandas.qcut': { parameters: ['x'], flow: 'derived', clears: ['quasiIdentifier'] },
    'pandas.factorize': { parameters: ['values'], flow: 'derived', results: ['numpy.ndarray', 'pandas.Index'] },
    'pandas.isna': flags,
    'pandas.isnull': flags,
    'pandas.notnull': flags,
    'pandas.to_pickle': {
      parameters: ['obj', 'path'],
      flow: 'none',
      events: [{ kind: 'export', sink: 'file', values: ['obj'], target: 'path', checkpointFormat: 'pickle' }],
    },
    'pandas.util.hash_pandas_object': {
      parameters: ['obj'],
      flow: 'derived',
      clears: ['identifier'],
      events: [{ kind: 'mark', mark: 'hash', values: ['obj'] }],
    },
    'pandas.crosstab': aggregate,
    'pandas.set_option': nothing,
    ...Object.fromEntries(keeping.flatMap(name => both(name, keep))),
    ...Object.fromEntries(reducing.flatMap(name => both(name, aggregate))),
    ...Object.fromEntries(shown.flatMap(name => both(name, rows))),
    ...Object.fromEntries(
      ['isna', 'isnull', 'notna', 'notnull', 'duplicated', 'isin', 'between'].flatMap(name => both(name, flags)),
    ),
    'pandas.DataFrame.iterrows': { ...rows, result: 'pandas.IndexedRows' },
    'pandas.DataFrame.itertuples': { ...rows, result: 'pandas.Rows' },
    'pandas.DataFrame.to_dict': { ...rows, result: 'pandas.Rows' },
    'pandas.DataFrame.to_records': { ...rows, result: 'pandas.Rows' },
    'pandas.Record.to_dict': { ...rows, result: 'pandas.Record' },
    'pandas.Record._asdict': { ...rows, result: 'pandas.Record' },
    'pandas.Record.get': {
      parameters: ['key'],
      flow: 'same',
      from: ['receiver'],
      columns: { kind: 'select', list: 'key' },
    },
    ...Object.fromEntries(both('to_numpy', { ...rows, result: 'numpy.ndarray' })),
    'pandas.DataFrame.drop_duplicates': {
      ...keep,
      events: [{ kind: 'mark', mark: 'records:deduplicated', values: ['receiver'] }],
    },
    'pandas.DataFrame.sample': {
      ...keep,
      parameters: ['n', 'frac'],
      variants: [
        { when: { argument: 'frac', equals: [1] }, events: [] },
        { when: { argument: 'frac', given: true }, events: [{ kind: 'split', unit: 'row', input: 'receiver' }] },
      ],
    },
    'pandas.DataFrame.drop': {
      parameters: ['labels', 'axis', 'index', 'columns'],
      flow: 'same',
      from: ['receiver'],
      result: frame,
      columns: { kind: 'drop', list: 'columns', inPlaceWhen: 'inplace', axis: 'axis' },
      variants: [
        {
          when: { argument: 'axis', equals: [1, 'columns'] },
          columns: { kind: 'drop', list: 'labels', inPlaceWhen: 'inplace', axis: 'axis' },
        },
        { when: { argument: 'columns', given: false }, columns: { kind: 'keep' } },
      ],
    },
    'pandas.DataFrame.pop': {
      parameters: ['item'],
      flow: 'same',
      from: ['receiver'],
      result: series,
      columns: { kind: 'pop', name: 'item' },
    },
    'pandas.DataFrame.rename': {
      parameters: ['mapper'],
      flow: 'same',
      from: ['receiver'],
      result: frame,
      columns: { kind: 'rename', mapping: 'columns', inPlaceWhen: 'inplace' },
    },
    'pandas.DataFrame.assign': { flow: 'same', result: frame, columns: { kind: 'assign' } },
    'pandas.DataFrame.merge': {
      parameters: ['right'],
      flow: 'same',
      result: frame,
      columns: { kind: 'join', other: 'right' },
    },
    'pandas.DataFrame.join': {
      parameters: ['other'],
      flow: 'same',
      result: frame,
      columns: { kind: 'join', other: 'other' },
    },
    'pandas.DataFrame.append': { parameters: ['other'], flow: 'same', result: frame, columns: { kind: 'keep' } },
    'pandas.DataFrame.filter': {
      parameters: ['items'],
      flow: 'same',
      from: ['receiver'],
      result: frame,
      columns: { kind: 'select', list: 'items' },
    },
    'pandas.DataFrame.insert': {
      parameters: ['loc', 'column', 'value'],
      flow: 'none',
      mutates: [{ into: 'receiver', from: ['value'] }],
    },
    'pandas.DataFrame.groupby': {
      parameters: ['by'],
      flow: 'same',
      from: ['receiver'],
      result: 'pandas.GroupBy',
      columns: { kind: 'keep' },
      links: [{ of: 'result', name: '#by', value: 'by' }],
    },
    'pandas.DataFrame.pivot_table': aggregate,
    'pandas.DataFrame.apply': {
      parameters: ['func'],
      from: ['receiver'],
      flow: 'derived',
      columns: { kind: 'keep' },
      callbacks: [{ function: 'func', with: ['receiver'] }],
    },
    'pandas.DataFrame.applymap': {
      parameters: ['func'],
      from: ['receiver'],
      flow: 'derived',
      result: frame,
      columns: { kind: 'keep' },
    },
    'pandas.DataFrame.select_dtypes': { flow: 'same', from: ['receiver'], result: frame, columns: { kind: 'forget' } },
    'pandas.Series.apply': {
      parameters: ['func'],
      from: ['receiver'],
      flow: 'derived',
      result: series,
      columns: { kind: 'keep' },
      callbacks: [{ function: 'func', with: ['receiver'] }],
    },
    'pandas.Series.map': {
      parameters: ['func'],
      from: ['receiver'],
      flow: 'derived',
      result: series,
      columns: { kind: 'keep' },
      callbacks: [{ function: 'func', with: ['receiver'] }],
    },
    'pandas.Series.hist': nothing,
    'pandas.DataFrame.hist': nothing,
    'pandas.DataFrame.plot': nothing,
    'pandas.DataFrame.to_csv': writeText('csv'),
    'pandas.DataFrame.to_parquet': write('parquet'),
    'pandas.DataFrame.to_excel': write('excel'),
    'pandas.DataFrame.to_json': writeText('json'),
    'pandas.DataFrame.to_pickle': write('pickle'),
    'pandas.DataFrame.to_feather': write('feather'),
    'pandas.DataFrame.to_hdf': write('hdf5'),
    'pandas.DataFrame.to_stata': write('stata'),
    'pandas.DataFrame.to_orc': write('orc'),
    'pandas.DataFrame.to_xml': write('xml'),
    'pandas.DataFrame.to_html': writeText('html'),
    'pandas.DataFrame.to_sql': { ...write('sql'), parameters: ['path', 'con'] },
    'pandas.DataFrame.to_gbq': write('sql'),
    'pandas.Series.to_csv': writeText('csv'),
    'pandas.Series.to_json': writeText('json'),
    'pandas.Series.to_pickle': write('pickle'),
    'pandas.GroupBy.*': aggregate,
    // A mean over one person's rows is still that person's.
    ...Object.fromEntries(
      ['mean', 'median', 'max', 'min', 'first', 'last', 'agg', 'aggregate', 'sum'].map(name => [
        `pandas.GroupBy.${name}`,
        {
          ...aggregate,
          variants: [
            {
              when: { argument: 'receiver.#by', namesPeople: true },
              flow: 'derived',
              from: ['receiver'],
              result: frame,
            },
          ],
        } satisfies CallModel,
      ]),
    ),
    'pandas.GroupBy.apply': { parameters: ['func'], from: ['receiver'], flow: 'derived', result: frame },
    'pandas.GroupBy.transform': { from: ['receiver'], flow: 'derived', result: frame },
    ...Object.fromEntries(
      ['head', 'tail', 'sample', 'nth', 'filter', 'ffill', 'bfill'].map(name => [
        `pandas.GroupBy.${name}`,
        { ...keep, result: frame } satisfies CallModel,
      ]),
    ),
    'pandas.Text.contains': flags,
    'pandas.Text.startswith': flags,
    'pandas.Text.len': flags,
    'pandas.Text.*': { flow: 'same', from: ['receiver'], result: series, columns: { kind: 'keep' } },
  },
};
