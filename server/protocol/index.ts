export * from './audits';
export * from './budgets';
export * from './checkpoints';
export * from './settings';
export * from './status';
