import type { ByteSource } from '../byte-source';
import type { Checkpoint } from '../checkpoint';
import { inspection, refuse, type TensorInfo } from '../inspection';
import type { Limits } from '../limits';
import { checkValue, readPickle } from '../pickle/read';
import { attribute, classOf, dictEntries, isKind, numberList, qualified } from '../pickle/values';

/** `inspect` of a torch distributed checkpoint folder: its `.metadata` pickle names the tensors, the shards hold them. */
export async function openDistributed(source: ByteSource, limits: Limits): Promise<Checkpoint> {
  const read = await readPickle(source, 0, { limits, persistent: false });
  const entries = isKind(read.value, 'object') ? dictEntries(attribute(read.value, 'state_dict_metadata')) : null;
  if (!entries) refuse('The .metadata lists no tensors.');
  const tensors: TensorInfo[] = [];
  for (const [name, value] of entries) {
    if (!isKind(value, 'object') || !classOf(value).endsWith('TensorStorageMetadata')) continue;
    const properties = attribute(value, 'properties');
    const state = isKind(properties, 'object') ? properties.state : undefined;
    const first = isKind(state, 'tuple')
      ? state.items[0]
      : isKind(state, 'dict')
        ? state.entries.find(([key]) => key === 'dtype')?.[1]
        : undefined;
    tensors.push({
      name: String(name),
      shape: numberList(attribute(value, 'size')) ?? [],
      dtype: qualified(first).replace(/^torch\./, '') || 'unknown',
    });
  }
  return {
    inspection: inspection('torch distributed checkpoint', {
      tensors,
      hazards: read.hazards,
      warnings: checkValue(read.value, limits),
      why: 'Distributed checkpoints are inspected here, not run; save the whole state_dict to audit it.',
    }),
  };
}
