import type { Frame } from '../../runtime/estimators/frame';
import { refuse } from '../inspection';
import { categoricalNb, countNb, dummy, gaussianNb, quadratic } from './bayes';
import { calibrated, isotonic } from './calibration';
import { adaBoost, adaBoostRegressor, bagging, stacking, voting } from './ensembles';
import { forest, gradientBoosting, histBoosting } from './forests';
import { kernelRidge, processClassifier, processRegressor, propagated } from './kernels';
import { linearClassifier, linearClassifiers, linearRegressor, linearRegressors, transformedTarget } from './linear';
import { multilayer } from './multilayer';
import { neighbours } from './neighbours';
import { type Nested, type Predictor, regression } from './predictor';
import { chain, oneVersusOne, oneVersusRest, perTarget } from './several';
import type { EstimatorState } from './state';
import { compileSvm } from './svm';
import type { Transform } from './transforms';
import { readTree } from './trees';

/** The fitted estimators of scikit-learn that are run here; null for a class that is not known. */
export async function compilePredictor(
  state: EstimatorState,
  nested: Nested,
  transform: (state: EstimatorState) => Promise<Transform>,
): Promise<Predictor | null> {
  const name = state.className;
  if (linearClassifiers.has(name)) return await linearClassifier(state);
  if (linearRegressors.has(name)) return await linearRegressor(state);
  const features = await state.number('n_features_in_', await state.number('n_features_', 1e6));
  const classes = name.endsWith('Classifier');
  switch (name) {
    case 'DecisionTreeClassifier':
    case 'ExtraTreeClassifier':
    case 'DecisionTreeRegressor':
    case 'ExtraTreeRegressor':
      return forest([await readTree(state, features, classes)], classes);
    case 'RandomForestClassifier':
    case 'ExtraTreesClassifier':
    case 'RandomForestRegressor':
    case 'ExtraTreesRegressor': {
      const trees = [];
      for (const child of state.children('estimators_')) trees.push(await readTree(child, features, classes));
      return forest(trees, classes);
    }
    case 'GradientBoostingClassifier':
    case 'GradientBoostingRegressor':
      return await gradientBoosting(state, features, nested);
    case 'HistGradientBoostingClassifier':
    case 'HistGradientBoostingRegressor':
      return await histBoosting(state, features, transform);
    case 'GaussianNB':
      return await gaussianNb(state);
    case 'BernoulliNB':
    case 'MultinomialNB':
    case 'ComplementNB':
      return await countNb(state);
    case 'CategoricalNB':
      return await categoricalNb(state);
    case 'QuadraticDiscriminantAnalysis':
      return await quadratic(state);
    case 'DummyClassifier':
      return await dummy(state);
    case 'DummyRegressor': {
      const constant = await state.numbers('constant_');
      const width = constant.length;
      const value = (at: number): number => constant[at % width] ?? 0;
      return regression(({ rows }) => ({
        rows,
        width,
        data: Float64Array.from({ length: rows * width }, (_, at) => value(at)),
      }));
    }
    case 'MLPClassifier':
    case 'MLPRegressor':
      return await multilayer(state);
    case 'KNeighborsClassifier':
    case 'KNeighborsRegressor':
    case 'RadiusNeighborsClassifier':
    case 'RadiusNeighborsRegressor':
      return await neighbours(state);
    case 'SVC':
    case 'NuSVC':
    case 'SVR':
    case 'NuSVR':
      return await compileSvm(state);
    case 'GaussianProcessRegressor':
      return await processRegressor(state);
    case 'GaussianProcessClassifier':
      return await processClassifier(state);
    case 'KernelRidge':
      return await kernelRidge(state);
    case 'CalibratedClassifierCV':
      return await calibrated(state, nested);
    case 'VotingClassifier':
    case 'VotingRegressor':
      return await voting(state, nested);
    case 'BaggingClassifier':
    case 'BaggingRegressor':
      return await bagging(state, nested);
    case 'AdaBoostClassifier':
      return await adaBoost(state, nested);
    case 'AdaBoostRegressor':
      return await adaBoostRegressor(state, nested);
    case 'StackingClassifier':
    case 'StackingRegressor':
      return await stacking(state, nested);
    case 'OneVsRestClassifier':
      return await oneVersusRest(state, nested);
    case 'OneVsOneClassifier':
      return await oneVersusOne(state, nested);
    case 'MultiOutputRegressor':
    case 'MultiOutputClassifier':
      return await perTarget(state, nested);
    case 'ClassifierChain':
    case 'RegressorChain':
      return await chain(state, nested);
    case 'TransformedTargetRegressor':
      return await transformedTarget(state, nested);
    case 'LabelPropagation':
    case 'LabelSpreading':
      return await propagated(state);
    case 'IsotonicRegression':
      return await isotonic(state);
    case 'FrozenEstimator':
    case 'SelfTrainingClassifier': {
      // Both answer as the model inside, which scikit-learn below 1.6 calls a base of the second.
      const inner = state.child('estimator_') ?? state.child('base_estimator_') ?? state.child('estimator');
      return inner ? await nested(inner) : null;
    }
    case 'RANSACRegressor':
    case 'GridSearchCV':
    case 'RandomizedSearchCV':
    case 'HalvingGridSearchCV':
    case 'HalvingRandomSearchCV':
    case 'TunedThresholdClassifierCV':
    case 'FixedThresholdClassifier': {
      const best = state.child('best_estimator_') ?? state.child('estimator_');
      return best ? await nested(best) : null;
    }
    case 'RFE':
    case 'RFECV': {
      // A selection of columns with the estimator that was fitted on them.
      const inner = state.child('estimator_') ?? refuse(`The ${name} in the file was not fitted.`);
      const predictor = await nested(inner);
      const select = await transform(state);
      if (!predictor) return null;
      const { decide } = predictor;
      return {
        kind: predictor.kind,
        predict: frame => predictor.predict(select(frame)),
        ...(decide ? { decide: (frame: Frame) => decide(select(frame)) } : {}),
      };
    }
    default:
      return null;
  }
}
