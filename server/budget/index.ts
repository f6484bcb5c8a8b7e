export { budgetStatements } from './budget';
export type { BudgetStatement, Sampling, StatedParameter } from './statement';
export { markdownOf, shown, titleOf } from './words';
