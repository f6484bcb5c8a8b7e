import { startProcess } from './start';

export { startProcess };

/** The program that the VS Code extension starts; `epsilint server --stdio` is the same for other editors. */
if (require.main === module) startProcess();
