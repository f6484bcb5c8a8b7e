import type { CallModel, EventModel, LibraryModel } from './schema';

const logs = (parameters: readonly string[], ...values: readonly string[]): CallModel => ({
  parameters,
  flow: 'none',
  events: [{ kind: 'log', sink: 'tracker', values: values.length > 0 ? values : ['arguments'] }],
});
const wraps: CallModel = { parameters: ['data'], flow: 'same', columns: { kind: 'keep' } };
const run = 'wandb.Run';
/** A file of weights that goes to a tracker is an artifact of the run. */
const artifact: CallModel = {
  parameters: ['path', 'name'],
  flow: 'none',
  events: [{ kind: 'save', format: 'artifact', value: 'path' }],
};
const both = (name: string, call: CallModel): Record<string, CallModel> => ({
  [`wandb.${name}`]: call,
  [`${run}.${name}`]: call,
});
const media = 'Image Audio Video Html Object3D Molecule'.split(' ');

/** Weights & Biases. `watch(log="all")` sends gradients and parameters. */
export const wandb: LibraryModel = {
  library: 'Weights & Biases',
  modules: ['wandb'],
  aliases: { 'wandb.sdk.wandb_run.Run': run },
  classes: {
    [run]: {
      roles: ['tracker'],
      attributes: { config: { type: 'wandb.Notes', flow: 'none' }, summary: { type: 'wandb.Notes', flow: 'none' } },
    },
    'wandb.config': { bases: ['wandb.Notes'] },
    'wandb.summary': { bases: ['wandb.Notes'] },
    'wandb.Notes': {},
    'wandb.Table': {},
    'wandb.Artifact': {},
  },
  calls: {
    'wandb.init': { result: run, flow: 'none' },
    [`${run}.__enter__`]: { returns: 'receiver' },
    ...both('log', logs(['data'], 'data')),
    'wandb.Notes.update': logs(['data'], 'data'),
    'wandb.Notes.__setitem__': logs(['key', 'value'], 'value'),
    'wandb.Table': {
      parameters: ['columns', 'data'],
      result: 'wandb.Table',
      flow: 'same',
      from: ['data', 'dataframe', 'rows'],
    },
    'wandb.Table.add_data': { flow: 'none', mutates: [{ into: 'receiver', from: ['arguments'] }] },
    'wandb.Table.add_column': {
      parameters: ['name', 'data'],
      flow: 'none',
      mutates: [{ into: 'receiver', from: ['data'] }],
    },
    ...Object.fromEntries(media.map(name => [`wandb.${name}`, wraps])),
    'wandb.Histogram': { parameters: ['sequence'], flow: 'aggregate' },
    'wandb.Artifact': { flow: 'none' },
    'wandb.Artifact.add': { parameters: ['obj', 'name'], flow: 'none', mutates: [{ into: 'receiver', from: ['obj'] }] },
    ...both('log_artifact', logs(['artifact_or_path'], 'artifact_or_path')),
    ...both('upsert_artifact', logs(['artifact_or_path'], 'artifact_or_path')),
    ...both('log_model', artifact),
    ...both('link_model', artifact),
    ...both('alert', logs(['title', 'text'], 'title', 'text')),
    ...both('watch', {
      parameters: ['models', 'criterion', 'log'],
      flow: 'none',
      variants: [
        {
          when: { argument: 'log', equals: ['all', 'parameters'] },
          events: [{ kind: 'log', sink: 'watch', values: ['models'] }],
        },
      ],
    }),
    ...both('save', { parameters: ['glob_str'], flow: 'none' }),
  },
};

const flavors =
  'sklearn pytorch keras tensorflow xgboost lightgbm catboost transformers sentence_transformers diffusers onnx spark statsmodels spacy langchain llama_index dspy openai pyfunc'.split(
    ' ',
  );
/** The model's own parameter by flavour; the path was `artifact_path` and is `name` since version 3. */
const models =
  'model|sk_model|pytorch_model|xgb_model|lgb_model|cb_model|tf_model|keras_model|transformers_model|python_model|onnx_model|lc_model|spark_model';
const example = 'input_example';
const saved = (target: string): CallModel => ({
  parameters: ['model', target],
  flow: 'none',
  events: [{ kind: 'save', format: 'mlflow', value: models, target: `${target}|name|artifact_path|path` }],
  variants: [
    {
      when: { argument: example, given: true },
      events: [
        { kind: 'save', format: 'mlflow', value: models, target: `${target}|name|artifact_path|path` },
        // The example is stored beside the model as it is.
        { kind: 'log', sink: 'tracker', values: [example] },
      ],
    },
  ],
});
const autologs: CallModel = {
  flow: 'none',
  variants: [
    {
      when: { argument: 'log_input_examples', equals: [true] },
      events: [{ kind: 'log', sink: 'autolog', values: [] }],
    },
  ],
};
const client = 'mlflow.MlflowClient';
/** Functions of the module, and the client's methods, which name the run first. */
const fluent = (
  name: string,
  parameters: readonly string[],
  ...values: readonly string[]
): Record<string, CallModel> => ({
  [`mlflow.${name}`]: logs(parameters, ...values),
  [`${client}.${name}`]: logs(['run_id', ...parameters], ...values),
});
const kept: EventModel[] = [{ kind: 'log', sink: 'tracker', values: ['data'] }];
/** An evaluation of texts keeps inputs and outputs as a table of the run; that of a classifier keeps metrics and plots. */
const evaluates: CallModel = {
  parameters: ['model', 'data'],
  flow: 'aggregate',
  variants: [
    {
      when: { argument: 'model_type', equals: ['text', 'question-answering', 'text-summarization', 'retriever'] },
      events: kept,
    },
  ],
};

/** MLflow. Autologging collects input examples when asked to. */
export const mlflow: LibraryModel = {
  library: 'MLflow',
  modules: ['mlflow'],
  aliases: { 'mlflow.tracking.MlflowClient': client, 'mlflow.client.MlflowClient': client },
  classes: {
    [client]: { roles: ['tracker'] },
    'mlflow.pyfunc.PythonModel': { answers: { framework: 'mlflow', methods: ['predict', 'predict_stream'] } },
  },
  calls: {
    ...fluent('log_metric', ['key', 'value'], 'value'),
    ...fluent('log_metrics', ['metrics'], 'metrics'),
    ...fluent('log_param', ['key', 'value'], 'value'),
    ...fluent('log_params', ['params'], 'params'),
    ...fluent('log_batch', ['metrics', 'params'], 'metrics', 'params'),
    ...fluent('log_table', ['data', 'artifact_file'], 'data'),
    ...fluent('log_text', ['text', 'artifact_file'], 'text'),
    ...fluent('log_dict', ['dictionary', 'artifact_file'], 'dictionary'),
    ...fluent('log_figure', ['figure', 'artifact_file'], 'figure'),
    ...fluent('log_image', ['image', 'artifact_file'], 'image'),
    ...fluent('log_artifact', ['local_path'], 'local_path'),
    ...fluent('log_artifacts', ['local_dir'], 'local_dir'),
    ...fluent('set_tag', ['key', 'value'], 'value'),
    ...fluent('set_tags', ['tags'], 'tags'),
    'mlflow.log_input': logs(['dataset'], 'dataset'),
    'mlflow.evaluate': evaluates,
    'mlflow.models.evaluate': evaluates,
    'mlflow.genai.evaluate': { parameters: ['data'], flow: 'aggregate', events: kept },
    ...Object.fromEntries(
      ['mlflow', ...flavors.map(name => `mlflow.${name}`)].map(name => [`${name}.autolog`, autologs]),
    ),
    ...Object.fromEntries(flavors.map(flavor => [`mlflow.${flavor}.log_model`, saved('artifact_path')])),
    ...Object.fromEntries(flavors.map(flavor => [`mlflow.${flavor}.save_model`, saved('path')])),
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
