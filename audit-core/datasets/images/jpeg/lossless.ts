import { DataFileError } from '../../errors';
import { Bits } from './bits';
import { broken, type Frame, type Scan } from './frame';

/** Samples of a lossless picture, interleaved, as they are stored (ITU-T T.81, annex H). */
export class LosslessReader {
  readonly data: Uint16Array;

  constructor(
    private readonly bytes: Uint8Array,
    private readonly frame: Frame,
  ) {
    if (frame.components.some(({ h, v }) => h !== 1 || v !== 1))
      throw new DataFileError('The lossless JPEG picture has components of other sizes; it is not read.');
    if (frame.precision < 2 || frame.precision > 16) broken();
    this.data = new Uint16Array(frame.width * frame.height * frame.components.length);
  }

  read(scan: Scan): number {
    const { width, height, components, precision } = this.frame;
    const channels = components.length;
    const bits = new Bits(this.bytes, scan.data);
    const [predictor, shift] = [scan.from, scan.low];
    if (predictor < 1 || predictor > 7 || shift >= precision) broken();
    const parts = scan.components.map(({ index, dc }) => ({ index, table: scan.dc[dc] ?? broken() }));
    const start = 1 << (precision - shift - 1);
    let left = scan.restart;
    let fresh = true;
    const { data } = this;
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        if (scan.restart > 0 && left === 0) {
          if (!bits.restart() || x !== 0) broken();
          left = scan.restart;
          fresh = true;
        }
        left--;
        for (const { index, table } of parts) {
          const at = (y * width + x) * channels + index;
          const size = bits.decode(table);
          if (size > 16) broken();
          const difference = size === 16 ? 32768 : bits.signed(size);
          const above = at - width * channels;
          const guess =
            fresh && x === 0
              ? start
              : fresh
                ? data[at - channels]!
                : x === 0
                  ? data[above]!
                  : predicted(predictor, data[at - channels]!, data[above]!, data[above - channels]!);
          data[at] = guess + difference;
        }
      }
      fresh = false;
      bits.check();
    }
    if (shift > 0) for (let i = 0; i < data.length; i++) data[i] = data[i]! << shift;
    return bits.end();
  }
}

/** Left, above and between (table H.1). */
function predicted(kind: number, a: number, b: number, c: number): number {
  switch (kind) {
    case 1:
      return a;
    case 2:
      return b;
    case 3:
      return c;
    case 4:
      return a + b - c;
    case 5:
      return a + ((b - c) >> 1);
    case 6:
      return b + ((a - c) >> 1);
    default:
      return (a + b) >> 1;
  }
}
