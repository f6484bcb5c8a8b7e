import type { ByteSource } from '../byte-source';
import type { Checkpoint } from '../checkpoint';
import { type Hazard, inspection, refuse } from '../inspection';
import type { Limits } from '../limits';
import { classOf, type PyValue } from '../pickle/values';
import { modelStateDict } from '../torch/state-dict';
import { collectTensors, type Storage } from '../torch/tensors';
import type { ZipDirectory } from '../zip/directory';
import { readEntry } from '../zip/entry';

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
  /\b(?:print|open|ops\.(?!aten\b|prim\b|torchvision\b|quantized\b)\w+|prim\.(?:Print|PythonOp|rpc\w*)|aten\.(?:save|from_file|warn))\b/;

/** `inspect` of a TorchScript archive: classes of its own (`__torch__.…`) are part of the file, its code is read as text. */
export async function openTorchScript(archive: ScriptArchive): Promise<Checkpoint> {
  const { source, directory, base, limits } = archive;
  const own = archive.hazards.filter(hazard => !/import __torch__\./.test(hazard.message));
  const hazards: Hazard[] = [...own];
  let code = '';
  for (const entry of directory.entries.values()) {
    if (!entry.name.startsWith(`${base}code/`) || !entry.name.endsWith('.py')) continue;
    code += new TextDecoder().decode(await readEntry(source, entry, limits, limits.structureBytes));
    if (code.length > limits.structureBytes)
      refuse('The code in the TorchScript archive is larger than this reader allows.');
  }
  const found = reaching.exec(code)?.[0];
  if (found)
    hazards.push({
      kind: 'executable-content',
      message: `The TorchScript code in the archive calls ${found}; running the model would do that too.`,
    });
  const tensors = collectTensors(archive.value, archive.lookup, limits.tensors);
  const operators = new Map<string, number>();
  for (const [, name = ''] of code.matchAll(/torch\.(\w+)\(/g)) operators.set(name, (operators.get(name) ?? 0) + 1);
  const report = inspection('torchscript', {
    tensors: [...tensors.values()].map(({ name, shape, dtype }) => ({ name, shape, dtype })),
    hazards,
    warnings: archive.warnings,
    metadata: { class: classOf(archive.value) },
    architecture: [...operators].map(([name, count]) => (count > 1 ? `${count}× ${name}` : name)).join(', '),
    why: 'TorchScript is inspected here, not run; export the model to ONNX to audit it.',
  });
  return { inspection: report, stateDict: modelStateDict(tensors) };
}
