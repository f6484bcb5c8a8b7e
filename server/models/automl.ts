import type { CallModel, ClassModel, LibraryModel } from './schema';

const estimator: ClassModel = { bases: ['sklearn.base.BaseEstimator'], roles: ['estimator'] };
const estimators =
  'pytorch_tabnet.tab_model.TabNetClassifier pytorch_tabnet.tab_model.TabNetRegressor tabpfn.TabPFNClassifier tpot.TPOTClassifier tpot.TPOTRegressor flaml.AutoML autosklearn.classification.AutoSklearnClassifier sksurv.linear_model.CoxPHSurvivalAnalysis sksurv.ensemble.RandomSurvivalForest sksurv.ensemble.GradientBoostingSurvivalAnalysis ngboost.NGBClassifier interpret.glassbox.ExplainableBoostingClassifier lazypredict.Supervised.LazyClassifier imblearn.ensemble.BalancedRandomForestClassifier imblearn.ensemble.EasyEnsembleClassifier imblearn.pipeline.Pipeline mlxtend.classifier.StackingClassifier cuml.ensemble.RandomForestClassifier'.split(
    ' ',
  );
const survival = 'CoxPHFitter KaplanMeierFitter WeibullAFTFitter NelsonAalenFitter LogNormalAFTFitter'.split(' ');
const fits = (parameters: readonly string[], data: string, model = 'receiver'): CallModel => ({
  parameters,
  flow: 'none',
  events: [{ kind: 'train', style: 'fit', model, data }],
});
const result = (parameters: readonly string[], data: string, type: string): CallModel => ({
  parameters,
  result: type,
  flow: 'none',
  events: [{ kind: 'train', style: 'fit', model: 'result', data }],
});
const statistical = 'OLS Logit Probit GLM MNLogit Poisson MixedLM'.split(' ');

/** Estimators outside scikit-learn that keep its shape, AutoML, survival models, statsmodels, searches. */
export const automl: LibraryModel = {
  library: 'AutoML and statistics',
  modules: [
    'pytorch_tabnet',
    'tabpfn',
    'tpot',
    'flaml',
    'autosklearn',
    'sksurv',
    'ngboost',
    'interpret',
    'lazypredict',
    'imblearn',
    'mlxtend',
    'cuml',
    'lifelines',
    'statsmodels',
    'pycaret',
    'autogluon',
    'h2o',
    'keras_tuner',
    'kerastuner',
    'gensim',
    'pyspark',
  ],
  aliases: {
    kerastuner: 'keras_tuner',
    'gensim.models.doc2vec.Doc2Vec': 'gensim.models.Doc2Vec',
    'gensim.models.word2vec.Word2Vec': 'gensim.models.Word2Vec',
    'statsmodels.formula.api': 'statsmodels.api',
  },
  classes: {
    ...Object.fromEntries(estimators.map(name => [name, estimator])),
    ...Object.fromEntries(survival.map(name => [`lifelines.${name}`, { roles: ['estimator'] as const }])),
    'statsmodels.Model': { roles: ['estimator'] },
    'statsmodels.Results': { roles: ['estimator'] },
    'pycaret.Model': estimator,
    'autogluon.tabular.TabularPredictor': { roles: ['estimator'] },
    'keras_tuner.Tuner': { roles: ['trainer'] },
    'keras_tuner.*': { bases: ['keras_tuner.Tuner'] },
    'gensim.Model': { roles: ['estimator'] },
    'pyspark.ml.Estimator': { roles: ['estimator'] },
    'pyspark.ml.classification.*': { bases: ['pyspark.ml.Estimator'] },
    'pyspark.ml.regression.*': { bases: ['pyspark.ml.Estimator'] },
    'pyspark.sql.DataFrame': { bases: ['pandas.DataFrame'], roles: ['frame'] },
  },
  calls: {
    ...Object.fromEntries(survival.map(name => [`lifelines.${name}.fit`, fits(['df', 'duration_col'], 'df')])),
    ...Object.fromEntries(
      [...statistical, ...statistical.map(name => name.toLowerCase())].map(name => [
        `statsmodels.api.${name}`,
        {
          parameters: ['endog', 'exog'],
          result: 'statsmodels.Model',
          flow: 'same',
          links: [{ of: 'result', name: 'data', value: 'exog' }],
        } satisfies CallModel,
      ]),
    ),
    'statsmodels.Model.fit': {
      result: 'statsmodels.Results',
      flow: 'none',
      events: [{ kind: 'train', style: 'fit', model: 'result', data: 'receiver' }],
    },
    'statsmodels.Results.summary': { flow: 'aggregate' },
    // Probabilities of the classes, or a mean for each row: no label either way.
    'statsmodels.Results.predict': {
      parameters: ['exog'],
      result: 'pandas.Series',
      flow: 'derived',
      from: ['exog'],
      adds: ['confidence'],
      events: [{ kind: 'predict', input: 'exog', model: 'receiver' }],
    },
    'statsmodels.api.add_constant': { parameters: ['data'], flow: 'same', from: ['data'], columns: { kind: 'keep' } },
    'pycaret.classification.setup': { parameters: ['data'], flow: 'none' },
    'pycaret.classification.compare_models': result([], 'data', 'pycaret.Model'),
    'pycaret.classification.create_model': result(['estimator'], 'data', 'pycaret.Model'),
    'autogluon.tabular.TabularPredictor.fit': { ...fits(['train_data'], 'train_data'), returns: 'receiver' },
    'autogluon.tabular.TabularPredictor.predict_proba': {
      parameters: ['data'],
      flow: 'derived',
      from: ['data'],
      adds: ['confidence'],
    },
    'keras_tuner.Tuner.search': fits(['x', 'y'], 'x'),
    // The constructor trains only where it is given texts.
    ...Object.fromEntries(
      ['Word2Vec', 'Doc2Vec', 'FastText'].map(name => [
        `gensim.models.${name}`,
        {
          parameters: ['sentences'],
          result: 'gensim.Model',
          flow: 'none',
          variants: [
            {
              when: { argument: 'sentences', given: true },
              events: [{ kind: 'train', style: 'fit', model: 'result', data: 'sentences' }],
            },
            {
              when: { argument: 'documents', given: true },
              events: [{ kind: 'train', style: 'fit', model: 'result', data: 'documents' }],
            },
          ],
        } satisfies CallModel,
      ]),
    ),
    'gensim.Model.train': fits(['sentences'], 'sentences'),
    'gensim.Model.infer_vector': {
      parameters: ['doc_words'],
      flow: 'derived',
      adds: ['embedding'],
      events: [{ kind: 'predict', input: 'doc_words', model: 'receiver' }],
    },
    'pyspark.ml.Estimator.fit': result(['dataset'], 'dataset', 'pyspark.ml.Estimator'),
    'pyspark.sql.SparkSession.read.csv': {
      parameters: ['path'],
      result: 'pyspark.sql.DataFrame',
      flow: 'none',
      adds: ['records'],
      events: [{ kind: 'load', format: 'csv', path: 'path' }],
    },
  },
};
