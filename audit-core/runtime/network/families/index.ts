import type { Machine, Named } from '../machine/machine';
import type { Place, Value } from '../values';

/** A constructor of a known family of networks by its qualified name (`torchvision.models.resnet18`); null for others. */
export const familyOf = (
  _path: string,
): ((m: Machine, positional: readonly Value[], named: Named, place: Place) => Value) | null => null;
