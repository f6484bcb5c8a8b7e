import type { CallModel, ClassModel, LibraryModel } from './schema';

const estimator: ClassModel = { bases: ['sklearn.base.BaseEstimator'], roles: ['estimator'] };
const keeper: ClassModel = { bases: ['sklearn.base.BaseEstimator'], roles: ['estimator', 'keeps-rows'] };
const transform: ClassModel = { bases: ['sklearn.base.TransformerMixin'], roles: ['transform'] };
const each = <T>(module: string, names: string, value: T): Record<string, T> =>
  Object.fromEntries(names.split(' ').map(name => [`sklearn.${module}.${name}`, value]));

const fit: CallModel = {
  parameters: ['X', 'y'],
  returns: 'receiver',
  events: [{ kind: 'train', style: 'fit', model: 'receiver', data: ['X', 'y'] }],
};
const predict = (adds: 'confidence' | 'prediction' | 'embedding'): CallModel => ({
  parameters: ['X'],
  result: 'numpy.ndarray',
  flow: 'derived',
  from: ['X'],
  adds: [adds],
  events: [{ kind: 'predict', input: 'X', model: 'receiver' }],
});
const learns: CallModel = {
  parameters: ['X', 'y'],
  returns: 'receiver',
  mutates: [{ into: 'receiver', from: [] }],
  events: [{ kind: 'preprocess', input: 'X' }],
};
const transforms: CallModel = { parameters: ['X'], result: 'numpy.ndarray', flow: 'derived', from: ['X'] };
const metric: CallModel = {
  parameters: ['y_true', 'y_pred'],
  flow: 'aggregate',
  events: [{ kind: 'evaluate', metric: 'metric', values: ['y_true', 'y_pred'] }],
};
const crossValidates = (adds: boolean): CallModel => ({
  parameters: ['estimator', 'X', 'y'],
  flow: adds ? 'derived' : 'aggregate',
  from: ['X'],
  ...(adds && { adds: ['confidence'] as const }),
});
const rowSplitter: ClassModel = { roles: ['splitter'] };
const splits = (unit: 'row' | 'person'): CallModel => ({
  parameters: ['X', 'y', 'groups'],
  flow: 'none',
  events: [{ kind: 'split', unit, input: 'X', groups: 'groups' }],
});
/** A splitter says its sizes when it is made; whoever counts rows finds them by this mark. */
const sized: CallModel = {
  parameters: ['n_splits'],
  flow: 'none',
  events: [{ kind: 'mark', mark: 'splitter', values: ['result'] }],
};
const toy: CallModel = {
  flow: 'none',
  adds: ['records'],
  rows: { known: 'api' },
  events: [{ kind: 'load', format: 'toy', people: 'public', name: 'a data set of scikit-learn' }],
};
const generated: CallModel = {
  ...toy,
  parameters: ['n_samples'],
  results: ['numpy.ndarray', 'numpy.ndarray'],
  rows: { number: 'n_samples', otherwise: 100 },
};

/** scikit-learn, and imbalanced-learn's resamplers that stand on it. */
export const sklearn: LibraryModel = {
  library: 'scikit-learn',
  // What any estimator is asked holds for those of other libraries too, whichever script was read before.
  modules: ['sklearn', 'imblearn', '*'],
  aliases: {
    'sklearn.cross_validation': 'sklearn.model_selection',
    'sklearn.grid_search': 'sklearn.model_selection',
    'sklearn.externals.joblib': 'joblib',
  },
  classes: {
    'sklearn.base.BaseEstimator': { roles: ['estimator'] },
    'sklearn.base.ClassifierMixin': {},
    'sklearn.base.TransformerMixin': { roles: ['transform'] },
    'sklearn.linear_model.*': estimator,
    'sklearn.ensemble.*': estimator,
    'sklearn.tree.*': estimator,
    'sklearn.naive_bayes.*': estimator,
    'sklearn.neural_network.*': estimator,
    'sklearn.discriminant_analysis.*': estimator,
    'sklearn.cluster.*': estimator,
    'sklearn.mixture.*': estimator,
    'sklearn.multiclass.*': estimator,
    'sklearn.multioutput.*': estimator,
    'sklearn.calibration.*': estimator,
    'sklearn.dummy.*': estimator,
    'sklearn.neighbors.*': keeper,
    'sklearn.svm.*': keeper,
    ...each('svm', 'LinearSVC LinearSVR', estimator),
    ...each('neighbors', 'NearestCentroid', estimator),
    'sklearn.gaussian_process.*': keeper,
    'sklearn.kernel_ridge.*': keeper,
    'sklearn.semi_supervised.*': keeper,
    'sklearn.preprocessing.*': transform,
    'sklearn.impute.*': transform,
    'sklearn.decomposition.*': transform,
    'sklearn.feature_extraction.text.*': transform,
    'sklearn.feature_selection.*': transform,
    'sklearn.compose.*': transform,
    'sklearn.manifold.*': transform,
    'sklearn.random_projection.*': transform,
    'sklearn.pipeline.Pipeline': estimator,
    'sklearn.pipeline.FeatureUnion': transform,
    ...each('model_selection', 'GridSearchCV RandomizedSearchCV HalvingGridSearchCV HalvingRandomSearchCV', {
      ...estimator,
      attributes: { best_estimator_: { same: true } },
    }),
    ...each(
      'model_selection',
      'KFold StratifiedKFold RepeatedKFold RepeatedStratifiedKFold ShuffleSplit StratifiedShuffleSplit LeaveOneOut LeavePOut',
      rowSplitter,
    ),
    ...each(
      'model_selection',
      'GroupKFold GroupShuffleSplit StratifiedGroupKFold LeaveOneGroupOut LeavePGroupsOut',
      rowSplitter,
    ),
  },
  calls: {
    'sklearn.base.BaseEstimator.fit': fit,
    'sklearn.base.BaseEstimator.partial_fit': fit,
    'sklearn.base.BaseEstimator.fit_predict': { ...predict('prediction'), events: fit.events! },
    'sklearn.base.BaseEstimator.predict': predict('prediction'),
    'sklearn.base.BaseEstimator.predict_proba': predict('confidence'),
    'sklearn.base.BaseEstimator.predict_log_proba': predict('confidence'),
    'sklearn.base.BaseEstimator.decision_function': predict('confidence'),
    'sklearn.base.BaseEstimator.score_samples': predict('confidence'),
    'sklearn.base.BaseEstimator.score': {
      flow: 'aggregate',
      events: [{ kind: 'evaluate', metric: 'score', values: ['arguments'] }],
    },
    'sklearn.base.BaseEstimator.kneighbors': { ...predict('embedding') },
    'sklearn.base.BaseEstimator.set_params': { returns: 'receiver' },
    'sklearn.base.BaseEstimator.get_params': { flow: 'none' },
    '*.predict': predict('prediction'),
    '*.predict_proba': predict('confidence'),
    '*.predict_log_proba': predict('confidence'),
    '*.decision_function': predict('confidence'),
    'sklearn.base.TransformerMixin.fit': learns,
    'sklearn.base.TransformerMixin.partial_fit': learns,
    'sklearn.base.TransformerMixin.transform': transforms,
    'sklearn.base.TransformerMixin.inverse_transform': transforms,
    'sklearn.base.TransformerMixin.fit_transform': {
      ...transforms,
      parameters: ['X', 'y'],
      events: [{ kind: 'preprocess', input: 'X' }],
    },
    'imblearn.over_sampling.SMOTE.fit_resample': {
      parameters: ['X', 'y'],
      flow: 'same',
      from: ['X'],
      columns: { kind: 'keep' },
    },
    'sklearn.pipeline.make_pipeline': { result: 'sklearn.pipeline.Pipeline', flow: 'none' },
    'sklearn.pipeline.Pipeline': { parameters: ['steps'], flow: 'none' },
    ...each('model_selection', 'GridSearchCV RandomizedSearchCV HalvingGridSearchCV HalvingRandomSearchCV', {
      parameters: ['estimator'],
      flow: 'none',
    } as CallModel),
    'sklearn.model_selection.train_test_split': {
      parameters: ['*arrays'],
      flow: 'same',
      from: ['*arrays'],
      columns: { kind: 'keep' },
      events: [{ kind: 'split', unit: 'row', input: '*arrays' }],
    },
    ...each('model_selection', 'cross_val_score cross_validate learning_curve validation_curve', crossValidates(false)),
    'sklearn.model_selection.cross_val_predict': crossValidates(true),
    'sklearn.model_selection.ShuffleSplit': sized,
    'sklearn.model_selection.StratifiedShuffleSplit': sized,
    'sklearn.model_selection.GroupShuffleSplit': sized,
    ...Object.fromEntries(
      'KFold StratifiedKFold RepeatedKFold RepeatedStratifiedKFold ShuffleSplit StratifiedShuffleSplit'
        .split(' ')
        .map(name => [`sklearn.model_selection.${name}.split`, splits('row')]),
    ),
    ...Object.fromEntries(
      'GroupKFold GroupShuffleSplit StratifiedGroupKFold LeaveOneGroupOut'
        .split(' ')
        .map(name => [`sklearn.model_selection.${name}.split`, splits('person')]),
    ),
    'sklearn.metrics.*': metric,
    'sklearn.metrics.roc_curve': { parameters: ['y_true', 'y_score'], flow: 'aggregate' },
    'sklearn.metrics.pairwise.*': { flow: 'derived' },
    'sklearn.datasets.*': toy,
    ...each('datasets', 'make_classification make_regression make_blobs make_moons make_circles', generated),
    'sklearn.utils.shuffle': { parameters: ['*arrays'], flow: 'same', from: ['*arrays'], columns: { kind: 'keep' } },
    'sklearn.base.clone': { parameters: ['estimator'], result: 'sklearn.base.BaseEstimator', flow: 'none' },
  },
};
