import type { ModuleFacts, Statement } from '../../facts/syntax';
import { after, ahead, type Edit, lineOf } from './edits';
import { membersVariable, scoresVariable } from './protocol';
import { bothSides, followRows } from './rows';
import { type Division, divisionsIn } from './split';
import { swapLines } from './swap';
import { type Training, trainingIn } from './training';
import { blocksOf, callsIn, Imports, namesIn, statementsOf } from './walk';

export type Auditable =
  | { readonly kind: 'already' }
  | { readonly kind: 'edits'; readonly edits: readonly Edit[]; readonly library: Training['library'] }
  /** Why no safe edit is known, in one sentence with the place. */
  | { readonly kind: 'not-known'; readonly why: string };

/**
 * "Make this script auditable": the few lines that let a training script train on other people (`EPSILINT_MEMBERS`, an `.npy` mask over the
 * rows that it splits) and write the scores of all rows (`EPSILINT_SCORES`) instead of saving anything. Without the variables the
 * script does what it did before.
 */
export function makeAuditable(facts: ModuleFacts, text: string): Auditable {
  if (text.includes(membersVariable) && text.includes(scoresVariable)) return { kind: 'already' };
  if (facts.language !== 'python') return refuse('Only Python scripts train reference models through their own code.');
  if (facts.problems.length > 0)
    return refuse(`The script has a syntax error at line ${lineOf(text, facts.problems[0]!.start)}.`);
  const imports = new Imports(facts);
  const reasons: string[] = [];
  for (const block of blocksOf(facts)) {
    const divisions = divisionsIn(block, imports);
    const [first] = divisions;
    if (!first) continue;
    const made = editBlock(block, divisions, facts, text, imports);
    if (typeof made !== 'string') return made;
    reasons.push(made);
  }
  return refuse(
    reasons[0] ??
      'No split of the rows is known here: train_test_split, a scikit-learn splitter, random_split or slices of a permutation.',
  );
}

const refuse = (why: string): Auditable => ({ kind: 'not-known', why });

function editBlock(
  block: readonly Statement[],
  divisions: readonly Division[],
  facts: ModuleFacts,
  text: string,
  imports: Imports,
): Auditable | string {
  const last = divisions.at(-1)!;
  const training = trainingIn(block, last.statement.end, facts, imports);
  if (typeof training === 'string') return training;
  const saved = savesBefore(facts, training.statement, imports);
  if (saved !== null)
    return `Line ${lineOf(text, saved)} writes a file before or while the model is trained: reference models would overwrite it.`;
  const np = imports.localOf('numpy') ?? 'np';
  const swap = swapLines(divisions, text, np);
  if (typeof swap === 'string') return swap;
  const roles = rolesOf(divisions);
  const uneven = unevenChange(block, last.statement.end, roles, training);
  if (uneven) return uneven;
  const ask = askLines(training, divisions, roles, block, text, np);
  if (typeof ask === 'string') return ask;
  const edits: Edit[] = [];
  const needed = [
    ...(imports.localOf('os') === 'os' ? [] : ['import os']),
    ...(imports.localOf('numpy') ? [] : ['import numpy as np']),
  ];
  const place = imports.last;
  if (needed.length > 0 && place) edits.push(after(text, place, needed));
  const before = swap.before;
  if (before.length > 0) edits.push(ahead(text, divisions[0]!.statement, before));
  edits.push(after(text, last.statement, swap.lines), after(text, training.statement, ask));
  return { kind: 'edits', edits, library: training.library };
}

/** A file written before the scores are taken: the place, or null. */
function savesBefore(facts: ModuleFacts, training: Statement, imports: Imports): number | null {
  for (const call of callsIn(facts.body)) {
    if (call.start > training.end) continue;
    const path = imports.pathOf(call.callee) ?? '';
    if (/^(?:torch\.save|torch\.onnx\.export|joblib\.dump|pickle\.dump|numpy\.savez?(?:_compressed)?)$/.test(path))
      return call.start;
    if (/\.(?:save|save_model|save_weights|save_pretrained|to_csv|to_parquet|to_pickle)$/.test(`.${path}`))
      return call.start;
  }
  return null;
}

/** Names of training rows and, for each, the name of the rows left out. */
function rolesOf(divisions: readonly Division[]): Map<string, string> {
  const roles = new Map<string, string>();
  for (const { arrays } of divisions) {
    for (const { source, sides } of arrays) {
      const name = source?.kind === 'name' ? source.name : null;
      // A second split of what was left out makes no training rows.
      if (name !== null && !roles.has(name) && [...roles.values()].includes(name)) continue;
      const other = (name !== null && roles.get(name)) || sides[1]!;
      if (name !== null) roles.delete(name);
      roles.set(sides[0]!, other);
    }
  }
  return roles;
}

/** A sentence where training rows are changed after the split and the others are not. */
function unevenChange(
  block: readonly Statement[],
  from: number,
  roles: ReadonlyMap<string, string>,
  training: Training,
): string | null {
  const changed = new Set<string>();
  for (const statement of statementsOf(block)) {
    if (statement.start <= from || statement.start > training.statement.start || statement.kind !== 'assign') continue;
    for (const target of statement.targets)
      for (const item of target.kind === 'tuple' ? target.items : [target])
        if (item.kind === 'name') changed.add(item.name);
  }
  for (const [inside, other] of roles)
    if (changed.has(inside) && !changed.has(other) && namesIn(training.input).has(inside))
      return `"${inside}" is changed after the split, "${other}" is not: how the other rows are prepared is not known.`;
  return null;
}

/** Models without probabilities are asked for decision values, and regressors for what they predict. */
const sklearnAsk = (model: string): string[] => [
  `    epsilint_ask = getattr(${model}, "predict_proba", None) or getattr(${model}, "decision_function", None) or ${model}.predict`,
];

/** The lines behind the training that write the scores of all rows and stop. */
function askLines(
  training: Training,
  divisions: readonly Division[],
  roles: ReadonlyMap<string, string>,
  block: readonly Statement[],
  text: string,
  np: string,
): string[] | string {
  const known = followRows(block, roles, divisions.at(-1)!.statement.end, training.statement.start, text);
  if (![...namesIn(training.input)].some(name => known.has(name)))
    return 'How the training rows reach the model was not followed from the split.';
  const { inside, outside: outsideOf } = bothSides(training.input, known, text);
  const { model } = training;
  const lines = ['if epsilint_mask is not None:  # Epsilint takes the scores of all rows; nothing is saved'];
  if (training.library === 'torch') {
    const rows = training.inputIs === 'dataset' ? 'torch.utils.data.DataLoader(rows, batch_size=1024)' : '[[rows]]';
    lines.push(
      '    def epsilint_outputs(rows):',
      `        device = next(${model}.parameters()).device`,
      `        return torch.cat([${model}(batch[0].to(device)).cpu() for batch in ${rows}]).numpy()`,
      `    ${model}.eval()`,
      '    with torch.no_grad():',
      `        epsilint_in, epsilint_out = epsilint_outputs(${inside}), epsilint_outputs(${outsideOf})`,
    );
  } else {
    if (training.library === 'sklearn') lines.push(...sklearnAsk(model));
    const ask = training.library === 'keras' ? `${model}.predict` : 'epsilint_ask';
    const more = training.library === 'keras' ? ', verbose=0' : '';
    lines.push(`    epsilint_in, epsilint_out = ${ask}(${inside}${more}), ${ask}(${outsideOf}${more})`);
  }
  lines.push(
    `    epsilint_all = ${np}.empty((len(epsilint_mask), *epsilint_in.shape[1:]), dtype=${np}.float32)`,
    '    epsilint_all[epsilint_mask], epsilint_all[~epsilint_mask] = epsilint_in, epsilint_out',
    `    ${np}.save(os.environ["${scoresVariable}"], epsilint_all)`,
    '    raise SystemExit',
  );
  return lines;
}
