import { isOperation, list, literal, operation, type Term } from '../../../audit-core/datasets/recipe';
import type { Span, Statement } from '../../facts/syntax';
import { enterLoader, iterateAll } from './batches';
import type { Follower } from './follower';
import { isNames } from './indexing';
import { loseStreams } from './library/generators';
import { assign } from './places';
import { capture, changedSince, type Place, restore, type State } from './state';
import { itemsOf, known, type Meaning, termOf } from './symbols';

type For = Extract<Statement, { kind: 'for' }>;

const maxTurns = 500;

/** A body that trains is run once, however often the script runs it. */
const trains = (body: readonly Statement[]): boolean =>
  /"(?:backward|train_on_batch|partial_fit)"/.test(JSON.stringify(body));

/** A loop: turn by turn where its items are known, over the batches of a loader, over the columns that only the data name, or once. */
export function loop(at: Follower, s: For): void {
  const over = at.value(s.iterable);
  const items = itemsOf(over);
  const counts = s.iterable.kind === 'call' && s.iterable.callee.kind === 'name' && s.iterable.callee.name === 'range';
  if (items && items.length <= maxTurns && !(counts && trains(s.body))) {
    const before = capture(at);
    for (const item of items) {
      assign(at, s.target, item);
      at.block(s.body);
      if (at.jump === 'break') break;
      if (at.jump === 'continue') at.jump = null;
      if (at.jump || at.returned) return;
    }
    if (at.jump === 'break') at.jump = null;
    else at.block(s.otherwise);
    if (at.unsure) loseChanged(at, before, s);
    at.unsure = before.unsure;
    return;
  }
  const loader = enterLoader(at, over);
  if (loader) {
    at.loaders.push(loader.instance);
    assign(at, s.target, loader.batch);
    turns(at, s.body, s, false);
    at.loaders.pop();
    return;
  }
  if (over.kind === 'term' && !over.row && isNames(over.term) && unrolled(at, s, over.term)) return;
  assign(at, s.target, iterateAll(over));
  turns(at, s.body, s);
}

/** A body that runs an unknown number of times: once is enough to see what it trains. */
export function turns(at: Follower, body: readonly Statement[], place: Span, forget = true): void {
  const before = capture(at);
  const drawn = at.draws();
  at.loops++;
  at.block(body);
  at.loops--;
  if (at.draws().some((last, i) => last !== drawn[i])) loseStreams(at);
  if (at.jump !== 'raise') at.jump = null;
  if (forget) loseChanged(at, before, place);
  at.unsure = before.unsure;
}

function loseChanged(at: Follower, before: State, place: Span): void {
  for (const { map, name } of changedSince(before)) {
    const value = map.get(name)!;
    if (value.kind === 'term' || (value.kind === 'tuple' && termOf(value)))
      map.set(name, at.lose(place, 'a loop whose turns are not known'));
  }
}

/**
 * A loop over names of columns that only the data tell. Its body is followed once with a hole in the place of the name and one for each
 * variable that it changes; `unroll` fills them in turn. False where the body does what a column's turn cannot: it draws, trains or leaves.
 */
function unrolled(at: Follower, s: For, names: Term): boolean {
  const before = capture(at);
  const { training, evaluated, files, reads, saved, lost } = at.followed;
  const noted = [training, evaluated, files, reads, saved, lost].map(each => each.length);
  const each = operation('hole', []);
  const turn = (): boolean => {
    assign(at, s.target, known(each));
    at.block(s.body);
    if (at.jump === 'continue') at.jump = null;
    const moved = [...before.instances].some(
      ([instance, held]) => instance.type.startsWith('generator:') && instance.last !== held.last,
    );
    return (
      !at.jump && !at.returned && !at.unsure && !moved && training.length === noted[0] && reads.length === noted[3]
    );
  };
  const back = (): void => {
    [training, evaluated, files, reads, saved, lost].forEach((list, i) => {
      list.length = noted[i]!;
    });
    restore(at, before);
  };
  const fits = turn();
  const carried = changedSince(before).filter(({ before: old }) => isState(old));
  back();
  if (!fits) return false;
  const holes = carried.map(() => operation('hole', []));
  carried.forEach(({ map, name }, i) => {
    map.set(name, known(holes[i]!));
  });
  turn();
  const bodies = carried.map(({ map, name }) => termOf(map.get(name)));
  settle(at, s, before, carried, holes, each);
  carried.forEach(({ map, name }, i) => {
    const body = bodies[i];
    const whole = body && bodies.every((made, j) => made || !mentions(body, new Set([holes[j]!])));
    map.set(
      name,
      whole
        ? known(
            operation('unroll', [
              names,
              each,
              literal(i),
              list(carried.map(({ before: start }) => termOf(start)!)),
              list(holes),
              list(bodies.map((made, j) => made ?? holes[j]!)),
            ]),
          )
        : at.lose(s, 'a loop over columns'),
    );
  });
  return true;
}

const isState = (value: Meaning | undefined): boolean =>
  value?.kind === 'term' ? !value.row && !value.batch : value?.kind === 'tuple' && termOf(value) !== null;

/** What else the body bound is of one turn only: not known after the loop. */
function settle(
  at: Follower,
  place: Span,
  before: State,
  carried: readonly Place[],
  holes: readonly Term[],
  each: Term,
): void {
  const inside = new Set<Term>([each, ...holes]);
  for (const { map, name } of changedSince(before)) {
    if (carried.some(other => other.map === map && other.name === name)) continue;
    const term = termOf(map.get(name));
    if (term && mentions(term, inside)) map.set(name, at.lose(place, 'a loop over columns'));
  }
  for (const [instance, held] of before.instances)
    if (instance.state !== held.state && instance.state && mentions(instance.state, inside)) instance.state = null;
}

function mentions(term: Term, wanted: ReadonlySet<Term>, seen = new Set<Term>()): boolean {
  if (wanted.has(term)) return true;
  if (seen.has(term)) return false;
  seen.add(term);
  if ('items' in term) return term.items.some(item => mentions(item, wanted, seen));
  return (
    isOperation(term) &&
    (term.args.some(arg => mentions(arg, wanted, seen)) ||
      Object.values(term.named).some(arg => mentions(arg, wanted, seen)))
  );
}
