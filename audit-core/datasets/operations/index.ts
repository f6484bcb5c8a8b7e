import type { Drawable } from '../draws';
import type { Grid } from '../grid';
import type { Operation, Term } from '../recipe';
import type { DataStore } from '../store';
import type { Value } from '../values';
import { arithmetic } from './arithmetic';
import { arrays } from './arrays';
import { bins } from './bins';
import { columnSteps } from './columns';
import { encoders } from './encoders';
import { files } from './files';
import { images } from './images';
import { joins } from './joins';
import { layout } from './layout';
import { patterns } from './patterns';
import { random } from './random';
import { selectionSteps } from './selections';
import { texts } from './texts';
import { types } from './types';

/** One operation being evaluated: its arguments as values, and the data files. */
export interface Step {
  readonly term: Operation;
  readonly store: DataStore;
  /** The transformation is made over all rows. */
  readonly everywhere: boolean;
  readonly count: number;
  of(term: Term): Value;
  has(i: number): boolean;
  value(i: number): Value;
  grid(i: number): Grid;
  text(i: number): string;
  number(i: number): number;
  named(name: string): Value | undefined;
  /** The generator's state after the draw at argument i; null when that is no draw. */
  before(i: number): Drawable | null;
  /** Whether a record is a member as declared; null where nothing is declared. */
  readonly member: ((record: number) => boolean) | null;
  remember(state: Drawable): void;
}

export type Operations = Readonly<Record<string, (step: Step) => Value>>;

/** What each operation of a recipe does, by name; one file per family. */
export const operations: ReadonlyMap<string, (step: Step) => Value> = new Map(
  [
    selectionSteps,
    columnSteps,
    arithmetic,
    arrays,
    bins,
    encoders,
    joins,
    layout,
    patterns,
    texts,
    types,
    files,
    images,
    random,
  ].flatMap(family => Object.entries(family)),
);
