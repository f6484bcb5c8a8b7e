/** fft.js has no types of its own: what we use of it. Complex arrays interleave real and imaginary parts. */
declare module 'fft.js' {
  export default class FFT {
    constructor(size: number);
    createComplexArray(): number[];
    realTransform(out: number[], data: ArrayLike<number>): void;
    completeSpectrum(spectrum: number[]): void;
    inverseTransform(out: number[], data: ArrayLike<number>): void;
  }
}
