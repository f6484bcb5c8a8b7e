import type { Evidence, Parameter, Resolved } from '../values';
import { MOST_VALUES } from './constants';
import type { MutableEvidence } from './machine';
import { eitherOf, joinTrace, union } from './value';

export function mergeField(name: string, old: unknown, next: unknown): unknown {
  if (isEvidence(old) && isEvidence(next)) return mergeEvidence(old, next);
  if (isParameter(old) && isParameter(next)) return mergeParameter(old, next);
  if (Array.isArray(old) && Array.isArray(next)) {
    if (old.every(isEvidence) && next.every(isEvidence) && old.length === next.length) {
      for (let i = 0; i < old.length; i++) mergeEvidence(old[i] as Evidence, next[i] as Evidence);
      return old;
    }
    return name === 'privatisedBy' || name === 'regularisation' || name === 'protections' || name === 'privatise'
      ? [...new Set([...old, ...next])]
      : old;
  }
  if (name === 'parameters') {
    const out = { ...(old as Record<string, Parameter>) };
    for (const [key, value] of Object.entries(next as Record<string, Parameter>))
      out[key] = out[key] ? mergeParameter(out[key], value) : value;
    return out;
  }
  if (name === 'used' || name === 'source') return old;
  return old ?? next;
}

export function mergeEvidence(old: Evidence, next: Evidence): Evidence {
  const into = old as MutableEvidence;
  if (old === next) return old;
  into.taint |= next.taint;
  if (into.strength !== 'same') into.strength = next.strength === 'same' ? 'same' : into.strength;
  into.types = union(into.types, next.types, 6);
  into.sources = union(into.sources, next.sources);
  into.objects = union(into.objects, next.objects);
  into.trace = joinTrace(into.trace, next.trace);
  into.columns ??= next.columns;
  if (next.rows) into.rows = into.rows ? eitherOf(into.rows, next.rows) : next.rows;
  if (next.batch) into.batch = into.batch ? eitherOf(into.batch, next.batch) : next.batch;
  if (into.constant && next.constant && into.constant.value !== next.constant.value) into.constant = null;
  return into;
}

export function isEvidence(value: unknown): value is Evidence {
  return typeof value === 'object' && value !== null && 'taint' in value && 'strength' in value;
}

export function isParameter(value: unknown): value is Parameter {
  return (
    typeof value === 'object' &&
    value !== null &&
    'kind' in value &&
    (value.kind === 'constant' || value.kind === 'several' || value.kind === 'unknown' || value.kind === 'absent')
  );
}

export function mergeParameter(old: Parameter, next: Parameter): Parameter {
  if (next.kind === 'absent' || next === old) return old;
  if (old.kind === 'absent') return next;
  // A parameter of an uncalled round is unknown; a call site that tells it wins.
  if (next.kind === 'unknown') return old;
  if (old.kind === 'unknown') return next;
  const choices: Resolved[] = old.kind === 'constant' ? [old.resolved] : [...old.resolved];
  for (const one of next.kind === 'constant' ? [next.resolved] : next.resolved)
    if (!choices.some(known => JSON.stringify(known.value) === JSON.stringify(one.value))) choices.push(one);
  return choices.length === 1
    ? { kind: 'constant', resolved: choices[0]! }
    : { kind: 'several', resolved: choices.slice(0, MOST_VALUES) };
}
