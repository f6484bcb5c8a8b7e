import type { CallModel, ClassModel, LibraryModel } from './schema';

const logs = (parameters: readonly string[], ...values: readonly string[]): CallModel => ({
  parameters,
  flow: 'none',
  events: [{ kind: 'log', sink: 'tracker', values: values.length > 0 ? values : ['arguments'] }],
});
const all: CallModel = { flow: 'none', events: [{ kind: 'log', sink: 'tracker', values: ['arguments'] }] };
const methods = (owner: string, names: string, call: CallModel) =>
  Object.fromEntries(names.split(' ').map(name => [`${owner}.${name}`, call]));
const tracker: ClassModel = { roles: ['tracker'] };
const made = (result: string): CallModel => ({ result, flow: 'none' });
const writer = 'torch.utils.tensorboard.SummaryWriter';
/** A model or a file sent to a tracker is an artifact of the run. */
const artifact = (parameters: readonly string[], value: string): CallModel => ({
  parameters,
  flow: 'none',
  events: [{ kind: 'save', format: 'artifact', value }],
});
/** A wrapper of a picture, a text, a table around what is logged. */
const wraps: CallModel = { parameters: ['data'], flow: 'same', from: ['arguments'] };

/** TensorBoard (torch's, tensorboardX). */
export const tensorboard: LibraryModel = {
  library: 'TensorBoard',
  modules: ['torch', 'tensorboardX', 'tensorboard'],
  aliases: {
    'tensorboardX.SummaryWriter': writer,
    'torch.utils.tensorboard.writer.SummaryWriter': writer,
    'tensorboard.SummaryWriter': writer,
  },
  classes: { [writer]: tracker },
  calls: {
    ...methods(
      writer,
      'add_scalar add_scalars add_histogram add_image add_images add_text add_figure add_audio',
      logs(['tag', 'value'], 'value'),
    ),
    [`${writer}.add_embedding`]: logs(['mat', 'metadata'], 'mat', 'metadata'),
    [`${writer}.add_hparams`]: logs(['hparam_dict', 'metric_dict'], 'hparam_dict', 'metric_dict'),
    [`${writer}.add_pr_curve`]: logs(['tag', 'labels', 'predictions'], 'predictions'),
    [`${writer}.__enter__`]: { returns: 'receiver' },
  },
};

const comet = 'comet_ml.Experiment';
const neptune = 'neptune.Run';
const scale = 'neptune_scale.Run';
const clearml = 'clearml.Logger';
const loggedByComet =
  'log_metric log_metrics log_parameter log_parameters log_other log_others log_text log_image log_table log_asset log_asset_data log_asset_folder log_artifact log_embedding log_histogram_3d log_dataframe_profile log_confusion_matrix log_curve log_audio log_video log_points_3d log_figure log_html';
const reported =
  'scalar single_value table text image media histogram vector confusion_matrix matrix scatter2d scatter3d line_plot surface plotly matplotlib_figure';
const cometNames =
  'OfflineExperiment ExistingExperiment ExistingOfflineExperiment CometExperiment APIExperiment BaseExperiment';

/** Comet and Opik, Neptune (two generations), ClearML, Aim, Trackio, SwanLab, DVCLive, Sacred, Langfuse, Sentry. */
export const trackers: LibraryModel = {
  library: 'experiment trackers',
  modules: [
    'comet_ml',
    'opik',
    'neptune',
    'neptune_scale',
    'clearml',
    'aim',
    'sentry_sdk',
    'trackio',
    'swanlab',
    'dvclive',
    'polyaxon',
    'sacred',
    'langfuse',
  ],
  aliases: {
    ...Object.fromEntries(cometNames.split(' ').map(name => [`comet_ml.${name}`, comet])),
    'neptune.new': 'neptune',
    'neptune.new.types.File': 'neptune.types.File',
    'aim.sdk.run.Run': 'aim.Run',
    'langfuse.get_client': 'langfuse.Langfuse',
  },
  classes: {
    [comet]: tracker,
    'opik.Opik': tracker,
    'opik.Trace': tracker,
    [neptune]: tracker,
    'neptune.Series': tracker,
    [scale]: tracker,
    [clearml]: tracker,
    'clearml.Task': { ...tracker, attributes: { logger: { type: clearml, flow: 'none' } } },
    'clearml.OutputModel': tracker,
    'clearml.Dataset': tracker,
    'aim.Run': tracker,
    'swanlab.Run': tracker,
    'dvclive.Live': tracker,
    'sacred.run.Run': tracker,
    'langfuse.Langfuse': tracker,
    'langfuse.Span': tracker,
  },
  calls: {
    'comet_ml.start': made(comet),
    'comet_ml.get_running_experiment': made(comet),
    'comet_ml.get_global_experiment': made(comet),
    ...methods(comet, loggedByComet, all),
    [`${comet}.log_model`]: artifact(['name', 'file_or_folder'], 'file_or_folder'),
    ...methods('opik.Opik', 'trace span', { ...all, result: 'opik.Trace' }),
    ...methods('opik.Trace', 'span update end', all),
    'neptune.init_run': made(neptune),
    'neptune.init': made(neptune),
    'neptune.Run.__getitem__': made('neptune.Series'),
    [`${neptune}.__setitem__`]: logs(['key', 'value'], 'value'),
    ...methods(neptune, 'append log extend upload', all),
    ...methods('neptune.Series', 'append log extend upload upload_files assign', all),
    ...methods('neptune.types.File', 'as_html as_image as_pickle from_content', wraps),
    ...methods(
      scale,
      'log_metrics log_configs log_string_series log_histograms assign_files log_files',
      logs(['data'], 'data', 'files'),
    ),
    ...methods('clearml', 'Task.init Task.create Task.current_task Task.get_task', made('clearml.Task')),
    'clearml.Task.get_logger': made(clearml),
    'clearml.Logger.current_logger': made(clearml),
    ...Object.fromEntries(reported.split(' ').map(name => [`${clearml}.report_${name}`, all])),
    'clearml.Task.upload_artifact': logs(['name', 'artifact_object'], 'artifact_object'),
    'clearml.Task.connect': { parameters: ['mutable'], returns: 'mutable', events: all.events! },
    ...methods(
      'clearml.OutputModel',
      'update_weights update_weights_package',
      artifact(['weights_filename'], 'weights_filename|weights_path'),
    ),
    ...methods('clearml.Dataset', 'create get', made('clearml.Dataset')),
    'clearml.Dataset.add_files': {
      parameters: ['path'],
      flow: 'none',
      mutates: [{ into: 'receiver', from: ['path'] }],
    },
    'clearml.Dataset.upload': {
      flow: 'none',
      events: [{ kind: 'send', to: 'bucket', what: 'data-set', values: ['receiver'] }],
    },
    'aim.Run.track': logs(['value'], 'value'),
    'aim.Run.__setitem__': logs(['key', 'value'], 'value'),
    'aim.Run.set': logs(['key', 'value'], 'value'),
    ...methods('aim', 'Image Text Audio Figure', wraps),
    'aim.Distribution': { flow: 'aggregate' },
    'dvclive.Live.__enter__': { returns: 'receiver' },
    'dvclive.Live.log_metric': logs(['name', 'val'], 'val'),
    'dvclive.Live.log_image': logs(['name', 'val'], 'val'),
    'dvclive.Live.log_param': logs(['name', 'val'], 'val'),
    'dvclive.Live.log_params': logs(['params'], 'params'),
    'swanlab.init': made('swanlab.Run'),
    'swanlab.log': logs(['data'], 'data'),
    'swanlab.Run.log': logs(['data'], 'data'),
    ...methods('swanlab', 'log_text log_image log_audio', all),
    ...methods('swanlab', 'Image Text Audio', wraps),
    'trackio.log': logs(['metrics'], 'metrics'),
    'trackio.log_artifact': all,
    ...methods('trackio', 'Table Image', wraps),
    ...methods('sacred.run.Run', 'log_scalar', logs(['metric_name', 'value'], 'value')),
    ...methods(
      'langfuse.Langfuse',
      'create_event update_current_span update_current_trace update_current_generation create_score',
      all,
    ),
    ...methods(
      'langfuse.Langfuse',
      'start_span start_observation start_as_current_observation start_generation start_as_current_span trace',
      {
        ...all,
        result: 'langfuse.Span',
      },
    ),
    ...methods('langfuse.Span', 'update update_trace end event', all),
    'langfuse.Span.__enter__': { returns: 'receiver' },
    ...methods('sentry_sdk', 'capture_message set_context set_user set_tag set_extra add_breadcrumb', all),
  },
};
