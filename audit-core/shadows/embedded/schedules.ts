/** Steps in units that a script can name: a number, and multiples of the batches of an epoch (`len(loader)`). */
export interface Length {
  readonly steps: number;
  readonly epochs: number;
}

export const fixed = (steps: number): Length => ({ steps, epochs: 0 });

/**
 * How the learning rate goes over a training, by what both libraries call it. `every`: the unit that it counts in. Rates are absolute, so that a
 * schedule stands in for the optimizer's own rate.
 */
export type Schedule = { readonly every: 'step' | 'epoch' } & Shape;

export type Shape =
  | { readonly kind: 'step'; readonly size: Length; readonly gamma: number }
  | { readonly kind: 'milestones'; readonly at: readonly number[]; readonly gamma: number }
  | { readonly kind: 'exponential'; readonly gamma: number }
  | { readonly kind: 'linear'; readonly from: number; readonly to: number; readonly over: Length }
  | { readonly kind: 'constant'; readonly factor: number; readonly over: Length }
  | { readonly kind: 'polynomial'; readonly over: Length; readonly power: number; readonly end: number }
  | { readonly kind: 'cosine'; readonly over: Length; readonly least: number }
  | { readonly kind: 'restarts'; readonly first: Length; readonly times: number; readonly least: number }
  | {
      readonly kind: 'one-cycle';
      readonly most: number;
      readonly total: Length;
      readonly rise: number;
      readonly cosine: boolean;
      readonly divide: number;
      readonly divideLast: number;
      readonly threePhase: boolean;
      /** Lowest and highest momentum (β₁ of Adam); null: it stays. */
      readonly momentum: readonly [number, number] | null;
    }
  /** Warm-up from 0, then down to 0 in a line or half a cosine (transformers' `get_…_schedule_with_warmup`). */
  | { readonly kind: 'warm-up'; readonly warm: Length; readonly total: Length; readonly cosine: boolean }
  /** keras.optimizers.schedules, by their documented formulae. */
  | { readonly kind: 'keras-exponential'; readonly over: number; readonly rate: number; readonly staircase: boolean }
  | { readonly kind: 'keras-inverse'; readonly over: number; readonly rate: number; readonly staircase: boolean }
  | { readonly kind: 'keras-cosine'; readonly over: number; readonly least: number; readonly warm: Warm | null }
  | { readonly kind: 'keras-pieces'; readonly until: readonly number[]; readonly values: readonly number[] };

export interface Warm {
  readonly target: number;
  readonly steps: number;
}

/** Learning rate and momentum at a step; `momentum` null: the optimizer's own. */
export interface Rates {
  readonly rate: number;
  readonly momentum: number | null;
}

/**
 * The rates of a step that counts from 0 over the whole training, with so many batches an epoch (torch.optim.lr_scheduler 2.x, closed
 * forms; keras.optimizers.schedules 3.x).
 */
export function ratesAt(schedule: Schedule | null, base: number, step: number, batches: number): Rates {
  if (!schedule) return { rate: base, momentum: null };
  const t = schedule.every === 'step' ? step : Math.floor(step / batches);
  const unit = schedule.every === 'step' ? batches : 1;
  const of = ({ steps, epochs }: Length): number => steps + epochs * unit;
  if (schedule.kind === 'one-cycle') return oneCycle(schedule, t, of(schedule.total));
  return { rate: rateOf(schedule, base, t, of), momentum: null };
}

type Plain = Exclude<Shape, { kind: 'one-cycle' }>;

function rateOf(shape: Plain, base: number, t: number, of: (length: Length) => number): number {
  switch (shape.kind) {
    case 'step':
      return base * shape.gamma ** Math.floor(t / Math.max(1, of(shape.size)));
    case 'milestones':
      return base * shape.gamma ** shape.at.filter(each => each <= t).length;
    case 'exponential':
      return base * shape.gamma ** t;
    case 'linear': {
      const done = Math.min(1, t / Math.max(1, of(shape.over)));
      return base * (shape.from + (shape.to - shape.from) * done);
    }
    case 'constant':
      return t < of(shape.over) ? base * shape.factor : base;
    case 'polynomial': {
      const left = 1 - Math.min(t, of(shape.over)) / Math.max(1, of(shape.over));
      return shape.end + (base - shape.end) * left ** shape.power;
    }
    case 'cosine':
      return shape.least + ((base - shape.least) * (1 + Math.cos((Math.PI * t) / Math.max(1, of(shape.over))))) / 2;
    case 'restarts': {
      let [at, length] = [t, Math.max(1, of(shape.first))];
      while (at >= length) {
        at -= length;
        length *= shape.times;
      }
      return shape.least + ((base - shape.least) * (1 + Math.cos((Math.PI * at) / length))) / 2;
    }
    case 'warm-up': {
      const [warm, total] = [of(shape.warm), of(shape.total)];
      if (t < warm) return (base * t) / Math.max(1, warm);
      const done = (t - warm) / Math.max(1, total - warm);
      return base * Math.max(0, shape.cosine ? (1 + Math.cos(Math.PI * done)) / 2 : 1 - done);
    }
    case 'keras-exponential':
      return base * shape.rate ** stairs(t / shape.over, shape.staircase);
    case 'keras-inverse':
      return base / (1 + shape.rate * stairs(t / shape.over, shape.staircase));
    case 'keras-cosine': {
      const warm = shape.warm?.steps ?? 0;
      if (shape.warm && t < warm) return base + ((shape.warm.target - base) * t) / warm;
      const top = shape.warm?.target ?? base;
      const done = Math.min(1, (t - warm) / shape.over);
      return top * ((1 - shape.least) * 0.5 * (1 + Math.cos(Math.PI * done)) + shape.least);
    }
    case 'keras-pieces':
      return shape.values[shape.until.filter(each => t > each).length] ?? base;
  }
}

const stairs = (share: number, staircase: boolean): number => (staircase ? Math.floor(share) : share);

/** Smith & Topin 2019, as torch.optim.lr_scheduler.OneCycleLR computes it. */
function oneCycle(shape: Extract<Shape, { kind: 'one-cycle' }>, t: number, total: number): Rates {
  const { most, rise, divide, divideLast, momentum } = shape;
  const [low, high] = momentum ?? [0, 0];
  const start = most / divide;
  const end = start / divideLast;
  const top = rise * total - 1;
  const phases = shape.threePhase
    ? [
        { until: top, rate: [start, most], momentum: [high, low] },
        { until: 2 * rise * total - 2, rate: [most, start], momentum: [low, high] },
        { until: total - 1, rate: [start, end], momentum: [high, high] },
      ]
    : [
        { until: top, rate: [start, most], momentum: [high, low] },
        { until: total - 1, rate: [most, end], momentum: [low, high] },
      ];
  let from = 0;
  for (const [place, phase] of phases.entries()) {
    if (t <= phase.until || place === phases.length - 1) {
      const done = Math.min(1, (t - from) / (phase.until - from));
      const between = ([a = 0, b = 0]: number[]): number =>
        shape.cosine ? b + ((a - b) / 2) * (1 + Math.cos(Math.PI * done)) : a + (b - a) * done;
      return { rate: between(phase.rate), momentum: momentum ? between(phase.momentum) : null };
    }
    from = phase.until;
  }
  return { rate: end, momentum: null };
}
