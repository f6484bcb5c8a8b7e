import { Lazy } from '../column';
import { DataFileError, ReplayError } from '../errors';
import { openRecord, type RecordArray } from '../images';
import { applySteps, type RecordStep } from '../images/steps';
import { type DataAccess, type DataLimits, Wanted } from '../sources';
import { asCells, asGrid, isList, type Value } from '../values';
import { arrayValue } from './files';
import type { Operations } from './index';

const plain = (value: Value): string | number | readonly number[] =>
  isList(value) ? asCells(value).map(Number) : typeof value === 'number' ? value : String(value);

/** Reads records of a file each and takes them through their steps; kept by path, so that nothing is decoded twice. */
async function load(
  paths: readonly string[],
  steps: readonly RecordStep[],
  into: Map<string, RecordArray>,
  access: DataAccess,
  limits: DataLimits,
): Promise<void> {
  let shape = into.values().next().value?.shape.join(' × ') ?? null;
  let values = [...into.values()].reduce((sum, each) => sum + each.data.length, 0);
  for (const [nth, path] of paths.entries()) {
    if (into.has(path)) continue;
    const made = await opened(path, nth, async () =>
      applySteps(await openRecord(await access.open(path), limits), steps),
    );
    shape ??= made.shape.join(' × ');
    if (made.shape.join(' × ') !== shape)
      throw new DataFileError(
        `Record ${nth + 1} has another shape (${made.shape.join(' × ')}) than the records before it (${shape}).`,
      );
    values += made.data.length;
    if (values > limits.values)
      throw new DataFileError(
        `The records of the script hold more than ${Math.round(limits.values / 1e6)} million values; audit fewer.`,
      );
    into.set(path, made);
  }
}

/** Names of single records may be names of people: a record that cannot be read is told by its place. */
async function opened(path: string, nth: number, read: () => Promise<RecordArray>): Promise<RecordArray> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof Error) || !/^(?:FileError|DataFileError|CheckpointError)$/.test(error.name)) throw error;
    const name = path.split(/[\\/]/).at(-1) ?? path;
    const why = [path, name].reduce((words, each) => words.replaceAll(each, 'its file'), error.message);
    throw new DataFileError(`Record ${nth + 1} cannot be read. ${why.replace(/^its file: /, 'Its file ')}`);
  }
}

/** Pictures, volumes and signals of a file each: `[paths, step lists…]`. */
export const images: Operations = {
  records: step => {
    const paths = asGrid(step.value(0));
    const names = asCells(paths).map(String);
    const steps = Array.from({ length: step.count - 1 }, (_, i): RecordStep => {
      const given = step.value(i + 1);
      if (!isList(given) || given.items.length === 0) throw new ReplayError('A step on pictures was not followed.');
      return [String(given.items[0]), ...given.items.slice(1).map(plain)];
    });
    const store = step.store;
    const changes = steps.flatMap(([name, what]) => (name === 'chance' ? [String(what)] : []));
    if (changes.length > 0)
      store.note(
        `The script changes its training pictures by chance (${[...new Set(changes)].join(', ')}); they are audited as they are without that.`,
      );
    const cache = store.records(JSON.stringify(steps));
    const [first] = names;
    if (first === undefined) throw new ReplayError('There are no records of a file each.');
    const wanted = (some: readonly string[]): Wanted =>
      new Wanted(() => store.reach(access => load(some, steps, cache, access, store.limits)));
    const known = cache.get(first) ?? cache.values().next().value;
    if (!known) throw wanted([first]);
    const size = known.data.length;
    const data = new Lazy(() => {
      if (names.some(name => !cache.has(name))) throw wanted(names);
      const out = new Float32Array(names.length * size);
      names.forEach((name, i) => {
        out.set(cache.get(name)!.data, i * size);
      });
      return out;
    });
    return arrayValue(data, [names.length, ...known.shape], paths.rows);
  },
};
