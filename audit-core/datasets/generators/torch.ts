import { Mt19937 } from './mt19937';

/** torch's CPU generator (`torch.manual_seed`, `torch.Generator().manual_seed`). Source: ATen `native/TensorFactories.cpp`, `Distributions`. */
export class TorchGenerator {
  private constructor(private readonly bits: Mt19937) {}

  static seeded(seed: number | bigint): TorchGenerator {
    return new TorchGenerator(Mt19937.fromSeed(Number(BigInt.asUintN(32, BigInt(seed)))));
  }

  clone(): TorchGenerator {
    return new TorchGenerator(this.bits.clone());
  }

  random64(): bigint {
    const high = this.bits.next32();
    return (BigInt(high) << 32n) | BigInt(this.bits.next32());
  }

  randperm(n: number): number[] {
    const out = Array.from({ length: n }, (_, i) => i);
    for (let i = 0; i < n - 1; i++) {
      const j = i + (this.bits.next32() % (n - i));
      const kept = out[i]!;
      out[i] = out[j]!;
      out[j] = kept;
    }
    return out;
  }

  randint(low: number, high: number): number {
    return low + (this.bits.next32() % (high - low));
  }

  /** `torch.rand` in float32 (24 bits) or float64 (53 bits). */
  rand(double = false): number {
    if (double) return Number(this.random64() & ((1n << 53n) - 1n)) / 9007199254740992;
    return (this.bits.next32() & 0xffffff) / 16777216;
  }
}

/** Lengths of `random_split`: as given, or from fractions that sum to 1 with the rest dealt out in turn. */
export function splitLengths(n: number, lengths: readonly number[]): number[] {
  const sum = lengths.reduce((a, b) => a + b, 0);
  if (Math.abs(sum - 1) < 1e-9 && sum <= 1 + 1e-9 && lengths.some(x => !Number.isInteger(x))) {
    const whole = lengths.map(f => Math.floor(n * f));
    const rest = n - whole.reduce((a, b) => a + b, 0);
    for (let i = 0; i < rest; i++) whole[i % whole.length]! += 1;
    return whole;
  }
  if (sum !== n) throw new RangeError('The lengths of random_split do not sum to the length of the data set.');
  return [...lengths];
}

/** The parts of `random_split`. */
export function randomSplit(generator: TorchGenerator, n: number, lengths: readonly number[]): number[][] {
  const order = generator.randperm(n);
  let at = 0;
  return splitLengths(n, lengths).map(length => {
    at += length;
    return order.slice(at - length, at);
  });
}
