import type { ModuleFacts, Statement } from '../../facts/syntax';
import { locate, type NotebookModule } from './notebook';

/**
 * The module as its cells were last run, by their execution counts; null where they were run in the order in which they stand, or it
 * is not known. A cell that was never run stays behind the one before it.
 */
export function executedOrder(facts: ModuleFacts, notebook: NotebookModule): ModuleFacts | null {
  const ranks = new Map<number, number>();
  let rank = 0;
  let highest = 0;
  let ordered = true;
  for (const { index, executionCount } of notebook.cells) {
    if (executionCount !== null) {
      rank = executionCount;
      ordered &&= rank >= highest;
      highest = Math.max(highest, rank);
    }
    ranks.set(index, rank);
  }
  if (ordered) return null;
  const rankOf = ({ start }: Statement): number => ranks.get(locate(notebook, start)?.cell.index ?? -1) ?? 0;
  const ranked = facts.body.map(statement => ({ statement, rank: rankOf(statement) }));
  return { ...facts, body: ranked.sort((a, b) => a.rank - b.rank).map(({ statement }) => statement) };
}

/** `%run helper.py` brings the names of another file, as an import of all of it does. */
export function withRuns(facts: ModuleFacts, { runs }: NotebookModule): ModuleFacts {
  if (runs.length === 0) return facts;
  const body = facts.body.map((statement): Statement => {
    const run = runs.find(({ start }) => start === statement.start);
    if (!run) return statement;
    const { start, end } = statement;
    return { kind: 'import', start, end, names: [{ module: run.module, member: '*', local: null, start, end }] };
  });
  return { ...facts, body };
}
