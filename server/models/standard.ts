import type { CallModel, LibraryModel } from './schema';

const logs = (sink: 'print' | 'log' | 'display'): CallModel => ({
  flow: 'none',
  events: [{ kind: 'log', sink, values: ['arguments'] }],
});
const levels = 'debug info warning warn error critical exception log'.split(' ');
const dump = (format: string): CallModel => ({
  parameters: ['value', 'file'],
  flow: 'none',
  events: [{ kind: 'export', sink: 'file', values: ['value'], target: 'file', checkpointFormat: format }],
});
const load = (format: string): CallModel => ({
  parameters: ['file'],
  flow: 'none',
  events: [{ kind: 'load-model', format, target: 'file' }],
});
const aggregate: CallModel = { flow: 'aggregate' };
const writes: CallModel = {
  parameters: ['value'],
  flow: 'none',
  events: [{ kind: 'export', sink: 'file', values: ['value'], target: 'receiver' }],
};
const none: CallModel = { flow: 'none' };

/** What every script has: print, logging, files, pickles, and the reductions of the language itself. */
export const standard: LibraryModel = {
  library: 'the standard library',
  modules: [
    'builtins',
    'logging',
    'pprint',
    'sys',
    'json',
    'pickle',
    'cloudpickle',
    'dill',
    'joblib',
    'csv',
    'io',
    'warnings',
    'random',
    'statistics',
    'hashlib',
    'IPython',
    'collections',
  ],
  aliases: { 'IPython.core.display.display': 'IPython.display.display' },
  classes: {
    'logging.Logger': { roles: ['logger'] },
    'csv.writer': {},
    'csv.DictWriter': {},
    'builtins.file': {},
  },
  calls: {
    'builtins.print': logs('print'),
    'pprint.pprint': logs('print'),
    'sys.stdout.write': logs('print'),
    'sys.stderr.write': logs('print'),
    'builtins.display': logs('display'),
    'IPython.display.display': logs('display'),
    'warnings.warn': logs('log'),
    'logging.getLogger': { result: 'logging.Logger', flow: 'none' },
    ...Object.fromEntries(
      levels.flatMap(level => [
        [`logging.${level}`, logs('log')],
        [`logging.Logger.${level}`, logs('log')],
      ]),
    ),
    'builtins.len': aggregate,
    'builtins.sum': aggregate,
    'builtins.type': none,
    'builtins.isinstance': none,
    'builtins.id': none,
    'builtins.hasattr': none,
    'statistics.mean': aggregate,
    'statistics.median': aggregate,
    'statistics.stdev': aggregate,
    'json.dump': { ...dump('json') },
    'json.dumps': { parameters: ['value'], flow: 'derived', from: ['value'] },
    'pickle.dump': dump('pickle'),
    'pickle.dumps': { parameters: ['value'], flow: 'same', from: ['value'] },
    'cloudpickle.dump': dump('pickle'),
    'dill.dump': dump('pickle'),
    'joblib.dump': dump('joblib'),
    'pickle.load': load('pickle'),
    'joblib.load': load('joblib'),
    'csv.writer': { parameters: ['file'], flow: 'none' },
    'csv.DictWriter': { parameters: ['file'], flow: 'none' },
    'csv.writer.writerow': writes,
    'csv.writer.writerows': writes,
    'csv.DictWriter.writerow': writes,
    'csv.DictWriter.writerows': writes,
    'csv.reader': {
      parameters: ['file'],
      flow: 'none',
      adds: ['records'],
      events: [{ kind: 'load', format: 'csv', path: 'file' }],
    },
    'csv.DictReader': {
      parameters: ['file'],
      flow: 'none',
      adds: ['records'],
      events: [{ kind: 'load', format: 'csv', path: 'file' }],
    },
    'builtins.file.write': writes,
    'builtins.file.writelines': writes,
    'random.seed': { flow: 'none', events: [{ kind: 'seed', generator: 'python' }] },
    'random.shuffle': { parameters: ['x'], flow: 'none', events: [{ kind: 'split', unit: 'unknown', input: 'x' }] },
    'collections.Counter': aggregate,
  },
};
