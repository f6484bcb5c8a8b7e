import { activationLayers } from './activations';
import { attentionLayers } from './attention';
import { containerLayers } from './containers';
import { convolutionLayers } from './convolution';
import type { Layer } from './layer';
import { linearLayers } from './linear';
import { normalisationLayers } from './normalisation';
import { poolingLayers } from './pooling';
import { recurrentLayers } from './recurrent';

/** PyTorch's layers by name. */
export const layers: ReadonlyMap<string, Layer> = new Map([
  ...activationLayers,
  ...attentionLayers,
  ...containerLayers,
  ...convolutionLayers,
  ...linearLayers,
  ...normalisationLayers,
  ...poolingLayers,
  ...recurrentLayers,
]);

const homes = /^(?:torch\.nn(?:\.modules(?:\.\w+)?|\.parallel(?:\.\w+)?)?|opacus\.layers)\.(\w+)$/;
/** Opacus' layers compute what PyTorch's do, under names of their own. */
const twins: Readonly<Record<string, string>> = {
  DPLSTM: 'LSTM',
  DPGRU: 'GRU',
  DPRNN: 'RNN',
};

/** The layer that a qualified name stands for, or null. */
export function layerOf(path: string): Layer | null {
  const name = homes.exec(path)?.[1];
  return name === undefined ? null : (layers.get(twins[name] ?? name) ?? null);
}
