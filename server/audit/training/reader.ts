import type { TrainingRecipe } from '../../../audit-core/shadows/embedded/recipe';
import type { CallExpression, Expression, ModuleFacts } from '../../facts/syntax';
import { callsIn, Imports, nodesIn } from '../auditable/walk';
import { Constants } from './constants';

/** How a script trains, with what of it the embedded engine does otherwise; or why it cannot be told, in one sentence. */
export type ReadRecipe =
  | ({ readonly kind: 'known' } & KnownRecipe)
  | { readonly kind: 'not-known'; readonly why: string };

export interface KnownRecipe {
  readonly recipe: TrainingRecipe;
  readonly differences: readonly string[];
  /** A mechanism of differential privacy was found, and the recipe does what it does to the steps: also nothing, where it is not used. */
  readonly mechanism: boolean;
}

/** What of a script cannot be told: one sentence. */
export class RecipeError extends Error {
  override readonly name = 'RecipeError';
}

export function refuse(why: string): never {
  throw new RecipeError(why);
}

/** A script as its training is read from it. */
export interface Reader {
  readonly facts: ModuleFacts;
  readonly imports: Imports;
  readonly constants: Constants;
  readonly calls: readonly CallExpression[];
}

export const readerOf = (facts: ModuleFacts): Reader => ({
  facts,
  imports: new Imports(facts),
  constants: new Constants(facts),
  calls: [...callsIn(facts.body)],
});

export const lastName = (e: Expression): string | null => (e.kind === 'attribute' || e.kind === 'name' ? e.name : null);

/** The argument of that name, or at that position. */
export const argument = (call: CallExpression, name: string, place?: number): Expression | undefined =>
  call.keywords.find(each => each.name === name)?.value ?? (place === undefined ? undefined : call.arguments[place]);

/** A number of a call that must be a constant where it is given. */
export function numberIn(
  { constants }: Reader,
  call: CallExpression,
  name: string,
  otherwise: number,
  place?: number,
): number {
  const given = argument(call, name, place);
  if (!given) return otherwise;
  const value = constants.numberOf(given);
  return value ?? refuse(`${name} of ${lastName(call.callee) ?? 'a call'} is not a constant that the script tells.`);
}

export const flagIn = ({ constants }: Reader, call: CallExpression, name: string, otherwise = false): boolean => {
  const value = constants.valueOf(argument(call, name));
  return typeof value === 'boolean' ? value : otherwise;
};

/** The sentences whose pattern a call of the script matches. */
export const differencesOf = ({ imports, calls }: Reader, known: readonly (readonly [RegExp, string])[]): string[] =>
  known.filter(([path]) => calls.some(call => path.test(imports.pathOf(call.callee) ?? ''))).map(([, words]) => words);

/** Numbers inside `torch.tensor([…]).to(…)` and the like. */
export function numbersIn({ constants }: Reader, given: Expression | undefined): readonly number[] | null {
  let e = given;
  for (let depth = 0; e && depth < 8; depth++) {
    e = constants.expressionOf(e);
    const value = constants.valueOf(e);
    if (typeof value === 'number') return [value];
    if (Array.isArray(value) && value.every((each): each is number => typeof each === 'number')) return value;
    if (e.kind !== 'call') return null;
    // `.to(device)` of something, or something made of the first argument.
    const method: boolean = e.callee.kind === 'attribute' && /^(?:to|cuda|cpu|float|double|type)$/.test(e.callee.name);
    e = method && e.callee.kind === 'attribute' ? e.callee.object : e.arguments[0];
  }
  return null;
}

/** Class weights of a loss: given as numbers, or balanced by scikit-learn; `unknown` where neither. */
export function classWeightsIn(reader: Reader, given: Expression): readonly number[] | 'balanced' | 'unknown' {
  const e = reader.constants.expressionOf(given);
  if (e.kind === 'mapping') return weightsOfMapping(reader, e.entries);
  const numbers = numbersIn(reader, e);
  if (numbers) return numbers;
  const names = [...nodesIn(e)].flatMap(node => (node.kind === 'name' ? [reader.constants.expressionOf(node)] : []));
  for (const call of [e, ...names].flatMap(each => [...callsIn(each)]))
    if (lastName(call.callee) === 'compute_class_weight')
      return reader.constants.valueOf(argument(call, 'class_weight', 0)) === 'balanced' ? 'balanced' : 'unknown';
  return 'unknown';
}

function weightsOfMapping(
  { constants }: Reader,
  entries: readonly { readonly key: Expression | null; readonly value: Expression }[],
): readonly number[] | 'unknown' {
  const out: number[] = [];
  for (const { key, value } of entries) {
    const [label, weight] = [constants.numberOf(key ?? undefined), constants.numberOf(value)];
    if (label === undefined || weight === undefined || !Number.isInteger(label) || label < 0 || label > 1e5)
      return 'unknown';
    out[label] = weight;
  }
  return Array.from(out, weight => weight ?? 1);
}
