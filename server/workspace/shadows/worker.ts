import { parentPort } from 'node:worker_threads';
import { audit } from '../../../audit-core/audit/audit';
import type { AuditData } from '../../../audit-core/audit/inputs';
import type { ScriptRequest } from '../../../audit-core/audit/request';
import type { AuditOutcome } from '../../../audit-core/audit/result';
import { prepareScript } from '../../../audit-core/audit/worker-script';
import { dividedRows } from '../../../audit-core/datasets/prepare';
import { predictAll } from '../../../audit-core/runtime/batches';
import type { OutputKind, Tensor } from '../../../audit-core/runtime/runtime';
import { agreementOf, agreementSentence } from '../../../audit-core/shadows/agreement';
import { peopleOf, shadowArrays } from '../../../audit-core/shadows/arrays';
import type { ShadowScores } from '../../../audit-core/shadows/engine';
import { auditedRows } from './divided';
import type { PreparedShadows, ShadowAnswer, ShadowQuestion } from './messages';

/** The audit's half of a shadow run: reads data and checkpoint once, then turns scores into statements as often as it is asked. */
interface Held {
  readonly request: ScriptRequest;
  readonly data: AuditData;
  readonly target: { readonly outputs: Tensor; readonly kind: OutputKind };
  readonly parameters: number;
}

let held: Held | null = null;

const post = (answer: ShadowAnswer): void => parentPort!.postMessage(answer);
const progress = (message: string, fraction: number): void => post({ kind: 'progress', message, fraction });

async function answer(question: ShadowQuestion): Promise<void> {
  try {
    if (question.kind === 'prepare') post({ kind: 'prepared', prepared: await prepare(question) });
    else post({ kind: 'done', outcome: statement(held!, question) });
  } catch (error) {
    post({ kind: 'failed', message: error instanceof Error ? error.message : String(error) });
  }
}

async function prepare({ request, divided }: Extract<ShadowQuestion, { kind: 'prepare' }>): Promise<PreparedShadows> {
  const { data, runtime, parameters, store, origin, total, close } = await prepareScript(request, progress);
  try {
    progress('Asking the audited model', 0.3);
    const target = { outputs: await predictAll(runtime, data.features), kind: runtime.outputKind };
    held = { request, data, target, parameters };
    const quick = statement(held, { scores: [], seed: 0, listExposed: false, assumptions: [] });
    return {
      people: peopleOf(data),
      divided: divided && request.recipe ? auditedRows(await dividedRows(request.recipe, store), origin) : null,
      thinned: data.rows < total ? { kept: data.rows, total } : null,
      quick,
    };
  } finally {
    runtime.dispose();
    await close();
  }
}

interface Wanted {
  readonly scores: readonly ShadowScores[];
  readonly seed: number;
  readonly listExposed: boolean;
  readonly assumptions: readonly string[];
}

function statement({ request, data, target, parameters }: Held, wanted: Wanted): AuditOutcome {
  const { arrays, taken } = shadowArrays(data, target, wanted.scores, wanted.seed);
  const agreement = agreementOf(arrays);
  const width = taken.features.shape.slice(1).reduce((product, size) => product * size, 1);
  return audit(arrays, {
    claim: request.claim,
    features: { data: taken.features.data, width },
    despiteGate: request.despiteGate,
    parameters,
    listExposed: wanted.listExposed,
    assumptions: [...data.assumptions, ...wanted.assumptions, ...(agreement ? [agreementSentence(agreement)] : [])],
    progress,
  });
}

parentPort?.on('message', (question: ShadowQuestion) => void answer(question));
