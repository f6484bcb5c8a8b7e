import type { CallExpression, Expression, FunctionDefinition, ModuleFacts, Statement } from '../../facts/syntax';
import { callsIn, type Imports, namesIn, nodesIn, statementsOf } from './walk';

/** Where a block trains its model, and how the model is asked. */
export interface Training {
  /** The last statement of the block that trains, itself or by a function of the script that it calls. */
  readonly statement: Statement;
  readonly library: 'torch' | 'keras' | 'sklearn';
  /** The model's name in the block. */
  readonly model: string;
  /** What the model is trained on: the features, or a torch data set. */
  readonly input: Expression;
  readonly inputIs: 'features' | 'dataset';
}

/** Finds the training of a block after a place in the text; a sentence where there is none that is known. */
export function trainingIn(
  block: readonly Statement[],
  after: number,
  facts: ModuleFacts,
  imports: Imports,
): Training | string {
  const later = [...inOrder(block)].filter(statement => statement.start > after);
  const functions = new Map<string, FunctionDefinition>();
  for (const node of nodesIn(facts.body)) if (node.kind === 'function') functions.set(node.name, node);
  const fit = fitIn(later, block, imports, functions);
  const torch = imports.uses(/^torch(?:\.|$)/)
    ? later.findLast(each => backward(each, functions, new Set()))
    : undefined;
  if (torch && (!fit || torch.start > fit.statement.start)) return torchTraining(torch, block, functions, imports);
  return fit ?? 'No training was found after the split: a loop with backward(), or fit() of Keras or scikit-learn.';
}

/** The statements of a block one after the other, through `with`, `if` and `try` to those inside; loops and definitions stay whole. */
function* inOrder(block: readonly Statement[]): Generator<Statement> {
  for (const statement of block) {
    if (statement.kind === 'with') yield* inOrder(statement.body);
    else if (statement.kind === 'if') yield* inOrder([...statement.then, ...statement.otherwise]);
    else if (statement.kind === 'try')
      yield* inOrder([...statement.body, ...statement.otherwise, ...statement.finally]);
    else yield statement;
  }
}

function backward(node: unknown, functions: ReadonlyMap<string, FunctionDefinition>, seen: Set<string>): boolean {
  if (isDefinition(node)) return false;
  for (const call of callsIn(node)) {
    if (call.callee.kind === 'attribute' && call.callee.name === 'backward') return true;
    if (call.callee.kind !== 'name' || seen.has(call.callee.name)) continue;
    seen.add(call.callee.name);
    const inner = functions.get(call.callee.name);
    if (inner && backward(inner.body, functions, seen)) return true;
  }
  return false;
}

const isDefinition = (node: unknown): boolean =>
  typeof node === 'object' && node !== null && 'kind' in node && (node.kind === 'function' || node.kind === 'class');

function torchTraining(
  statement: Statement,
  block: readonly Statement[],
  functions: ReadonlyMap<string, FunctionDefinition>,
  imports: Imports,
): Training | string {
  const model = modelOf(block, statement, functions);
  if (!model) return 'The model that the training loop steps was not found (no optimizer is made of its parameters()).';
  const loaders = new Map<string, Expression>();
  const loaded: Expression[] = [];
  for (const each of statementsOf(block)) {
    for (const call of callsIn(each)) {
      if (imports.pathOf(call.callee) !== 'torch.utils.data.DataLoader') continue;
      const dataset = call.arguments[0] ?? call.keywords.find(({ name }) => name === 'dataset')?.value;
      if (!dataset) continue;
      loaded.push(dataset);
      const target = each.kind === 'assign' ? each.targets[0] : null;
      if (target?.kind === 'name') loaders.set(target.name, dataset);
    }
  }
  const used = namesIn(statement);
  const input = [...loaders].find(([name]) => used.has(name))?.[1] ?? (loaders.size === 0 ? loaded[0] : undefined);
  if (input) return { statement, library: 'torch', model, input, inputIs: 'dataset' };
  const fed = [...callsIn(statement)].find(call => call.callee.kind === 'name' && call.callee.name === model);
  if (fed?.arguments[0]) return { statement, library: 'torch', model, input: fed.arguments[0], inputIs: 'features' };
  return 'What the training loop feeds the model was not found: it uses no DataLoader of this block.';
}

/** The name whose `parameters()` the optimizer takes, in the block or by way of a function that is given the model. */
function modelOf(
  block: readonly Statement[],
  training: Statement,
  functions: ReadonlyMap<string, FunctionDefinition>,
): string | null {
  const own = parametersOf([...statementsOf(block)].filter(each => each.start <= training.end));
  if (own) return own;
  for (const call of callsIn(training)) {
    const inner = call.callee.kind === 'name' ? functions.get(call.callee.name) : undefined;
    const name = inner && parametersOf(inner.body);
    const place = inner?.parameters.findIndex(parameter => parameter.name === name) ?? -1;
    const given = place >= 0 ? argumentOf(call, place, name!) : undefined;
    if (given?.kind === 'name') return given.name;
  }
  return null;
}

const argumentOf = (call: CallExpression, place: number, name: string): Expression | undefined =>
  call.keywords.find(keyword => keyword.name === name)?.value ?? call.arguments[place];

function parametersOf(root: unknown): string | null {
  for (const call of callsIn(root))
    if (call.callee.kind === 'attribute' && call.callee.name === 'parameters' && call.callee.object.kind === 'name')
      return call.callee.object.name;
  return null;
}

/** The last `model.fit(features, …)` of the model that is saved, of Keras, scikit-learn or a booster in the statements. */
function fitIn(
  later: readonly Statement[],
  block: readonly Statement[],
  imports: Imports,
  functions: ReadonlyMap<string, FunctionDefinition>,
): Training | null {
  const makers = new Map<string, string>();
  for (const statement of statementsOf(block)) {
    if (statement.kind !== 'assign' || statement.targets[0]?.kind !== 'name') continue;
    const path = makerOf(statement.value, imports, functions);
    if (path) makers.set(statement.targets[0].name, path);
  }
  const found: Training[] = [];
  for (const statement of later) {
    if (isDefinition(statement)) continue;
    for (const call of callsIn(statement)) {
      if (call.callee.kind !== 'attribute' || call.callee.name !== 'fit') continue;
      const input = call.arguments[0] ?? call.keywords.find(({ name }) => /^x$/i.test(name ?? ''))?.value;
      const made = call.callee.object.kind === 'call' ? call.callee.object : null;
      const model =
        call.callee.object.kind === 'name'
          ? call.callee.object.name
          : statement.kind === 'assign' && statement.targets[0]?.kind === 'name'
            ? statement.targets[0].name
            : null;
      const path = made ? imports.pathOf(made.callee) : model ? makers.get(model) : null;
      if (!input || !model || call.arguments.length < 1) continue;
      const library = libraryOf(path ?? null, imports);
      if (library) found.push({ statement, library, model, input, inputIs: 'features' });
    }
  }
  // Of several models the one that is saved is audited.
  const saved = savedIn(later, imports);
  return found.findLast(({ model }) => saved.has(model)) ?? found.at(-1) ?? null;
}

/** Names that are written to a file: `joblib.dump(model, …)`, `model.save(…)`. */
function savedIn(later: readonly Statement[], imports: Imports): Set<string> {
  const out = new Set<string>();
  for (const call of callsIn(later)) {
    const path = imports.pathOf(call.callee) ?? '';
    const given = /^(?:joblib|pickle|dill|cloudpickle|skops\.io)\.dump$/.test(path) ? call.arguments[0] : undefined;
    if (given?.kind === 'name') out.add(given.name);
    else if (
      call.callee.kind === 'attribute' &&
      /^save(?:_model)?$/.test(call.callee.name) &&
      call.callee.object.kind === 'name'
    )
      out.add(call.callee.object.name);
  }
  return out;
}

/** The qualified name of what makes a model: `LogisticRegression().fit(…)`, and by way of a function of the script that returns it. */
function makerOf(
  made: Expression,
  imports: Imports,
  functions: ReadonlyMap<string, FunctionDefinition>,
  depth = 0,
): string | null {
  let value = made;
  while (value.kind === 'call' && value.callee.kind === 'attribute' && value.callee.object.kind === 'call')
    value = value.callee.object;
  if (value.kind !== 'call') return null;
  const inner = value.callee.kind === 'name' ? functions.get(value.callee.name) : undefined;
  if (!inner || depth > 4) return imports.pathOf(value.callee);
  const statements = [...statementsOf(inner.body)];
  for (const statement of statements) {
    if (statement.kind !== 'return' || !statement.value) continue;
    const back = statement.value;
    const held =
      back.kind === 'name'
        ? statements.find(
            each => each.kind === 'assign' && each.targets[0]?.kind === 'name' && each.targets[0].name === back.name,
          )
        : undefined;
    const path = makerOf(held?.kind === 'assign' ? held.value : back, imports, functions, depth + 1);
    if (path) return path;
  }
  return null;
}

function libraryOf(path: string | null, imports: Imports): 'keras' | 'sklearn' | null {
  if (
    path &&
    /^sklearn\.(?!preprocessing|impute|feature|decomposition|model_selection\.(?!Grid|Random|Halving))/.test(path)
  )
    return 'sklearn';
  if (path && /^(?:xgboost|lightgbm|catboost)\./.test(path)) return 'sklearn';
  if (path && /^sklearn\./.test(path)) return null;
  return imports.uses(/^(?:keras|tensorflow)(?:\.|$)/) ? 'keras' : null;
}
