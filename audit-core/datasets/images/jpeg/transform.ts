import type { Plane } from './scan';

/** Constants of the inverse transform, 13 bits of fraction. */
const fix = (x: number): number => Math.round(x * 8192);
const [c0298, c0390, c0541, c0765, c0899, c1175] = [
  0.298631336, 0.390180644, 0.5411961, 0.765366865, 0.899976223, 1.175875602,
].map(fix) as [number, number, number, number, number, number];
const [c1501, c1847, c1961, c2053, c2562, c3072] = [
  1.50132111, 1.847759065, 1.96157056, 2.053119869, 2.562915447, 3.072711026,
].map(fix) as [number, number, number, number, number, number];

/**
 * Samples of one component, 8 bits, rows of `8 · stride`: the accurate integer transform of libjpeg ("islow": Loeffler, Ligtenberg and Moschytz
 * 1989, 13-bit constants, two bits kept between the passes), so that pictures are those of Pillow to the last bit.
 */
export function samplesOf(plane: Plane, quantiser: Int32Array): Uint8Array {
  const rows = plane.coefficients.length / 64 / plane.stride;
  const width = 8 * plane.stride;
  const out = new Uint8Array(width * 8 * rows);
  const work = new Int32Array(64);
  for (let y = 0; y < rows; y++)
    for (let x = 0; x < plane.stride; x++)
      inverse(plane.coefficients, 64 * (y * plane.stride + x), quantiser, work, out, 8 * (y * width + x), width);
  return out;
}

function inverse(
  from: Int16Array,
  at: number,
  quantiser: Int32Array,
  work: Int32Array,
  out: Uint8Array,
  to: number,
  width: number,
): void {
  for (let c = 0; c < 8; c++) {
    const get = (row: number): number => from[at + 8 * row + c]! * quantiser[8 * row + c]!;
    eight(get(0), get(1), get(2), get(3), get(4), get(5), get(6), get(7));
    for (let i = 0; i < 8; i++) work[8 * i + c] = (result[i]! + (1 << 10)) >> 11;
  }
  for (let r = 0; r < 8; r++) {
    const i = 8 * r;
    eight(work[i]!, work[i + 1]!, work[i + 2]!, work[i + 3]!, work[i + 4]!, work[i + 5]!, work[i + 6]!, work[i + 7]!);
    const place = to + r * width;
    for (let k = 0; k < 8; k++) {
      const value = ((result[k]! + (1 << 17)) >> 18) + 128;
      out[place + k] = value < 0 ? 0 : value > 255 ? 255 : value;
    }
  }
}

const result = new Int32Array(8);

/** One dimension of eight points, scaled by 2^13. */
function eight(a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number): void {
  const even = Math.imul(c + g, c0541);
  const t2 = even - Math.imul(g, c1847);
  const t3 = even + Math.imul(c, c0765);
  const t0 = (a + e) << 13;
  const t1 = (a - e) << 13;
  const [p0, p3, p1, p2] = [t0 + t3, t0 - t3, t1 + t2, t1 - t2];
  const z5 = Math.imul(h + d + f + b, c1175);
  const z3 = z5 - Math.imul(h + d, c1961);
  const z4 = z5 - Math.imul(f + b, c0390);
  const z1 = -Math.imul(h + b, c0899);
  const z2 = -Math.imul(f + d, c2562);
  const q0 = Math.imul(h, c0298) + z1 + z3;
  const q1 = Math.imul(f, c2053) + z2 + z4;
  const q2 = Math.imul(d, c3072) + z2 + z3;
  const q3 = Math.imul(b, c1501) + z1 + z4;
  result[0] = p0 + q3;
  result[7] = p0 - q3;
  result[1] = p1 + q2;
  result[6] = p1 - q2;
  result[2] = p2 + q1;
  result[5] = p2 - q1;
  result[3] = p3 + q0;
  result[4] = p3 - q0;
}
