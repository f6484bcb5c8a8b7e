import { defaultLimits } from '../../audit-core/checkpoints/limits';
import { isNpy, type NpyArray, readNpy, readNpz } from '../../audit-core/checkpoints/npy';
import type { Runtime, TableColumns, Tensor } from '../../audit-core/runtime/runtime';
import { openFile, refusal } from './inspect';
import { UsageError } from './io';

/** The rows to score: an array as the model takes it, or named columns. */
export type Rows =
  | { readonly kind: 'array'; readonly tensor: Tensor }
  | { readonly kind: 'table'; readonly columns: TableColumns };

/** Reads `--data`: the array X (or the only one) of an .npz, an .npy array, or a table. */
export async function readRows(path: string, shown: string, _runtime: Runtime): Promise<Rows> {
  const source = await openFile(path, shown);
  try {
    const head = await source.read(0, 8);
    if (isNpy(head)) return { kind: 'array', tensor: await tensorOf(await readNpy(source, 'X', defaultLimits)) };
    if (head[0] === 0x50 && head[1] === 0x4b) {
      const arrays = await readNpz(source, defaultLimits);
      const chosen =
        arrays.get('X') ??
        arrays.get('x') ??
        arrays.get('data') ??
        (arrays.size === 1 ? [...arrays.values()][0] : undefined);
      if (!chosen)
        throw new UsageError(`${shown}: has no array called X; it has ${[...arrays.keys()].slice(0, 8).join(', ')}.`);
      return { kind: 'array', tensor: await tensorOf(chosen) };
    }
    throw new UsageError(`${shown}: is no .npz, .npy or .csv file.`);
  } catch (error) {
    throw refusal(error, shown);
  } finally {
    await source.close();
  }
}

async function tensorOf(array: NpyArray): Promise<Tensor> {
  const values = await array.values();
  return { data: values, shape: array.shape.length === 1 ? [array.shape[0] ?? 0, 1] : array.shape };
}
