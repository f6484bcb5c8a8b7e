import type { Claim } from '../../audit-core/audit/inputs';
import { isOperation, literalOf, type Recipe, type Term } from '../../audit-core/datasets/recipe';
import type { ModuleFacts } from '../facts/syntax';
import { type FindModule, Follower } from './follow/follower';
import type { Lost, Training } from './follow/symbols';

/** What an audit is of; null or empty where the script does not tell. */
export interface AuditSpecification {
  readonly checkpoint: string | null;
  readonly data: readonly string[];
  readonly label: string | null;
  readonly features: readonly string[];
  readonly person: string | null;
  readonly groups: readonly string[];
}

export interface InferredAudit {
  readonly specification: AuditSpecification;
  /** How the script makes its training arrays; null when they were not followed. */
  readonly recipe: Recipe | null;
  /** The target ε that the code states; null where it states none (the budget statement is the claim then). */
  readonly claim: Claim | null;
  /** Every file that the script saves a model to, as it names them. */
  readonly saved: readonly string[];
  /** Where the data of the training were lost, when they were: calls that are not followed. */
  readonly unfollowed: readonly Lost[];
}

/** Best runnable format first. */
const runnable = ['.onnx', '.keras', '.h5', '.joblib', '.pkl', '.safetensors', '.pt', '.pth'];

/** Infers what to audit from a training script alone; nothing is run, no data file is read. `find` gives modules of its project. */
export function inferAudit(
  facts: ModuleFacts,
  options: { readonly checkpoint?: string; readonly find?: FindModule } = {},
): InferredAudit {
  const followed = new Follower(options.find).run(facts);
  const saved = followed.saved.map(({ path }) => path);
  const stem = (path: string): string => path.replace(/\.[^./]+$/, '');
  const models = [...new Set(saved)].sort((a, b) => rank(a) - rank(b));
  const asked = options.checkpoint;
  const checkpoint = asked ?? (new Set(models.map(stem)).size <= 1 ? (models[0] ?? null) : null);
  // Of several trainings the one of the model that is saved there; else they must agree on their rows.
  const model = followed.saved.find(
    ({ path, model }) => model !== null && checkpoint !== null && stem(path) === stem(checkpoint),
  )?.model;
  const own = model ? followed.training.filter(each => each.model === model) : [];
  const training = own.length > 0 ? own : followed.training;
  const apart = new Set(training.map(each => each.features)).size > 1;
  const last = apart ? null : (training.at(-1) ?? null);
  const recipe: Recipe | null = last && {
    features: last.features,
    label: last.label ?? training.find(each => each.label !== null)?.label ?? null,
    reads: followed.reads,
    evaluated: unlike(followed.evaluated, last.features).map(({ features, label }) => ({ features, label })),
  };
  const label = recipe?.label ? columnOf(recipe.label) : null;
  const specification: AuditSpecification = {
    checkpoint,
    data: followed.files,
    label,
    features: [],
    person: recipe ? groupKey(recipe.features) : null,
    groups: [],
  };
  const claim = followed.claims.length === 1 ? followed.claims[0]! : null;
  return { specification, recipe, claim, saved, unfollowed: recipe ? [] : followed.lost };
}

/** What models were asked beside their training rows, each once. */
function unlike(asked: readonly Training[], features: Term): Training[] {
  const seen = new Set<Term>([features]);
  return asked.filter(each => {
    if (seen.has(each.features)) return false;
    seen.add(each.features);
    return true;
  });
}

const rank = (path: string): number => {
  const at = runnable.findIndex(ending => path.endsWith(ending));
  return at < 0 ? runnable.length : at;
};

/** The one column that a term comes from. */
function columnOf(term: Term): string | null {
  if (!isOperation(term)) return null;
  if (term.op === 'columns') {
    const name = literalOf(term.args[1]);
    return typeof name === 'string' ? name : null;
  }
  return columnOf(term.args[term.op === 'transform' || term.op === 'compare' ? 1 : 0] ?? term);
}

/** The column by which the split keeps people together: a group splitter's groups, or the people that were drawn. */
function groupKey(term: Term, seen = new Set<Term>()): string | null {
  if (seen.has(term)) return null;
  seen.add(term);
  if ('items' in term) return firstOf(term.items, t => groupKey(t, seen));
  if (!isOperation(term)) return null;
  const method = term.op === 'draw' ? String(literalOf(term.args[2])) : '';
  const groups = term.named.groups ?? (/Group/.test(method) ? term.args[5] : undefined);
  if (groups) return columnOf(groups);
  if (term.op === 'isin') return columnOf(term.args[0]!);
  return firstOf(term.args, t => groupKey(t, seen));
}

function firstOf(terms: readonly Term[], find: (term: Term) => string | null): string | null {
  for (const term of terms) {
    const found = find(term);
    if (found !== null) return found;
  }
  return null;
}
