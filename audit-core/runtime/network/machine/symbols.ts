import { symbol, type Value } from '../values';

/** Values of libraries that networks' code reads. */
export const constants: ReadonlyMap<string, Value> = new Map<string, Value>([
  ['math.pi', Math.PI],
  ['math.e', Math.E],
  ['math.inf', Number.POSITIVE_INFINITY],
  ['numpy.pi', Math.PI],
  ['numpy.inf', Number.POSITIVE_INFINITY],
  ['torch.pi', Math.PI],
  ['torch.inf', Number.POSITIVE_INFINITY],
  ['torch.nan', Number.NaN],
  ['numpy.newaxis', null],
]);

/** Names that are bound without an import. */
export const globalNames: ReadonlyMap<string, Value> = new Map<string, Value>([
  ['__name__', '__main__'],
  ['inf', Number.POSITIVE_INFINITY],
  ['nan', Number.NaN],
  ['torch', symbol('torch')],
  ['ops', symbol('ops')],
  ['__torch__', symbol('__torch__')],
]);
