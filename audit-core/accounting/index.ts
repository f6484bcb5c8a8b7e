export {
  ACCOUNTANTS,
  type AccountantName,
  type Answer,
  account,
  type DpSgd,
  dpSgdEpsilon,
  dpSgdEvent,
  type Question,
} from './accountant';
export { deterministicBatchesEpsilon, gaussianBound, maxAuc, maxTprAtFpr } from './attack';
export { calibrate } from './calibrate';
export { type DpEvent, EventError, parseEvent, RELATIONS, type Relation } from './events';
export { gaussianDelta, gaussianEpsilon } from './gaussian';
export { gdpEpsilon, gdpMu, uniformGdpMu } from './gdp';
export {
  type OpacusAccountant,
  opacusEpsilon,
  opacusGdpEpsilon,
  opacusPrvEpsilon,
  opacusRdpEpsilon,
  tfPrivacyEpsilon,
} from './libraries';
export { bucketEpsilons, type EpsilonBracket, prvBracket } from './pld/brackets';
export { directionsOf } from './pld/mechanisms';
export type { Conversion } from './rdp';
export { shuffleLowerDelta, shuffleLowerEpsilon } from './shuffle';
export {
  type Counting,
  type LoaderRun,
  loaderEvent,
  solveBatchSize,
  solveDelta,
  solveEpochs,
  solveNoise,
  solveSampleRate,
  solveSteps,
} from './solve';
export { type AttackReading, attackReading, type TradeOffPoint, tprAt } from './trade-off';
export { type WhatIfAxis, type WhatIfRun, whatIf } from './what-if';
