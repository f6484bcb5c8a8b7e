import type { Ref } from '../../models/schema';
import type { Span } from '../syntax';
import { type ConstantValue, type Evidence, type Parameter, Taint } from '../values';
import type { Arguments, LibraryCall } from './arguments';
import { type Given, Machine } from './machine';
import type { Value } from './value';

const parsed = new Map<Ref, readonly (readonly string[])[]>();

/** The alternatives of a reference, each a name and the links behind it. References are the models': there are few. */
function pathsOf(ref: Ref): readonly (readonly string[])[] {
  let paths = parsed.get(ref);
  if (!paths) {
    paths = ref.split('|').map(one => one.split('.'));
    parsed.set(ref, paths);
  }
  return paths;
}

/** Finds the values that a model's references name, and what an event says of them. */
export abstract class ReferenceMachine extends Machine {
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

  protected inputs(call: LibraryCall): Given[] {
    const inputs = call.receiver ? [call.receiver] : [];
    for (const given of call.named.values()) inputs.push(given);
    return inputs;
  }

  /** All values that a reference means. */
  all(ref: Ref, call: LibraryCall, result: Value | null = null): Given[] {
    if (ref === 'arguments') return [...call.named.values()];
    if (ref.startsWith('*')) {
      const first = call.named.get(ref.slice(1));
      const from = first ? call.arguments.positional.indexOf(first) : 0;
      return first && from === -1 ? [] : call.arguments.positional.slice(from);
    }
    const one = this.one(ref, call, result);
    return one ? [one] : [];
  }

  /** The value that a reference means; of alternatives (`size|0`) the first that is there. */
  one(ref: Ref, call: LibraryCall, result: Value | null): Given | null {
    for (const path of pathsOf(ref)) {
      const found = this.along(path, call, result);
      if (found) return found;
    }
    return null;
  }

  private along(path: readonly string[], call: LibraryCall, result: Value | null): Given | null {
    const head = path[0]!;
    let given: Given | null =
      head === 'receiver'
        ? call.receiver
        : head === 'result'
          ? result && { value: result, span: call.span }
          : (call.named.get(head) ?? null);
    for (let i = 1; given && i < path.length; i++) {
      const inner = given.value.fields?.get(path[i]!);
      given = inner ? { value: inner, span: given.span } : null;
    }
    return given;
  }

  protected argumentEvidence(call: LibraryCall): Record<string, Evidence> {
    const out: Record<string, Evidence> = {};
    for (const [name, given] of call.named) out[name] = this.evidence(given.value, given.span);
    return out;
  }

  protected proof(ref: Ref | undefined, call: LibraryCall, result: Value): Evidence | null {
    const given = ref === undefined ? null : this.one(ref, call, result);
    return given && this.evidence(given.value, given.span);
  }

  protected proofs(refs: readonly Ref[], call: LibraryCall, result: Value): Evidence[] {
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

  protected isModel(value: Value): boolean {
    return (
      this.hasRole(value, 'module') ||
      this.hasRole(value, 'estimator') ||
      ((value.taint | this.taintOf(value)) & Taint.model) !== 0 ||
      value.types.some(type => type.endsWith('StateDict')) ||
      // A checkpoint is mostly a mapping with weights under one of its keys.
      (value.types.includes('builtins.dict') && [...(value.fields?.values() ?? [])].some(held => this.isWeights(held)))
    );
  }

  private isWeights(value: Value): boolean {
    return this.hasRole(value, 'module') || value.types.some(type => type.endsWith('StateDict'));
  }

  protected whatOf(given: readonly Given[]): 'records' | 'model' | 'data-set' | 'unknown' {
    if (
      given.some(({ value }) => this.isModel(value) || value.constants.some(one => weightsFile.test(String(one.value))))
    )
      return 'model';
    if (given.some(({ value }) => (this.taintOf(value) & Taint.records) !== 0 && value.strength !== 'aggregate'))
      return 'records';
    return 'unknown';
  }
}

/** File names that hold weights. */
const weightsFile = /\.(?:pth?|ckpt|safetensors|onnx|h5|keras|pkl|pickle|joblib|bin|gguf|tflite|pb)$/i;
