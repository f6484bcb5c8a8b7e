export * from './audits';
export * from './budgets';
export * from './settings';
export * from './status';
