export {
  type AccountantName,
  type Answer,
  account,
  type DpSgd,
  dpSgdEpsilon,
  opacusRdpEpsilon,
  type Question,
} from './accountant';
export { deterministicBatchesEpsilon, maxAuc, maxTprAtFpr } from './attack';
export { calibrate } from './calibrate';
export { type DpEvent, EventError, parseEvent, RELATIONS, type Relation } from './events';
export { gaussianDelta, gaussianEpsilon } from './gaussian';
