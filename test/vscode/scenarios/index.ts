import type { Scenario } from '../scenario';
import { checkpoints } from './checkpoints';
import { configuration } from './configuration';
import { everyday } from './everyday';
import { example } from './example';
import { explorer } from './explorer';
import { exposed } from './exposed';
import { fixes } from './fixes';
import { languages } from './languages';
import { missingPiece } from './missing-piece';
import { models } from './models';
import { restricted } from './restricted';

export const scenarios: readonly Scenario[] = [
  example,
  explorer,
  missingPiece,
  models,
  exposed,
  checkpoints,
  languages,
  everyday,
  configuration,
  fixes,
  restricted,
];
