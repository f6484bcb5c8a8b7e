import {
  asMatrix,
  beside,
  type Cell,
  column,
  type Frame,
  type Matrix,
  matrixFrame,
  select,
} from '../../runtime/estimators/frame';
import { refuse } from '../inspection';
import { asNumber, items } from '../pickle/values';
import { isMissing } from './encoders';
import type { Nested } from './predictor';
import { EstimatorState } from './state';
import type { Transform } from './transforms';

/** True for the cells that an imputer fills: by default those that are missing. */
function missingOf(state: EstimatorState): (cell: Cell) => boolean {
  const value = state.get('missing_values');
  const wanted = asNumber(value);
  if (typeof value === 'string') return cell => cell === value;
  return wanted === null || Number.isNaN(wanted) ? isMissing : cell => cell === wanted;
}

/** Flags of the columns that were missing somewhere among the training rows, where the imputer adds them. */
async function indicatorOf(state: EstimatorState): Promise<((frame: Frame) => Matrix) | null> {
  const indicator = state.child('indicator_');
  if (!indicator) return null;
  const features = [...(await indicator.numbers('features_'))];
  const missing = missingOf(state);
  return frame => {
    const cells = features.map(index => column(frame, index));
    const data = new Float64Array(frame.rows * features.length);
    for (const [at, each] of cells.entries())
      for (const [row, cell] of each.entries()) if (missing(cell)) data[row * features.length + at] = 1;
    return { rows: frame.rows, width: features.length, data };
  };
}

/** The filled columns, then the flags. */
const withFlags = (filled: Frame, frame: Frame, flags: ((frame: Frame) => Matrix) | null): Frame =>
  flags ? matrixFrame(beside([asMatrix(filled, 'imputer'), flags(frame)], frame.rows)) : filled;

/** One value a column; columns that had none among the training rows are left out. */
export async function simpleImputer(state: EstimatorState): Promise<Transform> {
  const numbers = await state.optional('statistics_');
  const texts = state.array('statistics_')?.objects;
  const fill: readonly Cell[] =
    texts?.map(each => (typeof each === 'string' ? each : (asNumber(each) ?? null))) ??
    (numbers ? [...numbers] : refuse('The SimpleImputer in the file was not fitted.'));
  const missing = missingOf(state);
  const empty = state.get('keep_empty_features') === true;
  const kept = fill.flatMap((value, index) => (!empty && isMissing(value) ? [] : [index]));
  const flags = await indicatorOf(state);
  return frame => {
    const source = kept.length === fill.length ? frame : select(frame, kept);
    const columns = kept.map((index, at) =>
      column(source, at).map(cell => (missing(cell) ? (fill[index] ?? null) : cell)),
    );
    return withFlags({ rows: frame.rows, names: source.names, columns, matrix: null }, frame, flags);
  };
}

/** The mean of the nearest training rows that have the column, by the distance over the columns that both rows have. */
export async function neighbourImputer(state: EstimatorState): Promise<Transform> {
  const rows = await state.numbers('_fit_X');
  const [count = 0, width = 0] = state.shape('_fit_X');
  const neighbours = await state.number('n_neighbors');
  const weighted = state.text('weights') === 'distance';
  const flags = await indicatorOf(state);
  const valid = Array.from({ length: width }, (_, index) => index).filter(index =>
    Array.from({ length: count }, (_each, row) => rows[row * width + index] ?? Number.NaN).some(
      value => !Number.isNaN(value),
    ),
  );
  const distance = (row: Float64Array, other: number): number => {
    let [sum, both] = [0, 0];
    for (let index = 0; index < width; index++) {
      const apart = (row[index] ?? 0) - (rows[other * width + index] ?? 0);
      if (Number.isNaN(apart)) continue;
      both++;
      sum += apart * apart;
    }
    return both === 0 ? Number.NaN : Math.sqrt((sum * width) / both);
  };
  const value = (row: Float64Array, index: number): number => {
    const donors = Array.from({ length: count }, (_, other) => other).filter(
      other => !Number.isNaN(rows[other * width + index] ?? Number.NaN),
    );
    const held = (other: number): number => rows[other * width + index] ?? 0;
    const near = donors
      .map(other => ({ other, apart: distance(row, other) }))
      .filter(({ apart }) => !Number.isNaN(apart))
      .sort((a, b) => a.apart - b.apart || a.other - b.other)
      .slice(0, neighbours);
    if (near.length === 0) return donors.reduce((sum, other) => sum + held(other), 0) / donors.length;
    const exact = near.some(({ apart }) => apart === 0);
    const weightOf = (apart: number): number => (!weighted ? 1 : exact ? Number(apart === 0) : 1 / apart);
    const total = near.reduce((sum, { apart }) => sum + weightOf(apart), 0);
    return near.reduce((sum, { other, apart }) => sum + weightOf(apart) * held(other), 0) / total;
  };
  return frame => {
    const x = asMatrix(frame, state.className);
    const data = new Float64Array(x.rows * valid.length);
    for (let at = 0; at < x.rows; at++) {
      const row = x.data.subarray(at * width, (at + 1) * width);
      for (const [place, index] of valid.entries()) {
        const own = row[index] ?? Number.NaN;
        data[at * valid.length + place] = Number.isNaN(own) ? value(row, index) : own;
      }
    }
    return withFlags(matrixFrame({ rows: x.rows, width: valid.length, data }), frame, flags);
  };
}

/** Columns predicted from the others, in the order of the fitted rounds (sklearn/impute/_iterative.py). */
export async function iterativeImputer(state: EstimatorState, nested: Nested): Promise<Transform> {
  if (state.get('sample_posterior') === true)
    return refuse('The IterativeImputer in the file draws its values at random.');
  const first = await simpleImputer(
    state.child('initial_imputer_') ?? refuse('The IterativeImputer in the file was not fitted.'),
  );
  const low = await state.optional('_min_value');
  const high = await state.optional('_max_value');
  const flags = await indicatorOf(state);
  const steps: { feature: number; others: number[]; predict: (frame: Frame) => Matrix }[] = [];
  for (const value of items(state.get('imputation_sequence_')) ?? []) {
    const triplet = EstimatorState.of(value, state.source);
    const [feature, others, model] = items(value) ?? triplet?.object.args ?? [];
    const inner = EstimatorState.of(model, state.source) ?? refuse('A round of the IterativeImputer is broken.');
    const predictor =
      (await nested(inner)) ?? refuse(`The ${inner.className} inside the IterativeImputer is not run here.`);
    const told = new EstimatorState(
      {
        ...inner.object,
        state: {
          kind: 'dict',
          entries: [
            ['feature', feature ?? null],
            ['others', others ?? null],
          ],
        },
      },
      state.source,
    );
    steps.push({
      feature: await told.number('feature'),
      others: [...(await told.numbers('others'))],
      predict: predictor.predict,
    });
  }
  return frame => {
    const x = asMatrix(frame, state.className);
    const filled = asMatrix(first(frame), state.className);
    const { width } = filled;
    if (width !== x.width) return refuse('The IterativeImputer in the file leaves columns out, which is not run here.');
    const data = Float64Array.from(filled.data);
    for (const { feature, others, predict } of steps) {
      const rows = Array.from({ length: x.rows }, (_, row) => row).filter(row =>
        Number.isNaN(x.data[row * width + feature] ?? 0),
      );
      if (rows.length === 0) continue;
      const given = new Float64Array(rows.length * others.length);
      for (const [at, row] of rows.entries())
        for (const [place, index] of others.entries())
          given[at * others.length + place] = data[row * width + index] ?? 0;
      const out = predict(matrixFrame({ rows: rows.length, width: others.length, data: given }));
      for (const [at, row] of rows.entries())
        data[row * width + feature] = Math.min(
          high?.[feature] ?? Number.POSITIVE_INFINITY,
          Math.max(low?.[feature] ?? Number.NEGATIVE_INFINITY, out.data[at] ?? 0),
        );
    }
    return withFlags(matrixFrame({ rows: x.rows, width, data }), frame, flags);
  };
}
