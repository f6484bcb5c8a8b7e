/** The commands that read data and checkpoints, in a bundle of their own: a check never loads it. */
export const inspect = () => import('./inspect');
export const score = () => import('./score');
export const audit = () => import('./audit');
