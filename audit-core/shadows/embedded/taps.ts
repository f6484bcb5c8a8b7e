import type * as tfjs from '@tensorflow/tfjs';

/** One use of a trained weight in a forward pass, with what reached its output from behind. */
interface Tap {
  /** Place in the list of trained weights. */
  readonly place: number;
  /** What met the weight, `[rows, in]`; null for a bias. */
  readonly input: tfjs.Tensor | null;
  /** ∂loss/∂output, `[rows, out]`. */
  readonly slope: tfjs.Tensor;
  /** The weight is `[out, in]`. */
  readonly turned: boolean;
}

/**
 * Per-row gradients of dense layers without computing one for each row (Goodfellow 2015, "Efficient per-example gradient computations"): the gradient
 * of x·W for a row is the outer product of the row's input and what comes back to its output, so its norm is the product of their norms.
 * A network is run with products and sums that remember both.
 */
export class Taps {
  readonly tf: typeof tfjs;
  private readonly taps: Tap[] = [];
  private readonly held: tfjs.Tensor[] = [];
  private readonly places: Map<number, number>;

  constructor(
    private readonly real: typeof tfjs,
    private readonly trained: readonly tfjs.Tensor[],
    private readonly batch: number,
  ) {
    this.places = new Map(trained.map((tensor, place) => [tensor.id, place]));
    const placeOf = (x: unknown): number | undefined =>
      typeof x === 'object' && x !== null && 'id' in x ? this.places.get(x.id as number) : undefined;
    const same = (from: tfjs.Tensor, out: tfjs.Tensor): tfjs.Tensor => {
      const place = placeOf(from);
      if (place !== undefined) this.places.set(out.id, place);
      return out;
    };
    const matMul = (a: tfjs.Tensor, b: tfjs.Tensor, turnA = false, turnB = false): tfjs.Tensor => {
      const out = real.matMul(a, b, turnA, turnB);
      const place = placeOf(b);
      return place === undefined || turnA ? out : this.tapped(out, place, a, turnB);
    };
    const add = (a: tfjs.Tensor, b: tfjs.Tensor): tfjs.Tensor => {
      const out = real.add(a, b);
      const place = placeOf(b);
      return place === undefined || this.trained[place]!.rank !== 1 ? out : this.tapped(out, place, null, false);
    };
    const reshape = (x: tfjs.Tensor, shape: number[]): tfjs.Tensor => same(x, real.reshape(x, shape));
    this.tf = Object.create(real, {
      matMul: { value: matMul },
      add: { value: add },
      reshape: { value: reshape },
    }) as typeof tfjs;
  }

  /** The same tensor, remembered with its gradient. */
  private tapped(out: tfjs.Tensor, place: number, input: tfjs.Tensor | null, turned: boolean): tfjs.Tensor {
    // What a pass makes is gone after it: clones stay until `dispose`.
    const kept = (x: tfjs.Tensor): tfjs.Tensor => this.real.keep(x.clone());
    const met = input && kept(input);
    if (met) this.held.push(met);
    const tap = this.real.customGrad(x => ({
      value: (x as tfjs.Tensor).clone(),
      gradFunc: slope => {
        const back = kept(slope);
        this.held.push(back);
        this.taps.push({ place, input: met, slope: back, turned });
        return slope;
      },
    }));
    return tap(out);
  }

  dispose(): void {
    this.real.dispose(this.held);
  }

  /** True where each trained weight was met exactly once, by rows in a row. */
  get complete(): boolean {
    const met = this.taps.map(({ place }) => place);
    return met.length === this.trained.length && new Set(met).size === met.length && this.taps.every(this.whole);
  }

  private readonly whole = ({ input, slope }: Tap): boolean =>
    slope.shape[0]! === this.batch && (input === null || (input.rank === 2 && input.shape[0] === this.batch));

  /** ‖gradient‖² of each row. */
  squares(): Float64Array {
    const out = new Float64Array(this.batch);
    for (const { input, slope } of this.taps) {
      const back = rowSquares(slope, this.batch);
      const into = input ? rowSquares(input, this.batch) : null;
      for (let row = 0; row < this.batch; row++) out[row]! += back[row]! * (into ? into[row]! : 1);
    }
    return out;
  }

  /** Σ over rows of factor · gradient, in the order of the trained weights. */
  weighted(factors: Float32Array): tfjs.Tensor[] {
    const { real } = this;
    const scale = real.tensor2d(factors, [this.batch, 1]);
    const out: tfjs.Tensor[] = [];
    for (const { place, input, slope, turned } of this.taps) {
      const own = real.mul(slope, scale) as tfjs.Tensor2D;
      const { shape } = this.trained[place]!;
      if (!input) out[place] = real.reshape(real.sum(own, 0), shape);
      else
        out[place] = real.reshape(
          turned
            ? real.matMul(own, input as tfjs.Tensor2D, true, false)
            : real.matMul(input as tfjs.Tensor2D, own, true, false),
          shape,
        );
    }
    return out;
  }
}

function rowSquares(x: tfjs.Tensor, rows: number): Float64Array {
  const values = x.dataSync() as Float32Array;
  const width = values.length / rows;
  const out = new Float64Array(rows);
  for (let row = 0; row < rows; row++)
    for (let at = row * width; at < (row + 1) * width; at++) out[row]! += values[at]! * values[at]!;
  return out;
}
