import type { ByteSource } from './byte-source';
import type { Checkpoint } from './checkpoint';
import type { Limits } from './limits';

/** Reads one format. */
export type Reader = (source: ByteSource, limits: Limits) => Promise<Checkpoint>;

const startsWith = (head: Uint8Array, bytes: readonly number[]): boolean =>
  bytes.every((byte, index) => head[index] === byte);

/** The reader for a file, told by its first bytes; names decide only where bytes cannot. Readers are loaded on demand. */
export async function sniff(source: ByteSource, limits: Limits): Promise<Reader | null> {
  const head = await source.read(0, 4096);
  if (startsWith(head, [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59])) return (await import('./npy')).openNumpy;
  if (startsWith(head, [0x89, 0x48, 0x44, 0x46])) return (await import('./keras')).openKerasHdf5;
  if (startsWith(head, [0x50, 0x4b])) return await sniffZip(source, limits);
  const data = await dataReader(source, head);
  if (data) return data;
  if (head[4] === 0x54 && head[5] === 0x46 && head[6] === 0x4c && head[7] === 0x33)
    return (await import('./tflite')).openTflite;
  const tensorflow = await import('./tensorflow');
  if (source.name === 'saved_model.pb') return tensorflow.openSavedModel;
  if (source.name === 'checkpoint' || source.name.endsWith('.index')) return tensorflow.openTfCheckpoint;
  if (source.name.endsWith('.msgpack')) return (await import('./flax')).openFlax;
  if (source.name === '_CHECKPOINT_METADATA' || source.name === 'manifest.ocdbt')
    return (await import('./flax/orbax')).openOrbax;
  if (source.name === '.metadata') return (await import('./torch/distributed')).openDistributed;
  if (startsWith(head, [0x62, 0x69, 0x6e, 0x66])) return (await import('./xgboost/legacy')).openXgboostLegacy;
  const { isShardIndex, looksLikeSafetensors, openSafetensors, openShards } = await import('./safetensors');
  if (isShardIndex(source.name)) return openShards;
  if (startsWith(head, [0x43, 0x42, 0x4d, 0x31])) return (await import('./catboost')).openCatboostBinary;
  if (head[0] === 0x7b && /[#$iUIlL]/.test(String.fromCharCode(head[1] ?? 0)))
    return (await import('./xgboost')).openXgboost;
  const { looksLikeLightgbm, openLightgbm } = await import('./lightgbm');
  if (looksLikeLightgbm(head)) return openLightgbm;
  if (startsWith(head.subarray(4), [0, 0, 0, 0, 0x7b])) return (await import('./safetensors')).openSafetensors;
  if (isJson(head, source.name)) return await sniffJson(source, limits);
  const { compressionOf } = await import('./compression');
  if (isPickle(head, source.name) || compressionOf(head)) {
    const { legacyMagic } = await import('./torch/legacy');
    if (startsWith(head, legacyMagic)) return (await import('./torch')).openTorch;
    return (await import('./pickle')).openPickle;
  }
  if (looksLikeSafetensors(head, source.name)) return openSafetensors;
  if (/\.(?:csv|tsv|tab|txt)(?:\.gz)?$/i.test(source.name)) return (await import('./table')).openTable;
  const { looksLikeOnnx, openOnnx } = await import('./onnx');
  if (looksLikeOnnx(head) || source.name.endsWith('.onnx')) return openOnnx;
  return null;
}

/** Tables, pictures, volumes and signals by their first bytes (compressed ones by their name). */
async function dataReader(source: ByteSource, head: Uint8Array): Promise<Reader | null> {
  const parquet = startsWith(head, [0x50, 0x41, 0x52, 0x31]);
  const arrow = startsWith(head, [0x41, 0x52, 0x52, 0x4f, 0x57, 0x31]) || startsWith(head, [0xff, 0xff, 0xff, 0xff]);
  if (parquet || arrow || /\.(?:csv|tsv)\.gz$/i.test(source.name)) return (await import('./table')).openTable;
  const picture = startsWith(head, [0x89, 0x50, 0x4e, 0x47]) || startsWith(head, [0xff, 0xd8, 0xff]);
  const dicom = startsWith(head.subarray(128), [0x44, 0x49, 0x43, 0x4d]);
  const nifti = startsWith(head.subarray(344), [0x6e, 0x2b, 0x31]) || startsWith(head.subarray(4), [0x6e, 0x2b, 0x32]);
  if (picture || dicom || nifti || /\.(?:hea|nii\.gz|png|jpe?g|dcm|nii)$/i.test(source.name))
    return (await import('./table/record')).openRecordFile;
  return null;
}

/** Protocols 2 and up start with PROTO; 0 and 1 have no mark, so there the name must say it. */
function isPickle(head: Uint8Array, name: string): boolean {
  return (head[0] === 0x80 && (head[1] ?? 99) <= 5) || /\.(?:pkl|pickle|joblib|pth|pt|ckpt|bin|tar)$/.test(name);
}

/** True when the first letter after white space opens a JSON object, or an array in a file that says so by its name. */
const isJson = (head: Uint8Array, name: string): boolean => {
  const first = head[head.findIndex(byte => byte > 32)];
  return (first === 0x7b || (first === 0x5b && name.endsWith('.json'))) && head[8] !== 0;
};

/** Which JSON model it is, by the keys at its start. */
async function sniffJson(source: ByteSource, _limits: Limits): Promise<Reader | null> {
  const head = new TextDecoder().decode(await source.read(0, 1 << 16));
  if (/"(?:weightsManifest|modelTopology)"/.test(head)) return (await import('./tfjs')).openTfjs;
  if (/"learner"\s*:|"gradient_booster"/.test(head)) return (await import('./xgboost')).openXgboost;
  if (/"(?:oblivious_trees|scale_and_bias|features_info)"\s*:/.test(head))
    return (await import('./catboost')).openCatboostJson;
  if (/"tree_info"|"max_feature_idx"/.test(head)) return (await import('./lightgbm')).openLightgbmDump;
  if (source.name === 'model.json') return (await import('./tfjs')).openTfjs;
  return (await import('./json')).openJson;
}

async function sniffZip(source: ByteSource, limits: Limits): Promise<Reader | null> {
  const { readZip } = await import('./zip/directory');
  const { entries } = await readZip(source, limits);
  const names = [...entries.keys()];
  if (names.length > 0 && names.every(name => name.endsWith('.npy'))) return (await import('./npy')).openNumpy;
  if (
    names.some(name => /(?:^|\/)models\/[^/]+\.json$/.test(name)) &&
    names.some(name => /(?:^|\/)archive_format$/.test(name))
  )
    return (await import('./pt2')).openPt2;
  if (entries.has('schema.json') || source.name.endsWith('.skops')) return (await import('./skops')).openSkops;
  if (entries.has('config.json') || source.name.endsWith('.keras')) return (await import('./keras')).openKerasZip;
  return (await import('./torch')).openTorch;
}
