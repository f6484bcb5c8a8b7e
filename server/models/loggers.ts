import type { CallModel, LibraryModel } from './schema';

const all = (sink: 'log' | 'print'): CallModel => ({
  flow: 'none',
  events: [{ kind: 'log', sink, values: ['arguments'] }],
});
const methods = (owner: string, names: string, call: CallModel) =>
  Object.fromEntries(names.split(' ').map(name => [`${owner}.${name}`, call]));
const levels = 'debug info warning warn error critical exception log';

/** Loguru, structlog, rich, tqdm, absl, Typer's and Click's echo. */
export const loggers: LibraryModel = {
  library: 'loggers',
  modules: ['loguru', 'structlog', 'rich', 'tqdm', 'absl', 'click', 'typer', 'icecream', 'termcolor'],
  classes: { 'loguru.logger': { roles: ['logger'] }, 'structlog.Logger': { roles: ['logger'] } },
  calls: {
    ...methods('loguru.logger', `trace success ${levels}`, all('log')),
    ...methods('loguru.logger', 'bind opt patch', { result: 'loguru.logger', flow: 'none' }),
    'structlog.stdlib.get_logger': { result: 'structlog.Logger', flow: 'none' },
    'rich.print': all('print'),
    'rich.pretty.pprint': all('print'),
    'structlog.get_logger': { result: 'structlog.Logger', flow: 'none' },
    ...methods('structlog.Logger', levels, all('log')),
    'structlog.Logger.bind': { returns: 'receiver' },
    'rich.console.Console.print': all('print'),
    'rich.console.Console.log': all('log'),
    'rich.inspect': all('print'),
    'tqdm.tqdm.write': all('print'),
    ...methods('absl.logging', 'debug info warning error fatal', all('log')),
    'click.echo': all('print'),
    'click.secho': all('print'),
    'typer.echo': all('print'),
    'icecream.ic': all('print'),
    'termcolor.cprint': all('print'),
  },
};
