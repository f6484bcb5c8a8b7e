/** SHA-256 and SHA-512 (FIPS 180-4): row digests of `--plan`, and the seeds that Python makes of strings. */
export function sha256(bytes: Uint8Array): Uint8Array {
  const k = constants(64).map(x => Number(x >> 32n) | 0);
  const h = Int32Array.from(primes(8).map(p => Number(root(p, 2n) >> 32n) | 0));
  const w = new Int32Array(64);
  const data = padded(bytes, 64);
  const view = new DataView(data.buffer);
  const turn = (x: number, n: number): number => (x >>> n) | (x << (32 - n));
  for (let at = 0; at < data.length; at += 64) {
    for (let i = 0; i < 16; i++) w[i] = view.getInt32(at + 4 * i);
    for (let i = 16; i < 64; i++) {
      const a = w[i - 15]!;
      const b = w[i - 2]!;
      w[i] = w[i - 16]! + (turn(a, 7) ^ turn(a, 18) ^ (a >>> 3)) + w[i - 7]! + (turn(b, 17) ^ turn(b, 19) ^ (b >>> 10));
    }
    const v = Int32Array.from(h);
    for (let i = 0; i < 64; i++) {
      const [a, b, c, d, e, f, g, last] = v as unknown as [
        number,
        number,
        number,
        number,
        number,
        number,
        number,
        number,
      ];
      const t1 = (last + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + k[i]! + w[i]!) | 0;
      const t2 = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      v.set([t1 + t2, a, b, c, d + t1, e, f, g]);
    }
    for (let i = 0; i < 8; i++) h[i] = h[i]! + v[i]!;
  }
  const out = new DataView(new ArrayBuffer(32));
  h.forEach((value, i) => {
    out.setInt32(4 * i, value);
  });
  return new Uint8Array(out.buffer);
}

export function sha512(bytes: Uint8Array): Uint8Array {
  const mask = (1n << 64n) - 1n;
  const k = constants(80);
  const h = primes(8).map(p => root(p, 2n));
  const data = padded(bytes, 128);
  const view = new DataView(data.buffer);
  const turn = (x: bigint, n: bigint): bigint => ((x >> n) | (x << (64n - n))) & mask;
  for (let at = 0; at < data.length; at += 128) {
    const w = Array.from({ length: 16 }, (_, i) => view.getBigUint64(at + 8 * i));
    for (let i = 16; i < 80; i++) {
      const a = w[i - 15]!;
      const b = w[i - 2]!;
      const s0 = turn(a, 1n) ^ turn(a, 8n) ^ (a >> 7n);
      const s1 = turn(b, 19n) ^ turn(b, 61n) ^ (b >> 6n);
      w.push((w[i - 16]! + s0 + w[i - 7]! + s1) & mask);
    }
    let [a, b, c, d, e, f, g, last] = h as [bigint, bigint, bigint, bigint, bigint, bigint, bigint, bigint];
    for (let i = 0; i < 80; i++) {
      const s1 = turn(e, 14n) ^ turn(e, 18n) ^ turn(e, 41n);
      const t1 = (last + s1 + ((e & f) ^ (~e & mask & g)) + k[i]! + w[i]!) & mask;
      const t2 = ((turn(a, 28n) ^ turn(a, 34n) ^ turn(a, 39n)) + ((a & b) ^ (a & c) ^ (b & c))) & mask;
      [a, b, c, d, e, f, g, last] = [(t1 + t2) & mask, a, b, c, (d + t1) & mask, e, f, g];
    }
    [a, b, c, d, e, f, g, last].forEach((value, i) => {
      h[i] = (h[i]! + value) & mask;
    });
  }
  const out = new DataView(new ArrayBuffer(64));
  h.forEach((value, i) => {
    out.setBigUint64(8 * i, value);
  });
  return new Uint8Array(out.buffer);
}

export const hex = (bytes: Uint8Array): string => [...bytes].map(byte => byte.toString(16).padStart(2, '0')).join('');

/** Message, a one bit, zeros, and its length in bits (big-endian) in the last word. */
function padded(bytes: Uint8Array, block: number): Uint8Array {
  const lengthBytes = block / 8;
  const data = new Uint8Array(Math.ceil((bytes.length + 1 + lengthBytes) / block) * block);
  data.set(bytes);
  data[bytes.length] = 0x80;
  new DataView(data.buffer).setBigUint64(data.length - 8, BigInt(bytes.length) * 8n);
  return data;
}

const constants = (count: number): bigint[] => primes(count).map(p => root(p, 3n));

/** The first 64 bits of the fractional part of the n-th root of a prime (n = 2, 3). */
function root(prime: bigint, n: bigint): bigint {
  const target = prime << (64n * n);
  let low = 0n;
  let high = prime << 64n;
  while (low < high) {
    const middle = (low + high + 1n) >> 1n;
    if (middle ** n <= target) low = middle;
    else high = middle - 1n;
  }
  return low & ((1n << 64n) - 1n);
}

function primes(count: number): bigint[] {
  const found: number[] = [];
  for (let n = 2; found.length < count; n++) if (found.every(p => n % p !== 0)) found.push(n);
  return found.map(BigInt);
}
