import type { CallModel, LibraryModel } from './schema';

const logs = (parameters: readonly string[], value: string, sink: 'log' | 'tracker' = 'tracker'): CallModel => ({
  parameters,
  flow: 'none',
  events: [{ kind: 'log', sink, values: [value] }],
});
const all = (sink: 'log' | 'tracker' | 'print'): CallModel => ({
  flow: 'none',
  events: [{ kind: 'log', sink, values: ['arguments'] }],
});
const methods = (owner: string, names: string, call: CallModel) =>
  Object.fromEntries(names.split(' ').map(name => [`${owner}.${name}`, call]));

/** TensorBoard, Comet, Neptune, ClearML, Aim. */
export const trackers: LibraryModel = {
  library: 'experiment trackers',
  modules: ['torch', 'tensorboardX', 'comet_ml', 'neptune', 'clearml', 'aim', 'sentry_sdk'],
  aliases: {
    'tensorboardX.SummaryWriter': 'torch.utils.tensorboard.SummaryWriter',
    'torch.utils.tensorboard.writer.SummaryWriter': 'torch.utils.tensorboard.SummaryWriter',
  },
  classes: {
    'torch.utils.tensorboard.SummaryWriter': { roles: ['tracker'] },
    'comet_ml.Experiment': { roles: ['tracker'] },
    'neptune.Run': { roles: ['tracker'] },
    'clearml.Logger': { roles: ['tracker'] },
    'clearml.Task': { roles: ['tracker'] },
    'aim.Run': { roles: ['tracker'] },
  },
  calls: {
    ...methods(
      'torch.utils.tensorboard.SummaryWriter',
      'add_scalar add_scalars add_histogram add_image add_images add_text',
      logs(['tag', 'value'], 'value'),
    ),
    'torch.utils.tensorboard.SummaryWriter.add_embedding': logs(['mat', 'metadata'], 'mat'),
    'torch.utils.tensorboard.SummaryWriter.add_pr_curve': logs(['tag', 'labels', 'predictions'], 'predictions'),
    'comet_ml.start': { result: 'comet_ml.Experiment', flow: 'none' },
    ...methods(
      'comet_ml.Experiment',
      'log_metric log_parameter log_other log_text log_image log_table log_asset_data',
      all('tracker'),
    ),
    'neptune.init_run': { result: 'neptune.Run', flow: 'none' },
    'clearml.Task.init': { result: 'clearml.Task', flow: 'none' },
    'clearml.Task.get_logger': { result: 'clearml.Logger', flow: 'none' },
    ...methods('clearml.Logger', 'report_scalar report_table report_text report_image', all('tracker')),
    'aim.Run.track': logs(['value'], 'value'),
    'sentry_sdk.capture_message': all('log'),
  },
};

/** Loguru, structlog, rich, tqdm, warnings and standard streams. */
export const loggers: LibraryModel = {
  library: 'loggers',
  modules: ['loguru', 'structlog', 'rich', 'tqdm', 'absl'],
  classes: { 'loguru.Logger': { roles: ['logger'] }, 'structlog.Logger': { roles: ['logger'] } },
  calls: {
    ...methods('loguru.logger', 'trace debug info success warning error critical exception log', all('log')),
    'structlog.get_logger': { result: 'structlog.Logger', flow: 'none' },
    ...methods('structlog.Logger', 'debug info warning error critical exception', all('log')),
    'rich.print': all('print'),
    'rich.console.Console.print': all('print'),
    'tqdm.tqdm.write': all('print'),
    ...methods('absl.logging', 'debug info warning error fatal', all('log')),
  },
};
