/** What reference models say about each record: `[models, rows]`, references only, the audited target left out. */
export interface References {
  readonly models: number;
  readonly rows: number;
  /** Logit-scaled confidence φ. */
  readonly confidence: Float64Array;
  /** Probability of the label. */
  readonly probability: Float64Array;
  /** 1 where the reference was trained on the record. */
  readonly members: Uint8Array;
}

/** Moments of φ over the references that saw a record (IN) and those that did not (OUT); population form (ddof 0). */
export interface Moments {
  readonly inCount: Int32Array;
  readonly outCount: Int32Array;
  readonly meanIn: Float64Array;
  readonly meanOut: Float64Array;
  readonly varIn: Float64Array;
  readonly varOut: Float64Array;
  /** σ pooled over all residuals φ − mean, of IN and of OUT pairs. */
  readonly pooledIn: number;
  readonly pooledOut: number;
  /** Mean probability of the label, over IN and over OUT. */
  readonly probabilityIn: Float64Array;
  readonly probabilityOut: Float64Array;
}

/** One pass for the means, one for the residuals; both read the matrix in its own order. */
export function momentsOf(references: References): Moments {
  const { models, rows, confidence, probability, members } = references;
  const make = (): Float64Array => new Float64Array(rows);
  const inCount = new Int32Array(rows);
  const [meanIn, meanOut, varIn, varOut, probabilityIn, probabilityOut] = [
    make(),
    make(),
    make(),
    make(),
    make(),
    make(),
  ];
  for (let model = 0; model < models; model++)
    for (let row = 0, at = model * rows; row < rows; row++, at++)
      if (members[at]) {
        inCount[row]!++;
        meanIn[row]! += confidence[at]!;
        probabilityIn[row]! += probability[at]!;
      } else {
        meanOut[row]! += confidence[at]!;
        probabilityOut[row]! += probability[at]!;
      }
  const outCount = inCount.map(count => models - count);
  for (let row = 0; row < rows; row++) {
    meanIn[row]! /= inCount[row]!;
    probabilityIn[row]! /= inCount[row]!;
    meanOut[row]! /= outCount[row]!;
    probabilityOut[row]! /= outCount[row]!;
  }
  for (let model = 0; model < models; model++)
    for (let row = 0, at = model * rows; row < rows; row++, at++)
      if (members[at]) varIn[row]! += (confidence[at]! - meanIn[row]!) ** 2;
      else varOut[row]! += (confidence[at]! - meanOut[row]!) ** 2;
  const pooled = (sums: Float64Array, counts: Int32Array): number =>
    Math.sqrt(sums.reduce((sum, each) => sum + each, 0) / counts.reduce((sum, each) => sum + each, 0));
  const pooledIn = pooled(varIn, inCount);
  const pooledOut = pooled(varOut, outCount);
  for (let row = 0; row < rows; row++) {
    varIn[row]! /= inCount[row]!;
    varOut[row]! /= outCount[row]!;
  }
  return { inCount, outCount, meanIn, meanOut, varIn, varOut, pooledIn, pooledOut, probabilityIn, probabilityOut };
}

/** Smallest standard deviation, so that a constant score never divides by 0. */
const floor = 1e-12;

const logNormal = (value: number, mean: number, deviation: number): number =>
  -0.5 * ((value - mean) / deviation) ** 2 - Math.log(deviation);

/** Online LiRA with a variance per record: log N(φ; μ_in, σ_in²) − log N(φ; μ_out, σ_out²) (arXiv 2112.03570). */
export const liraOnline = (target: Float64Array, m: Moments): Float64Array =>
  target.map(
    (phi, row) =>
      logNormal(phi, m.meanIn[row]!, Math.sqrt(m.varIn[row]!) + floor) -
      logNormal(phi, m.meanOut[row]!, Math.sqrt(m.varOut[row]!) + floor),
  );

/** Online LiRA with σ pooled over residuals: the better one below 64 references. */
export const liraOnlinePooled = (target: Float64Array, m: Moments): Float64Array =>
  target.map(
    (phi, row) =>
      logNormal(phi, m.meanIn[row]!, m.pooledIn + floor) - logNormal(phi, m.meanOut[row]!, m.pooledOut + floor),
  );

/** Offline LiRA, one-sided, σ pooled: (φ − μ_out)/σ_out, monotone in Φ(·) (arXiv 2112.03570 Eq. 4). */
export const liraOffline = (target: Float64Array, m: Moments): Float64Array =>
  target.map((phi, row) => (phi - m.meanOut[row]!) / (m.pooledOut + floor));

/** Difficulty calibration: φ − mean of φ over OUT references (Watson et al., arXiv 2111.08440). */
export const difference = (target: Float64Array, m: Moments): Float64Array =>
  target.map((phi, row) => phi - m.meanOut[row]!);

/** RMIA, offline, log ratio: ln p(x|θ)/P(x) with P(x) = ½((1+a)·P_OUT + (1−a)) (arXiv 2312.03262); `a` is fixed, never tuned. */
export const rmiaOffline = (target: Float64Array, m: Moments, a = 0.3): Float64Array =>
  target.map((logP, row) => logP - Math.log(0.5 * ((1 + a) * m.probabilityOut[row]! + (1 - a))));

/** RMIA, online, log ratio: P(x) = ½(P_IN + P_OUT). */
export const rmiaOnline = (target: Float64Array, m: Moments): Float64Array =>
  target.map((logP, row) => logP - Math.log(0.5 * (m.probabilityIn[row]! + m.probabilityOut[row]!)));

/** The share of population records z with ratio(x)/ratio(z) > γ: RMIA as published, from log ratios; ties show here. */
export function rmiaShare(logRatio: Float64Array, population: Uint8Array, gamma = 1): Float64Array {
  const others = Float64Array.from(logRatio.filter((_, row) => population[row] === 1)).sort();
  const bar = Math.log(gamma);
  return logRatio.map(value => {
    let low = 0;
    let high = others.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (value - others[middle]! > bar) low = middle + 1;
      else high = middle;
    }
    return low / others.length;
  });
}
