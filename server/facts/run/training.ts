import type { EventModel } from '../../models/schema';
import type { Span } from '../syntax';
import { type Parameter, Taint } from '../values';
import type { LibraryCall } from './arguments';
import type { Given } from './machine';
import { ReferenceMachine } from './references';
import { copyOf, type Place, UNKNOWN, union, Value } from './value';

/** Training calls and calls that make training private. */
export abstract class TrainingMachine extends ReferenceMachine {
  abstract differentiated: Given | null;

  /** What each loop walks, by where it starts. */
  protected readonly walked = new Map<number, Given>();

  /** Training operations that were built and may be run later. */
  private readonly operations = new WeakMap<
    Value,
    { readonly model: Extract<EventModel, { kind: 'train' }>; readonly call: LibraryCall; readonly place: Place }
  >();

  /** A training operation that was built earlier runs now: in these loops, learning from these rows. */
  runAgain(operation: Value, data: Given | null): void {
    const built = this.operations.get(operation);
    // An event belongs to the text in which its call stands.
    if (!built || built.place.path !== this.place.path) return;
    const before = { differentiated: this.differentiated, loops: this.loops };
    if (data) this.differentiated = data;
    // One loop alone counts steps on batches that are fed, not rounds through the data.
    if (this.loops.length < 2) this.loops = [];
    this.train(data ? { ...built.model, data: [] } : built.model, built.call, operation);
    Object.assign(this, before);
  }

  protected train(model: Extract<EventModel, { kind: 'train' }>, call: LibraryCall, result: Value): void {
    if (result.types.includes('tensorflow.TrainOperation'))
      this.operations.set(result, { model, call, place: this.place });
    const trained = model.model ? this.one(model.model, call, result) : null;
    const optimizer = model.optimizer ? this.one(model.optimizer, call, result) : null;
    const refs = typeof model.data === 'string' ? [model.data] : (model.data ?? []);
    const data =
      refs.map(ref => this.one(ref, call, result)).find(given => given !== null) ??
      this.loopData() ??
      this.differentiatedData();
    const epochs = model.epochs ? this.one(model.epochs, call, result) : null;
    const regularisation = (model.regularisation ?? []).filter(ref => isGiven(this.one(ref, call, result)));
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

  /** A written-out step: training, or where noise is added to what rows say, a mechanism of the script's own. */
  protected descend(model: Given, gradient: Given, noisy: boolean, span: Span): void {
    const data = gradient;
    const loop = this.loops.find(one => one.over === 'epochs');
    const base = { tier: 'likely' as const, arguments: {} };
    const evidence = this.evidence(model.value, model.span);
    const mechanism = noisy
      ? this.emit(
          {
            ...base,
            kind: 'privatise',
            api: 'gradient descent with noise',
            library: 'the script itself',
            mechanism: 'hand-written',
            parameters: {},
            model: evidence,
            optimizer: null,
            loader: null,
            used: { model: true, optimizer: true, loader: true },
          },
          span,
        )
      : null;
    this.emit(
      {
        ...base,
        kind: 'train',
        style: 'update',
        api: 'gradient descent',
        model: evidence,
        optimizer: null,
        data: this.evidence(data.value, data.span),
        epochs: loop ? loop.count : { kind: 'absent' },
        privatisedBy: mechanism ? [mechanism.id] : [],
        regularisation: [],
      },
      span,
    );
    for (const id of model.value.objects) {
      const state = this.objects[id]!;
      state.taint |= mechanism ? Taint.model | Taint.privateModel : Taint.model;
      state.sources = union(state.sources, this.sourcesOf(data.value));
    }
  }

  protected regularisers(...values: readonly (Value | undefined)[]): string[] {
    const found: string[] = [];
    for (const value of values) {
      const decay = value?.fields?.get('weight_decay')?.constants[0]?.value;
      if (typeof decay === 'number' && decay > 0) found.push('weight_decay');
      if (value?.fields?.has('#regulariser')) found.push('dropout');
    }
    return found;
  }

  /** The rows that the innermost loop over batches walks. */
  protected loopData(): Given | null {
    for (let i = this.loops.length - 1; i >= 0; i--) {
      const walked = this.walked.get(this.loops[i]!.span.start);
      if (walked && this.loops[i]!.over === 'batches') return walked;
    }
    return null;
  }

  protected differentiatedData(): Given | null {
    return this.differentiated && this.differentiated.value.sources.length > 0 ? this.differentiated : null;
  }

  protected markUsed(state: { readonly event: number; readonly role: 'model' | 'optimizer' | 'loader' }): void {
    const event = this.events[state.event];
    if (event?.kind === 'privatise') (event.used as Record<string, boolean>)[state.role] = true;
  }

  protected privatise(
    model: Extract<EventModel, { kind: 'privatise' }>,
    call: LibraryCall,
    result: Value,
  ): Value | null {
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
    if (model.inPlace)
      for (const id of given.model?.value.objects ?? [])
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
}

/** Given, and not as nothing: `callbacks=[]` and `eval_dataset=None` fight no over-fitting. */
function isGiven(given: Given | null): boolean {
  if (!given) return false;
  const { constants, items } = given.value;
  if (items?.length === 0) return false;
  return !(constants.length === 1 && (constants[0]!.value === null || constants[0]!.value === 0));
}
