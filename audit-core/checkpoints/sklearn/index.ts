import type { Runtime } from '../../runtime/runtime';
import type { ByteSource } from '../byte-source';
import type { PyValue } from '../pickle/values';

/** Whether a pickled estimator can be run here, and how. */
export interface Loadable {
  readonly ok: boolean;
  readonly why: string;
  readonly load: () => Promise<Runtime>;
}

/** Looks whether a value is an estimator that can be run in this process; null when it is none. */
export async function loadEstimator(_value: PyValue, _source: ByteSource): Promise<Loadable | null> {
  return null;
}
