export type { CommandLine, Project, ProjectModule, RunOptions } from './run/machine';
export { runModule } from './run/run';
export { type Declarations, noDeclarations } from './run/sources';
export { summaryHash } from './summary';
export { mentions } from './text-search';
