export { type Answer, account, type DpSgd, dpSgdEpsilon, opacusRdpEpsilon, type Question } from './accountant';
export { calibrate } from './calibrate';
export { type DpEvent, EventError, parseEvent, partsOf } from './events';
export { gaussianDelta, gaussianEpsilon } from './gaussian';
