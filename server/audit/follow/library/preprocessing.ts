import { list, literal, operation, type Term } from '../../../../audit-core/datasets/recipe';
import type { CallSite } from '../follower';
import { type Instance, instance, itemsOf, known, literalIn, type Meaning, termOf, termsOf, unknown } from '../symbols';

const transformers = new Set([
  'StandardScaler',
  'MinMaxScaler',
  'MaxAbsScaler',
  'RobustScaler',
  'Normalizer',
  'SimpleImputer',
  'OneHotEncoder',
  'OrdinalEncoder',
  'LabelEncoder',
  'LabelBinarizer',
  'VarianceThreshold',
  'ColumnTransformer',
  'Pipeline',
  'FunctionTransformer',
]);
/** Options of transformers that change nothing of the numbers. */
const ignored = new Set([
  'copy',
  'sparse',
  'sparse_output',
  'n_jobs',
  'verbose',
  'dtype',
  'handle_unknown',
  'verbose_feature_names_out',
  'memory',
  'sparse_threshold',
  'missing_values',
  'force_int_remainder_cols',
  'feature_name_combiner',
  'keep_empty_features',
  'encoded_missing_value',
  'min_frequency',
  'max_categories',
  'validate',
]);

const isTransformerPath = (path: string): boolean =>
  path.startsWith('sklearn.') && transformers.has(path.split('.').at(-1)!);

/** The transformer as a term; null where a part of it is not one that is replayed. */
export function specOf(of: Meaning | undefined): Term | null {
  const word = literalIn(of);
  if (word === 'passthrough' || word === 'drop') return literal(word);
  if (of?.kind !== 'instance') return null;
  const type = of.type.split('.').at(-1)!;
  if (type === 'Pipeline') {
    const steps = of.items.map(specOf);
    return steps.every(step => step !== null)
      ? operation('transformer', [literal('Pipeline'), ...steps.filter(step => !('value' in step))])
      : null;
  }
  if (!transformers.has(type) || !of.type.startsWith('sklearn.')) return null;
  if (type === 'ColumnTransformer') {
    const parts = of.items.map(item => {
      const [, transformer, columns] =
        item.kind === 'tuple'
          ? item.items
          : item.kind === 'term' && 'items' in item.term
            ? item.term.items.map(known)
            : [];
      const [spec, names] = [specOf(transformer), termOf(columns)];
      return spec && names ? list([names, spec]) : null;
    });
    const rest = of.named.get('remainder');
    const remainder = rest === undefined ? literal('drop') : specOf(rest);
    return parts.every(part => part !== null) && remainder
      ? operation('transformer', [literal(type), ...parts], { remainder })
      : null;
  }
  if (type === 'FunctionTransformer') {
    const func = of.items[0] ?? of.named.get('func');
    const path = func?.kind === 'path' ? /^numpy\.(\w+)$/.exec(func.path)?.[1] : undefined;
    return path
      ? operation('transformer', [literal(type)], { func: literal(path) })
      : func === undefined
        ? operation('transformer', [literal(type)])
        : null;
  }
  const options = termsOf(of.named, [...ignored]);
  return options && operation('transformer', [literal(type)], options);
}

/** Constructors of transformers and pipelines, and pandas-like encoders; null for others. */
export function callPreprocessing(path: string, site: CallSite): Meaning | null {
  const { args, named } = site;
  const short = path.split('.').at(-1)!;
  if (/^(?:sklearn|imblearn)\.pipeline\.make_pipeline$/.test(path))
    return instance('sklearn.pipeline.Pipeline', new Map(), args);
  if (/^(?:sklearn|imblearn)\.pipeline\.Pipeline$/.test(path)) {
    const steps = itemsOf(args[0] ?? named.get('steps') ?? unknown);
    return instance(
      'sklearn.pipeline.Pipeline',
      new Map(),
      steps ? steps.map(step => (step.kind === 'tuple' ? (step.items[1] ?? unknown) : unknown)) : [unknown],
    );
  }
  if (path === 'sklearn.compose.make_column_transformer')
    return instance(
      'sklearn.compose.ColumnTransformer',
      new Map(named),
      args.map(pair => (pair.kind === 'tuple' ? { kind: 'tuple' as const, items: [unknown, ...pair.items] } : unknown)),
    );
  if (path === 'sklearn.compose.ColumnTransformer') {
    const parts = itemsOf(args[0] ?? named.get('transformers') ?? unknown);
    return instance(path, new Map(named), parts ?? [unknown]);
  }
  if (isTransformerPath(path)) {
    const all = new Map(named);
    const positional: Readonly<Record<string, string>> = { MinMaxScaler: 'feature_range', LabelEncoder: '' };
    if (args[0] && positional[short]) all.set(positional[short], args[0]);
    return instance(path, all, args);
  }
  if (/^sklearn\.preprocessing\.(?:scale|minmax_scale|robust_scale|normalize)$/.test(path)) {
    const data = termOf(args[0]);
    const type = {
      scale: 'StandardScaler',
      minmax_scale: 'MinMaxScaler',
      robust_scale: 'RobustScaler',
      normalize: 'Normalizer',
    }[short]!;
    return data
      ? known(operation('transform', [operation('fit', [operation('transformer', [literal(type)]), data]), data]))
      : unknown;
  }
  return null;
}

/** `fit`, `transform`, `fit_transform` of a transformer; null for other instances. */
export function callTransformer(self: Instance, method: string, { args, named }: CallSite): Meaning | null {
  if (!/^(?:fit|transform|fit_transform|inverse_transform|set_output|get_feature_names_out)$/.test(method)) return null;
  if (!isTransformerPath(self.type)) return null;
  // A pipeline that ends in an estimator is a model.
  if (self.type.endsWith('.Pipeline') && specOf(self) === null) return null;
  if (method === 'set_output') return self;
  const data = termOf(args[0] ?? named.get('X') ?? named.get('y'));
  const spec = specOf(self);
  if (method === 'inverse_transform' || method === 'get_feature_names_out') return unknown;
  if (!data || !spec) {
    if (method !== 'transform') self.state = null;
    return args[0]?.kind === 'unknown' ? args[0] : unknown;
  }
  if (method !== 'transform') self.state = operation('fit', [spec, data]);
  if (method === 'fit') return self;
  return self.state ? known(operation('transform', [self.state, data])) : unknown;
}
