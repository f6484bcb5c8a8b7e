/** The commands that read code and numbers, in a bundle of their own: neither `server` nor `--version` loads it. */
export const check = () => import('./check');
export const budget = () => import('./budget');
export const account = () => import('./account');
export const rules = () => import('./rules');
