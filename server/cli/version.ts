import { version as ours } from '../../package.json';

/** The version of this package, as bundled. */
export const version = (): string => ours;
