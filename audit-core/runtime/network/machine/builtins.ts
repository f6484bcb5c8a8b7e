import { symbol, type Value } from '../values';
import { globalNames } from './symbols';

const functions =
  `abs all any bool dict divmod enumerate filter float frozenset getattr hasattr int isinstance iter len list map max min
  next object print property range reversed round set setattr slice sorted staticmethod str sum super tuple type zip`.split(
    /\s+/,
  );

/** Python's built-in names, and those that TorchScript archives use without an import. */
export const builtins: ReadonlyMap<string, Value> = new Map<string, Value>([
  ...functions.map(name => [name, symbol(`builtins.${name}`)] as const),
  ...globalNames,
]);
