import { readFile } from 'node:fs/promises';
import { basename, dirname, relative, resolve } from 'node:path';
import type { StateDict } from '../../audit-core/checkpoints/tensors';
import { lineOf } from '../../audit-core/runtime/network/language/syntax';
import { nearestConstruction } from '../../audit-core/runtime/network/network';
import { exportScript } from '../audit/architecture/export-script';
import { writeAtomically } from '../workspace/atomic-write';
import { networksOfScript } from '../workspace/script-network';
import { runTree } from '../workspace/shadows/process-tree';
import { type CliIO, EXIT, UsageError } from './io';

export interface ExportWords {
  readonly checkpoint: string;
  readonly script: string;
  /** Where the export script is written. */
  readonly exportScript: string;
  /** The interpreter that runs it: naming it is the user's yes. Null: it is only written. */
  readonly exportWith: string | null;
}

/** Seconds that the user's interpreter may take. */
const seconds = 600;

/** Writes the script that exports a state dict's network to ONNX, and runs it where the user names an interpreter. */
export async function exportNetwork(words: ExportWords, weights: StateDict | undefined, io: CliIO): Promise<number> {
  if (!weights)
    throw new UsageError(`${words.checkpoint}: holds no weights of a torch network; there is nothing to export.`);
  const script = resolve(io.cwd, words.script);
  const networks = await networksOfScript(script, words.checkpoint);
  if (!networks) throw new UsageError(`${words.script}: cannot be read as a Python script.`);
  const shapes = new Map([...weights].map(([name, { shape }]) => [name, shape] as const));
  const found = nearestConstruction(networks, shapes);
  if (!found) throw new UsageError(`${words.script}: constructs no network.`);
  const target = resolve(io.cwd, words.exportScript);
  const from = (path: string): string => relative(dirname(target), path).replaceAll('\\', '/');
  const inMain = found.span !== null && found.file === networks.files[networks.main];
  const text = inMain ? await readFile(script, 'utf8') : '';
  const first = [...shapes.values()].find(shape => shape.length > 1);
  const output = `${basename(words.checkpoint).replace(/\.[^.]*$/, '')}.onnx`;
  const source = exportScript({
    script: from(script),
    checkpoint: from(resolve(io.cwd, words.checkpoint)),
    output,
    construction: inMain && found.span ? text.slice(found.span.start, found.span.end) : `${found.name}()`,
    line: inMain && found.span ? lineOf(found.file, found.span.start) : null,
    // The first weight of a network over rows tells their width; images and signals are known by their data alone.
    row: first?.length === 2 ? [first[1] ?? 1] : null,
  });
  await writeAtomically(target, source).catch(error => {
    throw new UsageError(
      `${words.exportScript}: cannot be written (${(error as NodeJS.ErrnoException).code ?? 'unknown reason'}).`,
    );
  });
  if (words.exportWith === null) {
    io.stdout(
      `${words.exportScript} exports the network to ${output}. Read it, fill in what it asks for, and run it with your interpreter.\n`,
    );
    return EXIT.ok;
  }
  await runWith(words.exportWith, target, io);
  io.stdout(`${output} is written beside ${words.exportScript}.\n`);
  return EXIT.ok;
}

async function runWith(interpreter: string, script: string, io: CliIO): Promise<void> {
  const signal = io.signal ?? new AbortController().signal;
  const options = { cwd: dirname(script), env: process.env, signal, seconds };
  const end = await runTree(interpreter, [script], options).catch(error => {
    throw new UsageError(
      `${interpreter}: cannot be started (${(error as NodeJS.ErrnoException).code ?? 'unknown reason'}).`,
    );
  });
  if (end.timedOut) throw new UsageError(`The export took more than ${seconds} s and was ended.`);
  if (end.code === 0) return;
  const missing = /^ModuleNotFoundError: No module named '([\w.]+)'/m.exec(end.stderr)?.[1];
  if (missing !== undefined)
    throw new UsageError(`The export stopped: ${interpreter} has no package "${missing}"; install it and try again.`);
  // The kind of the error alone: its text may hold data.
  const kind =
    /^(\w+(?:\.\w+)*(?:Error|Exception|Interrupt))\b/m.exec(end.stderr)?.[1] ?? `exit ${end.code ?? 'by a signal'}`;
  throw new UsageError(`The export stopped (${kind}); run ${basename(script)} yourself to see why.`);
}
