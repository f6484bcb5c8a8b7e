/** On a machine that has other things to do, a limit of work lasts at most so many times as long. */
const PATIENCE = 8;
/** How often the meter is read (ms). */
const INTERVAL = 100;

/** CPU time that this process has used (ms). */
const processTime = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

/**
 * A limit on work, not on waiting: `over` resolves once `limit` ms of CPU time were used (by the process, unless told how to measure) and so much time has passed, or after
 * eight times as long, whatever was used. A limit of time alone gives up what only waits for its turn on a busy machine.
 */
export function workLimit(limit: number, used: () => number = processTime): { over: Promise<null>; end(): void } {
  const begun = performance.now();
  const before = used();
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<null>(resolve => {
    const look = (): void => {
      const passed = performance.now() - begun;
      const spent = Math.min(passed, used() - before);
      if (spent >= limit || passed >= PATIENCE * limit) {
        resolve(null);
        return;
      }
      // No sooner than the limit can be reached, and at the latest when patience ends.
      const wait = Math.min(Math.max(limit - passed, INTERVAL), PATIENCE * limit - passed);
      timer = setTimeout(look, wait);
    };
    look();
  });
  return { over, end: () => clearTimeout(timer) };
}
