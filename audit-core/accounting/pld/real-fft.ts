import { borrowUsed } from './scratch';

/**
 * Discrete Fourier transforms of real arrays whose length is a power of two, with the spectrum left in bit-reversed order: what is
 * done to a spectrum here is done point by point, so no reordering is ever needed. Two stages are fused into one pass (radix 4).
 *
 * With v(i) the van der Corput sequence (the bits of i mirrored behind the point) block i of every stage uses e^(−πi·v(i)), and so
 * does position i of the step from packed to real: one table serves all sizes.
 */
let cosines = new Float64Array([1]);
let sines = new Float64Array([0]);

function tables(size: number): void {
  if (cosines.length >= size) return;
  const [c, s] = [new Float64Array(size), new Float64Array(size)];
  c[0] = 1;
  for (let m = 1; m < size; m *= 2) {
    const [stepRe, stepIm] = [Math.cos(Math.PI / (2 * m)), -Math.sin(Math.PI / (2 * m))];
    for (let p = 0; p < m; p++) {
      c[m + p] = c[p]! * stepRe - s[p]! * stepIm;
      s[m + p] = c[p]! * stepIm + s[p]! * stepRe;
    }
  }
  [cosines, sines] = [c, s];
}

/** Complex transform in place, natural order in, bit-reversed order out. */
export function forward(re: Float64Array, im: Float64Array): void {
  const n = re.length;
  tables(n);
  let m = 1;
  if (Math.log2(n) % 2 === 1) {
    const t = n / 2;
    for (let j = 0; j < t; j++) {
      const ar = re[j]!;
      const ai = im[j]!;
      const br = re[j + t]!;
      const bi = im[j + t]!;
      re[j] = ar + br;
      im[j] = ai + bi;
      re[j + t] = ar - br;
      im[j + t] = ai - bi;
    }
    m = 2;
  }
  for (; m < n; m *= 4) {
    const t = n / (4 * m);
    for (let i = 0; i < m; i++) {
      const r1 = cosines[i]!;
      const s1 = sines[i]!;
      const r2 = cosines[2 * i]!;
      const s2 = sines[2 * i]!;
      const base = 4 * t * i;
      for (let p = base; p < base + t; p++) {
        const p1 = p + t;
        const p2 = p1 + t;
        const p3 = p2 + t;
        const b2r = re[p2]! * r1 - im[p2]! * s1;
        const b2i = re[p2]! * s1 + im[p2]! * r1;
        const b3r = re[p3]! * r1 - im[p3]! * s1;
        const b3i = re[p3]! * s1 + im[p3]! * r1;
        const c0r = re[p]! + b2r;
        const c0i = im[p]! + b2i;
        const c2r = re[p]! - b2r;
        const c2i = im[p]! - b2i;
        const c1r = re[p1]! + b3r;
        const c1i = im[p1]! + b3i;
        const c3r = re[p1]! - b3r;
        const c3i = im[p1]! - b3i;
        const d1r = c1r * r2 - c1i * s2;
        const d1i = c1r * s2 + c1i * r2;
        const d3r = c3r * s2 + c3i * r2;
        const d3i = c3i * s2 - c3r * r2;
        re[p] = c0r + d1r;
        im[p] = c0i + d1i;
        re[p1] = c0r - d1r;
        im[p1] = c0i - d1i;
        re[p2] = c2r + d3r;
        im[p2] = c2i + d3i;
        re[p3] = c2r - d3r;
        im[p3] = c2i - d3i;
      }
    }
  }
}

/** The inverse of `forward` times the length, bit-reversed order in, natural order out. */
export function inverse(re: Float64Array, im: Float64Array): void {
  const n = re.length;
  tables(n);
  const odd = Math.log2(n) % 2 === 1;
  for (let m = n / 4; m >= (odd ? 2 : 1); m /= 4) {
    const t = n / (4 * m);
    for (let i = 0; i < m; i++) {
      const r1 = cosines[i]!;
      const s1 = -sines[i]!;
      const r2 = cosines[2 * i]!;
      const s2 = -sines[2 * i]!;
      const base = 4 * t * i;
      for (let p = base; p < base + t; p++) {
        const p1 = p + t;
        const p2 = p1 + t;
        const p3 = p2 + t;
        const c0r = re[p]! + re[p1]!;
        const c0i = im[p]! + im[p1]!;
        const d1r = re[p]! - re[p1]!;
        const d1i = im[p]! - im[p1]!;
        const c2r = re[p2]! + re[p3]!;
        const c2i = im[p2]! + im[p3]!;
        const d3r = re[p2]! - re[p3]!;
        const d3i = im[p2]! - im[p3]!;
        const c1r = d1r * r2 - d1i * s2;
        const c1i = d1r * s2 + d1i * r2;
        const c3r = -(d3r * s2 + d3i * r2);
        const c3i = d3r * r2 - d3i * s2;
        const e2r = c0r - c2r;
        const e2i = c0i - c2i;
        const e3r = c1r - c3r;
        const e3i = c1i - c3i;
        re[p] = c0r + c2r;
        im[p] = c0i + c2i;
        re[p1] = c1r + c3r;
        im[p1] = c1i + c3i;
        re[p2] = e2r * r1 - e2i * s1;
        im[p2] = e2r * s1 + e2i * r1;
        re[p3] = e3r * r1 - e3i * s1;
        im[p3] = e3r * s1 + e3i * r1;
      }
    }
  }
  if (!odd) return;
  const t = n / 2;
  for (let j = 0; j < t; j++) {
    const ar = re[j]!;
    const ai = im[j]!;
    const br = re[j + t]!;
    const bi = im[j + t]!;
    re[j] = ar + br;
    im[j] = ai + bi;
    re[j + t] = ar - br;
    im[j + t] = ai - bi;
  }
}

/** A real array of length 2M as M packed complex numbers (even places real, odd places imaginary): a view of its spectrum. */
export interface Spectrum {
  /** Frequencies 0 … M − 1 in bit-reversed order; place 0 holds frequency 0 (real part) and frequency M (imaginary part), both real. */
  readonly re: Float64Array;
  readonly im: Float64Array;
}

/** The spectrum of a real array of even power-of-two length. */
export function spectrumOf(values: Float64Array): Spectrum {
  const half = values.length / 2;
  const [re, im] = [borrowUsed(half), borrowUsed(half)];
  for (let j = 0; j < half; j++) {
    re[j] = values[2 * j]!;
    im[j] = values[2 * j + 1]!;
  }
  forward(re, im);
  [re[0], im[0]] = [re[0]! + im[0]!, re[0]! - im[0]!];
  // Positions p and q = 3m − 1 − p of a block [m, 2m) hold frequencies k and −k.
  for (let m = 1; m < half; m *= 2)
    for (let p = m, q = 2 * m - 1; p <= q; p++, q--) {
      const er = (re[p]! + re[q]!) / 2;
      const ei = (im[p]! - im[q]!) / 2;
      const or = (im[p]! + im[q]!) / 2;
      const oi = (re[q]! - re[p]!) / 2;
      const wr = or * cosines[p]! - oi * sines[p]!;
      const wi = or * sines[p]! + oi * cosines[p]!;
      re[p] = er + wr;
      im[p] = ei + wi;
      if (q === p) continue;
      re[q] = er - wr;
      im[q] = wi - ei;
    }
  return { re, im };
}

/** The real array of a spectrum, which is used up. */
export function realOf({ re, im }: Spectrum): Float64Array {
  const half = re.length;
  tables(half);
  [re[0], im[0]] = [(re[0]! + im[0]!) / 2, (re[0]! - im[0]!) / 2];
  for (let m = 1; m < half; m *= 2)
    for (let p = m, q = 2 * m - 1; p <= q; p++, q--) {
      const er = (re[p]! + re[q]!) / 2;
      const ei = (im[p]! - im[q]!) / 2;
      const wr = (re[p]! - re[q]!) / 2;
      const wi = (im[p]! + im[q]!) / 2;
      const or = wr * cosines[p]! + wi * sines[p]!;
      const oi = wi * cosines[p]! - wr * sines[p]!;
      re[p] = er - oi;
      im[p] = ei + or;
      if (q === p) continue;
      re[q] = er + oi;
      im[q] = or - ei;
    }
  inverse(re, im);
  const values = borrowUsed(2 * half);
  for (let j = 0; j < half; j++) {
    values[2 * j] = re[j]! / half;
    values[2 * j + 1] = im[j]! / half;
  }
  return values;
}
