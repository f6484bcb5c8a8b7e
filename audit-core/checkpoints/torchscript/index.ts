import { RuntimeError } from '../../runtime/error';
import type { ByteSource } from '../byte-source';
import type { Checkpoint } from '../checkpoint';
import { type Hazard, inspection, refuse } from '../inspection';
import type { Limits } from '../limits';
import { readPickle } from '../pickle/read';
import { classOf, type PyValue } from '../pickle/values';
import { storages } from '../torch';
import { modelStateDict } from '../torch/state-dict';
import { collectTensors, type Storage } from '../torch/tensors';
import type { ZipDirectory } from '../zip/directory';
import { entrySource, readEntry } from '../zip/entry';
import { readProgram, type ScriptedProgram } from './program';

/** What the archive reader has found of a TorchScript file. */
export interface ScriptArchive {
  readonly source: ByteSource;
  readonly directory: ZipDirectory;
  readonly base: string;
  readonly value: PyValue;
  readonly hazards: readonly Hazard[];
  readonly warnings: readonly string[];
  readonly limits: Limits;
  readonly lookup: (id: PyValue) => Storage;
}

/** Operators of TorchScript code that reach outside the tensors. */
const reaching =
  /(?<![\w.])(?:(?:print|open)\s*\(|ops\s*\.\s*(?!aten\b|prim\b|torchvision\b|quantized\b)\w+)|\bprim\.(?:Print|PythonOp|rpc\w*)\b|\baten\.(?:save|from_file|warn)\b/;
/** Texts of messages are no code. */
const literals = /"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'/g;

/** `inspect` of a TorchScript archive: classes of its own (`__torch__.…`) are part of the file, its code is read as text. */
export async function openTorchScript(archive: ScriptArchive): Promise<Checkpoint> {
  const { source, directory, base, limits } = archive;
  const own = archive.hazards.filter(hazard => !/import __torch__\./.test(hazard.message));
  const hazards: Hazard[] = [...own];
  const files = new Map<string, string>();
  let length = 0;
  for (const entry of directory.entries.values()) {
    if (!entry.name.startsWith(`${base}code/`) || !entry.name.endsWith('.py')) continue;
    const text = new TextDecoder().decode(await readEntry(source, entry, limits, limits.structureBytes));
    length += text.length;
    if (length > limits.structureBytes)
      refuse('The code in the TorchScript archive is larger than this reader allows.');
    files.set(entry.name, text);
  }
  const code = [...files.values()].join('\n');
  const found = reaching.exec(code.replace(literals, '""'))?.[0].replace(/\s*\($/, '');
  if (found)
    hazards.push({
      kind: 'executable-content',
      message: `The TorchScript code in the archive calls ${found}; running the model would do that too.`,
    });
  const tensors = collectTensors(archive.value, archive.lookup, limits.tensors);
  const operators = new Map<string, number>();
  for (const [, name = ''] of code.matchAll(/torch\.(\w+)\(/g)) operators.set(name, (operators.get(name) ?? 0) + 1);
  const program = await followed(archive, files);
  const runs = 'program' in program && found === undefined;
  const report = inspection('torchscript', {
    tensors: [...tensors.values()].map(({ name, shape, dtype }) => ({ name, shape, dtype })),
    hazards,
    warnings: archive.warnings,
    metadata: { class: classOf(archive.value) },
    architecture: [...operators].map(([name, count]) => (count > 1 ? `${count}× ${name}` : name)).join(', '),
    runnable: runs,
    why: runs
      ? 'Its code is followed in this process, operation by operation, on the kernels of TensorFlow.js (WebAssembly); nothing of it is executed.'
      : 'why' in program
        ? program.why
        : 'Its code reaches outside the tensors; it is not followed.',
  });
  const stateDict = modelStateDict(tensors);
  if (!runs) return { inspection: report, stateDict };
  return {
    inspection: report,
    stateDict,
    load: async assets => {
      const { startTfjs } = await import('../../runtime/tfjs');
      const { runtimeOf } = await import('../../runtime/network/runtime');
      const tf = await startTfjs(assets);
      return await runtimeOf(program.program.build(tf), program.program.weights, tf);
    },
  };
}

/** The program behind the code, or the sentence that says why its code cannot be followed. */
async function followed(
  archive: ScriptArchive,
  files: ReadonlyMap<string, string>,
): Promise<{ readonly program: ScriptedProgram } | { readonly why: string }> {
  const { source, directory, base, limits } = archive;
  try {
    const entry = directory.entries.get(`${base}constants.pkl`);
    const constants = entry
      ? (await readPickle(await entrySource(source, entry, limits), 0, { limits, persistent: true })).value
      : null;
    const lookup = storages(source, directory, base, false, 'constants');
    const program = readProgram(
      files,
      archive.value,
      archive.lookup,
      constants === null ? null : { value: constants, lookup },
    );
    program.build(null);
    return { program };
  } catch (error) {
    if (!(error instanceof RuntimeError)) throw error;
    return { why: `${error.message} Export the model to ONNX to audit it.` };
  }
}
