import type { Scenario } from '../scenario';
import { checkpoints } from './checkpoints';
import { configuration } from './configuration';
import { example } from './example';
import { explorer } from './explorer';
import { fixes } from './fixes';
import { languages } from './languages';
import { missingPiece } from './missing-piece';
import { restricted } from './restricted';

export const scenarios: readonly Scenario[] = [
  example,
  explorer,
  missingPiece,
  checkpoints,
  languages,
  configuration,
  fixes,
  restricted,
];
