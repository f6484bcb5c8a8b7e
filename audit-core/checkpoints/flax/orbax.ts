import type { ByteSource } from '../byte-source';
import type { Checkpoint } from '../checkpoint';
import { inspection, refuse } from '../inspection';
import type { Limits } from '../limits';
import { asArray, asNumber, asObject, asString, parseJson, utf8 } from '../text/json';

/** `inspect` of an Orbax folder: its metadata name the arrays; their bytes lie in an OCDBT store that is not read. */
export async function openOrbax(source: ByteSource, limits: Limits): Promise<Checkpoint> {
  const metadata = await source.sibling('_METADATA');
  if (!metadata) refuse('The folder has no _METADATA; the Orbax checkpoint is incomplete.');
  if (metadata.size > limits.structureBytes) refuse('The _METADATA is larger than this reader allows.');
  const json = asObject(
    parseJson(utf8(await metadata.read(0, metadata.size), 'The _METADATA'), limits.depth, 'The _METADATA'),
  );
  const tree = asObject(json?.tree_metadata) ?? refuse('The _METADATA lists no arrays.');
  const tensors = Object.values(tree).flatMap(each => {
    const entry = asObject(each);
    const name = (asArray(entry?.key_metadata) ?? []).map(key => asString(asObject(key)?.key) ?? '?').join('.');
    const value = asObject(entry?.value_metadata);
    const shape = (asArray(value?.write_shape) ?? []).map(size => asNumber(size) ?? -1);
    return name === '' ? [] : [{ name, shape, dtype: asString(value?.value_type) ?? 'unknown' }];
  });
  return {
    inspection: inspection('orbax', {
      tensors,
      why: 'Orbax folders are inspected here, not run; export the model to ONNX to audit it.',
    }),
  };
}
