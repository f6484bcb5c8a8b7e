import { type ByteSource, bytesSource } from '../byte-source';
import type { Checkpoint } from '../checkpoint';
import { compressionOf, decompress } from '../compression';
import { CheckpointError, type Hazard, inspection, refuse, type TensorInfo } from '../inspection';
import type { Limits } from '../limits';
import { arrayOf, joblibRaw } from './numpy';
import { checkValue, readPickle, readTrailing } from './read';
import { classOf, dictEntries, isKind, items, type PyValue } from './values';

/** Opens a plain pickle or a joblib file, compressed or not. */
export async function openPickle(source: ByteSource, limits: Limits): Promise<Checkpoint> {
  const compression = compressionOf(await source.read(0, 16));
  if (compression && source.size > limits.inflatedBytes)
    refuse('The compressed file is larger than this reader allows.');
  const plain = compression
    ? bytesSource(source.name, await decompress(await source.read(0, source.size), compression, limits))
    : source;
  let joblib = false;
  const options = {
    limits,
    persistent: false,
    rawAfter: (object: Parameters<typeof joblibRaw>[0], next: number) => {
      const raw = joblibRaw(object, next);
      joblib ||= raw !== null;
      return raw;
    },
  };
  const read = await readPickle(plain, 0, options);
  const trailing = await readTrailing(plain, read.end, options);
  const hazards: Hazard[] = [...read.hazards, ...trailing.hazards];
  try {
    const warnings = [...trailing.warnings, ...checkValue(read.value, limits)];
    const format = joblib || compression ? `joblib${compression ? ` (${compression})` : ''}` : 'pickle';
    return describePickle({
      format,
      source: plain,
      value: read.value,
      hazards,
      warnings,
      limits,
      metadata: { protocol: read.protocol },
    });
  } catch (error) {
    if (error instanceof CheckpointError && hazards[0]) throw new CheckpointError(error.message, hazards[0]);
    throw error;
  }
}

/** A value that was read from any pickle-like container. */
export interface PickledModel {
  readonly format: string;
  readonly source: ByteSource;
  readonly value: PyValue;
  readonly hazards: readonly Hazard[];
  readonly warnings: readonly string[];
  readonly limits: Limits;
  readonly metadata: Readonly<Record<string, string | number>>;
}

/** Estimators that keep training rows, and the attribute that holds them. */
const keepers: readonly (readonly [RegExp, readonly string[]])[] = [
  [/\.(?:KNeighbors\w+|RadiusNeighbors\w+|NearestNeighbors|LocalOutlierFactor|KNNImputer|DBSCAN)$/, ['_fit_X']],
  [/\.(?:SVC|SVR|NuSVC|NuSVR|OneClassSVM)$/, ['support_vectors_']],
  [/\.GaussianProcess(?:Classifier|Regressor)$|\._BinaryGaussianProcessClassifierLaplace$/, ['X_train_']],
  [/\.KernelDensity$/, ['tree_']],
  [/\.Nystroem$/, ['components_']],
  [/\.(?:KernelRidge|KernelPCA|LabelPropagation|LabelSpreading)$/, ['X_fit_', 'X_']],
  [/^pandas\.(?:core\.frame\.DataFrame|core\.series\.Series|DataFrame)$/, []],
];

/** The report of a pickled model: its arrays as tensors, its estimators in words, the records that it carries. */
export async function describePickle(model: PickledModel): Promise<Checkpoint> {
  const { source, value, limits } = model;
  const tensors: TensorInfo[] = [];
  const classes = new Map<string, number>();
  const hazards = [...model.hazards];
  const seen = new Set<object>();
  const visit = (each: PyValue | undefined, path: string, depth: number): void => {
    if (typeof each !== 'object' || each === null || depth > 150 || seen.has(each)) return;
    seen.add(each);
    const array = arrayOf(each, source);
    if (array) {
      if (tensors.length >= limits.tensors)
        refuse('The file has more arrays than this reader allows (limits.tensors).');
      if (!array.objects)
        tensors.push({
          name: path || 'value',
          shape: array.shape,
          dtype: array.dtype.name === 'struct' ? 'struct' : array.dtype.name,
        });
      for (const [index, item] of (array.objects ?? []).entries()) visit(item, `${path}.${index}`, depth + 1);
      return;
    }
    const join = (key: string): string => (path === '' ? key : `${path}.${key}`);
    if (isKind(each, 'object')) {
      const name = classOf(each);
      if (name.includes('.') && /\.[A-Z]\w*$/.test(name)) classes.set(name, (classes.get(name) ?? 0) + 1);
      hazards.push(...records(each, name, source));
      for (const item of each.items) visit(item, path, depth + 1);
      for (const [index, argument] of each.args.entries()) visit(argument, join(`args.${index}`), depth + 1);
      visitState(each.state, path, depth);
    }
    const entries = dictEntries(each);
    if (entries)
      for (const [key, item] of entries)
        visit(
          item,
          join(typeof key === 'string' || typeof key === 'number' ? String(key).slice(0, 80) : '?'),
          depth + 1,
        );
    else for (const [index, item] of (items(each) ?? []).entries()) visit(item, join(String(index)), depth + 1);
  };
  const visitState = (state: PyValue | undefined, path: string, depth: number): void => {
    if (isKind(state, 'dict'))
      for (const [key, item] of state.entries)
        visit(item, path === '' ? String(key) : `${path}.${String(key)}`, depth + 1);
    else visit(state, path, depth + 1);
  };
  visit(value, '', 0);
  const top = classOf(value);
  const numeric = tensors.filter(tensor => /float|int|struct/.test(tensor.dtype));
  const version = versionOf(value);
  const { loadEstimator } = await import('../sklearn');
  const { loadBooster } = await import('./boosters');
  const load = hazards.some(hazard => hazard.kind === 'executable-content')
    ? null
    : ((await loadBooster(value, source, limits)) ?? (await loadEstimator(value, source)));
  const report = inspection(model.format, {
    tensors,
    parameters: numeric.reduce((sum, tensor) => sum + tensor.shape.reduce((a, b) => a * b, 1), 0),
    hazards,
    warnings: model.warnings,
    metadata: { ...model.metadata, ...(top ? { class: top } : {}), ...(version ? { version } : {}) },
    architecture:
      [...classes]
        .slice(0, 20)
        .map(([name, count]) => `${count > 1 ? `${count}× ` : ''}${name.split('.').at(-1)}`)
        .join(', ') || null,
    runnable: load?.ok ?? false,
    why: load
      ? load.why
      : hazards.length
        ? 'The file carries executable content; it is not run.'
        : 'Python objects without a model that is known.',
  });
  return load?.ok ? { inspection: report, load: async () => await load.load() } : { inspection: report };
}

function records(value: PyValue, name: string, source: ByteSource): Hazard[] {
  const found = keepers.find(([pattern]) => pattern.test(name));
  if (!found || !isKind(value, 'object')) return [];
  const short = name.split('.').at(-1) ?? name;
  const rows = found[1]
    .map(key =>
      isKind(value.state, 'dict')
        ? arrayOf(value.state.entries.findLast(([each]) => each === key)?.[1], source)?.shape[0]
        : undefined,
    )
    .find(Boolean);
  return [
    {
      kind: 'embedded-records',
      message: `The file carries ${rows ? `${rows} ` : ''}rows of its training data inside (${short}); whoever has the file has them.`,
    },
  ];
}

function versionOf(value: PyValue): string | null {
  if (!isKind(value, 'object') || !isKind(value.state, 'dict')) return null;
  const version = value.state.entries.find(([key]) => key === '_sklearn_version')?.[1];
  return typeof version === 'string' ? `scikit-learn ${version}` : null;
}
