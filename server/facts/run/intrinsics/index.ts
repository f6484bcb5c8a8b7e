import { arithmetic } from './arithmetic';
import { byUse } from './by-use';
import { commandLine } from './command-line';
import { configuration } from './configuration';
import { containers } from './containers';
import { files } from './files';
import { objects } from './objects';
import { strings } from './strings';
import type { Intrinsic } from './support';

/** By qualified name; `*.name` is a method of whatever class. */
export const intrinsics: ReadonlyMap<string, Intrinsic> = new Map<string, Intrinsic>([
  ...containers,
  ...arithmetic,
  ...commandLine,
  ...configuration,
  ...files,
  ...objects,
  ...byUse,
  ...strings,
]);
