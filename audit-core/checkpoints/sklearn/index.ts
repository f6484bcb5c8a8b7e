import { type Cell, type Frame, matrixFrame } from '../../runtime/estimators/frame';
import type { Port, Runtime } from '../../runtime/runtime';
import type { ByteSource } from '../byte-source';
import { CheckpointError, refuse } from '../inspection';
import { items, type PyValue } from '../pickle/values';
import type { Predictor } from './predictor';
import { compilePredictor } from './predictors';
import { EstimatorState } from './state';
import { compileTransform, type Transform } from './transforms';

/** Whether a pickled estimator can be run here, and how. */
export interface Loadable {
  readonly ok: boolean;
  readonly why: string;
  readonly inputs: readonly Port[];
  readonly load: () => Promise<Runtime>;
}

/** Looks whether a value is an estimator that can be run in this process; null when it is none. */
export async function loadEstimator(value: PyValue, source: ByteSource): Promise<Loadable | null> {
  const state = EstimatorState.of(value, source);
  if (!state || !/^(?:sklearn|imblearn)\./.test(classPath(state))) return null;
  const blocked = (stopped: string): Loadable => {
    const why = `${stopped} Where skl2onnx can export it to ONNX, that file can be run.`;
    return { ok: false, why, inputs: [], load: () => refuse(why) };
  };
  try {
    const predictor = await compile(state, 0);
    if (!predictor) return blocked(`The ${state.className} is not run here.`);
    const features = await state.number('n_features_in_', (await firstStep(state)?.number('n_features_in_', -1)) ?? -1);
    const inputs: Port[] = [{ name: 'X', shape: [-1, features], dtype: 'float64' }];
    const runtime = estimatorRuntime(predictor, inputs);
    return {
      ok: true,
      why: 'Runs in this process: the fitted numbers are read from the file, no Python is run.',
      inputs,
      load: async () => runtime,
    };
  } catch (error) {
    if (error instanceof CheckpointError) return blocked(error.message);
    throw error;
  }
}

const classPath = (state: EstimatorState): string => {
  const callee = state.object.callee;
  const direct = typeof callee === 'object' && callee !== null && callee.kind === 'global' ? callee.module : '';
  const [first] = state.object.args;
  return direct.startsWith('copy') && typeof first === 'object' && first !== null && first.kind === 'global'
    ? `${first.module}.`
    : `${direct}.`;
};

function stepsOf(state: EstimatorState): EstimatorState[] {
  return (items(state.get('steps')) ?? []).flatMap(
    step => EstimatorState.of((items(step) ?? [])[1], state.source) ?? [],
  );
}

const firstStep = (state: EstimatorState): EstimatorState | null => stepsOf(state)[0] ?? null;

async function compile(state: EstimatorState, depth: number): Promise<Predictor | null> {
  if (depth > 16) return refuse('The estimators in the file are nested too deeply.');
  if (state.className !== 'Pipeline')
    return await compilePredictor(
      state,
      inner => compile(inner, depth + 1),
      inner => transformOf(inner.object, inner.source, depth + 1),
    );
  const steps = items(state.get('steps')) ?? [];
  const transforms: Transform[] = [];
  for (const step of steps.slice(0, -1))
    transforms.push(await transformOf((items(step) ?? [])[1], state.source, depth + 1));
  const last = EstimatorState.of((items(steps.at(-1)) ?? [])[1], state.source);
  const predictor = last ? await compile(last, depth + 1) : null;
  if (!predictor) return null;
  const prepared = (frame: Frame): Frame => transforms.reduce((value, run) => run(value), frame);
  const { decide } = predictor;
  return {
    kind: predictor.kind,
    predict: frame => predictor.predict(prepared(frame)),
    ...(decide ? { decide: (frame: Frame) => decide(prepared(frame)) } : {}),
  };
}

async function transformOf(value: PyValue | undefined, source: ByteSource, depth: number): Promise<Transform> {
  if (depth > 16) return refuse('The estimators in the file are nested too deeply.');
  if (value === 'passthrough' || value === null) return frame => frame;
  const state = EstimatorState.of(value, source) ?? refuse('A step of the pipeline is no estimator.');
  if (state.className === 'Pipeline') {
    const inner: Transform[] = [];
    for (const step of items(state.get('steps')) ?? [])
      inner.push(await transformOf((items(step) ?? [])[1], source, depth + 1));
    return frame => inner.reduce((each, run) => run(each), frame);
  }
  return (
    (await compileTransform(
      state,
      each => transformOf(each, source, depth + 1),
      each => compile(each, depth + 1),
    )) ?? refuse(`The step ${state.className} of the pipeline is not run here.`)
  );
}

/** Words that pandas reads as truth values where a column holds nothing else. */
const truths: ReadonlyMap<unknown, number> = new Map([
  ['True', 1],
  ['TRUE', 1],
  ['true', 1],
  ['False', 0],
  ['FALSE', 0],
  ['false', 0],
]);
const asPandas = (column: readonly Cell[]): readonly Cell[] =>
  column.length > 0 && column.every(cell => truths.has(cell)) ? column.map(cell => truths.get(cell) ?? null) : column;

/** A predictor behind the runtime interface; rows come as one array or as named columns. */
export function estimatorRuntime(predictor: Predictor, inputs: readonly Port[]): Runtime {
  const run = async (frame: Frame) => {
    const result = predictor.predict(frame);
    return { data: result.data, shape: [result.rows, result.width] };
  };
  return {
    inputs,
    outputs: [{ name: predictor.kind, shape: [-1, -1], dtype: 'float64' }],
    outputKind: predictor.kind,
    predict: async ([tensor]) => {
      const [rows = 0, ...rest] = tensor?.shape ?? [];
      const width = rest.reduce((product, size) => product * size, 1);
      const wanted = inputs[0]?.shape[1] ?? -1;
      if (wanted > 0 && width !== wanted) refuse(`The model wants ${wanted} features; the data have ${width}.`);
      return await run(
        matrixFrame({
          rows,
          width,
          data: Float64Array.from(Array.from((tensor?.data ?? []) as ArrayLike<number | bigint>, Number)),
        }),
      );
    },
    predictTable: async columns => {
      const [first = []] = columns.values();
      return await run({
        rows: first.length,
        names: [...columns.keys()],
        columns: [...columns.values()].map(asPandas),
        matrix: null,
      });
    },
    dispose: () => undefined,
  };
}
