import { dirname } from 'node:path';
import { Configurations } from './configuration/find';
import type { ReadingLimits } from './configuration/limits';
import { nodeHost } from './host';

/** What reading a file may take: the limits of the configuration that holds for its folder (`[tool.epsilint.limits]`). */
export const readingLimitsOf = (path: string): ReadingLimits =>
  new Configurations(nodeHost()).forFolder(dirname(path)).configuration.reading;
