export type { Project, ProjectModule, RunOptions } from './machine';
export { runModule } from './run';
export { type Declarations, noDeclarations } from './sources';
