import type { CallModel } from './schema';

/** A call that only keeps what it is given, for a later one that is given its result. */
export const remembered = (...names: readonly string[]): CallModel => ({
  flow: 'none',
  links: names.map(name => ({ of: 'result', name, value: name })),
});
