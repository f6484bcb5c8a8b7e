export { type Accountants, type Ask, atOnce, type Calibration, type Solve, solvedAtOnce } from './answers';
export { budgetStatements } from './budget';
export { figureOf } from './figure';
export { statementJson } from './json';
export { shown, wordOf, written } from './names';
export { type Attack, attackOf, epochCurve, headlineOf } from './readings';
export type { BudgetStatement, CurvePoint, Sampling, StatedParameter, UnknownParameter } from './statement';
export { markdownOf, titleOf } from './words';
