import type { AttributeModel, ClassModel } from '../../models/schema';
import type { Expression, Span } from '../syntax';
import { type ConstantValue, Taint } from '../values';
import { noArguments } from './arguments';
import { findInClass } from './classes-of';
import { bound, isPlainContainer, listItems } from './containers';
import { pick, select, stringsOf } from './frames';
import { LibraryMachine } from './library-calls';
import { pathAttribute } from './paths';
import { propertyOf } from './properties';
import { constant, held, instance, join, symbol, UNKNOWN, Value } from './value';

/** Attributes of any value that tell its shape or kind and nothing of its content. */
const harmless = new Set(
  'shape size dtype dtypes ndim columns index device itemsize nbytes length T_shape requires_grad __name__ __class__ __len__'.split(
    ' ',
  ),
);

/** Splits of a data set of the `datasets` library, under the names that hubs give them. */
const splitNames = new Set(['train', 'validation', 'test', 'val', 'valid', 'dev', 'unsupervised']);

/** Attributes of a data set that have a row for each of its rows. */
const partsOfSets = new Set(['data', 'target', 'targets', 'labels', 'images', 'features', 'dataset']);

/** Attributes, subscripts and what a round of a loop gives. */
export abstract class AccessMachine extends LibraryMachine {
  /** Values that a command-line library declared by name (absl flags). */
  readonly flags = new Map<string, Value>();

  /** What the program puts somewhere by name and reads elsewhere: variables of the environment (`$NAME`), parts of a Hydra configuration. */
  readonly stored = new Map<string, Value>();

  /** What one round of a loop over it gives. */
  iterate(value: Value): Value {
    if (value === UNKNOWN) return UNKNOWN;
    const item = value.fields?.get('#item');
    if (item) return item;
    if (value.items) {
      if (value.items.length === 0) return value.element ?? UNKNOWN;
      return value.items.length > 64 ? this.flow(value.items, 'same') : value.items.reduce((a, b) => join(a, b));
    }
    if (value.element) return value.element;
    for (const type of value.types) {
      const round = this.models.round(type);
      if (round) return this.roundOf(value, round);
    }
    const listed = listItems(value);
    if (listed) return listed.length === 0 ? UNKNOWN : spread(listed, 8).reduce((a, b) => join(a, b));
    if (value.fields && value.types.includes('builtins.dict')) return UNKNOWN;
    if (value.constants.length > 0) return UNKNOWN;
    if (value.columns && this.hasRole(value, 'frame')) return UNKNOWN;
    const out = this.flow([value], 'same');
    out.element = null;
    // Batches and rows are data again; what made them is not.
    return out.taint === 0 && out.sources.length === 0 ? UNKNOWN : out;
  }

  /** Whether its class says what it is made of (`st.columns(2)`: places of a page). */
  protected hasRounds(value: Value): boolean {
    return value.types.some(type => this.models.round(type) !== null);
  }

  /** One row or group of a table, with its columns; behind its key where both are given. */
  private roundOf(value: Value, { type, pair }: NonNullable<ClassModel['round']>): Value {
    const round = this.flow([value], 'same');
    round.types = [type];
    round.columns = value.columns;
    round.objects = value.objects;
    if (!pair) return round;
    const by = stringsOf(value.fields?.get('#by'));
    const key = by?.length === 1 ? this.flow([value], 'same') : UNKNOWN;
    if (by?.length === 1) pick(this, value, by[0]!, key);
    const both = this.flow([value], 'same');
    both.items = [key, round];
    return both;
  }

  attribute(object: Value, name: string, span: Span): Value {
    const { ref } = object;
    if (ref?.kind === 'symbol') {
      const known = this.models.attribute(ref.name, name);
      return known && this.models.classOf(ref.name)
        ? this.attribute(instance(ref.name), name, span)
        : this.symbolAttribute(ref.name, name);
    }
    if (ref?.kind === 'module') return held(ref.scope.names, name) ?? UNKNOWN;
    if (ref?.kind === 'class') {
      const own = findInClass(ref, name);
      if (own) return own;
      const library = ref.types.find(type => this.models.method(type, name));
      return library ? symbol(`${library}.${name}`) : bound(object, name);
    }
    if (ref?.kind === 'super') return bound(object, name);
    const field = object.fields?.get(name) ?? pathAttribute(object, name) ?? this.sharedBy(object, name);
    // Of what came with a request, a declared field is what was sent.
    const sent = object.taint !== 0 && object.classes.length > 0;
    if (field && !(sent && isBare(field))) return field;
    for (const cls of object.classes) {
      const own = findInClass(cls, name);
      if (own?.ref?.kind === 'function') {
        if (own.ref.isProperty) return this.invoke(own.ref, object, noArguments(span), span);
        return bound(object, name);
      }
      if (own && !(sent && isBare(own))) return own;
    }
    for (const type of object.types) {
      const model = this.models.attribute(type, name);
      if (!model) continue;
      if (model.same) return object;
      if (model.flow === 'none') return this.partOf(object, model, name);
      const out = this.flow([object], model.flow ?? 'same');
      for (const added of model.adds ?? []) out.taint |= Taint[added];
      if (model.flow === 'same' || model.flow === undefined) {
        out.columns = object.columns;
        out.objects = object.objects;
      }
      if (model.flow === 'same' || model.flow === undefined) out.counts = object.counts;
      if (model.type) out.types = [model.type];
      // What is written through an indexer is written into the table itself.
      if (model.type === 'pandas.Indexer') out.fields = new Map([['#frame', object]]);
      if (model.mark) {
        const values = [this.evidence(out, span)];
        this.emit(
          { kind: 'mark', mark: model.mark, api: `${type}.${name}`, tier: 'certain', arguments: {}, values },
          span,
        );
      }
      return out;
    }
    if (name === 'shape' || name === 'num_rows') {
      const rows = this.rowsOf(object, span);
      if (rows.length > 0) return name === 'shape' ? this.shapeOf(rows) : this.counted(rows);
    }
    if (harmless.has(name)) return UNKNOWN;
    if (name === 'run_config') {
      const settings = this.runConfiguration();
      if (settings) return settings;
    }
    // `frame.column` where no method has that name.
    if (object.columns && this.hasRole(object, 'frame') && !object.types.some(type => this.models.method(type, name))) {
      const out = this.flow([object], 'same');
      pick(this, object, name, out);
      out.types = ['pandas.Series'];
      return out;
    }
    const read = this.language === 'javascript' ? propertyOf(this, object, name) : null;
    if (read) return read;
    const out = bound(object, name);
    if (partsOfSets.has(name)) out.counts = object.counts;
    if (object !== UNKNOWN) {
      const flowing = this.flow([object], 'derived');
      out.taint = flowing.taint;
      out.sources = flowing.sources;
      out.strength = flowing.strength;
      out.trace = flowing.trace;
    }
    return out;
  }

  /** What a web application keeps for its handlers (`app.state`) is one thing, by whatever way they come to it. */
  private sharedBy(object: Value, name: string): Value | undefined {
    if (name !== 'state' || !this.hasRole(object, 'application')) return undefined;
    let state = this.stored.get('#state');
    if (!state) {
      state = new Value();
      state.fields = new Map();
      this.stored.set('#state', state);
    }
    return state;
  }

  /** A part that carries nothing of the whole, except what was linked to it (the address that a client talks to). */
  private partOf(object: Value, model: AttributeModel, name: string): Value {
    if (!model.type && !model.adds) return UNKNOWN;
    const part = model.type ? instance(model.type) : new Value();
    for (const added of model.adds ?? []) part.taint |= Taint[added];
    const links = [...(object.fields ?? [])].filter(([name]) => name.startsWith('#'));
    if (links.length > 0) part.fields = new Map(links);
    if (model.named) {
      part.fields ??= new Map();
      part.fields.set(model.named, constant(name, { kind: 'computed', note: '' }));
    }
    return part;
  }

  /** An attribute asked for by its name or number as a key (`image["PatientName"]`, `image[0x10, 0x10]`), where its reading is marked. */
  keyed(object: Value, key: ConstantValue | undefined, span: Span): Value | null {
    const name = Array.isArray(key) ? tagOf(key) : key;
    if (typeof name !== 'string') return null;
    return object.types.some(type => this.models.attribute(type, name)?.mark)
      ? this.attribute(object, name, span)
      : null;
  }

  /** What Flower hands to its apps as `context.run_config`: `[tool.flwr.app.config]` of the project, which `--run-config` can override. */
  protected runConfiguration(): Value | null {
    for (const file of ['pyproject.toml', '../pyproject.toml', '../../pyproject.toml']) {
      let held: ConstantValue | undefined = this.asked(this.project.configuration, file) ?? undefined;
      for (const key of ['tool', 'flwr', 'app', 'config'])
        held =
          typeof held === 'object' && held !== null && !Array.isArray(held)
            ? (held as Readonly<Record<string, ConstantValue>>)[key]
            : undefined;
      if (held === undefined) continue;
      const value = new Value();
      const origins = [{ kind: 'configuration-file' as const, note: `${file} [tool.flwr.app.config]` }];
      value.constants = [{ value: held, origins, overridable: true }];
      value.types = ['builtins.dict'];
      value.fields = new Map(
        Object.entries(held as Readonly<Record<string, ConstantValue>>).map(([key, inner]) => {
          const field = new Value();
          const note = `${key} of ${file.replace(/^(?:\.\.\/)+/, '')}`;
          field.constants = [{ value: inner, origins: [{ kind: 'configuration-file', note }], overridable: true }];
          return [key, field];
        }),
      );
      return value;
    }
    return null;
  }

  protected symbolAttribute(base: string, name: string): Value {
    const full = this.models.member(base, name);
    const number = numbers[full];
    if (number !== undefined) return constant(number, { kind: 'literal', note: full });
    if (base.endsWith('.FLAGS') || base === 'flags.FLAGS') return this.flags.get(name) ?? UNKNOWN;
    return symbol(full);
  }

  protected indexed(object: Value, key: Value, index: Expression): Value {
    if (object === UNKNOWN) return UNKNOWN;
    const only = key.constants.length === 1 ? key.constants[0]!.value : undefined;
    if (typeof only === 'string' && object.ref?.kind === 'symbol' && object.ref.name === 'os.environ')
      return this.stored.get(`$${only}`) ?? UNKNOWN;
    if (typeof only === 'string' || typeof only === 'number') {
      const field = object.fields?.get(String(only));
      if (field) return field;
    }
    if (typeof only === 'number' && object.items) {
      const item = object.items.at(only);
      if (item) return item;
    }
    if (typeof only === 'number' && this.hasRounds(object)) return this.iterate(object);
    const part = index.kind === 'slice' ? this.sliced(object, index) : null;
    if (part) return part;
    const picked = this.configured(object, only) ?? this.keyed(object, only, index);
    if (picked) return picked;
    if (object.types.includes('pandas.Indexer')) return this.located(object, index);
    if (typeof only === 'number' && object.types.includes('pandas.Record') && object.columns?.complete) {
      const column = object.columns.names.at(only);
      const cell = this.flow([object], 'same');
      if (column === undefined) return cell;
      pick(this, object, column, cell);
      cell.types = ['pandas.Series'];
      return cell;
    }
    const framed =
      object.columns !== null &&
      (this.hasRole(object, 'frame') || object.types.length === 0 || object.columns.complete === false);
    const names = stringsOf(key);
    if (names && (framed || (object.sources.length > 0 && object.types.length === 0))) {
      const out = this.flow([object], 'same');
      if (Array.isArray(only) || key.items) {
        select(object, names, out);
        out.types = object.types;
      } else if (
        object.types.some(type => type === 'datasets.Dataset' || type === 'datasets.DatasetDict') &&
        splitNames.has(names[0]!)
      ) {
        // A part of a data set is one too.
        out.types = ['datasets.Dataset'];
        out.columns = object.columns;
        out.counts = this.partCounts(object, only, index);
      } else {
        for (const source of object.sources) if (!object.columns?.complete) source.seen.add(names[0]!);
        pick(this, object, names[0]!, out);
        // A column of groups is still grouped.
        const grouped = object.types.includes('pandas.GroupBy');
        out.types = grouped ? object.types : ['pandas.Series'];
        if (grouped) out.fields = object.fields;
        // A column has the rows of its frame; a dictionary of splits gives the part that is asked for.
        const splits = object.types.includes('datasets.Dataset');
        out.counts = splits ? this.partCounts(object, only, index) : object.counts;
      }
      return out;
    }
    const out = this.flow([object], 'same');
    out.counts = this.partCounts(object, only, index);
    const keepsColumns =
      index.kind === 'slice' || index.kind === 'compare' || key.taint !== 0 || this.hasRole(key, 'array');
    const opaqueColumns = framed && !keepsColumns && this.hasRole(object, 'frame') && key.constants.length === 0;
    out.columns = opaqueColumns && index.kind !== 'binary' && index.kind !== 'unary' ? null : object.columns;
    out.types = object.types;
    if (index.kind === 'slice') {
      out.objects = object.objects;
      out.element = object.element;
    } else if (object.element) {
      if (isPlainContainer(object)) return object.element;
    } else if (object.items && object.items.length > 0 && object.items.length <= 32 && isPlainContainer(object)) {
      return object.items.reduce((a, b) => join(a, b));
    } else if (object.fields && isPlainContainer(object)) {
      const values = [...object.fields].filter(([name]) => !name.startsWith('#')).map(([, value]) => value);
      if (values.length > 0 && values.length <= 32 && only === undefined) return values.reduce((a, b) => join(a, b));
      if (only !== undefined) return UNKNOWN;
    }
    if (object.types.includes('builtins.list') || object.types.includes('builtins.tuple')) out.types = [];
    return out;
  }

  /** A part of a known list or text: `x[1:]`, `x[::-1]`. */
  protected sliced(object: Value, index: Extract<Expression, { kind: 'slice' }>): Value | null {
    const held = object.constants.length === 1 ? object.constants[0]! : null;
    if (!object.items && !held) return null;
    const bounds: (number | undefined)[] = [];
    for (const part of [index.from, index.to, index.step]) {
      const known = part ? this.evaluate(part).constants : null;
      const at = known?.length === 1 ? known[0]!.value : undefined;
      if (part && typeof at !== 'number') return null;
      bounds.push(typeof at === 'number' ? Math.trunc(at) : undefined);
    }
    const [from, to, step = 1] = bounds;
    const cut = <T>(list: readonly T[]): T[] | null =>
      step === 1
        ? list.slice(from, to)
        : step === -1 && from === undefined && to === undefined
          ? [...list].reverse()
          : null;
    const items = object.items && cut(object.items);
    const list = held && Array.isArray(held.value) ? cut(held.value as readonly ConstantValue[]) : null;
    const text = held && typeof held.value === 'string' && step === 1 ? held.value.slice(from, to) : null;
    if (!items && !list && text === null) return null;
    const out = this.flow([object], 'same');
    out.types = object.types;
    out.objects = object.objects;
    out.items = items;
    const value = list ?? text;
    if (held && value !== null) out.constants = [{ ...held, value }];
    return out;
  }

  /** A value from a configuration file or a constant mapping. */
  protected configured(object: Value, key: ConstantValue | undefined): Value | null {
    if (object.constants.length !== 1 || (typeof key !== 'string' && typeof key !== 'number')) return null;
    const held = object.constants[0]!;
    if (typeof held.value !== 'object' || held.value === null) return null;
    const inner = Array.isArray(held.value)
      ? held.value.at(Number(key))
      : (held.value as Readonly<Record<string, ConstantValue>>)[String(key)];
    if (inner === undefined) return null;
    const value = new Value();
    value.constants = [{ ...held, value: inner }];
    return value;
  }

  /** `frame.loc[rows, columns]` and `iloc`. */
  protected located(object: Value, index: Expression): Value {
    const frame = object.fields?.get('#frame') ?? object;
    const out = this.flow([frame], 'same');
    out.types = frame.types.includes('pandas.Indexer') ? ['pandas.DataFrame'] : frame.types;
    out.columns = frame.columns;
    if (index.kind !== 'tuple' || index.items.length < 2) return out;
    const columns = index.items[1]!;
    if (columns.kind === 'slice' && !columns.from && !columns.to) return out;
    const key = this.evaluate(columns);
    const names = stringsOf(key);
    if (!names) {
      out.columns = null;
      return out;
    }
    if (columns.kind === 'list' || key.items) select(frame, names, out);
    else {
      pick(this, frame, names[0]!, out);
      out.types = ['pandas.Series'];
    }
    return out;
  }
}

/** At most so many of a list, evenly spread, with its first and last: those of a sweep that matter most. */
const spread = <T>(list: readonly T[], most: number): readonly T[] =>
  list.length <= most
    ? list
    : Array.from({ length: most }, (_, i) => list[Math.round((i * (list.length - 1)) / (most - 1))]!);

/** Nothing is known of it: a class only declares it (`age: int`). */
const isBare = ({ taint, types, constants, ref, objects, fields, items }: Value): boolean =>
  taint === 0 && types.length === 0 && constants.length === 0 && !ref && objects.length === 0 && !fields && !items;

const numbers: Readonly<Record<string, number>> = {
  'numpy.inf': Number.POSITIVE_INFINITY,
  'math.inf': Number.POSITIVE_INFINITY,
  'torch.inf': Number.POSITIVE_INFINITY,
  'numpy.pi': Math.PI,
  'math.pi': Math.PI,
  'math.e': Math.E,
};

/** A pair of numbers as DICOM writes a tag: `(0010,0020)`. */
function tagOf(key: readonly ConstantValue[]): string | null {
  if (key.length !== 2 || !key.every(part => typeof part === 'number')) return null;
  return `(${key.map(part => Number(part).toString(16).padStart(4, '0')).join(',')})`;
}
