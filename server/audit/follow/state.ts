import type { Term } from '../../../audit-core/datasets/recipe';
import type { Follower, Jump } from './follower';
import type { Instance, Meaning, Scope } from './symbols';

interface InstanceState {
  readonly named: ReadonlyMap<string, Meaning>;
  readonly state: Term | null;
  readonly last: Term | null;
}

/** What a follower knows at one point: its variables, the objects that they hold, and how the block goes on. */
export interface State {
  readonly scopes: ReadonlyMap<Scope, ReadonlyMap<string, Meaning>>;
  readonly instances: ReadonlyMap<Instance, InstanceState>;
  readonly returned: Meaning | null;
  readonly jump: Jump | null;
  readonly unsure: boolean;
}

/** Objects beyond this number are taken as they are. */
const mostInstances = 3_000;

export function capture(at: Follower): State {
  const instances = new Map<Instance, InstanceState>();
  const scopes = [...new Set([...at.frames.flat(), ...at.scopes])];
  const open: Meaning[] = [...Object.values(at.globals), ...scopes.flatMap(scope => [...scope.values()])];
  for (let next = open.pop(); next && instances.size < mostInstances; next = open.pop()) {
    if (next.kind === 'tuple') open.push(...next.items);
    if (next.kind !== 'instance' || instances.has(next)) continue;
    instances.set(next, { named: new Map(next.named), state: next.state, last: next.last });
    open.push(...next.named.values());
  }
  return {
    scopes: new Map(scopes.map(scope => [scope, new Map(scope)] as const)),
    instances,
    returned: at.returned,
    jump: at.jump,
    unsure: at.unsure,
  };
}

export function fill<K, V>(map: Map<K, V>, from: ReadonlyMap<K, V>): void {
  map.clear();
  for (const [key, value] of from) map.set(key, value);
}

export function restore(at: Follower, state: State): void {
  for (const [scope, names] of state.scopes) fill(scope, names);
  for (const [instance, held] of state.instances) {
    fill(instance.named, held.named);
    instance.state = held.state;
    instance.last = held.last;
  }
  at.returned = state.returned;
  at.jump = state.jump;
  at.unsure = state.unsure;
}

/** A variable, or an attribute of an object. */
export interface Place {
  readonly map: Map<string, Meaning>;
  readonly name: string;
  readonly before: Meaning | undefined;
}

/** The variables and attributes that are not what they were. */
export function changedSince(before: State): Place[] {
  const of = (map: Map<string, Meaning>, old: ReadonlyMap<string, Meaning>): Place[] =>
    [...map].flatMap(([name, value]) => (old.get(name) === value ? [] : [{ map, name, before: old.get(name) }]));
  return [
    ...[...before.scopes].flatMap(([scope, old]) => of(scope, old)),
    ...[...before.instances].flatMap(([instance, old]) => of(instance.named, old.named)),
  ];
}
