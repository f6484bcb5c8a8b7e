import type { CallModel, ClassModel, LibraryModel } from './schema';

const estimator: ClassModel = { bases: ['sklearn.base.BaseEstimator'], roles: ['estimator'] };
const trainCall = (data: string, parameters: readonly string[], result: string, epochs: string): CallModel => ({
  parameters,
  result,
  flow: 'derived',
  from: [data],
  adds: ['model'],
  events: [
    {
      kind: 'train',
      style: 'fit',
      data,
      model: 'result',
      epochs,
      regularisation: ['early_stopping_rounds', 'callbacks', 'valid_sets', 'evals'],
    },
  ],
});
const trains: CallModel = {
  parameters: ['X', 'y'],
  returns: 'receiver',
  events: [
    {
      kind: 'train',
      style: 'fit',
      model: 'receiver',
      data: ['X', 'y'],
      regularisation: ['eval_set', 'early_stopping_rounds', 'callbacks'],
    },
  ],
};
const predict: CallModel = {
  parameters: ['data'],
  flow: 'derived',
  from: ['data'],
  adds: ['confidence'],
  events: [{ kind: 'predict', input: 'data', model: 'receiver' }],
};
const label: CallModel = { ...predict, adds: ['prediction'] };
const save = (format: string): CallModel => ({
  parameters: ['fname'],
  flow: 'none',
  events: [{ kind: 'save', format, value: 'receiver', target: 'fname' }],
});
const matrix: CallModel = { parameters: ['data', 'label'], flow: 'same', from: ['data', 'label'] };

/** XGBoost: the learning API and the scikit-learn wrappers. */
export const xgboost: LibraryModel = {
  library: 'XGBoost',
  modules: ['xgboost'],
  classes: {
    'xgboost.Booster': { roles: ['estimator'] },
    'xgboost.ExtMemQuantileDMatrix': { roles: ['data-set'] },
    'xgboost.DMatrix': { roles: ['data-set'] },
    'xgboost.QuantileDMatrix': { roles: ['data-set'] },
    ...Object.fromEntries(
      ['XGBClassifier', 'XGBRegressor', 'XGBRanker', 'XGBRFClassifier', 'XGBRFRegressor'].map(name => [
        `xgboost.${name}`,
        estimator,
      ]),
    ),
  },
  calls: {
    'xgboost.DMatrix': matrix,
    'xgboost.QuantileDMatrix': matrix,
    'xgboost.ExtMemQuantileDMatrix': matrix,
    'xgboost.dask.train': trainCall(
      'dtrain',
      ['client', 'params', 'dtrain', 'num_boost_round'],
      'xgboost.Booster',
      'num_boost_round',
    ),
    'xgboost.dask.DaskDMatrix': { ...matrix, parameters: ['client', 'data', 'label'] },
    'xgboost.Booster.inplace_predict': predict,
    'xgboost.XGBClassifier.get_booster': { result: 'xgboost.Booster', flow: 'same', from: ['receiver'] },
    'xgboost.XGBRegressor.get_booster': { result: 'xgboost.Booster', flow: 'same', from: ['receiver'] },
    'xgboost.XGBRegressor.save_model': save('xgboost'),
    'xgboost.train': trainCall(
      'dtrain',
      ['params', 'dtrain', 'num_boost_round', 'evals'],
      'xgboost.Booster',
      'num_boost_round',
    ),
    'xgboost.cv': { parameters: ['params', 'dtrain', 'num_boost_round'], flow: 'aggregate' },
    'xgboost.Booster.predict': predict,
    'xgboost.Booster.save_model': save('xgboost'),
    'xgboost.XGBClassifier.fit': trains,
    'xgboost.XGBRegressor.fit': trains,
    'xgboost.XGBRanker.fit': trains,
    'xgboost.XGBClassifier.predict': label,
    'xgboost.XGBClassifier.save_model': save('xgboost'),
    'xgboost.XGBRegressor.predict': predict,
  },
};

export const lightgbm: LibraryModel = {
  library: 'LightGBM',
  modules: ['lightgbm'],
  classes: {
    'lightgbm.Booster': { roles: ['estimator'] },
    'lightgbm.Dataset': { roles: ['data-set'] },
    ...Object.fromEntries(
      ['LGBMClassifier', 'LGBMRegressor', 'LGBMRanker'].map(name => [
        `lightgbm.${name}`,
        { ...estimator, attributes: { booster_: { type: 'lightgbm.Booster', flow: 'same' } } } satisfies ClassModel,
      ]),
    ),
  },
  calls: {
    'lightgbm.Dataset': matrix,
    'lightgbm.train': trainCall(
      'train_set',
      ['params', 'train_set', 'num_boost_round', 'valid_sets'],
      'lightgbm.Booster',
      'num_boost_round',
    ),
    // The models of the folds are thrown away, or kept when they are asked for.
    'lightgbm.cv': {
      parameters: ['params', 'train_set', 'num_boost_round'],
      flow: 'aggregate',
      variants: [
        {
          when: { argument: 'return_cvbooster', equals: [true] },
          flow: 'none',
          events: [{ kind: 'train', style: 'fit', data: 'train_set', epochs: 'num_boost_round' }],
        },
      ],
    },
    'lightgbm.Booster.predict': predict,
    'lightgbm.Booster.save_model': save('lightgbm'),
    'lightgbm.LGBMRanker.fit': trains,
    'lightgbm.LGBMClassifier.fit': trains,
    'lightgbm.LGBMRegressor.fit': trains,
    'lightgbm.LGBMClassifier.predict': label,
    'lightgbm.LGBMRegressor.predict': predict,
  },
};

export const catboost: LibraryModel = {
  library: 'CatBoost',
  modules: ['catboost'],
  classes: {
    'catboost.CatBoost': estimator,
    'catboost.CatBoostClassifier': estimator,
    'catboost.CatBoostRegressor': estimator,
    'catboost.CatBoostRanker': { bases: ['catboost.CatBoost'] },
    'catboost.Pool': { roles: ['data-set'] },
  },
  calls: {
    'catboost.Pool': matrix,
    'catboost.train': trainCall('pool', ['pool', 'params'], 'catboost.CatBoost', 'num_boost_round'),
    'catboost.CatBoost.fit': trains,
    'catboost.CatBoostClassifier.fit': trains,
    'catboost.CatBoostRegressor.fit': trains,
    'catboost.CatBoostClassifier.predict': label,
    'catboost.CatBoostRegressor.predict': predict,
    'catboost.CatBoostClassifier.save_model': save('catboost'),
    'catboost.CatBoostRegressor.save_model': save('catboost'),
  },
};
