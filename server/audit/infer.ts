import type { Claim } from '../../audit-core/audit/inputs';
import { isOperation, literalOf, type Recipe, type Term } from '../../audit-core/datasets/recipe';
import type { ModuleFacts } from '../facts/syntax';
import { Follower } from './follow';

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
}

/** Best runnable format first. */
const runnable = ['.onnx', '.keras', '.h5', '.joblib', '.pkl', '.safetensors', '.pt', '.pth'];

/** Infers what to audit from a training script alone; nothing is run, no file is read. */
export function inferAudit(facts: ModuleFacts, options: { readonly checkpoint?: string } = {}): InferredAudit {
  const followed = new Follower().run(facts);
  const training = followed.training.length > 0 ? followed.training.at(-1)! : null;
  const apart = new Set(followed.training.map(t => t.features)).size > 1;
  const recipe = training && !apart ? training : null;
  const stem = (path: string): string => path.replace(/\.[^./]+$/, '');
  const models = [...followed.saved].sort((a, b) => rank(a) - rank(b));
  const checkpoint = options.checkpoint ?? (new Set(models.map(stem)).size <= 1 ? (models[0] ?? null) : null);
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
  return { specification, recipe, claim, saved: followed.saved };
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
