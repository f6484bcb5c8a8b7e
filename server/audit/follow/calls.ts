import { isOperation } from '../../../audit-core/datasets/recipe';
import type { CallExpression, FunctionDefinition } from '../../facts/syntax';
import { type CallSite, type Follower, wordsOf } from './follower';
import { callInstance, callLibrary, callTerm } from './library';
import { loseStreams } from './library/generators';
import { changesNothing, isQuiet } from './library/quiet';
import {
  type ClassMeaning,
  instance,
  isTrue,
  itemsOf,
  type Lambda,
  type Meaning,
  type Output,
  type Scope,
  termOf,
  text,
  textOf,
  tuple,
  unknown,
} from './symbols';

const maxDepth = 30;

export function call(at: Follower, e: CallExpression): Meaning {
  const self = e.callee.kind === 'attribute' ? at.value(e.callee.object) : null;
  const args = e.arguments.flatMap(a => {
    if (a.kind !== 'spread') return [at.value(a)];
    const more = at.value(a.value);
    return itemsOf(more) ?? [more];
  });
  const named = new Map<string, Meaning>();
  for (const k of e.keywords) {
    const value = at.value(k.value);
    if (k.name) named.set(k.name, value);
    else if (value.kind === 'instance' && value.type === 'dict')
      for (const [key, each] of value.named) named.set(key, each);
  }
  const site: CallSite = {
    at,
    args,
    named,
    first: e.arguments[0] ?? null,
    place: e.callee.kind === 'attribute' ? e.callee.object : null,
  };
  if (e.callee.kind === 'attribute' && self) {
    const method = e.callee.name;
    if (self.kind === 'term') return onData(at, self, method, site, e);
    if (self.kind === 'instance') {
      const own = self.definition?.attributes.get(method);
      if (own?.kind === 'function' && own.definition.kind === 'function')
        return at.enter(own.definition, own.scopes, [self, ...args], named);
      const held = self.named.get(method);
      if (held && held.kind !== 'unknown') return at.callValue(held, site);
      return callInstance(self, method, site);
    }
    if (self.kind === 'output') return onOutput(at, self, method, site);
    if (self.kind === 'unknown') return onUnknown(at, self, method, site);
    if (self.kind === 'tuple' && (method === 'append' || method === 'extend')) {
      at.store(site.place, unknown);
      return text(null);
    }
  }
  const callee = at.value(e.callee);
  if (callee.kind === 'path' && !changesNothing(callee.path)) loseGiven(at, e, callee.path);
  return at.callValue(callee, site);
}

/** Functions that are not known may change the tables that they are given. */
function loseGiven(at: Follower, e: CallExpression, path: string): void {
  for (const given of [...e.arguments, ...e.keywords.map(each => each.value)]) {
    if (given.kind !== 'name' && given.kind !== 'attribute') continue;
    const value = at.value(given);
    if (value.kind === 'term' && isOperation(value.term) && !value.row && !value.batch)
      at.store(given, at.lose(e, path));
  }
}

/** Methods that change what they are called on, if nothing of them was followed. */
const inPlace =
  /^(?:append|extend|remove|reverse|sort|update|insert|pop|resize|fill|put|setflags|setfield|\w+[a-z0-9]_)$/;

function onData(
  at: Follower,
  self: Extract<Meaning, { kind: 'term' }>,
  method: string,
  site: CallSite,
  e: CallExpression,
): Meaning {
  const made = callTerm(self, method, site);
  // A change in place that is not followed loses the data; one that is has taken their place.
  if (made.kind === 'unknown' && (isTrue(site.named.get('inplace')) || inPlace.test(method)))
    at.store(site.place, made.why ? made : at.lose(e, wordsOf(e)));
  if (made.kind !== 'term') return made;
  // A new object, also where it holds the same data.
  return { ...made, ...(self.row && { row: true as const }), ...(self.batch && { batch: true as const }) };
}

/** Calls a value that is no method of data. */
export function invoke(at: Follower, callee: Meaning, site: CallSite): Meaning {
  const { args, named } = site;
  switch (callee.kind) {
    case 'function':
      return at.enter(callee.definition, callee.scopes, args, named);
    case 'method':
      return at.enter(callee.definition, callee.scopes, [callee.self, ...args], named);
    case 'bound':
      return callInstance(callee.self, callee.name, site);
    case 'class':
      return construct(at, callee, args, named);
    case 'path':
      if (!isQuiet(callee.path)) loseStreams(at);
      return callLibrary(callee.path, site);
    case 'instance': {
      const own = callee.definition?.attributes.get('__call__');
      if (own?.kind === 'function' && own.definition.kind === 'function')
        return at.enter(own.definition, own.scopes, [callee, ...args], named);
      return callInstance(callee, '__call__', site);
    }
    case 'unknown':
      loseStreams(at);
      return at.asked(callee, site) ?? (callee.why ? callee : unknown);
    default:
      return unknown;
  }
}

function onOutput(at: Follower, self: Output, method: string, site: CallSite): Meaning {
  if (method === 'backward') {
    at.trained(self.features, self.label ?? termOf(at.loaders.at(-1)?.items[1]), self.model);
    return text(null);
  }
  return at.asked(null, { args: [self, ...site.args] }) ?? self;
}

function onUnknown(at: Follower, self: Meaning & { kind: 'unknown' }, method: string, site: CallSite): Meaning {
  if (method === 'backward') {
    const [x, y] = at.loaders.at(-1)?.items ?? [];
    if (x) at.trained(termOf(x), termOf(y), null, x);
    return text(null);
  }
  return callInstance(instance('unknown'), method, site).kind === 'unknown' ? (self.why ? self : unknown) : unknown;
}

function construct(
  at: Follower,
  of: ClassMeaning,
  args: readonly Meaning[],
  named: ReadonlyMap<string, Meaning>,
): Meaning {
  const made = instance(`class:${of.definition.name}`, new Map(), [], of);
  for (const [name, value] of of.attributes) if (value.kind !== 'function') made.named.set(name, value);
  const isNetwork = of.bases.some(base => /(?:^|\.)(?:Module|LightningModule|Model|Layer|Sequential)$/.test(base));
  if (isNetwork) {
    // First weights use up torch's global stream.
    at.globals.torch.state = null;
    return made;
  }
  const init = of.attributes.get('__init__');
  if (init?.kind === 'function' && init.definition.kind === 'function')
    at.enter(init.definition, init.scopes, [made, ...args], named);
  else if (of.definition.decorators.some(each => wordsOf(each).endsWith('dataclass'))) {
    const fields = of.definition.body.flatMap(part =>
      part.kind === 'assign' && part.targets[0]?.kind === 'name' ? [part.targets[0].name] : [],
    );
    fields.forEach((field, i) => {
      const value = args[i] ?? named.get(field);
      if (value) made.named.set(field, value);
    });
  }
  return made;
}

/** Follows a function with its arguments, and gives what it returns. */
export function enter(
  at: Follower,
  definition: FunctionDefinition | Lambda,
  scopes: readonly Scope[],
  args: readonly Meaning[],
  named: ReadonlyMap<string, Meaning>,
): Meaning {
  if (at.depth > maxDepth) return unknown;
  const scope: Scope = new Map();
  const outer = at.scopes;
  const defaults = definition.kind === 'function' ? optionsOf(at, definition) : new Map<string, Meaning>();
  let place = 0;
  for (const parameter of definition.parameters) {
    if (parameter.style === 'rest') scope.set(parameter.name, tuple(args.slice(place)));
    else if (parameter.style === 'keyword-rest') scope.set(parameter.name, instance('dict', new Map(named)));
    else {
      const given = (parameter.style === 'positional' ? args[place++] : undefined) ?? named.get(parameter.name);
      at.scopes = [...scopes];
      scope.set(
        parameter.name,
        given ?? defaults.get(parameter.name) ?? (parameter.default ? at.value(parameter.default) : unknown),
      );
    }
  }
  at.frames.push(outer);
  at.scopes = [...scopes, scope];
  at.depth++;
  const { returned, unsure } = at;
  at.returned = null;
  at.unsure = false;
  at.block(definition.body);
  const result = at.unsure ? at.lose(definition, 'a function that may return early') : (at.returned ?? text(null));
  at.returned = returned;
  at.unsure = unsure;
  if (at.jump !== 'raise') at.jump = null;
  at.depth--;
  at.scopes = outer;
  at.frames.pop();
  return result;
}

/** Defaults that click or typer decorators give to parameters. */
function optionsOf(at: Follower, definition: FunctionDefinition): Map<string, Meaning> {
  const out = new Map<string, Meaning>();
  for (const decorator of definition.decorators) {
    if (decorator.kind !== 'call' || !/\b(?:option|argument)$/.test(wordsOf(decorator.callee))) continue;
    const names = decorator.arguments.map(each => textOf(at.value(each)));
    const flag = names.find(name => name?.startsWith('--')) ?? names[0];
    const given = decorator.keywords.find(each => each.name === 'default');
    if (flag && given) out.set(flag.replace(/^-+/, '').split('/')[0]!.replace(/-/g, '_'), at.value(given.value));
  }
  return out;
}
