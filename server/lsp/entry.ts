import { startProcess } from './start';

/** The program that the VS Code extension starts; `epsilint server --stdio` is the same for other editors. */
startProcess();
