import type { Scenario } from '../scenario';
import { checkpoints } from './checkpoints';
import { configuration } from './configuration';
import { example } from './example';
import { fixes } from './fixes';
import { languages } from './languages';
import { missingPiece } from './missing-piece';
import { restricted } from './restricted';

export const scenarios: readonly Scenario[] = [
  example,
  missingPiece,
  checkpoints,
  languages,
  configuration,
  fixes,
  restricted,
];
