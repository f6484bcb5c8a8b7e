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

/** TensorBoard (torch's, tensorboardX, TensorFlow's writers). */
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
    [`${writer}.add_embedding`]: logs(['mat', 'metadata'], 'mat'),
    [`${writer}.add_pr_curve`]: logs(['tag', 'labels', 'predictions'], 'predictions'),
  },
};

/** Comet, Neptune, ClearML, Aim, Sentry, Trackio. */
export const trackers: LibraryModel = {
  library: 'experiment trackers',
  modules: ['comet_ml', 'neptune', 'clearml', 'aim', 'sentry_sdk', 'trackio', 'swanlab', 'dvclive', 'polyaxon'],
  aliases: { 'comet_ml.OfflineExperiment': 'comet_ml.Experiment', 'neptune.new.init': 'neptune.init_run' },
  classes: {
    'comet_ml.Experiment': tracker,
    'neptune.Run': tracker,
    'neptune.Series': tracker,
    'clearml.Logger': tracker,
    'clearml.Task': tracker,
    'aim.Run': tracker,
    'dvclive.Live': tracker,
  },
  calls: {
    'comet_ml.start': made('comet_ml.Experiment'),
    ...methods(
      'comet_ml.Experiment',
      'log_metric log_metrics log_parameter log_other log_text log_image log_table log_asset_data log_embedding log_histogram_3d log_dataframe_profile',
      all,
    ),
    'comet_ml.Experiment.log_model': artifact(['name', 'file_or_folder'], 'file_or_folder'),
    'neptune.init_run': made('neptune.Run'),
    'neptune.init': made('neptune.Run'),
    'neptune.Run.__getitem__': made('neptune.Series'),
    ...methods('neptune.Run', 'append log extend upload', all),
    ...methods('neptune.Series', 'append log extend upload assign', all),
    'clearml.Task.init': made('clearml.Task'),
    'clearml.Task.get_logger': made('clearml.Logger'),
    'clearml.Logger.current_logger': made('clearml.Logger'),
    ...methods('clearml.Logger', 'report_scalar report_table report_text report_image report_histogram', all),
    'clearml.Task.upload_artifact': logs(['name', 'artifact_object'], 'artifact_object'),
    'aim.Run.track': logs(['value'], 'value'),
    'dvclive.Live.log_metric': logs(['name', 'val'], 'val'),
    'swanlab.log': logs(['data'], 'data'),
    'trackio.log': logs(['metrics'], 'metrics'),
    'sentry_sdk.capture_message': all,
    'sentry_sdk.set_context': all,
  },
};
