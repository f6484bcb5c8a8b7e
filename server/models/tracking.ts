import type { CallModel, LibraryModel } from './schema';

const logs = (parameters: readonly string[], ...values: readonly string[]): CallModel => ({
  parameters,
  flow: 'none',
  events: [{ kind: 'log', sink: 'tracker', values: values.length > 0 ? values : ['arguments'] }],
});
const wraps: CallModel = { parameters: ['data'], flow: 'same', columns: { kind: 'keep' } };
const saves: CallModel = {
  parameters: ['model', 'artifact_path'],
  flow: 'none',
  events: [{ kind: 'save', format: 'mlflow', value: 'model', target: 'artifact_path' }],
};
const flavors = 'sklearn pytorch keras tensorflow xgboost lightgbm catboost transformers pyfunc'.split(' ');

/** Weights & Biases. `watch(log="all")` sends gradients and parameters. */
export const wandb: LibraryModel = {
  library: 'Weights & Biases',
  modules: ['wandb'],
  classes: { 'wandb.Run': { roles: ['tracker'] }, 'wandb.Table': {} },
  calls: {
    'wandb.init': { result: 'wandb.Run', flow: 'none' },
    'wandb.log': logs(['data'], 'data'),
    'wandb.Run.log': logs(['data'], 'data'),
    'wandb.Table': {
      parameters: ['columns', 'data'],
      result: 'wandb.Table',
      flow: 'same',
      from: ['data', 'dataframe'],
    },
    'wandb.Table.add_data': { flow: 'none', mutates: [{ into: 'receiver', from: ['arguments'] }] },
    'wandb.Image': wraps,
    'wandb.Histogram': { parameters: ['sequence'], flow: 'aggregate' },
    'wandb.watch': {
      parameters: ['models', 'criterion', 'log'],
      flow: 'none',
      variants: [
        {
          when: { argument: 'log', equals: ['all', 'parameters'] },
          events: [{ kind: 'log', sink: 'watch', values: ['models'] }],
        },
      ],
    },
    'wandb.save': { parameters: ['glob_str'], flow: 'none' },
  },
};

/** MLflow. Autologging collects input examples when asked to. */
export const mlflow: LibraryModel = {
  library: 'MLflow',
  modules: ['mlflow'],
  calls: {
    'mlflow.log_metric': logs(['key', 'value'], 'value'),
    'mlflow.log_metrics': logs(['metrics'], 'metrics'),
    'mlflow.log_param': logs(['key', 'value'], 'value'),
    'mlflow.log_params': logs(['params'], 'params'),
    'mlflow.log_table': logs(['data', 'artifact_file'], 'data'),
    'mlflow.log_text': logs(['text', 'artifact_file'], 'text'),
    'mlflow.log_dict': logs(['dictionary', 'artifact_file'], 'dictionary'),
    'mlflow.log_input': logs(['dataset'], 'dataset'),
    'mlflow.autolog': {
      flow: 'none',
      variants: [
        {
          when: { argument: 'log_input_examples', equals: [true] },
          events: [{ kind: 'log', sink: 'autolog', values: [] }],
        },
      ],
    },
    ...Object.fromEntries(flavors.map(flavor => [`mlflow.${flavor}.log_model`, saves])),
    ...Object.fromEntries(
      flavors.map(flavor => [
        `mlflow.${flavor}.load_model`,
        {
          parameters: ['model_uri'],
          result: 'sklearn.base.BaseEstimator',
          flow: 'none',
          events: [{ kind: 'load-model', format: 'mlflow', target: 'model_uri' }],
        } satisfies CallModel,
      ]),
    ),
  },
};
