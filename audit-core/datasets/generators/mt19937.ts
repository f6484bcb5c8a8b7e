import type { BitSource } from './bit-source';

const N = 624;
const M = 397;

/** The Mersenne Twister of Matsumoto and Nishimura (1998): numpy's RandomState, Python's `random` and torch's CPU generator. */
export class Mt19937 implements BitSource {
  private readonly state = new Uint32Array(N);
  private position = N;

  /** `init_genrand`: numpy's `RandomState(int)` and torch's `manual_seed` (low 32 bits of the seed). */
  static fromSeed(seed: number): Mt19937 {
    const made = new Mt19937();
    const state = made.state;
    state[0] = seed >>> 0;
    for (let i = 1; i < N; i++) {
      const before = state[i - 1]! ^ (state[i - 1]! >>> 30);
      state[i] = (Math.imul(1812433253, before) + i) >>> 0;
    }
    return made;
  }

  /** `init_by_array`: Python's `random.seed` and numpy's array seeds. */
  static fromArray(key: readonly number[]): Mt19937 {
    const made = Mt19937.fromSeed(19650218);
    const state = made.state;
    let i = 1;
    let j = 0;
    for (let k = Math.max(N, key.length); k > 0; k--) {
      const before = state[i - 1]! ^ (state[i - 1]! >>> 30);
      state[i] = ((state[i]! ^ Math.imul(before, 1664525)) + key[j]! + j) >>> 0;
      if (++i >= N) {
        state[0] = state[N - 1]!;
        i = 1;
      }
      if (++j >= key.length) j = 0;
    }
    for (let k = N - 1; k > 0; k--) {
      const before = state[i - 1]! ^ (state[i - 1]! >>> 30);
      state[i] = ((state[i]! ^ Math.imul(before, 1566083941)) - i) >>> 0;
      if (++i >= N) {
        state[0] = state[N - 1]!;
        i = 1;
      }
    }
    state[0] = 0x80000000;
    return made;
  }

  next32(): number {
    if (this.position >= N) this.refill();
    let y = this.state[this.position++]!;
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    y ^= y >>> 18;
    return y >>> 0;
  }

  nextDouble(): number {
    const a = this.next32() >>> 5;
    const b = this.next32() >>> 6;
    return (a * 67108864 + b) / 9007199254740992;
  }

  clone(): Mt19937 {
    const copy = new Mt19937();
    copy.state.set(this.state);
    copy.position = this.position;
    return copy;
  }

  private refill(): void {
    const state = this.state;
    for (let k = 0; k < N; k++) {
      const y = (state[k]! & 0x80000000) | (state[(k + 1) % N]! & 0x7fffffff);
      state[k] = state[(k + M) % N]! ^ (y >>> 1) ^ (y & 1 ? 0x9908b0df : 0);
    }
    this.position = 0;
  }
}
