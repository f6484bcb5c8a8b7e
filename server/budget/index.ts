export { budgetStatements } from './budget';
export { figureOf } from './figure';
export { statementJson } from './json';
export type { BudgetStatement, Sampling, StatedParameter } from './statement';
export { markdownOf, shown, titleOf } from './words';
