import type { CallExpression, Expression, Statement } from '../../facts/syntax';
import { callsIn, nodesIn, statementsOf } from '../auditable/walk';
import { lastName, type Reader } from './reader';

/** The loops of a training in PyTorch. */
export interface TrainingLoops {
  /** undefined: not a constant. */
  readonly epochs: number | undefined;
  /** Statements of the block that goes back (`backward()`), by batch. */
  readonly inner: readonly Statement[];
  /** What the loop over batches goes over; null without one. */
  readonly over: Expression | null;
  /** Names of what `step()` is called on in `inner`, as the callers of a function name it. */
  readonly stepped: readonly string[];
  /** What callers give for a name of the function around the loop; the name itself outside of functions. */
  readonly givenFor: (name: string) => readonly string[];
  readonly differences: readonly string[];
}

type For = Extract<Statement, { kind: 'for' }>;

/** The outermost `for … in range(n)` around the backward pass, followed into functions that it calls, and the loop over batches. */
export function trainingLoops(reader: Reader): TrainingLoops {
  const { facts, constants, imports } = reader;
  const functions = new Map<string, readonly Statement[]>();
  for (const node of nodesIn(facts.body)) if (node.kind === 'function') functions.set(node.name, node.body);
  const trains = (root: unknown, seen: Set<string>): boolean => {
    for (const call of callsIn(root)) {
      if (lastName(call.callee) === 'backward') return true;
      const name = lastName(call.callee);
      if (name === null || seen.has(name) || !functions.has(name)) continue;
      seen.add(name);
      if (trains(functions.get(name), seen)) return true;
    }
    return false;
  };
  const loops = [...nodesIn(facts.body)].filter(
    (node): node is For => node.kind === 'for' && trains(node.body, new Set()),
  );
  const counted = loops.map(loop => ({ loop, range: rangeOf(loop, reader) }));
  const outer = counted.find(({ range }) => range !== null);
  const [from, to] = outer?.range ?? [undefined, undefined];
  const [start, end] = [from ? constants.numberOf(from) : 0, constants.numberOf(to)];
  const inner = loops.find(loop => loop !== outer?.loop && directly(loop)) ?? null;
  const body = inner?.body ?? outer?.loop.body ?? facts.body;
  const differences: string[] = [];
  if (
    outer &&
    [...statementsOf(outer.loop.body)].some(
      each => each.kind === 'jump' && each.what === 'break' && !within(inner, each),
    )
  )
    differences.push('early stopping is left out: all epochs are trained');
  if (accumulates(body)) differences.push('every batch makes a step: gradients are not gathered over several batches');
  if (addsToLoss(body, imports.pathOf.bind(imports))) differences.push('what the script adds to the loss is left out');
  const stepped = [...callsIn(body)].flatMap(call =>
    call.callee.kind === 'attribute' && call.callee.name === 'step' && call.callee.object.kind === 'name'
      ? [call.callee.object.name]
      : [],
  );
  const named = (name: string): string[] => givenFor(name, inner ?? outer?.loop ?? null, reader);
  return {
    epochs: !outer || start === undefined || end === undefined ? undefined : end - start,
    inner: body,
    over: inner?.iterable ?? null,
    stepped: stepped.flatMap(named),
    givenFor: named,
    differences,
  };
}

const within = (loop: For | null, statement: Statement): boolean =>
  loop !== null && statement.start >= loop.start && statement.end <= loop.end;

/** The two ends of a `range` in a loop's head, with a progress bar around it or not; null for other loops. */
function rangeOf(loop: For, { imports }: Reader): readonly [Expression | undefined, Expression | undefined] | null {
  if (loop.iterable.kind !== 'call') return null;
  let over: CallExpression = loop.iterable;
  while (over.arguments[0]?.kind === 'call' && imports.pathOf(over.callee) !== 'range') over = over.arguments[0];
  const path = imports.pathOf(over.callee);
  if (path !== 'range' && !/(?:^|\.)trange$/.test(path ?? '')) return null;
  return over.arguments.length > 1 ? [over.arguments[0], over.arguments[1]] : [undefined, over.arguments[0]];
}

/** A loop whose own body goes back, not one further inside. */
const directly = (loop: For): boolean =>
  [...callsIn(loop.body)].some(call => lastName(call.callee) === 'backward') &&
  ![...nodesIn(loop.body)].some(
    node => node.kind === 'for' && [...callsIn(node.body)].some(call => lastName(call.callee) === 'backward'),
  );

/** `step()` under a condition on a count of batches. */
function accumulates(body: readonly Statement[]): boolean {
  return [...nodesIn(body)].some(
    node =>
      node.kind === 'if' &&
      [...nodesIn(node.test)].some(part => part.kind === 'binary' && part.operator === '%') &&
      [...callsIn(node.then)].some(call => lastName(call.callee) === 'zero_grad' || lastName(call.callee) === 'step'),
  );
}

/** The loss that goes back is a sum with something else. */
function addsToLoss(body: readonly Statement[], pathOf: (e: Expression) => string | null): boolean {
  const back = [...callsIn(body)].find(call => lastName(call.callee) === 'backward');
  const name = back?.callee.kind === 'attribute' && back.callee.object.kind === 'name' ? back.callee.object.name : null;
  const sums = (e: Expression): boolean =>
    e.kind === 'binary' && (e.operator === '+' || e.operator === '-') && [...callsIn(e)].length > 0;
  if (name === null) return back?.callee.kind === 'attribute' && sums(back.callee.object);
  return [...statementsOf(body)].some(
    statement =>
      statement.kind === 'assign' &&
      statement.targets.some(target => target.kind === 'name' && pathOf(target) === name) &&
      (statement.operator === '+' || statement.operator === '+=' || sums(statement.value)),
  );
}

/** What callers give for a name that is a parameter of the function around the loop; else the name itself. */
function givenFor(name: string, loop: For | null, { facts, calls }: Reader): string[] {
  if (!loop) return [name];
  for (const node of nodesIn(facts.body)) {
    if (node.kind !== 'function' || node.start > loop.start || node.end < loop.end) continue;
    const place = node.parameters.findIndex(parameter => parameter.name === name);
    if (place < 0) continue;
    const given = calls
      .filter(call => lastName(call.callee) === node.name)
      .map(call => call.keywords.find(keyword => keyword.name === name)?.value ?? call.arguments[place])
      .flatMap(e => (e?.kind === 'name' ? [e.name] : []));
    return given.length > 0 ? given : [name];
  }
  return [name];
}
