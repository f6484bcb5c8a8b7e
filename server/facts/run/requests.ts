import type { Expression, FunctionDefinition } from '../syntax';
import type { FunctionRef } from './value';

type Definition = FunctionRef['definition'];

/** What is read from a request object, and what a response object is asked to do; frameworks of Node share both. */
const brought = /^(?:body|query|params|payload|files?|fields|form)$/;
const answered = /^(?:json|send|status|end|render|redirect|sendStatus|write|code|response|view|set|header)$/;
const read = /^(?:json|formData|text|nextUrl|body)$/;
/** What Next.js calls a handler of a route file. */
const verb = /^(?:GET|POST|PUT|PATCH|DELETE)$/;

/**
 * Whether a function that no code here calls is one that a server calls with a request: it reads the body of its first
 * parameter and answers through the second (Express, Next.js pages, Hapi, cloud functions), is named as a route of
 * Next.js and reads its request, or answers through the same context that brought the request (Hono, Koa).
 */
export function takesRequest({ definition, name }: FunctionRef): boolean {
  const [request, response] = definition.parameters;
  if (!request || request.pattern) return false;
  const uses = usesOf(definition);
  const of = (parameter: string) => uses.get(parameter) ?? none;
  const own = of(request.name);
  if (response && some(of(response.name), answered) && some(own, brought)) return true;
  if (verb.test(name) && some(own, read)) return true;
  return (own.has('req') || own.has('request')) && some(own, /^(?:json|body|text)$/);
}

const none: ReadonlySet<string> = new Set();
const some = (names: ReadonlySet<string>, wanted: RegExp): boolean => [...names].some(name => wanted.test(name));

const known = new WeakMap<Definition, ReadonlyMap<string, ReadonlySet<string>>>();

/** Attributes that a function reads of plain names, the functions inside it included. */
function usesOf(definition: FunctionDefinition | Definition): ReadonlyMap<string, ReadonlySet<string>> {
  let uses = known.get(definition);
  if (!uses) {
    const found = new Map<string, Set<string>>();
    collect(definition.body, found);
    uses = found;
    known.set(definition, uses);
  }
  return uses;
}

function collect(part: unknown, into: Map<string, Set<string>>): void {
  if (Array.isArray(part)) {
    for (const each of part) collect(each, into);
    return;
  }
  if (typeof part !== 'object' || part === null) return;
  const e = part as Expression;
  if (e.kind === 'attribute' && e.object.kind === 'name') {
    const names = into.get(e.object.name);
    if (names) names.add(e.name);
    else into.set(e.object.name, new Set([e.name]));
    return;
  }
  for (const each of Object.values(part)) if (typeof each === 'object') collect(each, into);
}
