import { readFile } from 'node:fs/promises';
import { basename, dirname, relative } from 'node:path';
import type { StateDict } from '../../audit-core/checkpoints/tensors';
import { lineOf } from '../../audit-core/runtime/network/language/syntax';
import { nearestConstruction } from '../../audit-core/runtime/network/network';
import { exportScript } from '../audit/architecture/export-script';
import { networksOfScript } from './script-network';
import { runTree } from './shadows/process-tree';

/** An export that could not be made: one sentence with the place and what to do. */
export class ExportError extends Error {
  override readonly name = 'ExportError';
}

/** Absolute paths. */
export interface NetworkExport {
  readonly script: string;
  readonly checkpoint: string;
  /** Where the export script lies, or will. */
  readonly target: string;
}

/** Seconds that the user's interpreter may take. */
export const exportSeconds = 600;

/** The script that exports a state dict's network to ONNX, and the base name of the file that it writes beside itself. Nothing is run. */
export async function plannedExport(
  { script, checkpoint, target }: NetworkExport,
  weights: StateDict | undefined,
): Promise<{ readonly source: string; readonly output: string }> {
  const [file, saved] = [basename(script), basename(checkpoint)];
  if (!weights) throw new ExportError(`${saved}: holds no weights of a torch network; there is nothing to export.`);
  const networks = await networksOfScript(script, saved);
  if (!networks) throw new ExportError(`${file}: cannot be read as a Python script.`);
  const shapes = new Map([...weights].map(([name, { shape }]) => [name, shape] as const));
  const found = nearestConstruction(networks, shapes);
  if (!found) throw new ExportError(`${file}: constructs no network.`);
  const from = (path: string): string => relative(dirname(target), path).replaceAll('\\', '/');
  const inMain = found.span !== null && found.file === networks.files[networks.main];
  const text = inMain ? await readFile(script, 'utf8') : '';
  const first = [...shapes.values()].find(shape => shape.length > 1);
  const output = `${saved.replace(/\.[^.]*$/, '')}.onnx`;
  const source = exportScript({
    script: from(script),
    checkpoint: from(checkpoint),
    output,
    construction: inMain && found.span ? text.slice(found.span.start, found.span.end) : `${found.name}()`,
    line: inMain && found.span ? lineOf(found.file, found.span.start) : null,
    // The first weight of a network over rows tells their width; images and signals are known by their data alone.
    row: first?.length === 2 ? [first[1] ?? 1] : null,
  });
  return { source, output };
}

/** Runs an export script with the user's own interpreter, within a time limit; what it prints is not kept. */
export async function runExport(interpreter: string, script: string, signal: AbortSignal): Promise<void> {
  const options = { cwd: dirname(script), env: process.env, signal, seconds: exportSeconds };
  const end = await runTree(interpreter, [script], options).catch(error => {
    if (signal.aborted) throw error;
    throw new ExportError(
      `${interpreter}: cannot be started (${(error as NodeJS.ErrnoException).code ?? 'unknown reason'}).`,
    );
  });
  if (end.timedOut) throw new ExportError(`The export took more than ${exportSeconds} s and was ended.`);
  if (end.code === 0) return;
  const missing = /^ModuleNotFoundError: No module named '([\w.]+)'/m.exec(end.stderr)?.[1];
  if (missing !== undefined)
    throw new ExportError(`The export stopped: ${interpreter} has no package "${missing}"; install it and try again.`);
  // The kind of the error alone: its text may hold data.
  const kind =
    /^(\w+(?:\.\w+)*(?:Error|Exception|Interrupt))\b/m.exec(end.stderr)?.[1] ?? `exit ${end.code ?? 'by a signal'}`;
  throw new ExportError(`The export stopped (${kind}); run ${basename(script)} yourself to see why.`);
}
