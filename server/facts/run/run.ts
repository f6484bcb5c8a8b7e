import { signalsOf, toyPlace } from '../../models/person-data';
import type { ModuleRun } from '../events';
import type { ModuleFacts } from '../syntax';
import { holds } from '../text-search';
import { noArguments } from './arguments';
import { bound } from './containers';
import { somebodysRequest } from './library-events';
import type { Given, RunOptions } from './machine';
import { takesRequest } from './requests';
import { StatementMachine } from './statements';
import type { ClassRef, FunctionRef, Value } from './value';

/** Strings and comments. */
const pythonTexts = /#[^\n]*|"""[\s\S]*?"""|'''[\s\S]*?'''|"[^"\n]*"|'[^'\n]*'/g;
const javascriptTexts = /\/\/[^\n]*|\/\*[\s\S]*?\*\/|`[^`]*`|"[^"\n]*"|'[^'\n]*'/g;

/** Decorators of what runs before the first request; a context manager's first half does where it is a server's life. */
const startUp =
  /\b(?:on_event|on_startup|startup|before_first_request|before_serving|asynccontextmanager|cache|lru_cache)\b/;

/** Runs a module abstractly, in evaluation order: both sides of every branch, loops until nothing new flows, calls at their call sites. */
class Run extends StatementMachine {
  constructor(
    private readonly facts: ModuleFacts,
    options: RunOptions,
  ) {
    super(options);
    this.place = { path: options.path, text: options.text, language: facts.language, body: facts.body };
  }

  run(): ModuleRun & { readonly dependencies: readonly string[] } {
    this.execute(this.facts.body);
    this.runSetup();
    this.runHandlers();
    this.runUncalled();
    this.runHandlers();
    this.settle(
      () => this.contextWords(),
      () => this.projectWords(),
    );
    const limited = this.limited || this.facts.problems.length > 0;
    return { path: this.options.path, events: this.events, limited, dependencies: [...this.dependencies] };
  }

  /** Clinical words in strings and comments. */
  private contextWords(): readonly string[] {
    this.context ??= this.wordsOfContext();
    return this.context;
  }
  private context: readonly string[] | null = null;

  private wordsOfContext(): readonly string[] {
    const words = new Set<string>();
    const scanned = this.options.text.slice(0, 200_000);
    for (const match of scanned.matchAll(this.facts.language === 'javascript' ? javascriptTexts : pythonTexts)) {
      for (const signal of signalsOf(match[0])) if (signal.kind !== 'toy') words.add(signal.word);
      if (words.size > 5) break;
    }
    return [...words];
  }

  /** What the project around is about, unless this module itself names toy data. */
  private projectWords(): readonly string[] {
    // Asked for every source; the text is searched once.
    const text = this.options.text.slice(0, 200_000);
    this.about ??= holds(text, 'toy', toyPlace) ? [] : (this.project.people?.(this.options.path) ?? []);
    return this.about;
  }
  private about: readonly string[] | null = null;

  private runHandlers(): void {
    for (const { framework, api, handler, span, owner } of this.handlers.splice(0)) {
      const method = owner && handler.ref?.kind === 'function' ? handler.ref : null;
      const callee = owner && method ? bound(this.selfOf(owner), method.name) : handler;
      this.serve(framework, callee, { api, tier: 'certain', span }, method);
    }
  }

  /** What a server runs before it answers (`on_event`, `lifespan`), and what fills a module's names when somebody calls it. */
  private runSetup(): void {
    const answering = new Set(
      this.handlers.flatMap(({ handler }) => (handler.ref?.kind === 'function' ? [handler.ref] : [])),
    );
    if (answering.size === 0) return;
    for (const fn of this.functions.filter(
      one => !one.owner && !this.calls.has(one.definition) && !answering.has(one),
    )) {
      const { definition } = fn;
      if (definition.kind !== 'function' || definition.parameters.length > 1) continue;
      const startsUp = definition.decorators.some(e => startUp.test(this.textAt(e)));
      const fills = definition.body.some(({ kind }) => kind === 'global');
      if ((startsUp || fills) && this.step())
        this.invoke(fn, null, { ...noArguments(definition), open: true }, definition);
    }
  }

  /** Callers stand below what they call: the last definition first, so that call sites are seen before unknown arguments. */
  private runUncalled(): void {
    for (let round = 0; round < 4; round++) {
      const waiting = this.functions.filter(fn => !this.calls.has(fn.definition)).reverse();
      if (waiting.length === 0) return;
      for (const fn of waiting) {
        if (this.calls.has(fn.definition) || !this.step()) continue;
        const self = fn.owner && !fn.isStatic ? this.selfOf(fn.owner) : null;
        if (this.calls.has(fn.definition)) continue;
        this.invoke(
          fn,
          self,
          { ...noArguments(fn.definition), positional: this.requested(fn), open: true },
          fn.definition,
        );
      }
    }
  }

  /** What a server calls it with, where it looks like a handler. */
  private requested(fn: FunctionRef): Given[] {
    if (this.facts.language !== 'javascript' || !takesRequest(fn)) return [];
    return [{ value: somebodysRequest(), span: fn.definition.parameters[0]! }];
  }

  private selfOf(cls: ClassRef): Value {
    return (
      this.instances.get(cls) ?? this.construct(cls, { ...noArguments(cls.definition), open: true }, cls.definition)
    );
  }
}

/** What happens when a module runs: events in the order of evaluation, and the files of the project it depends on. */
export function runModule(
  facts: ModuleFacts,
  options: RunOptions,
): ModuleRun & { readonly dependencies: readonly string[] } {
  return new Run(facts, options).run();
}
