import { parsers } from './argparse';
import { arithmetic } from './arithmetic';
import { byUse } from './by-use';
import { commandLine } from './command-line';
import { configuration } from './configuration';
import { containers } from './containers';
import { files } from './files';
import { hydra } from './hydra';
import { javascript } from './javascript';
import { objects } from './objects';
import { settings } from './omegaconf';
import { ranges } from './ranges';
import { sessions } from './sessions';
import { strings } from './strings';
import type { Intrinsic } from './support';

/** By qualified name; `*.name` is a method of whatever class. */
export const intrinsics: ReadonlyMap<string, Intrinsic> = new Map<string, Intrinsic>([
  ...containers,
  ...arithmetic,
  ...ranges,
  ...parsers,
  ...commandLine,
  ...configuration,
  ...settings,
  ...hydra,
  ...files,
  ...objects,
  ...byUse,
  ...sessions,
  ...javascript,
  ...strings,
]);

/** Those under a prefix, by the name behind it: methods are looked up at every call. */
const under = (prefix: string): ReadonlyMap<string, Intrinsic> =>
  new Map(
    [...intrinsics].flatMap(([name, intrinsic]) =>
      name.startsWith(prefix) ? [[name.slice(prefix.length), intrinsic] as const] : [],
    ),
  );

export const textMethods = under('builtins.str.');
export const anyMethods = under('*.');
