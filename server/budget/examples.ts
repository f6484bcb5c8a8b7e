import type { Event, LoadEvent, MarkEvent, SplitEvent } from '../facts/events';
import type { FileFactsLookup } from '../facts/file-facts';
import type { Evidence } from '../facts/values';
import { trainingRows } from '../models/data-set-sizes';
import type { StatedParameter } from './statement';

/** How many rows a loader walks in an epoch, from a known data set or a counted file and the splits on the way. */
export function examplesOf(rows: Evidence, events: readonly Event[], files: FileFactsLookup): StatedParameter | null {
  const source = rows.sources.length === 1 ? rows.sources[0]! : null;
  if (!source) return null;
  const load = events.find((event): event is LoadEvent => event.kind === 'load' && event.source.id === source.id);
  // The test part has another size, and is not what anybody trains on.
  // Of a part of it the size is noted where the part is made, or not known.
  const part = rows.types.includes('torch.utils.data.Subset');
  const known = load && !part && load.arguments.train?.constant?.value !== false ? trainingRows(load.api) : null;
  if (known !== null)
    return {
      value: known,
      origin: `training rows of ${load!.api.split('.').at(-1)}`,
      overridable: false,
      span: null,
      place: { path: load!.path ?? null, span: load!.span },
    };
  if (source.name === null) return null;
  const file = files(source.name);
  const counted = file?.data;
  if (!counted) return null;
  // Other readers of a folder may take some of its pictures only.
  if (file.classes && load?.api !== 'torchvision.datasets.ImageFolder') return null;
  const splits = events.filter(
    (event): event is SplitEvent => event.kind === 'split' && event.input.sources.some(each => each.id === source.id),
  );
  let count = counted.rows;
  let exact = true;
  for (const split of splits) {
    const left = trainingSide(split, events, count);
    if (left === null) return null;
    count = left;
    // A split of persons leaves about that share of the rows: how many is known only when the split is replayed.
    if (split.unit !== 'row') exact = false;
  }
  const share =
    splits.length === 0
      ? ''
      : exact
        ? ', training side of the split'
        : ', about, training side of the split by persons';
  return {
    value: count,
    origin: `${file.classes ? 'pictures' : 'rows'} of ${source.name}${share}`,
    overridable: false,
    span: null,
    ...(load && { place: { path: load.path ?? null, span: load.span } }),
  };
}

/**
 * scikit-learn's rule: the test side has ⌈n·test_size⌉ rows (or that many); where nothing is said, 25 % by `train_test_split`, 20 % of
 * the persons and 10 % of the rows by the splitters. null for folds and for sizes that do not resolve.
 */
function trainingSide(split: SplitEvent, events: readonly Event[], rows: number): number | null {
  const sizes = sizesOf(split, events);
  if (!sizes) return null;
  const test = numberOf(sizes.arguments.test_size);
  const train = numberOf(sizes.arguments.train_size);
  if (test === 'unknown' || train === 'unknown') return null;
  if (train !== null) return train < 1 ? Math.floor(rows * train) : train;
  const held = test ?? sizes.otherwise;
  return rows - (held < 1 ? Math.ceil(rows * held) : held);
}

/** Where the sizes of a split stand: in its own call, or in the one splitter of its class that was made before. */
function sizesOf(
  split: SplitEvent,
  events: readonly Event[],
): { readonly arguments: Readonly<Record<string, Evidence>>; readonly otherwise: number } | null {
  if (split.api === 'sklearn.model_selection.train_test_split') return { arguments: split.arguments, otherwise: 0.25 };
  const made = events.filter(
    event =>
      event.kind === 'mark' && event.mark === 'splitter' && event.id < split.id && split.api === `${event.api}.split`,
  );
  const only = made.length === 1 ? made[0]! : null;
  return only && { arguments: only.arguments, otherwise: only.api.includes('Group') ? 0.2 : 0.1 };
}

function numberOf(evidence: Evidence | undefined): number | null | 'unknown' {
  if (!evidence) return null;
  const value = evidence.constant?.value;
  return value === null ? null : typeof value === 'number' ? value : 'unknown';
}

/** The construction of a loader: a library model marks it with its result, so that a private call's loader is found by identity. */
export function loaderOf(loader: Evidence | null, events: readonly Event[]): MarkEvent | null {
  if (!loader) return null;
  const made = events.filter((event): event is MarkEvent => event.kind === 'mark' && event.mark === 'loader');
  return made.find(mark => mark.values.some(value => value.objects.some(id => loader.objects.includes(id)))) ?? null;
}
