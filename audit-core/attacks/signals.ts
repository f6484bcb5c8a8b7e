/** Per-record signals of one model, float64 from the model's own logits; higher = more member-like. */
export interface Signals {
  /** φ = z_y − logsumexp over the other classes: the logit-scaled confidence (Carlini et al., arXiv 2112.03570 §VI). */
  readonly confidence: Float64Array;
  /** log softmax(z)_y = −cross-entropy (Yeom et al., arXiv 1709.01604). */
  readonly loss: Float64Array;
  /** −M of Song & Mittal (arXiv 2003.10595, Eq. 8). */
  readonly modifiedEntropy: Float64Array;
  /** z_y − the largest other logit. */
  readonly hinge: Float64Array;
  /** 1 where the label has the largest logit (the first of equal ones), else 0. */
  readonly gap: Float64Array;
}

/** Signals from `logits [rows, classes]` starting at element `offset`, and one class index per row. */
export function signalsOf(
  logits: Float32Array | Float64Array,
  labels: Int32Array,
  classes: number,
  offset = 0,
): Signals {
  const rows = labels.length;
  const confidence = new Float64Array(rows);
  const loss = new Float64Array(rows);
  const modifiedEntropy = new Float64Array(rows);
  const hinge = new Float64Array(rows);
  const gap = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    const start = offset + row * classes;
    const label = labels[row]!;
    const own = logits[start + label]!;
    let top = 0;
    let rival = Number.NEGATIVE_INFINITY;
    for (let each = 0; each < classes; each++) {
      const logit = logits[start + each]!;
      if (logit > logits[start + top]!) top = each;
      if (each !== label && logit > rival) rival = logit;
    }
    const largest = logits[start + top]!;
    const others = logSumExpExcept(logits, start, classes, label, rival);
    const all = logSumExpExcept(logits, start, classes, -1, largest);
    const logOwn = own >= others ? -Math.log1p(Math.exp(others - own)) : own - all;
    confidence[row] = own - others;
    loss[row] = logOwn;
    hinge[row] = own - rival;
    gap[row] = top === label ? 1 : 0;
    // log(1 − p_i) of the largest class by logsumexp over the rest, since 1 − p_i cancels there; log1p elsewhere.
    let entropy = -Math.exp(others - all) * logOwn;
    for (let each = 0; each < classes; each++) {
      if (each === label) continue;
      const logP = logits[start + each]! - all;
      const p = Math.exp(logP);
      if (p === 0) continue;
      const logRest = each === top ? restOf(logits, start, classes, each) - all : Math.log1p(-p);
      entropy -= p * logRest;
    }
    modifiedEntropy[row] = -entropy;
  }
  return { confidence, loss, modifiedEntropy, hinge, gap };
}

/** Confidence from a cross-entropy ℓ = −log p: φ = log p − log(1 − p), exact for small ℓ through expm1. */
export function confidenceOfLoss(loss: number): number {
  const bounded = Math.max(loss, 1e-300);
  return -bounded - Math.log(-Math.expm1(-bounded));
}

/** Log-odds per label of a multi-label head, summed: Σ (2y − 1)·s over labels of the sigmoid's own confidence. */
export function multiLabelConfidence(
  logits: Float32Array | Float64Array,
  targets: Float64Array,
  labels: number,
): Float64Array {
  const rows = targets.length / labels;
  const out = new Float64Array(rows);
  for (let row = 0; row < rows; row++)
    for (let label = 0; label < labels; label++)
      out[row]! += (2 * targets[row * labels + label]! - 1) * logits[row * labels + label]!;
  return out;
}

/** −Σ over labels of the binary cross-entropy, from logits. */
export function multiLabelLoss(
  logits: Float32Array | Float64Array,
  targets: Float64Array,
  labels: number,
): Float64Array {
  const rows = targets.length / labels;
  const out = new Float64Array(rows);
  for (let row = 0; row < rows; row++)
    for (let label = 0; label < labels; label++) {
      const signed = (2 * targets[row * labels + label]! - 1) * logits[row * labels + label]!;
      out[row]! -= signed > 0 ? Math.log1p(Math.exp(-signed)) : Math.log1p(Math.exp(signed)) - signed;
    }
  return out;
}

/** −squared error of a regression, summed over outputs. */
export function squaredErrorScore(
  outputs: Float32Array | Float64Array,
  targets: Float64Array,
  width: number,
): Float64Array {
  const rows = targets.length / width;
  const out = new Float64Array(rows);
  for (let at = 0; at < targets.length; at++) out[Math.floor(at / width)]! -= (outputs[at]! - targets[at]!) ** 2;
  return out;
}

function restOf(logits: Float32Array | Float64Array, start: number, classes: number, skip: number): number {
  let largest = Number.NEGATIVE_INFINITY;
  for (let each = 0; each < classes; each++)
    if (each !== skip && logits[start + each]! > largest) largest = logits[start + each]!;
  return logSumExpExcept(logits, start, classes, skip, largest);
}

function logSumExpExcept(
  logits: Float32Array | Float64Array,
  start: number,
  classes: number,
  skip: number,
  largest: number,
): number {
  if (largest === Number.NEGATIVE_INFINITY) return largest;
  let sum = 0;
  for (let each = 0; each < classes; each++) if (each !== skip) sum += Math.exp(logits[start + each]! - largest);
  return largest + Math.log(sum);
}
