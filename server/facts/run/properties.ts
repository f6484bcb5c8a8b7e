import { isTableOfPeople, saysWhose } from '../../models/identifiers';
import { Taint } from '../values';
import { bound } from './containers';
import type { Machine } from './machine';
import { UNKNOWN, Value } from './value';

/**
 * A property of a JavaScript object whose class says nothing of it. Objects are what rows and request bodies are there, so
 * that a property of one is a column. Of an object that nothing is known of, a name of a direct identifier counts (where the module
 * is about people: see `surely`), and one of a key that says whose it is.
 */
export function propertyOf(machine: Machine, object: Value, name: string): Value | null {
  const taint = machine.columnTaint(name) | (name === 'name' && ofPeople(object) ? Taint.identifier : 0);
  const known = (object.taint & (Taint.records | Taint.identifier | Taint.subjectKey)) !== 0;
  if (!known) {
    const tells = (taint & Taint.identifier) !== 0 || (taint !== 0 && saysWhose(name));
    return tells && object.taint === 0 ? named(bound(object, name), name, taint) : null;
  }
  const out = bound(object, name);
  const flowing = machine.flow([object], wrapping.test(name) ? 'same' : 'derived');
  out.taint = flowing.taint;
  out.strength = flowing.strength;
  out.sources = flowing.sources;
  out.trace = flowing.trace;
  for (const source of object.sources) source.seen.add(name);
  return taint === 0 ? out : named(out, name, taint);
}

function named(value: Value, name: string, taint: number): Value {
  value.taint |= taint;
  value.columns = { names: [name], complete: true, dropped: [] };
  return value;
}

/** Under these names stands the whole of what came, not one value of it. */
const wrapping = /^(?:body|data|payload|rows|docs|records|results|items|query|value)$/;

const ofPeople = (object: Value): boolean =>
  object.strength === 'same' && object.sources.some(({ name }) => name !== null && isTableOfPeople(name));

/** What an object holds under a name of an identifier is one, where nothing else is known of it: `{ email: form.email }`. */
export function heldUnder(machine: Machine, name: string, value: Value): Value[] {
  const taint = machine.columnTaint(name) & (Taint.identifier | Taint.subjectKey);
  const open = value.taint === 0 && value.constants.length === 0 && value.types.length === 0;
  if (taint === 0 || !open || (value.ref && value.ref.kind !== 'bound')) return [];
  return [named(new Value(), name, taint)];
}

/** Nothing is known of the parameter but what it is called. */
export const parameterOf = (machine: Machine, name: string): Value => propertyOf(machine, UNKNOWN, name) ?? new Value();
