import { list, literal, operation, type Term } from '../../../../audit-core/datasets/recipe';
import type { CallSite, Follower } from '../follower';
import { instance, isNone, known, literalIn, type Meaning, termOf, text, textOf, unknown } from '../symbols';

/** Notes a data file and the term that reads it. */
export function reading(at: Follower, file: string, term: Term): Meaning {
  if (!at.followed.files.includes(file)) at.followed.files.push(file);
  at.followed.reads.push(term);
  return known(term);
}

/** Options of pandas' readers that change nothing of what is read here. */
const ignored = new Set([
  'low_memory',
  'engine',
  'memory_map',
  'on_bad_lines',
  'error_bad_lines',
  'warn_bad_lines',
  'dtype_backend',
  'storage_options',
  'verbose',
  'infer_datetime_format',
  'cache_dates',
  'float_precision',
  'encoding_errors',
  'compression',
  'use_threads',
  'filesystem',
  'quotechar',
  'keep_default_na',
  'date_format',
]);
const kept: Readonly<Record<string, string>> = {
  sep: 'separator',
  delimiter: 'separator',
  header: 'header',
  names: 'names',
  usecols: 'usecols',
  index_col: 'index_col',
  skiprows: 'skiprows',
  nrows: 'nrows',
  encoding: 'encoding',
  na_values: 'na_values',
  columns: 'columns',
};

/** `pd.read_csv` and its relatives: the file, with what of the options matters. */
function readTable(path: string, { at, args, named }: CallSite): Meaning {
  const short = path.split('.').at(-1)!;
  const file = textOf(args[0] ?? named.get('filepath_or_buffer') ?? named.get('path') ?? named.get('source'));
  if (file === null) return args[0]?.kind === 'unknown' ? args[0] : unknown;
  const options: Record<string, Term> = {
    format: literal(short === 'read_parquet' ? 'parquet' : short === 'read_feather' ? 'arrow' : 'any'),
  };
  if (short === 'read_table') options.separator = literal('\t');
  let dates: Meaning | null = null;
  let types: Meaning | null = null;
  for (const [name, value] of named) {
    if (['filepath_or_buffer', 'path', 'source'].includes(name) || ignored.has(name)) continue;
    if (name === 'parse_dates') {
      if (literalIn(value) !== false) dates = value;
      continue;
    }
    if (name === 'dtype') {
      types = value;
      continue;
    }
    const option = kept[name];
    const term = termOf(value);
    if (!option || !term) {
      if (option === undefined && isNone(value)) continue;
      return unknown;
    }
    if (option === 'header' && literalIn(value) === 0) continue;
    if (option === 'index_col' && literalIn(value) === false) continue;
    options[option] = term;
  }
  if (args[1] && short !== 'read_parquet') {
    const separator = termOf(args[1]);
    if (!separator) return unknown;
    options.separator = separator;
  }
  const separator = options.separator && literalIn(known(options.separator));
  if (typeof separator === 'string' && separator.length > 1) {
    if (separator !== '\\s+') return unknown;
    options.separator = literal(' ');
  }
  if (types?.kind === 'instance') {
    const texts = [...types.named]
      .filter(([, type]) => textOf(type) === 'str' || (type.kind === 'path' && type.path === 'str'))
      .map(([name]) => literal(name));
    if (texts.length > 0) options.text = list(texts);
  } else if (types && types.kind === 'path' && types.path === 'str') return unknown;
  const read = reading(at, file, operation('table', [literal(file)], options));
  const names = dates && termOf(dates);
  if (!names || !('items' in names) || read.kind !== 'term') return dates && !names ? unknown : read;
  return known(
    names.items.reduce<Term>(
      (table, name) => operation('set', [table, name, operation('date', [operation('columns', [table, name])])]),
      read.term,
    ),
  );
}

/** Readers of data files; null for other functions. */
export function callFiles(path: string, site: CallSite): Meaning | null {
  const { at, args, named } = site;
  const name = textOf(args[0]);
  if (/^(?:pandas|polars|cudf|modin\.pandas|dask\.dataframe)\.read_(?:csv|parquet|table|feather)$/.test(path))
    return readTable(path, site);
  switch (path) {
    case 'numpy.load':
      if (args[0]?.kind === 'term' && args[0].row) return records(args[0]);
      if (name === null) return unknown;
      if (/\.npz$/i.test(name)) {
        at.followed.files.push(...(at.followed.files.includes(name) ? [] : [name]));
        return instance('numpy-archive', new Map(), [text(name)]);
      }
      return reading(at, name, operation('numpy-file', [literal(name)]));
    case 'numpy.loadtxt':
    case 'numpy.genfromtxt': {
      if (name === null) return unknown;
      const skip = Number(literalIn(named.get('skiprows') ?? named.get('skip_header')) ?? 0);
      const options: Record<string, Term> = { format: literal('any'), header: literal(null), skiprows: literal(skip) };
      const by = textOf(named.get('delimiter'));
      options.separator = literal(by ?? ' ');
      const type = named.get('dtype');
      const dtype = type?.kind === 'path' ? type.path : textOf(type);
      if (dtype !== null && /int|str|U/.test(dtype ?? '')) {
        const rows = operation('array', [operation('table', [literal(name)], options)]);
        return reading(at, name, operation('column-at', [rows, literal(0)]));
      }
      return reading(at, name, operation('array', [operation('table', [literal(name)], options)]));
    }
    case 'torch.load':
      if (name === null) return unknown;
      return instance('torch-archive', new Map(), [text(name)]);
    case 'pyarrow.parquet.read_table':
    case 'pyarrow.feather.read_table':
      return name === null
        ? unknown
        : reading(at, name, operation('table', [literal(name)], { format: literal('any') }));
    case 'datasets.load_from_disk':
    case 'datasets.Dataset.from_file':
      return name === null
        ? unknown
        : reading(at, name, operation('table', [literal(name)], { format: literal('arrow') }));
    case 'open':
      return name === null
        ? unknown
        : instance('open-file', new Map([['mode', args[1] ?? named.get('mode') ?? text('r')]]), [text(name)]);
    case 'json.load':
    case 'pickle.load':
    case 'yaml.safe_load': {
      const file = args[0]?.kind === 'instance' && args[0].type === 'open-file' ? args[0].items[0] : null;
      if (!file || path !== 'json.load') return unknown;
      return instance('json-file', new Map(), [file]);
    }
    case 'json.loads': {
      const read = args[0]?.kind === 'instance' && args[0].type === 'file-text' ? args[0].items[0] : null;
      return read ? instance('json-file', new Map(), [read]) : unknown;
    }
    default:
      return null;
  }
}

/** Records of a file each, opened by their paths. */
export function records(paths: Extract<Meaning, { kind: 'term' }>, ...steps: readonly Term[]): Meaning {
  return { ...paths, term: operation('records', [paths.term, ...steps]) };
}
