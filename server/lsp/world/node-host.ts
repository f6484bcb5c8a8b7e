import { checkpointPlaces } from '../features/checkpoints';
import type { EditorState, LspHost, ModuleAnalysis, ModuleInput } from '../host';
import type { Analyses } from './analysis';
import { budgetView } from './budgets';
import { findCheckpoints, rulePages, scriptsBeside } from './files';

/** The server's world on a real machine. Everything heavy is loaded when it is first needed: starting costs nothing. */
export function nodeHost(version: string): LspHost {
  let editor: EditorState = { open: () => null, folders: () => [], log: () => {} };
  let analyses: Promise<Analyses> | null = null;
  const listeners: (() => void)[] = [];
  const learned = (): void => {
    for (const listener of listeners) listener();
  };
  const load = (): Promise<Analyses> => {
    analyses ??= import('./analysis').then(
      ({ Analyses }) => new Analyses(editor.open, editor.folders, editor.log, learned),
    );
    return analyses;
  };
  return {
    version,
    attach: state => {
      editor = state;
    },
    analyse: async input => view(input, await load()),
    audit: async (request, watch) => {
      const all = await load();
      const { script, settings } = request;
      const analysis =
        script &&
        (await all.of({ ...script, uri: '', version: 0, trusted: true, settings, notebook: false, cells: [] }));
      return (await import('./audit')).audit(request, analysis, watch, version);
    },
    whatIf: async question => (await import('./what-if')).whatIf(question),
    solve: async question => (await import('./what-if')).solve(question),
    rulePage: rulePages(),
    findCheckpoints,
    scriptsBeside,
    forget: paths => void analyses?.then(all => all.forget(paths)),
    onDidLearn: listener => {
      listeners.push(listener);
    },
    dispose: async () => (await analyses)?.dispose(),
  };
}

async function view(input: ModuleInput, analyses: Analyses): Promise<ModuleAnalysis> {
  const document = await analyses.of(input);
  return {
    findings: document.findings,
    run: document.run,
    budgets: document.budgets.map(budgetView),
    checkpoints: checkpointPlaces(document.run, input.path),
    limited: document.limited,
    dependencies: document.dependencies,
  };
}
