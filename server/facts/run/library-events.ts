import type { EventModel, TaintName } from '../../models/schema';
import { isScoreColumn } from '../../models/score-columns';
import type { Event, PrivatiseEvent, Tier } from '../events';
import type { Span } from '../syntax';
import { type Evidence, Taint } from '../values';
import type { LibraryCall } from './arguments';
import { NOISE } from './intrinsics/support';
import type { Given, NewEvent } from './machine';
import { matches, noDeclarations } from './sources';
import { readQuery } from './sql';
import { TrainingMachine } from './training';
import { type FunctionRef, UNKNOWN, union, Value } from './value';

/** Turns what the models say of a call into events. */
export abstract class EventMachine extends TrainingMachine {
  /** What the last run of a function returned, by its definition. */
  protected readonly returns = new Map<object, readonly Given[]>();

  /** One event of a call; the result may become another value (a private model). */
  protected happen(model: EventModel, call: LibraryCall, result: Value): Value | null {
    const base = { api: call.api, tier: call.tier, arguments: this.argumentEvidence(call) };
    const emit = (event: NewEvent): Event | null => this.emit(event, call.span);
    switch (model.kind) {
      case 'load': {
        this.load(model, call, result);
        return null;
      }
      case 'split': {
        const inputs = this.all(model.input, call, result);
        const input = inputs.find(given => given.value.columns) ?? inputs[0];
        if (!input) return null;
        const groups = this.proof(model.groups, call, result);
        const unit = groups ? 'person' : model.unit;
        emit({ ...base, kind: 'split', unit, input: this.evidence(input.value, input.span), groups });
        // `train_test_split(a, b)` gives two parts of each.
        if (model.input.startsWith('*'))
          result.items = inputs.flatMap(given => [this.sameRows(given.value), this.sameRows(given.value)]);
        return null;
      }
      case 'preprocess': {
        const input = this.proof(model.input, call, result);
        if (input) emit({ ...base, kind: 'preprocess', input });
        return null;
      }
      case 'train':
        this.train(model, call, result);
        return null;
      case 'privatise':
        return this.privatise(model, call, result);
      case 'budget': {
        const parameters = this.parameters(model.parameters, model.defaults, call, model.library);
        const engines = union(call.receiver?.value.objects ?? [], []);
        const privatise = this.events
          .filter((event): event is PrivatiseEvent => event.kind === 'privatise')
          .filter(event => engines.some(id => this.objects[id]!.privatise?.event === event.id))
          .map(event => event.id);
        emit({
          ...base,
          kind: 'budget',
          library: model.library,
          parameters,
          privatise,
          accountants: engines,
          read: true,
        });
        return null;
      }
      case 'predict': {
        const input = this.proof(model.input, call, result);
        emit({ ...base, kind: 'predict', input, output: this.evidence(result, call.span) });
        // Round after round it makes something of noise alone: a generator at work, where one try tells a shape.
        const asked = model.model ? this.proof(model.model, call, result) : null;
        if (asked && this.loops.length > 0 && isNoise(call.arguments.positional[0]?.value))
          emit({ ...base, kind: 'mark', mark: 'model:generative', values: [asked] });
        return null;
      }
      case 'log':
        if (this.isTrusted(call)) return null;
        emit({ ...base, kind: 'log', sink: model.sink, values: this.proofs(model.values, call, result) });
        return null;
      case 'export': {
        const given = model.values.flatMap(ref => this.all(ref, call, result));
        const target = this.proof(model.target, call, result);
        const weights = given.find(({ value }) => this.isModel(value));
        if (model.checkpointFormat && weights) {
          const value = this.evidence(weights.value, weights.span);
          const parts = this.partsOfSaved(weights);
          emit({ ...base, kind: 'save', format: model.checkpointFormat, value, parts, target });
        } else {
          const values = given
            .flatMap(one => [one, ...rowOf(one)])
            .map(({ value, span }) => this.evidence(value, span));
          emit({ ...base, kind: 'export', sink: model.sink, values, target });
          // pandas, polars and others write to a hub as to a file.
          const written = target?.constant?.value;
          if (typeof written === 'string' && written.startsWith('hf://'))
            emit({ ...base, kind: 'send', to: 'hub', what: 'data-set', values, host: null });
        }
        return null;
      }
      case 'serve': {
        const handlers = model.handler ? this.all(model.handler, call, result).filter(({ value }) => value.ref) : [];
        for (const { value } of handlers) this.serve(model.framework, value, call);
        if (handlers.length > 0) return null;
        if (model.response) {
          for (const { value, span } of this.all(model.response, call, result))
            emit({ ...base, kind: 'serve', framework: model.framework, response: this.evidence(value, span) });
        } else {
          // A decorator: what it decorates is called with this mark.
          result.fields ??= new Map();
          result.fields.set('#serve', Object.assign(new Value(), { types: [model.framework, call.api] }));
        }
        return null;
      }
      case 'save': {
        const given = this.one(model.value, call, result);
        if (given) {
          const value = this.evidence(given.value, given.span);
          const target = this.proof(model.target, call, result);
          emit({ ...base, kind: 'save', format: model.format, value, parts: this.partsOfSaved(given), target });
        }
        return null;
      }
      case 'load-model': {
        const revision = this.parameter(model.revision ? this.one(model.revision, call, result) : null);
        const target = this.proof(model.target, call, result);
        emit({ ...base, kind: 'load-model', format: model.format, target, remote: model.remote ?? false, revision });
        return null;
      }
      case 'send': {
        const through = model.through ? this.one(model.through, call, result)?.value : undefined;
        if (model.through && !(through && this.asksOut(through))) return null;
        if (model.provider && runsHere(this.one(model.provider, call, result)?.value)) return null;
        const given = model.values.flatMap(ref => this.all(ref, call, result));
        const address = model.url ? this.one(model.url, call, result)?.value : undefined;
        const url = address?.constants[0]?.value ?? (address ? partsOf(address)[0] : undefined);
        const host = typeof url === 'string' ? hostOf(url) : (model.host ?? null);
        if (model.elsewhere && host === null) return null;
        const values = given.map(({ value, span }) => this.evidence(value, span));
        const what = model.what && model.what !== 'unknown' ? model.what : this.whatOf(given);
        emit({ ...base, kind: 'send', to: model.to, what, values, host });
        return null;
      }
      case 'federate':
        emit({
          ...base,
          kind: 'federate',
          role: model.role,
          library: model.library,
          protections: model.protection ? [model.protection] : this.protectedBy(model.given, call, result),
          connects: model.connects ?? false,
        });
        return null;
      case 'synthesise':
        emit({ ...base, kind: 'synthesise', step: model.step, input: this.proof(model.input, call, result) });
        return null;
      case 'evaluate': {
        const values = this.proofs(model.values, call, result);
        emit({ ...base, kind: 'evaluate', metric: model.metric, grouped: model.grouped ?? false, values });
        return null;
      }
      case 'path':
        emit({ ...base, kind: 'path', values: this.proofs(model.values, call, result) });
        return null;
      case 'seed':
        emit({ ...base, kind: 'seed', generator: model.generator });
        return null;
      case 'mark':
        emit({ ...base, kind: 'mark', mark: model.mark, values: this.proofs(model.values ?? [], call, result) });
        return null;
    }
  }

  /** What a call adds to its result, with the step that did it. */
  protected adds(result: Value, names: readonly TaintName[], span: Span): void {
    for (const name of names) {
      result.taint |= Taint[name];
      if (name === 'confidence') this.trace(result, span, 'per-record scores');
      else if (name === 'perRecordLoss') this.trace(result, span, 'per-record losses');
      else if (name === 'embedding') this.trace(result, span, 'per-record embeddings or attributions');
    }
  }

  /** A client of a provider, or a model's name that is no local one. */
  private asksOut(value: Value): boolean {
    if (this.hasRole(value, 'client')) return true;
    return value.constants.some(one => typeof one.value === 'string') && !runsHere(value);
  }

  /** What functions that are handed over by name protect, as a call of theirs would. */
  private protectedBy(ref: string | undefined, call: LibraryCall, result: Value): string[] {
    const given = ref === undefined ? [] : this.all(ref, call, result);
    return given
      .flatMap(({ value }) => value.items ?? [value])
      .flatMap(({ ref: named }) => (named?.kind === 'symbol' ? [this.models.call(named.name)] : []))
      .flatMap(known => known?.events ?? [])
      .flatMap(event => (event.kind === 'federate' && event.protection ? [event.protection] : []));
  }

  private partsOfSaved({ value, span }: Given): Evidence[] {
    if (!value.types.includes('builtins.dict')) return [];
    return [...(value.fields ?? [])]
      .filter(([name]) => !name.startsWith('#'))
      .slice(0, 24)
      .map(([, field]) => this.evidence(field, span));
  }

  /** A logger whose output stays protected, by its own name, or as the call is written (`audit_log.info`). */
  private isTrusted({ api, receiver }: LibraryCall): boolean {
    const { trustedLoggers } = this.options.declared ?? noDeclarations;
    if (trustedLoggers.length === 0) return false;
    const names = [api];
    const method = api.slice(api.lastIndexOf('.') + 1);
    const own = receiver?.value.fields?.get('#name')?.constants[0]?.value;
    for (const name of [receiver && this.textAt(receiver.span), own])
      if (typeof name === 'string') names.push(name, `${name}.${method}`);
    return matches(trustedLoggers, names);
  }

  protected sameRows(value: Value): Value {
    const rows = this.flow([value], 'same');
    rows.types = value.types;
    rows.columns = value.columns;
    rows.objects = value.columns || value.sources.length > 0 ? [this.newObject()] : [];
    return rows;
  }

  protected load(model: Extract<EventModel, { kind: 'load' }>, call: LibraryCall, result: Value): void {
    const path = model.path ? this.one(model.path, call, result) : null;
    const written = path?.value.constants[0]?.value;
    const query = model.format === 'sql' && typeof written === 'string' ? readQuery(written) : null;
    // The text of a query may hold values: its tables are its name.
    const said = query ? query.tables.join(', ') || null : typeof written === 'string' ? written : null;
    const name = said ?? model.name ?? null;
    // Rows read through a handle that was itself a source are the same source.
    const through = path?.value.sources.find(source => source.told === null);
    const source = through ?? this.newSource(name, model.people ?? null, model.subjectKey ?? null);
    if (name === null && path) source.names.push(...partsOf(path.value));
    if (model.name) source.names.push(model.name);
    const columns = name === null || query ? null : this.asked(this.project.columns, name);
    if (columns) for (const column of columns) source.seen.add(column);
    if (name !== null && !query) source.classes = this.project.classes?.(this.place.path, name) ?? source.classes;
    result.taint |= Taint.records;
    result.sources = [source];
    result.strength = 'same';
    if (result.objects.length === 0) result.objects = [this.newObject()];
    if (this.hasRole(result, 'frame') && !result.columns)
      result.columns = columns
        ? { names: columns, complete: true, dropped: [] }
        : { names: [], complete: false, dropped: [] };
    if (query && query.columns.length > 0) {
      result.columns = { names: query.columns, complete: query.complete, dropped: [] };
      for (const column of query.columns) source.seen.add(column);
    }
    if (result.columns?.complete) for (const column of result.columns.names) source.seen.add(column);
    result.trace = [];
    this.trace(result, call.span, name === null ? 'rows are read here' : `rows of ${name} are read here`);
    if (query?.columns.some(isScoreColumn)) this.adds(result, ['confidence'], call.span);
    for (const item of result.items ?? []) {
      item.taint |= result.taint;
      item.sources = result.sources;
      item.trace = result.trace;
      item.strength = 'same';
    }
    this.emit(
      {
        kind: 'load',
        api: call.api,
        tier: call.tier,
        arguments: this.argumentEvidence(call),
        source,
        format: model.format,
        result: this.evidence(result, call.span),
      },
      call.span,
    );
  }

  /** Runs a handler with an unknown request; each of its returns is an answer. */
  protected serve(
    framework: string,
    handler: Value,
    call: { api: string; tier: Tier; span: Span },
    method: FunctionRef | null = null,
  ): void {
    const definition = method?.definition ?? (handler.ref?.kind === 'function' ? handler.ref.definition : null);
    const keywords = new Map<string, Given>();
    for (const { name, style, default: fallback, annotation } of definition?.parameters.slice(method ? 1 : 0) ?? [])
      if (!fallback && style !== 'rest' && style !== 'keyword-rest') {
        const value = somebodysRequest();
        // A number or a text of the address is a part of what came; a class tells of a body.
        if (method?.place.language === 'javascript' && !annotation) value.strength = 'derived';
        keywords.set(name, { value, span: call.span });
      }
    const response = this.callValue(handler, { positional: [], keywords, open: true, span: call.span }, call.span);
    const returns = definition ? this.returns.get(definition) : null;
    // What a helper in another file returns is answered where it is registered here.
    const elsewhere = handler.ref?.kind === 'function' && handler.ref.place.path !== this.place.path;
    const given = returns?.length
      ? returns.map(each => (elsewhere ? { value: each.value, span: call.span } : each))
      : [{ value: response, span: call.span }];
    for (const { value, span } of given)
      this.emit(
        {
          kind: 'serve',
          framework,
          api: call.api,
          tier: call.tier,
          arguments: {},
          response: this.evidence(value, span),
        },
        span,
      );
  }
}

/** What a request brings is somebody's row, text or picture. */
export const somebodysRequest = (): Value => Object.assign(new Value(), { taint: Taint.records });

/** The cells of a row that is written out as a list: each may be of another column. */
function rowOf({ value, span }: Given): Given[] {
  if (!value.types.some(type => type === 'builtins.list' || type === 'builtins.tuple')) return [];
  const cells = value.items ?? value.fields?.get('#parts')?.items ?? [];
  return cells
    .filter(cell => cell.taint !== 0 || cell.columns !== null)
    .slice(0, 24)
    .map(cell => ({ value: cell, span }));
}

/** Noise that nobody's rows were added to. */
const isNoise = (value: Value = UNKNOWN): boolean =>
  value.types.includes(NOISE) && value.taint === 0 && value.sources.length === 0;

function partsOf(value: Value): string[] {
  const hint = value.fields?.get('#path');
  return hint ? hint.types.slice() : [];
}

/** Providers of LiteLLM, LangChain and others that load a model on this machine or ask a server of it. */
const local =
  /^(?:huggingface:|(?:ollama(?:_chat)?|vllm|hosted_vllm|llamafile|llama[-_.]?cpp|lm_?studio|xinference|gpt4all|mlx|local)[:/])/i;

/** Whether a model's name says that it runs on this machine. */
function runsHere(value: Value | undefined): boolean {
  const name = value?.constants[0]?.value;
  return typeof name === 'string' && local.test(name);
}

function hostOf(url: string): string | null {
  return /^[a-z][\w+.-]*:\/\/(?:[^@/]*@)?([^/:?#]+)/i.exec(url)?.[1]?.toLowerCase() ?? null;
}
