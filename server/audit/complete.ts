import { isUndrawn } from '../../audit-core/datasets/prepare';
import { literal, operation, type Recipe, type Term } from '../../audit-core/datasets/recipe';
import type { DeclaredAudit } from './declared';
import type { Lost } from './follow/symbols';
import type { InferredAudit } from './infer';

/** The names of parts that can be missing. */
export type MissingName = 'checkpoint' | 'data' | 'label' | 'features' | 'members';

/** One part that neither script nor configuration tells: what to ask, and the line of the audit entry that answers. */
export interface MissingPart {
  readonly name: MissingName;
  readonly question: string;
  /** A line for the `[[audit]]` entry, to be completed. */
  readonly write: string;
  /** Answers that are known to be possible, best first. */
  readonly candidates: readonly string[];
}

/** Inferred and declared, merged: what an audit is of. `data` are names as the recipe has them, `paths` where they lie. */
export interface CompletedAudit {
  readonly checkpoint: string | null;
  readonly data: readonly { readonly name: string; readonly path: string }[];
  readonly recipe: Recipe | null;
  /** The script's own recipe where declared features take its place: its split still says who was trained on. */
  readonly split: Recipe | null;
  readonly label: readonly string[] | null;
  readonly features: readonly string[] | null;
  readonly person: string | null;
  readonly missing: readonly MissingPart[];
  /** Calls of the script where the data of its training were lost. */
  readonly unfollowed: readonly Lost[];
}

const parts: Readonly<Record<MissingName, Pick<MissingPart, 'question' | 'write'>>> = {
  checkpoint: { question: 'Which checkpoint does the script write?', write: 'checkpoint = "model.onnx"' },
  data: { question: 'Which data file was the model trained from?', write: 'data = "data.csv"' },
  label: { question: 'Which column does the model predict?', write: 'label = "outcome"' },
  features: {
    question: 'Which columns does the model take, in its order?',
    write: 'features = ["age", "bmi"]',
  },
  members: {
    question:
      'Which rows was the model trained on? The split cannot be replayed (no seed, or steps that are not followed).',
    write: 'members = "members.json"   # or { column = "split", is = "train" }, or { rows = "0:8000" }',
  },
};

export interface Circumstances {
  /** Resolves a name of the script to an absolute path. */
  readonly resolve: (name: string) => string;
  /** The checkpoint that was asked for, absolute; null: the one that the script saves. */
  readonly checkpoint: string | null;
  /** Files that are there, among those that the script saves. */
  readonly exists: (path: string) => boolean;
}

/**
 * Merges what is declared over what the script implies. A declared data file takes the place of the script's file of the same number;
 * declared features replace the script's steps; a declared label or person column replaces the inferred one.
 */
export function completeAudit(
  inferred: InferredAudit | null,
  declared: DeclaredAudit,
  { resolve, checkpoint: asked, exists }: Circumstances,
): CompletedAudit {
  const names = inferred?.specification.data ?? [];
  const data =
    declared.data.length === 0
      ? names.map(name => ({ name, path: resolve(name) }))
      : declared.data.map((path, index) => ({ name: names[index] ?? path, path }));
  const table = data[0]?.name ?? null;
  const { features, label } = declared.inputs;
  const followed = features === null ? (inferred?.recipe ?? null) : null;
  const recipe = followed && {
    ...followed,
    label: label && table !== null ? columnsOf(table, label) : followed.label,
  };
  const split = features === null ? null : (inferred?.recipe ?? null);
  const saved = (inferred?.saved ?? []).map(resolve);
  const checkpoint = chosen(declared.checkpoint ?? asked, saved, inferred?.specification.checkpoint ?? null, {
    resolve,
    exists,
  });
  const missing: MissingName[] = [];
  if (checkpoint === null) missing.push('checkpoint');
  if (data.length === 0) missing.push('data');
  const arrays = data.some(({ path }) => /\.np[yz]$/i.test(path));
  if (recipe) {
    if (!recipe.label) missing.push('label');
    if (declared.members === null && isUndrawn(recipe.features)) missing.push('members');
  } else if (data.length > 0 && !arrays) {
    if (label === null && !inferred?.specification.label) missing.push('label');
    if (declared.members === null && (split === null || isUndrawn(split.features))) missing.push('members');
    // Where a script says that it makes its own inputs, plain columns would be another model's.
    if (features === null && inferred !== null) missing.push('features');
  }
  return {
    checkpoint,
    data,
    recipe,
    split,
    label: label ?? (inferred?.specification.label == null ? null : [inferred.specification.label]),
    features,
    person: declared.person ?? inferred?.specification.person ?? null,
    unfollowed: recipe ? [] : (inferred?.unfollowed ?? []),
    missing: missing.map(name =>
      name === 'checkpoint'
        ? missingCheckpoint(inferred?.saved ?? [], saved)
        : { name, ...parts[name], candidates: [] },
    ),
  };
}

/** @param names as the script writes them; `paths` where they lie */
function missingCheckpoint(names: readonly string[], paths: readonly string[]): MissingPart {
  const candidates = [...new Set(paths)];
  const [first] = names;
  if (first === undefined) return { name: 'checkpoint', ...parts.checkpoint, candidates };
  const question = candidates.length > 1 ? 'The script saves several models: which one?' : parts.checkpoint.question;
  return { name: 'checkpoint', question, write: `checkpoint = ${JSON.stringify(first)}`, candidates };
}

/** Where the script's steps stop on the data: what would have to be declared in their place. */
export const missingSteps = (why: string, features: boolean, members: boolean): MissingPart[] =>
  (['features', 'members'] as const)
    .filter(name => (name === 'features' ? features : members))
    .map(name => ({ name, ...parts[name], question: `${why} ${parts[name].question}`, candidates: [] }));

export const columnsOf = (table: string, names: readonly string[]): Term =>
  operation('columns', [
    operation('table', [literal(table)]),
    names.length === 1 ? literal(names[0]!) : { op: 'list', items: names.map(literal) },
  ]);

const stem = (path: string): string => path.replace(/\.[^./\\]+$/, '');

/** Endings in order of preference: what runs without the script's help first. */
const runnable = ['.onnx', '.keras', '.h5', '.joblib', '.pkl', '.safetensors', '.pt', '.pth'];
const rank = (path: string): number => {
  const at = runnable.findIndex(ending => path.endsWith(ending));
  return at < 0 ? runnable.length : at;
};

/** The file to run: of the formats in which the script saves the asked model, the best that is there. */
function chosen(
  asked: string | null,
  saved: readonly string[],
  inferred: string | null,
  { resolve, exists }: Pick<Circumstances, 'resolve' | 'exists'>,
): string | null {
  const model = asked ?? (inferred === null ? null : resolve(inferred));
  if (model === null) return null;
  const same = saved.filter(path => stem(path) === stem(model));
  const formats = [...new Set(asked === null ? same : [...same, asked])].sort((a, b) => rank(a) - rank(b));
  return formats.find(exists) ?? model;
}
