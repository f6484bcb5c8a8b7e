import type { CallModel, EventModel, Flow, Ref, TaintName } from '../models/schema';
import type { Event, PrivatiseEvent, Tier } from './events';
import { applyColumns } from './frames';
import { type Given, Machine, type NewEvent } from './machine';
import type { Span } from './syntax';
import { absorb, copyOf, type FrameColumns, UNKNOWN, union, Value } from './value';
import { type ConstantValue, type Evidence, type Parameter, Taint } from './values';

/** Arguments of one call, evaluated. */
export interface Arguments {
  readonly positional: readonly Given[];
  readonly keywords: ReadonlyMap<string, Given>;
  /** `*rest` or `**mapping` of unknown content was passed. */
  readonly open: boolean;
  readonly span: Span;
}

/** A call of a library function, ready for its model. */
export interface LibraryCall {
  readonly api: string;
  readonly receiver: Given | null;
  readonly named: ReadonlyMap<string, Given>;
  readonly arguments: Arguments;
  readonly tier: Tier;
  readonly span: Span;
}

/** Gives library calls their meaning from the models: flows, columns, links, events. */
export abstract class LibraryMachine extends Machine {
  protected abstract callValue(callee: Value, args: Arguments, span: Span): Value;

  /** Names positional arguments after the model's parameters; keywords name themselves. */
  protected matchArguments(parameters: readonly string[] | undefined, args: Arguments): Map<string, Given> {
    const named = new Map<string, Given>();
    args.positional.forEach((given, i) => {
      const own = parameters?.[Math.min(i, parameters.length - 1)];
      const name = i < (parameters?.length ?? 0) ? own : own?.startsWith('*') ? own : undefined;
      if (name === undefined) named.set(String(i), given);
      else if (name.startsWith('*')) named.set(named.has(name.slice(1)) ? String(i) : name.slice(1), given);
      else named.set(name, given);
    });
    for (const [name, given] of args.keywords) named.set(name, given);
    return named;
  }

  protected applyCall(
    base: CallModel | null,
    api: string,
    receiver: Given | null,
    args: Arguments,
    span: Span,
    tier: Tier,
  ): Value {
    const named = this.matchArguments(base?.parameters, args);
    const call: LibraryCall = { api, receiver, named, arguments: args, tier, span };
    const model = base?.variants ? this.variant(base, call) : base;
    const isClass = !receiver && this.models.classOf(api) !== null;
    const inputs = model?.from ? model.from.flatMap(ref => this.all(ref, call)) : this.inputs(call);
    const strength: Flow = model?.flow ?? 'derived';
    let result =
      strength === 'none'
        ? new Value()
        : this.flow(
            inputs.map(input => input.value),
            strength,
          );
    if (strength === 'same' && inputs.length > 0) this.keepIdentity(result, inputs);
    if (model?.clears) for (const name of model.clears) result.taint &= ~Taint[name];
    const types = typesOf(model, receiver?.value);
    if (types.length > 0) result.types = types;
    else if (isClass) result.types = [api];
    else if (strength === 'same' && inputs[0]) result.types = inputs[0].value.types;
    if (isClass || (model?.events && result.types.length > 0 && strength !== 'same'))
      result.objects = [this.newObject()];
    if (model?.columns) applyColumns(this, model.columns, call, result);
    if (model?.adds) this.adds(result, model.adds, span);
    if (model?.results) result.items = model.results.map(type => this.part(result, type));
    if (model?.returns) result = this.one(model.returns, call, result)?.value ?? result;
    for (const mutation of model?.mutates ?? []) this.mutate(mutation.into, mutation.from, call, result);
    for (const link of model?.links ?? []) {
      const of = this.one(link.of, call, result)?.value;
      const value = this.one(link.value, call, result)?.value;
      if (of && of !== UNKNOWN && value) {
        of.fields ??= new Map();
        of.fields.set(link.name, value);
      }
    }
    for (const callback of model?.callbacks ?? []) this.callback(callback, call, result);
    for (const event of model?.events ?? []) result = this.happen(event, call, result) ?? result;
    return result;
  }

  private variant(base: CallModel, call: LibraryCall): CallModel {
    for (const variant of base.variants ?? []) {
      const { when, ...rest } = variant;
      const given = this.one(when.argument, call, null);
      if (when.given !== undefined && when.given !== (given !== null)) continue;
      if (when.equals && !given?.value.constants.some(one => when.equals!.includes(one.value))) continue;
      return { ...base, ...rest };
    }
    return base;
  }

  private sameRows(value: Value): Value {
    const rows = this.flow([value], 'same');
    rows.types = value.types;
    rows.columns = value.columns;
    rows.objects = value.columns || value.sources.length > 0 ? [this.newObject()] : [];
    return rows;
  }

  private keepIdentity(result: Value, inputs: readonly Given[]): void {
    const first = inputs[0]!.value;
    if (inputs.length === 1) {
      result.columns = first.columns;
      result.objects = first.objects;
      result.items = first.items;
      result.element = first.element;
      result.constants = first.constants;
      result.fields = first.fields;
    } else {
      for (const { value } of inputs) result.objects = union(result.objects, value.objects);
      // Rows beside rows: the columns are known only where those of every part are.
      const bearing = inputs.filter(({ value }) => value.columns || value.sources.length > 0);
      const [one, ...rest] = bearing;
      if (one && rest.every(({ value }) => value.columns)) {
        result.columns = one.value.columns;
        for (const { value } of rest) result.columns = besides(result.columns, value.columns);
      }
    }
  }

  private part(whole: Value, type: string): Value {
    const part = copyOf(whole);
    part.types = type === '' ? [] : [type];
    part.items = null;
    part.fields = null;
    return part;
  }

  private adds(result: Value, names: readonly TaintName[], span: Span): void {
    for (const name of names) {
      result.taint |= Taint[name];
      if (name === 'confidence') this.trace(result, span, 'per-record scores');
      else if (name === 'perRecordLoss') this.trace(result, span, 'per-record losses');
      else if (name === 'embedding') this.trace(result, span, 'per-record embeddings');
    }
  }

  private inputs(call: LibraryCall): Given[] {
    const inputs = call.receiver ? [call.receiver] : [];
    for (const given of call.named.values()) inputs.push(given);
    return inputs;
  }

  /** All values that a reference means. */
  all(ref: Ref, call: LibraryCall, result: Value | null = null): Given[] {
    if (ref === 'arguments') return [...call.named.values()];
    if (ref.startsWith('*')) return [...call.arguments.positional];
    const one = this.one(ref, call, result);
    return one ? [one] : [];
  }

  one(ref: Ref, call: LibraryCall, result: Value | null): Given | null {
    const [head = '', ...path] = ref.split('.');
    let given: Given | null =
      head === 'receiver'
        ? call.receiver
        : head === 'result'
          ? result && { value: result, span: call.span }
          : (call.named.get(head) ?? null);
    for (const name of path) {
      const inner = given?.value.fields?.get(name);
      given = inner ? { value: inner, span: given!.span } : null;
    }
    return given;
  }

  private mutate(into: Ref, from: readonly Ref[], call: LibraryCall, result: Value): void {
    const target = this.one(into, call, result)?.value;
    if (!target || target === UNKNOWN) return;
    for (const ref of from)
      for (const { value } of this.all(ref, call, result)) {
        const flowing = this.flow([value], 'same');
        absorb(target, flowing);
        target.objects = union(target.objects, value.objects);
        target.items = null;
        const seen = target.element;
        target.element = seen && seen !== UNKNOWN ? flowing : value;
        if (target.constants.length > 0) target.constants = [];
      }
  }

  private callback(
    model: { readonly function: Ref; readonly with?: readonly Ref[] },
    call: LibraryCall,
    result: Value,
  ) {
    const callee = this.one(model.function, call, null);
    if (!callee?.value.ref) return;
    const positional = (model.with ?? []).flatMap(ref =>
      this.all(ref, call, null).map(given => ({ value: this.flow([given.value], 'same'), span: given.span })),
    );
    const returned = this.callValue(
      callee.value,
      { positional, keywords: new Map(), open: false, span: call.span },
      call.span,
    );
    absorb(result, this.flow([returned], 'same'));
  }

  protected argumentEvidence(call: LibraryCall): Record<string, Evidence> {
    const out: Record<string, Evidence> = {};
    for (const [name, given] of call.named) out[name] = this.evidence(given.value, given.span);
    return out;
  }

  private proof(ref: Ref | undefined, call: LibraryCall, result: Value): Evidence | null {
    const given = ref === undefined ? null : this.one(ref, call, result);
    return given && this.evidence(given.value, given.span);
  }

  private proofs(refs: readonly Ref[], call: LibraryCall, result: Value): Evidence[] {
    return refs.flatMap(ref => this.all(ref, call, result)).map(({ value, span }) => this.evidence(value, span));
  }

  protected parameters(
    fields: Readonly<Record<string, Ref>>,
    defaults: Readonly<Record<string, ConstantValue>> | undefined,
    call: LibraryCall,
    library: string,
  ): Record<string, Parameter> {
    const out: Record<string, Parameter> = {};
    for (const field in fields) {
      const given = this.one(fields[field]!, call, null);
      if (given) out[field] = this.parameter(given);
      else if (call.arguments.open) {
        const { start, end } = call.span;
        out[field] = { kind: 'unknown', expression: '**arguments', span: { start, end } };
      } else if (defaults?.[field] === undefined) out[field] = { kind: 'absent' };
    }
    for (const field in defaults)
      out[field] ??= {
        kind: 'constant',
        resolved: {
          value: defaults[field]!,
          origins: [{ kind: 'library-default', note: `${library} default` }],
          overridable: false,
        },
      };
    return out;
  }

  /** One event of a call; the result may become another value (a private model). */
  private happen(model: EventModel, call: LibraryCall, result: Value): Value | null {
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
          .filter(event => engines.length === 0 || engines.some(id => this.objects[id]!.privatise?.event === event.id))
          .map(event => event.id);
        emit({ ...base, kind: 'budget', library: model.library, parameters, privatise, read: true });
        return null;
      }
      case 'predict': {
        const input = this.proof(model.input, call, result);
        emit({ ...base, kind: 'predict', input, output: this.evidence(result, call.span) });
        return null;
      }
      case 'log':
        emit({ ...base, kind: 'log', sink: model.sink, values: this.proofs(model.values, call, result) });
        return null;
      case 'export': {
        const given = model.values.flatMap(ref => this.all(ref, call, result));
        const target = this.proof(model.target, call, result);
        const weights = given.find(({ value }) => this.isModel(value));
        if (model.checkpointFormat && weights) {
          const value = this.evidence(weights.value, weights.span);
          emit({ ...base, kind: 'save', format: model.checkpointFormat, value, target });
        } else {
          const values = given.map(({ value, span }) => this.evidence(value, span));
          emit({ ...base, kind: 'export', sink: model.sink, values, target });
        }
        return null;
      }
      case 'serve': {
        const handler = model.handler ? this.one(model.handler, call, result) : null;
        if (handler?.value.ref) this.serve(model.framework, handler.value, call);
        else if (model.response) {
          const response = this.proof(model.response, call, result);
          if (response) emit({ ...base, kind: 'serve', framework: model.framework, response });
        } else {
          // A decorator: what it decorates is called with this mark.
          result.fields ??= new Map();
          result.fields.set('#serve', Object.assign(new Value(), { types: [model.framework, call.api] }));
        }
        return null;
      }
      case 'save': {
        const value = this.proof(model.value, call, result);
        if (value)
          emit({ ...base, kind: 'save', format: model.format, value, target: this.proof(model.target, call, result) });
        return null;
      }
      case 'load-model': {
        const revision = this.parameter(model.revision ? this.one(model.revision, call, result) : null);
        const target = this.proof(model.target, call, result);
        emit({ ...base, kind: 'load-model', format: model.format, target, remote: model.remote ?? false, revision });
        return null;
      }
      case 'send': {
        const given = model.values.flatMap(ref => this.all(ref, call, result));
        const url = model.url ? this.one(model.url, call, result)?.value.constants[0]?.value : undefined;
        const host = typeof url === 'string' ? hostOf(url) : (model.host ?? null);
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
          protections: model.protection ? [model.protection] : [],
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

  protected isModel(value: Value): boolean {
    return (
      this.hasRole(value, 'module') ||
      this.hasRole(value, 'estimator') ||
      ((value.taint | this.taintOf(value)) & Taint.model) !== 0 ||
      value.types.some(type => type.endsWith('StateDict'))
    );
  }

  private whatOf(given: readonly Given[]): 'records' | 'model' | 'data-set' | 'unknown' {
    if (
      given.some(({ value }) => this.isModel(value) || value.constants.some(one => weightsFile.test(String(one.value))))
    )
      return 'model';
    if (given.some(({ value }) => (this.taintOf(value) & Taint.records) !== 0 && value.strength !== 'aggregate'))
      return 'records';
    return 'unknown';
  }

  private load(model: Extract<EventModel, { kind: 'load' }>, call: LibraryCall, result: Value): void {
    const path = model.path ? this.one(model.path, call, result) : null;
    const written = path?.value.constants[0]?.value;
    const name = typeof written === 'string' ? written : (model.name ?? null);
    // Rows read through a handle that was itself a source are the same source.
    const through = path?.value.sources.find(source => source.told === null);
    const source = through ?? this.newSource(name, model.people ?? null, model.subjectKey ?? null);
    if (name === null && path) source.names.push(...partsOf(path.value));
    if (model.name) source.names.push(model.name);
    const columns = name === null ? null : (this.project.columns?.(this.place.path, name) ?? null);
    if (columns) for (const column of columns) source.seen.add(column);
    result.taint |= Taint.records;
    result.sources = [source];
    result.strength = 'same';
    if (result.objects.length === 0) result.objects = [this.newObject()];
    if (this.hasRole(result, 'frame') && !result.columns)
      result.columns = columns
        ? { names: columns, complete: true, dropped: [] }
        : { names: [], complete: false, dropped: [] };
    if (result.columns?.complete) for (const column of result.columns.names) source.seen.add(column);
    result.trace = [];
    this.trace(result, call.span, name === null ? 'rows are read here' : `rows of ${name} are read here`);
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

  private train(model: Extract<EventModel, { kind: 'train' }>, call: LibraryCall, result: Value): void {
    const trained = model.model ? this.one(model.model, call, result) : null;
    const optimizer = model.optimizer ? this.one(model.optimizer, call, result) : null;
    const refs = typeof model.data === 'string' ? [model.data] : (model.data ?? []);
    const data =
      refs.map(ref => this.one(ref, call, result)).find(given => given !== null) ??
      this.loopData() ??
      this.differentiatedData();
    const epochs = model.epochs ? this.one(model.epochs, call, result) : null;
    const regularisation = (model.regularisation ?? []).filter(ref => this.one(ref, call, result) !== null);
    let count: Parameter = this.parameter(epochs);
    if (!epochs && model.defaultEpochs !== undefined)
      count = {
        kind: 'constant',
        resolved: {
          value: model.defaultEpochs,
          origins: [{ kind: 'library-default', note: 'default' }],
          overridable: false,
        },
      };
    if (!epochs && model.style === 'step') {
      const loop = this.loops.find(one => one.over === 'epochs');
      if (loop) count = loop.count;
    }
    const privatisedBy = new Set<number>();
    const loaders = this.loops.flatMap(loop => loop.iterable?.objects ?? []);
    const involved = [
      ...(trained?.value.objects ?? []),
      ...(optimizer?.value.objects ?? []),
      ...(data?.value.objects ?? []),
      ...loaders,
    ];
    for (const id of involved) {
      const state = this.objects[id]!.privatise;
      if (!state) continue;
      privatisedBy.add(state.event);
      this.markUsed(state);
    }
    this.emit(
      {
        kind: 'train',
        style: model.style,
        api: call.api,
        tier: call.tier,
        arguments: this.argumentEvidence(call),
        model: trained && this.evidence(trained.value, trained.span),
        optimizer: optimizer && this.evidence(optimizer.value, optimizer.span),
        data: data && this.evidence(data.value, data.span),
        epochs: count,
        privatisedBy: [...privatisedBy],
        regularisation: [...regularisation, ...this.regularisers(trained?.value, optimizer?.value)],
      },
      call.span,
    );
    if (!data) return;
    for (const id of trained?.value.objects ?? []) {
      const state = this.objects[id]!;
      state.taint |= privatisedBy.size > 0 ? Taint.model | Taint.privateModel : Taint.model;
      state.sources = union(state.sources, this.sourcesOf(data.value));
    }
  }

  private regularisers(...values: readonly (Value | undefined)[]): string[] {
    const found: string[] = [];
    for (const value of values) {
      const decay = value?.fields?.get('weight_decay')?.constants[0]?.value;
      if (typeof decay === 'number' && decay > 0) found.push('weight_decay');
      if (value?.fields?.has('#regulariser')) found.push('dropout');
    }
    return found;
  }

  /** The rows that the innermost loop over batches walks. */
  private loopData(): Given | null {
    for (let i = this.loops.length - 1; i >= 0; i--) {
      const walked = this.walked.get(this.loops[i]!.span.start);
      if (walked && this.loops[i]!.over === 'batches') return walked;
    }
    return null;
  }

  private differentiatedData(): Given | null {
    return this.differentiated && this.differentiated.value.sources.length > 0 ? this.differentiated : null;
  }
  abstract differentiated: Given | null;

  /** What each loop walks, by where it starts. */
  protected readonly walked = new Map<number, Given>();

  protected markUsed(state: { readonly event: number; readonly role: 'model' | 'optimizer' | 'loader' }): void {
    const event = this.events[state.event];
    if (event?.kind === 'privatise') (event.used as Record<string, boolean>)[state.role] = true;
  }

  private privatise(model: Extract<EventModel, { kind: 'privatise' }>, call: LibraryCall, result: Value): Value | null {
    const roles = ['model', 'optimizer', 'loader'] as const;
    const given = Object.fromEntries(
      roles.map(role => [role, model[role] ? this.one(model[role], call, result) : null]),
    );
    const proof = (role: (typeof roles)[number]) => {
      const one = given[role];
      return one ? this.evidence(one.value, one.span) : null;
    };
    const event = this.emit(
      {
        kind: 'privatise',
        api: call.api,
        tier: call.tier,
        arguments: this.argumentEvidence(call),
        library: model.library,
        mechanism: model.mechanism,
        parameters: this.parameters(model.parameters, model.defaults, call, model.library),
        model: proof('model'),
        optimizer: proof('optimizer'),
        loader: proof('loader'),
        used: { model: false, optimizer: false, loader: false },
      },
      call.span,
    );
    if (!event) return null;
    // The engine (or the object itself) remembers its event, so that `get_epsilon` finds it.
    for (const id of call.receiver?.value.objects ?? [])
      this.objects[id]!.privatise ??= { event: event.id, role: 'model' };
    if (!model.gives) {
      for (const id of result.objects) this.objects[id]!.privatise ??= { event: event.id, role: 'optimizer' };
      return null;
    }
    const parts = model.gives.map(role => {
      const source = role === 'criterion' ? null : given[role];
      const part = source && source.value !== UNKNOWN ? copyOf(source.value) : copyOf(result);
      part.items = null;
      if (role === 'criterion') return part;
      const id = this.newObject();
      this.objects[id]!.privatise = { event: event.id, role };
      // The private model has the same weights; the old optimizer and loader are other objects.
      part.objects = role === 'model' ? [id, ...part.objects.slice(0, 6)] : [id];
      if (part.fields) part.fields = new Map(part.fields);
      return part;
    });
    const at = (role: 'model' | 'optimizer') => parts[model.gives!.indexOf(role)];
    const optimizer = at('optimizer');
    const wrapped = at('model');
    if (optimizer && wrapped) {
      optimizer.fields ??= new Map();
      optimizer.fields.set('model', wrapped);
    }
    if (parts.length === 1) return parts[0]!;
    const tuple = new Value();
    tuple.items = parts;
    return tuple;
  }

  protected serve(framework: string, handler: Value, call: { api: string; tier: Tier; span: Span }): void {
    const response = this.callValue(
      handler,
      { positional: [], keywords: new Map(), open: true, span: call.span },
      call.span,
    );
    const definition = handler.ref?.kind === 'function' ? handler.ref.definition : null;
    const span = definition ? this.lastReturn(definition.body, call.span) : call.span;
    this.emit(
      {
        kind: 'serve',
        framework,
        api: call.api,
        tier: call.tier,
        arguments: {},
        response: this.evidence(response, span),
      },
      span,
    );
  }

  private lastReturn(body: readonly { kind: string; start: number; end: number }[], fallback: Span): Span {
    const found = body.filter(statement => statement.kind === 'return').at(-1);
    return found ?? fallback;
  }
}

function typesOf(model: CallModel | null, receiver: Value | undefined): readonly string[] {
  const result = model?.result;
  if (result === undefined) return [];
  if (result === 'receiver') return receiver?.types ?? [];
  return typeof result === 'string' ? [result] : result;
}

function partsOf(value: Value): string[] {
  const hint = value.fields?.get('#path');
  return hint ? hint.types.slice() : [];
}

/** File names that hold weights. */
const weightsFile = /\.(?:pth?|ckpt|safetensors|onnx|h5|keras|pkl|pickle|joblib|bin|gguf|tflite|pb)$/i;

function hostOf(url: string): string | null {
  return /^[a-z][\w+.-]*:\/\/(?:[^@/]*@)?([^/:?#]+)/i.exec(url)?.[1]?.toLowerCase() ?? null;
}

function besides(a: FrameColumns | null, b: FrameColumns | null): FrameColumns | null {
  if (!a || !b) return null;
  const dropped = a.dropped.filter(name => b.dropped.includes(name));
  return { names: union(a.names, b.names, 400), complete: a.complete && b.complete, dropped };
}
