import { list, literal, operation, type Term } from '../../../../audit-core/datasets/recipe';
import type { CallSite } from '../follower';
import {
  type Instance,
  instance,
  itemsOf,
  known,
  literalIn,
  type Meaning,
  termOf,
  termsOf,
  text,
  unknown,
} from '../symbols';

/** How texts are cut up. */
const words = 'analyzer ngram_range lowercase stop_words token_pattern';

/**
 * The transformers that are replayed, with the options that are: those that change the numbers, and in `any` those that change nothing of them
 * here. A transformer with another option is not followed.
 */
const transformers: Readonly<Record<string, string>> = {
  StandardScaler: 'with_mean with_std',
  MinMaxScaler: 'feature_range clip',
  MaxAbsScaler: '',
  RobustScaler: 'with_centering with_scaling quantile_range',
  Normalizer: 'norm',
  Binarizer: 'threshold',
  SimpleImputer: 'strategy fill_value add_indicator',
  OneHotEncoder: 'categories drop',
  OrdinalEncoder: 'categories unknown_value',
  LabelEncoder: '',
  LabelBinarizer: '',
  PolynomialFeatures: 'degree interaction_only include_bias',
  SelectKBest: 'k score_func',
  VarianceThreshold: 'threshold',
  ColumnTransformer: '',
  Pipeline: '',
  FunctionTransformer: 'func',
  FeatureUnion: '',
  PCA: 'n_components whiten svd_solver',
  KNNImputer: 'n_neighbors weights add_indicator',
  PowerTransformer: 'method standardize',
  QuantileTransformer: 'n_quantiles output_distribution subsample',
  KBinsDiscretizer: 'n_bins encode strategy',
  CountVectorizer: `${words} binary min_df max_df max_features`,
  TfidfVectorizer: `${words} binary min_df max_df max_features norm use_idf smooth_idf sublinear_tf`,
  TfidfTransformer: 'norm use_idf smooth_idf sublinear_tf',
  HashingVectorizer: `${words} binary n_features norm alternate_sign`,
};
const any = new Set(
  'copy sparse sparse_output n_jobs verbose dtype handle_unknown verbose_feature_names_out random_state memory sparse_threshold force_int_remainder_cols feature_name_combiner keep_empty_features validate'.split(
    ' ',
  ),
);
/** Options that are taken for their usual value only. */
const usual: Readonly<Record<string, readonly unknown[]>> = {
  missing_values: ['nan', undefined],
  min_frequency: [null],
  max_categories: [null],
  unit_variance: [false],
  order: ['C'],
  encoded_missing_value: ['nan', undefined],
  metric: ['nan_euclidean'],
  encoding: ['utf-8', 'utf8'],
  decode_error: ['strict', 'ignore', 'replace'],
  input: ['content'],
  strip_accents: [null],
  preprocessor: [null],
  tokenizer: [null],
  vocabulary: [null],
  transformer_weights: [null],
  quantile_method: ['linear', 'averaged_inverted_cdf', 'warn'],
  ignore_implicit_zeros: [false],
  n_oversamples: [10],
  power_iteration_normalizer: ['auto'],
  tol: [0],
  iterated_power: ['auto'],
};

/** The options of a transformer as terms; null where one of them is not replayed. */
function optionsOf(type: string, named: ReadonlyMap<string, Meaning>): Record<string, Term> | null {
  const own = new Set(transformers[type]?.split(' '));
  const kept = new Map<string, Meaning>();
  for (const [name, value] of named) {
    if (own.has(name)) kept.set(name, value.kind === 'path' ? text(value.path.split('.').at(-1)!) : value);
    else if (!any.has(name)) {
      const wanted = usual[name];
      const given = value.kind === 'path' && /(?:^|\.)(?:nan|NaN|NAN|NA)$/.test(value.path) ? 'nan' : literalIn(value);
      if (!wanted?.includes(given) || given === undefined) return null;
    }
  }
  return termsOf(kept);
}

const positional: Readonly<Record<string, string>> = {
  MinMaxScaler: 'feature_range',
  Normalizer: 'norm',
  PolynomialFeatures: 'degree',
  SelectKBest: 'score_func',
  VarianceThreshold: 'threshold',
  PCA: 'n_components',
  PowerTransformer: 'method',
  KBinsDiscretizer: 'n_bins',
};

const isTransformerPath = (path: string): boolean =>
  path.startsWith('sklearn.') && Object.hasOwn(transformers, path.split('.').at(-1)!);

/** The transformer as a term; null where a part of it is not one that is replayed. */
export function specOf(of: Meaning | undefined): Term | null {
  const word = literalIn(of);
  if (word === 'passthrough' || word === 'drop') return literal(word);
  if (of?.kind !== 'instance') return null;
  const type = of.type.split('.').at(-1)!;
  if (type === 'FeatureUnion') {
    const parts = of.named.size > 0 ? [null] : of.items.map(specOf);
    return parts.every(part => part !== null && !('value' in part))
      ? operation('transformer', [literal(type), ...parts.filter(part => part !== null)])
      : null;
  }
  if (type === 'Pipeline') {
    const steps = of.items.map(specOf);
    return steps.every(step => step !== null)
      ? operation('transformer', [literal('Pipeline'), ...steps.filter(step => !('value' in step))])
      : null;
  }
  if (!Object.hasOwn(transformers, type) || !of.type.startsWith('sklearn.')) return null;
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
  const options = optionsOf(type, of.named);
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
  if (path === 'sklearn.pipeline.make_union') return instance('sklearn.pipeline.FeatureUnion', new Map(named), args);
  if (path === 'sklearn.pipeline.FeatureUnion') {
    const parts = itemsOf(args[0] ?? named.get('transformer_list') ?? unknown);
    return instance(
      path,
      new Map([...named].filter(([name]) => !['transformer_list', 'n_jobs', 'verbose'].includes(name))),
      parts ? parts.map(part => (part.kind === 'tuple' ? (part.items[1] ?? unknown) : unknown)) : [unknown],
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
    const first = positional[short];
    // What is given by its place, where the place is not known, is an option that is not replayed.
    if (args[0] && short !== 'FunctionTransformer') all.set(first ?? 'by its place', args[0]);
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
  const target = termOf(args[1] ?? named.get('y'));
  const spec = specOf(self);
  if (method === 'inverse_transform' || method === 'get_feature_names_out') return unknown;
  if (!data || !spec) {
    if (method !== 'transform') self.state = null;
    return args[0]?.kind === 'unknown' ? args[0] : unknown;
  }
  if (method !== 'transform') self.state = operation('fit', target ? [spec, data, target] : [spec, data]);
  if (method === 'fit') return self;
  return self.state ? known(operation('transform', [self.state, data])) : unknown;
}
