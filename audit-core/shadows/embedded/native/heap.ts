import type * as tfjs from '@tensorflow/tfjs';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { moduleBytes } from './assembler';
import { matrixCode } from './matrix-code';
import { rowCode } from './row-code';
import { windowCode } from './window-code';

// The types of Node name WebAssembly without what is used of it here.
declare global {
  namespace WebAssembly {
    class Memory {
      readonly buffer: ArrayBuffer;
    }
    class Module {
      constructor(bytes: Uint8Array);
    }
    class Instance {
      constructor(module: Module, imports: object);
      readonly exports: Readonly<Record<string, unknown>>;
    }
  }
}

/** A function of the module: addresses in bytes and counts, all whole numbers; floats where it says so. */
type Native = (...parameters: number[]) => void;

const code = [...matrixCode, ...rowCode, ...windowCode];
let bytes: Uint8Array<ArrayBuffer> | null = null;

/** Our kernels over the memory of TensorFlow.js' WebAssembly backend, and where its tensors lie in it. */
export class Heap {
  private readonly functions = new Map<string, Native>();
  private readonly rooms = new Map<string, { readonly at: number; readonly numbers: number }>();

  private constructor(
    private readonly backend: BackendWasm,
    private readonly memory: WebAssembly.Memory,
  ) {
    bytes ??= moduleBytes(code);
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } });
    for (const [name] of code) {
      const made = exports[name];
      if (typeof made === 'function') this.functions.set(name, (...parameters) => void made(...parameters));
    }
  }

  private static readonly held = new WeakMap<tfjs.KernelBackend, Heap>();

  /** null where the backend is another one, or its memory cannot be reached, or vectors are not known to the machine. */
  static of(tf: typeof tfjs): Heap | null {
    const backend = tf.backend();
    if (!isWasm(backend)) return null;
    const held = Heap.held.get(backend);
    if (held) return held;
    const module: { readonly asm?: { readonly memory?: unknown } } = Object(backend.wasm);
    const memory = module.asm?.memory;
    if (!(memory instanceof WebAssembly.Memory)) return null;
    try {
      const made = new Heap(backend, memory);
      Heap.held.set(backend, made);
      return made;
    } catch {
      return null;
    }
  }

  /** A function by its name in the code. */
  run(name: string): Native {
    return this.functions.get(name)!;
  }

  /** Address of a tensor's numbers. */
  at({ dataId }: tfjs.TensorInfo): number {
    return this.backend.getMemoryOffset(dataId) >>> 0;
  }

  /** Numbers in place; valid until the next allocation. */
  view(at: number, numbers: number): Float32Array {
    return new Float32Array(this.memory.buffer, at, numbers);
  }

  /** A new tensor for a kernel's answer, its numbers undefined. */
  make(shape: readonly number[]): tfjs.TensorInfo {
    return this.backend.makeOutput([...shape], 'float32');
  }

  /** Another name for the same numbers. */
  share({ dataId, shape, dtype }: tfjs.TensorInfo): tfjs.TensorInfo {
    this.backend.incRef(dataId);
    return { dataId, shape, dtype };
  }

  /** As `make`, with zeros. */
  zeros(shape: readonly number[]): tfjs.TensorInfo {
    const made = this.make(shape);
    this.view(
      this.at(made),
      shape.reduce((product, each) => product * each, 1),
    ).fill(0);
    return made;
  }

  /** Address of a working room that is kept for its use and grows as it must; what it holds is undefined. */
  room(use: string, numbers: number): number {
    const held = this.rooms.get(use);
    if (held && held.numbers >= numbers) return held.at;
    const wanted = Math.max(numbers, 2 * (held?.numbers ?? 0));
    const at = this.at(this.make([wanted]));
    this.rooms.set(use, { at, numbers: wanted });
    return at;
  }
}

const isWasm = (backend: tfjs.KernelBackend): backend is BackendWasm =>
  'getMemoryOffset' in backend && 'makeOutput' in backend && 'wasm' in backend;
