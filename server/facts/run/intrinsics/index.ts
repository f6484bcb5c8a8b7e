import { parsers } from './argparse';
import { arithmetic } from './arithmetic';
import { byUse } from './by-use';
import { commandLine } from './command-line';
import { configuration } from './configuration';
import { containers } from './containers';
import { files } from './files';
import { hydra } from './hydra';
import { objects } from './objects';
import { settings } from './omegaconf';
import { sessions } from './sessions';
import { strings } from './strings';
import type { Intrinsic } from './support';

/** By qualified name; `*.name` is a method of whatever class. */
export const intrinsics: ReadonlyMap<string, Intrinsic> = new Map<string, Intrinsic>([
  ...containers,
  ...arithmetic,
  ...parsers,
  ...commandLine,
  ...configuration,
  ...settings,
  ...hydra,
  ...files,
  ...objects,
  ...byUse,
  ...sessions,
  ...strings,
]);
