/** What is watched at the end of an epoch. */
export type Monitor = 'loss' | 'accuracy' | 'val_loss' | 'val_accuracy';

/** keras.callbacks.EarlyStopping. */
export interface EarlyStopping {
  readonly monitor: Monitor;
  readonly patience: number;
  readonly minDelta: number;
  readonly baseline: number | null;
  readonly restoreBest: boolean;
  readonly startFrom: number;
}

/** keras.callbacks.ReduceLROnPlateau. */
export interface Plateau {
  readonly monitor: Monitor;
  readonly factor: number;
  readonly patience: number;
  readonly minDelta: number;
  readonly cooldown: number;
  readonly least: number;
}

export type Measured = Readonly<Partial<Record<Monitor, number>>>;

const better = (monitor: Monitor, value: number, than: number, by: number): boolean =>
  monitor.endsWith('loss') ? value < than - by : value > than + by;
const worst = (monitor: Monitor): number =>
  monitor.endsWith('loss') ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;

/** Asked once an epoch: should the weights be kept as the best so far, should the training end? */
export function earlyStop(
  given: EarlyStopping,
): (epoch: number, measured: Measured) => { keep: boolean; stop: boolean } {
  const { monitor, minDelta, patience, baseline } = given;
  let best = worst(monitor);
  let waited = 0;
  let kept = false;
  return (epoch, measured) => {
    const value = measured[monitor];
    if (epoch < given.startFrom || value === undefined) return { keep: false, stop: false };
    let keep = !kept;
    kept = true;
    waited++;
    if (better(monitor, value, best, minDelta)) {
      best = value;
      keep = true;
      if (baseline === null || better(monitor, value, baseline, minDelta)) waited = 0;
      return { keep, stop: false };
    }
    return { keep, stop: waited >= patience && epoch > 0 };
  };
}

/** Asked once an epoch: the learning rate of the next. */
export function plateau(given: Plateau): (rate: number, measured: Measured) => number {
  const { monitor, minDelta } = given;
  let best = worst(monitor);
  let waited = 0;
  let cooling = 0;
  return (rate, measured) => {
    const value = measured[monitor];
    if (value === undefined) return rate;
    if (cooling > 0) {
      cooling--;
      waited = 0;
    }
    if (better(monitor, value, best, minDelta)) {
      best = value;
      waited = 0;
    } else if (cooling === 0) {
      waited++;
      if (waited >= given.patience && rate > given.least) {
        cooling = given.cooldown;
        waited = 0;
        return Math.max(rate * given.factor, given.least);
      }
    }
    return rate;
  };
}
