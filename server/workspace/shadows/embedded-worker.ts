import { parentPort, workerData } from 'node:worker_threads';
import type { AuditData } from '../../../audit-core/audit/inputs';
import { prepareScript } from '../../../audit-core/audit/worker-script';
import { prepareAuditData } from '../../../audit-core/datasets/prepare';
import type { DataStore } from '../../../audit-core/datasets/store';
import { startTfjs } from '../../../audit-core/runtime/tfjs';
import { completeKernels } from '../../../audit-core/shadows/embedded/kernels';
import { trainModel } from '../../../audit-core/shadows/embedded/train-model';
import type { Trainable } from '../../../audit-core/shadows/embedded/trainable';
import { ShadowError } from '../../../audit-core/shadows/engine';
import { runtimeAssets } from '../assets';
import { architectureOf } from './architecture';
import { recordFlags } from './divided';
import { eligibleOf, type LaneAnswer, type LaneJob, type LaneStart } from './embedded-messages';

/** One lane of the embedded engine: TensorFlow.js on one thread. */
const { request, recipe, seed } = workerData as LaneStart;
const post = (answer: LaneAnswer): void => parentPort!.postMessage(answer);

interface Ready {
  readonly tf: Awaited<ReturnType<typeof startTfjs>>;
  readonly network: Trainable;
  readonly data: AuditData;
  readonly store: DataStore;
  /** Record of the data files by row of the audit; null: row by row. */
  readonly origin: Int32Array | null;
  readonly total: number;
}

let ready: Promise<Ready> | null = null;

async function begin(): Promise<Ready> {
  const tf = await startTfjs(runtimeAssets(__dirname));
  completeKernels(tf);
  const { data, store, origin, total, runtime } = await prepareScript(request, () => {});
  runtime.dispose();
  return { tf, network: await architectureOf(tf, request, recipe), data, store, origin, total };
}

async function train({ model, members }: LaneJob): Promise<void> {
  ready ??= begin();
  const { tf, network, data, store, origin, total } = await ready;
  // What the script fits on its training rows (medians, scalers) is fitted on this model's.
  const own = request.recipe
    ? await prepareAuditData(request.recipe, store, rolesOf(data), recordFlags(members, origin, total))
    : data;
  if (own.rows !== members.length)
    throw new ShadowError('The rows of a reference model are not those of the audit; use --engine process.');
  const [, ...shape] = own.features.shape;
  const scores = await trainModel(
    tf,
    network,
    {
      features: own.features.data,
      rows: own.rows,
      shape,
      targets: targetsOf(own),
      members,
      eligible: eligibleOf(data),
    },
    recipe,
    { seed: Math.imul(seed + 1, 0x9e3779b1) + model, progress: fraction => post({ kind: 'progress', fraction }) },
  );
  post({ kind: 'trained', scores });
}

const rolesOf = (data: AuditData) => {
  const { values } = request.limits;
  return { person: data.people?.key ?? null, groups: [], ...(values !== undefined && { most: values }) };
};

function targetsOf({ target, labels, targets }: AuditData) {
  if (target === 'classes') return { classes: labels, values: null, width: 1 };
  if (!targets) throw new ShadowError('The target columns of this model are not known.');
  return { classes: null, values: Float32Array.from(targets.data), width: targets.width };
}

parentPort?.on('message', (job: LaneJob) => {
  train(job).catch(error => post({ kind: 'failed', message: error instanceof Error ? error.message : String(error) }));
});
