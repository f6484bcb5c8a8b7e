import { asMatrix, type Frame } from '../../runtime/estimators/frame';
import type { PyValue } from '../pickle/values';
import { columnTransformer, featureUnion } from './columns';
import { oneHot, ordinal, targets } from './encoders';
import { iterativeImputer, neighbourImputer, simpleImputer } from './imputers';
import type { Nested } from './predictor';
import { agglomeration, clusterDistances, components, discriminantAxes, nystroem, randomFourier } from './projections';
import {
  binner,
  byColumn,
  functionOf,
  minMaxScaler,
  normalise,
  polynomial,
  powerTransformer,
  quantileTransformer,
  standardScaler,
} from './scaling';
import { selector } from './selection';
import type { EstimatorState } from './state';

export type Transform = (frame: Frame) => Frame;

/** The fitted preprocessing steps of scikit-learn, which are fixed once fitted; null for a class that is not known. */
export async function compileTransform(
  state: EstimatorState,
  nested: (value: PyValue | undefined) => Promise<Transform | null>,
  predictor: Nested,
): Promise<Transform | null> {
  const name = state.className;
  switch (name) {
    case 'StandardScaler':
    case 'RobustScaler':
      return byColumn(name, await standardScaler(state));
    case 'MinMaxScaler':
      return await minMaxScaler(state);
    case 'MaxAbsScaler': {
      const scale = await state.numbers('scale_');
      return byColumn(name, (value, index) => value / (scale[index] ?? 1));
    }
    case 'PowerTransformer':
      return await powerTransformer(state);
    case 'QuantileTransformer':
      return await quantileTransformer(state);
    case 'KBinsDiscretizer':
      return await binner(state);
    case 'PolynomialFeatures':
      return await polynomial(state);
    case 'Binarizer': {
      const threshold = await state.number('threshold', 0);
      return byColumn(name, value => Number(value > threshold));
    }
    case 'Normalizer': {
      const norm = state.text('norm') || 'l2';
      return frame => normalise(asMatrix(frame, name), norm);
    }
    case 'FunctionTransformer':
      return await functionOf(state);
    case 'PCA':
    case 'IncrementalPCA':
    case 'FastICA':
    case 'TruncatedSVD':
    case 'GaussianRandomProjection':
    case 'NeighborhoodComponentsAnalysis':
      return await components(state);
    case 'LinearDiscriminantAnalysis':
      return await discriminantAxes(state);
    case 'RBFSampler':
      return await randomFourier(state);
    case 'Nystroem':
      return await nystroem(state);
    case 'KMeans':
    case 'MiniBatchKMeans':
      return await clusterDistances(state);
    case 'FeatureAgglomeration':
      return await agglomeration(state);
    case 'SimpleImputer':
      return await simpleImputer(state);
    case 'KNNImputer':
      return await neighbourImputer(state);
    case 'IterativeImputer':
      return await iterativeImputer(state, predictor);
    case 'OneHotEncoder':
      return await oneHot(state);
    case 'OrdinalEncoder':
      return await ordinal(state);
    case 'TargetEncoder':
      return await targets(state);
    case 'ColumnTransformer':
      return await columnTransformer(state, nested);
    case 'FeatureUnion':
      return await featureUnion(state, nested);
    default:
      return await selector(state);
  }
}
