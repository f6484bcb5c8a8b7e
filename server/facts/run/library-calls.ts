import { isRecordKey } from '../../models/identifiers';
import type { CallbackModel, CallModel, Flow, PartModel, Ref, TaintName, Variant } from '../../models/schema';
import type { Tier } from '../events';
import type { Span } from '../syntax';
import { type ConstantValue, Taint } from '../values';
import type { Arguments, LibraryCall } from './arguments';
import { applyColumns, stringsOf } from './frames';
import { libraryDefault, NOISE, put } from './intrinsics/support';
import type { Given } from './machine';
import { SizeMachine } from './sizes';
import { absorb, copyOf, type FrameColumns, NAMING, PER_RECORD, symbol, UNKNOWN, union, Value } from './value';

/** Random numbers added to what is learned from rows: `numpy.random.normal`, `torch.randn_like`, `Generator.laplace`. */
const drawsNoise =
  /\b[Rr]andom\w*\.(?:Generator\.|RandomState\.)?(?:normal|laplace|standard_normal)$|^torch\.(?:normal|randn|randn_like)$/;

/** Random numbers of any kind, which a generator starts from. */
const drawsAny =
  /\b[Rr]andom\w*\.(?:Generator\.|RandomState\.)?(?:uniform|rand|random|randn|random_sample)$|^torch\.(?:rand|rand_like|randint)$/;

/** The class of what is drawn, or made of what is drawn, and of nothing else. */
const MADE = '#made';

const drawn = new Map<string, string | null>();

/** The class of what a call draws; asked at every call, of a few hundred names. */
function drawnBy(api: string): string | null {
  let known = drawn.get(api);
  if (known === undefined) {
    known = drawsNoise.test(api) ? NOISE : drawsAny.test(api) ? MADE : null;
    if (drawn.size > 10_000) drawn.clear();
    drawn.set(api, known);
  }
  return known;
}

const nothing: readonly never[] = [];

/** Gives library calls their meaning from the models: flows, columns, links, events. */
export abstract class LibraryMachine extends SizeMachine {
  /** What one round of a loop over a value gives. */
  abstract iterate(value: Value): Value;

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
    const picked = model?.picks && inputs.some(({ value }) => value.taint & Taint.confidence);
    const strength: Flow = picked ? 'derived' : (model?.flow ?? 'derived');
    let result =
      strength === 'none'
        ? new Value()
        : this.flow(
            inputs.map(input => input.value),
            strength,
          );
    if (strength === 'same' && inputs.length > 0) this.keepIdentity(result, inputs);
    if (model?.decides && result.taint & Taint.confidence)
      result.taint = (result.taint & ~Taint.confidence) | Taint.prediction;
    if (model?.clears) for (const name of model.clears) result.taint &= ~Taint[name];
    const types = typesOf(model, receiver?.value);
    if (types.length > 0) result.types = types;
    else if (isClass) result.types = [api];
    else if (strength === 'same' && inputs[0]) result.types = inputs[0].value.types;
    if (isClass || (model?.events && result.types.length > 0 && strength !== 'same'))
      result.objects = [this.newObject()];
    const random = drawnBy(api);
    if (random === NOISE) result.types = union(result.types, [NOISE]);
    // What is made of noise alone is noise: a generator's output is nobody's score.
    if (random === MADE || (inputs.length > 0 && strength !== 'none' && inputs.every(({ value }) => made(value))))
      result.types = union(result.types, [MADE]);
    if (model?.columns) applyColumns(this, model.columns, call, result);
    if (model?.adds) this.adds(result, model.adds, span);
    if (model?.events?.some(event => event.kind === 'predict')) result.taint &= ~NAMING;
    if (model?.answers) this.answer(result, model.answers, inputs, span);
    if (model?.results?.length) result.items = model.results.map(part => this.part(result, part));
    if (model?.tuple) result = this.inOrder(this.all(model.tuple, call), result);
    if (model?.gives) result = symbol(model.gives);
    if (model?.returns) result = this.one(model.returns, call, result)?.value ?? result;
    // What a new object remembers is its own: two loaders of one data set keep their batch sizes apart.
    if (isClass && result.fields) result.fields = new Map(result.fields);
    for (const mutation of model?.mutates ?? nothing) this.mutate(mutation.into, mutation.from, call, result);
    for (const link of model?.links ?? nothing) {
      const of = this.one(link.of, call, result)?.value;
      const value = this.one(link.value, call, result)?.value;
      if (of && of !== UNKNOWN && value) {
        of.fields ??= new Map();
        of.fields.set(link.name, value);
      }
    }
    if (isClass) this.settings(api, call, result);
    this.size(model, call, result);
    for (const callback of model?.callbacks ?? nothing) this.callback(callback, call, result);
    for (const event of model?.events ?? nothing) result = this.happen(event, call, result) ?? result;
    this.sizeParts(call, result);
    return result;
  }

  /** Settings that an object holds under the names of its arguments: what is given, else the library's default. */
  private settings(api: string, call: LibraryCall, result: Value): void {
    for (const [name, held] of Object.entries(this.models.fields(api)))
      if (!result.fields?.has(name) && !(call.arguments.open && !call.named.has(name)))
        put(result, name, call.named.get(name)?.value ?? libraryDefault(held, api));
  }

  /** What a network says of rows when it is asked from outside. */
  private answer(result: Value, adds: readonly TaintName[], inputs: readonly Given[], span: Span): void {
    const values = inputs.map(input => input.value);
    if (this.comparesScores(values, true)) {
      result.taint &= ~PER_RECORD;
      result.strength = 'aggregate';
    } else if (result.strength !== 'aggregate' && !this.insideForward() && !values.every(made))
      this.adds(result, adds, span);
  }

  /** Whether a network's own forward pass is being run. */
  protected abstract insideForward(): boolean;

  /**
   * What takes scores and rows without scores is taken for a metric: it measures one against the other. A network that is
   * `asked` so is a loss of the script's own, whether the rows are known (a helper's batches are not) or not.
   */
  protected comparesScores(inputs: readonly Value[], asked = false): boolean {
    const scored = (value: Value) => (this.taintOf(value) & (Taint.confidence | Taint.prediction)) !== 0;
    const bearing = inputs.filter(
      value =>
        value.strength !== 'aggregate' && (asked ? value.constants.length === 0 : this.sourcesOf(value).length > 0),
    );
    return bearing.some(scored) && bearing.some(value => !scored(value));
  }

  /** Given objects come back as themselves. */
  private inOrder(given: readonly Given[], result: Value): Value {
    if (given.length === 1) return given[0]!.value;
    result.items = given.map(({ value }) => value);
    return result;
  }

  protected variant(base: CallModel, call: LibraryCall): CallModel {
    for (const variant of base.variants ?? []) {
      const { when, ...rest } = variant;
      if (this.holds(when, call)) return { ...base, ...rest };
    }
    return base;
  }

  private holds(when: Variant['when'], call: LibraryCall): boolean {
    const given = this.one(when.argument, call, null);
    if (when.given !== undefined && when.given !== (given !== null)) return false;
    if (when.equals && !(given && isOneOf(given.value, when.equals))) return false;
    const names = when.namesPeople ? stringsOf(given?.value) : null;
    if (when.namesPeople && !names?.some(name => this.columnTaint(name) & PERSON || isRecordKey(name))) return false;
    if (when.listed && !given?.value.types.includes('builtins.list')) return false;
    return when.beside === undefined || this.holds(when.beside, call);
  }

  protected keepIdentity(result: Value, inputs: readonly Given[]): void {
    const first = inputs[0]!.value;
    if (inputs.length === 1) {
      result.columns = first.columns;
      result.objects = first.objects;
      result.items = first.items;
      result.element = first.element;
      result.constants = first.constants;
      result.fields = first.fields;
      result.counts = first.counts;
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

  protected part(whole: Value, model: string | PartModel): Value {
    const { type, adds = [], clears = [] } = typeof model === 'string' ? { type: model } : model;
    const part = copyOf(whole);
    part.types = type === '' ? [] : [type];
    for (const name of clears) part.taint &= ~Taint[name];
    for (const name of adds) part.taint |= Taint[name];
    part.items = null;
    part.fields = null;
    return part;
  }

  protected mutate(into: Ref, from: readonly Ref[], call: LibraryCall, result: Value): void {
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

  protected callback(model: CallbackModel, call: LibraryCall, result: Value): void {
    const callee = this.one(model.function, call, null);
    if (!callee?.value.ref) return;
    const positional = (model.with ?? [])
      .flatMap(ref => this.all(ref, call, null))
      .map(given => (model.elements ? { value: this.iterate(given.value), span: given.span } : given))
      .flatMap(given => (model.spread && given.value.items ? this.parts(given) : [this.handedOver(given)]));
    const returned = this.callValue(
      callee.value,
      { positional, keywords: new Map(), open: false, span: call.span },
      call.span,
    );
    absorb(result, this.flow([returned], 'same'));
    if (result !== UNKNOWN && result.columns === null) result.columns = returned.columns;
  }

  /** What a callback gets of a value: what it carries, and its parts where they are known. */
  private handedOver({ value, span }: Given): Given {
    if (value.items || value.fields || value.ref || value.constants.length > 0) return { value, span };
    const handed = this.flow([value], 'same');
    handed.types = value.types;
    handed.columns = value.columns;
    handed.objects = value.objects;
    return { value: handed, span };
  }

  private parts({ value, span }: Given): Given[] {
    return (value.items ?? []).map(item => ({ value: item, span }));
  }
}

/** A constant among these, or a member of a library's enumeration that is called so (`DataKind.WEIGHTS`). */
function isOneOf({ constants, ref }: Value, wanted: readonly ConstantValue[]): boolean {
  if (ref?.kind === 'symbol') return wanted.includes(ref.name.slice(ref.name.lastIndexOf('.') + 1));
  return constants.some(one => wanted.includes(one.value));
}

function typesOf(model: CallModel | null, receiver: Value | undefined): readonly string[] {
  const result = model?.result;
  if (result === undefined) return [];
  if (result === 'receiver') return receiver?.types ?? [];
  return typeof result === 'string' ? [result] : result;
}

function besides(a: FrameColumns | null, b: FrameColumns | null): FrameColumns | null {
  if (!a || !b) return null;
  const dropped = a.dropped.filter(name => b.dropped.includes(name));
  return { names: union(a.names, b.names, 400), complete: a.complete && b.complete, dropped };
}

const PERSON = Taint.identifier | Taint.subjectKey;

/** What a model says of rows does not name anybody, whatever stood among its inputs. */

/** Noise or nothing: no row of anybody. */
const made = (value: Value): boolean => value.types.includes(NOISE) || value.types.includes(MADE);
