import type { ClassDefinition, Span } from '../syntax';
import type { ClassRef, Value } from './value';

export function findInClass(cls: ClassRef, name: string, depth = 0): Value | null {
  const own = cls.attributes.get(name);
  if (own || depth > 8) return own ?? null;
  for (const base of cls.bases) {
    const found = findInClass(base, name, depth + 1);
    if (found) return found;
  }
  return null;
}

/** Where a federated client hands its parameters over: the last returns of these methods. */
export function handedOut(definition: ClassDefinition): Span[] {
  return definition.body.flatMap(method => {
    if (method.kind !== 'function' || (method.name !== 'fit' && method.name !== 'get_parameters')) return [];
    const last = method.body.filter(statement => statement.kind === 'return').at(-1);
    return last ? [{ start: last.start, end: last.end }] : [];
  });
}
