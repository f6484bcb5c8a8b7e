import { list, literal, literalOf, operation, type Term } from '../../../../audit-core/datasets/recipe';
import type { CallSite, Follower } from '../follower';
import {
  instance,
  isNone,
  isTrue,
  itemsOf,
  known,
  literalIn,
  type Meaning,
  termOf,
  text,
  textOf,
  unknown,
} from '../symbols';
import { typeName } from './arrays';

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
  'dtype_backend',
  'storage_options',
  'verbose',
  'infer_datetime_format',
  'cache_dates',
  'float_precision',
  'encoding_errors',
  'use_threads',
  'filesystem',
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
  comment: 'comment',
  skipinitialspace: 'trimmed',
  keep_default_na: 'usual_missing',
  decimal: 'decimal',
  thousands: 'thousands',
};
/** Options with the values under which they change nothing. */
const idle: Readonly<Record<string, readonly unknown[]>> = {
  quotechar: ['"'],
  quoting: [0],
  doublequote: [true],
  skip_blank_lines: [true],
  na_filter: [true],
  compression: ['infer', 'gzip', 'zip'],
  on_bad_lines: ['error'],
  error_bad_lines: [true],
  warn_bad_lines: [true, false],
  keep_date_col: [false],
  dayfirst: [false],
  squeeze: [false],
  mangle_dupe_cols: [true],
};
const isIdle = (name: string, value: Meaning): boolean => {
  const given = literalIn(value);
  return given === null || (given !== undefined && idle[name]?.includes(given) === true);
};

/** `pd.read_csv` and its relatives: the file, with what of the options matters. */
function readTable(path: string, { at, args, named }: CallSite): Meaning {
  const short = path.split('.').at(-1)!;
  const given = args[0] ?? named.get('filepath_or_buffer') ?? named.get('path') ?? named.get('source');
  const file = textOf(given?.kind === 'instance' && given.type === 'open-file' ? given.items[0] : given);
  if (file === null) return given?.kind === 'unknown' ? given : unknown;
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
    if (isIdle(name, value) && !(name in kept)) continue;
    // Records of too many fields are left out.
    if (
      (name === 'on_bad_lines' && ['skip', 'warn'].includes(String(literalIn(value)))) ||
      (name === 'error_bad_lines' && literalIn(value) === false)
    ) {
      options.lenient = literal(true);
      continue;
    }
    if (name === 'delim_whitespace' && isTrue(value)) {
      options.separator = literal('\\s+');
      continue;
    }
    if (name === 'na_filter' && literalIn(value) === false) {
      options.usual_missing = literal(false);
      continue;
    }
    if (name === 'na_values' && value.kind === 'instance' && value.type === 'dict') {
      const byColumn = [...value.named].map(([column, texts]) => ({ column, term: termOf(texts) }));
      if (!byColumn.every(each => each.term !== null)) return unknown;
      options.missing_in = list(byColumn.map(({ column, term }) => list([literal(column), term!])));
      continue;
    }
    const option = kept[name];
    const term = termOf(value);
    if (!option || !term) return unknown;
    if (option === 'header' && literalIn(value) === 'infer') continue;
    if (option === 'index_col' && literalIn(value) === false) continue;
    options[option] = term;
  }
  if (literalIn(named.get('na_filter')) === false) delete options.na_values;
  if (args[1] && short !== 'read_parquet') {
    const separator = termOf(args[1]);
    if (!separator) return unknown;
    options.separator = separator;
  }
  const separator = options.separator && literalIn(known(options.separator));
  if (typeof separator === 'string' && separator.length > 1) {
    if (!/^(?:\\s\+|\[ \\t\]\+| \+)$/.test(separator)) return unknown;
    options.separator = literal('\\s+');
  }
  const perColumn = types?.kind === 'instance' && types.type === 'dict' ? [...types.named] : [];
  const whole = types && perColumn.length === 0 ? typeName(types) : null;
  if (types && perColumn.length === 0 && (types.kind === 'unknown' || types.kind === 'instance')) return unknown;
  const isText = (type: string): boolean => /^(?:str|string|object|O|unicode)/.test(type);
  const texts = perColumn.filter(([, type]) => isText(typeName(type))).map(([name]) => literal(name));
  if (texts.length > 0) options.text = list(texts);
  else if (whole !== null && isText(whole)) options.text = literal(true);
  const read = reading(at, file, operation('table', [literal(file)], options));
  if (read.kind !== 'term') return read;
  const set = (table: Term, name: Term, made: (column: Term) => Term): Term =>
    operation('set', [table, name, made(operation('columns', [table, name]))]);
  let table = whole !== null && !isText(whole) ? operation('cast', [read.term, literal(whole)]) : read.term;
  for (const [name, type] of perColumn)
    if (!isText(typeName(type)))
      table = set(table, literal(name), column => operation('cast', [column, literal(typeName(type))]));
  const names = dates && termOf(dates);
  if (dates && !names) return unknown;
  if (names && 'items' in names) {
    if (!names.items.every(name => typeof literalOf(name) === 'string')) return unknown;
    for (const name of names.items) table = set(table, name, column => operation('date', [column]));
  }
  return known(table);
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
      const followed = [
        'fname',
        'delimiter',
        'skiprows',
        'skip_header',
        'dtype',
        'usecols',
        'encoding',
        'comments',
        'ndmin',
      ];
      if ([...named].some(([option, value]) => !followed.includes(option) && !isNone(value))) return unknown;
      const skip = Number(literalIn(named.get('skiprows') ?? named.get('skip_header')) ?? 0);
      const options: Record<string, Term> = { format: literal('any'), header: literal(null), skiprows: literal(skip) };
      const by = textOf(named.get('delimiter'));
      options.separator = literal(by ?? '\\s+');
      options.comment = literal(textOf(named.get('comments')) ?? '#');
      const chosen = named.get('usecols');
      if (chosen && !isNone(chosen)) {
        const places = itemsOf(chosen)?.map(literalIn);
        // Columns come in the order of the file there, in the order asked for here.
        if (!places?.every((place, i) => typeof place === 'number' && (i === 0 || Number(places[i - 1]) < place)))
          return unknown;
        options.usecols = termOf(chosen)!;
      }
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
