import { rename, rm, writeFile } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type Checkpoint, CheckpointError, openCheckpoint } from '../../audit-core/checkpoints';
import { writeNpz } from '../../audit-core/checkpoints/npy/writer';
import { predictAll, predictTable } from '../../audit-core/runtime/batches';
import { RuntimeError } from '../../audit-core/runtime/error';
import { classScores } from '../../audit-core/runtime/logits';
import type { Runtime, Tensor } from '../../audit-core/runtime/runtime';
import { runtimeAssets } from '../workspace/assets';
import { FrontEnds } from '../workspace/front-ends';
import { nodeHost } from '../workspace/host';
import { inspectApart } from '../workspace/inspect-apart';
import { readingLimitsOf } from '../workspace/reading-limits';
import { networksOfScript } from '../workspace/script-network';
import { openFile, refusal } from './inspect';
import { type CliIO, EXIT, UsageError } from './io';
import { misread } from './misread';
import { readRows } from './score-data';

const usage = `Usage: epsilint score CHECKPOINT --data FILE [--script SCRIPT] [--output F.npz]
       epsilint score CHECKPOINT --script SCRIPT --export-script FILE.py [--export-with PYTHON]

Runs a checkpoint in this process on every row of FILE (.npz with X, .npy, .csv, .parquet, .feather) and writes its outputs:
outputs [N, …] as the model gives them and logits [1, N, C] as score arrays want them. SCRIPT, the training script (.py), gives a
state dict its architecture; it is read, never run.

What cannot be rebuilt can be exported by your own interpreter: --export-script writes a short Python script that makes an ONNX file
of the network. It is run only where you name the interpreter with --export-with, for ten minutes at most.
`;

/** `epsilint score`: exit 0 with the file written whole, or 2 with one sentence and nothing written. */
export async function run(argv: readonly string[], io: CliIO): Promise<number> {
  const options = parse(argv);
  if (options === null) {
    io.stdout(usage);
    return EXIT.ok;
  }
  const path = resolve(io.cwd, options.checkpoint);
  const limits = readingLimitsOf(path);
  // The library that reads HDF5 cannot be stopped once it runs in this thread.
  if (/\.(?:keras|h5|hdf5)$/i.test(path))
    await inspectApart(path, io.signal).catch(error => {
      throw refusal(error, options.checkpoint);
    });
  const source = await openFile(path, options.checkpoint);
  let runtime: Runtime | null = null;
  try {
    const checkpoint = await openCheckpoint(source, limits.checkpoints);
    if (options.exportScript !== null && options.script !== null) {
      const { exportNetwork } = await import('./score-export');
      const { script, exportScript, exportWith } = options;
      return await exportNetwork(
        { checkpoint: options.checkpoint, script, exportScript, exportWith },
        checkpoint.stateDict,
        io,
      );
    }
    runtime = await load(checkpoint, options, io);
    const rows = await readRows(resolve(io.cwd, options.data), options.data, runtime, limits);
    const outputs =
      rows.kind === 'table'
        ? await predictTable(runtime, rows.columns)
        : await predictAll(runtime, rows.tensor, { signal: io.signal });
    await write(outputs, runtime, options.output, io);
    return EXIT.ok;
  } catch (error) {
    if (error instanceof RuntimeError) throw new UsageError(`${options.checkpoint}: ${error.message}${offer(options)}`);
    throw refusal(error, options.checkpoint);
  } finally {
    runtime?.dispose();
    await source.close();
  }
}

/** The checkpoint's own architecture, else the one that the script gives to its weights. */
async function load(checkpoint: Checkpoint, options: Options, io: CliIO): Promise<Runtime> {
  if (checkpoint.load) return await checkpoint.load(runtimeAssets());
  const script = checkpoint.stateDict ? (options.script ?? (await scriptBeside(options.checkpoint, io))) : null;
  if (script !== null && checkpoint.stateDict) {
    const networks = await networksOfScript(resolve(io.cwd, script), options.checkpoint);
    if (!networks) throw new UsageError(`${script}: cannot be read as a Python script.`);
    const { networkRuntime } = await import('../../audit-core/runtime/network/runtime');
    return await networkRuntime(networks, checkpoint.stateDict, runtimeAssets());
  }
  throw new CheckpointError(`The checkpoint cannot be run: ${checkpoint.inspection.why}`);
}

/** The one script beside a checkpoint that saves it, as an audit finds it; null where there is none. Throws where several save it. */
async function scriptBeside(checkpoint: string, io: CliIO): Promise<string | null> {
  const { scriptsSaving } = await import('../workspace/audit-scripts');
  const found = await scriptsSaving(
    resolve(io.cwd, checkpoint),
    nodeHost(() => {}),
    new FrontEnds(),
  );
  if (found.length > 1)
    throw new UsageError(
      `${checkpoint}: ${found.map(one => basename(one)).join(' and ')} save it; say which by --script.`,
    );
  return found[0] ?? null;
}

/** Where a network of a script cannot be run, the user's own interpreter may export it. */
const offer = ({ script }: Options): string =>
  script === null ? '' : ' --export-script FILE.py writes a script that exports it to ONNX with your own interpreter.';

async function write(outputs: Tensor, runtime: Runtime, output: string | null, io: CliIO): Promise<void> {
  const data =
    outputs.data instanceof Float64Array || outputs.data instanceof Float32Array
      ? outputs.data
      : Float64Array.from(Array.from(outputs.data, Number));
  const scores = classScores(outputs, runtime.outputKind);
  if (output === null) {
    io.stdout(
      `${outputs.shape[0]} rows, outputs [${outputs.shape.join(', ')}] (${scores.kind}); --output F.npz writes them.\n`,
    );
    return;
  }
  const target = resolve(io.cwd, output);
  const partial = `${target}.${process.pid}.partial`;
  const bytes = writeNpz({
    outputs: { data, shape: outputs.shape },
    logits: { data: scores.logits, shape: [1, scores.rows, scores.classes] },
  });
  try {
    await writeFile(partial, bytes, { mode: 0o600 });
    await rename(partial, target);
  } catch (error) {
    await rm(partial, { force: true });
    throw new UsageError(
      `${output}: cannot be written (${(error as NodeJS.ErrnoException).code ?? 'unknown reason'}).`,
    );
  }
}

interface Options {
  readonly checkpoint: string;
  readonly data: string;
  readonly script: string | null;
  readonly output: string | null;
  readonly exportScript: string | null;
  readonly exportWith: string | null;
}

function parse(argv: readonly string[]): Options | null {
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      options: {
        data: { type: 'string' },
        script: { type: 'string' },
        output: { type: 'string', short: 'o' },
        'export-script': { type: 'string' },
        'export-with': { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
      allowPositionals: true,
    });
    if (values.help) return null;
    const [checkpoint, ...more] = positionals;
    if (checkpoint === undefined || more.length > 0) throw new UsageError(`score wants one checkpoint.\n${usage}`);
    const exportScript = values['export-script'] ?? null;
    const exportWith = values['export-with'] ?? null;
    if (exportWith !== null && exportScript === null)
      throw new UsageError(`--export-with wants --export-script FILE.py.\n${usage}`);
    if (exportScript !== null && values.script === undefined)
      throw new UsageError(`--export-script wants --script SCRIPT.\n${usage}`);
    if (values.data === undefined && exportScript === null) throw new UsageError(`score wants --data FILE.\n${usage}`);
    return {
      checkpoint,
      data: values.data ?? '',
      script: values.script ?? null,
      output: values.output ?? null,
      exportScript,
      exportWith,
    };
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw misread(error, usage);
  }
}
