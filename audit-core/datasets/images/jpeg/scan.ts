import { Bits, type Huffman } from './bits';
import { broken, type Component, type Frame, type Scan, zigzag } from './frame';

/** Coefficients of one component, 64 a block, in rows of blocks that fill whole units. */
export interface Plane {
  readonly component: Component;
  /** Blocks across and down that the picture has, and that are stored across. */
  readonly across: number;
  readonly down: number;
  readonly stride: number;
  readonly coefficients: Int16Array;
}

/** Blocks that all scans of a picture may go through together: progressive pictures have a dozen scans. */
const mostBlocks = 60_000_000;

export function planesOf(frame: Frame): Plane[] {
  const [hMax, vMax] = maxima(frame);
  const [unitsAcross, unitsDown] = units(frame);
  return frame.components.map(component => {
    const [width, height] = [
      Math.ceil((frame.width * component.h) / hMax),
      Math.ceil((frame.height * component.v) / vMax),
    ];
    const stride = unitsAcross * component.h;
    return {
      component,
      across: Math.ceil(width / 8),
      down: Math.ceil(height / 8),
      stride,
      coefficients: new Int16Array(64 * stride * unitsDown * component.v),
    };
  });
}

export const maxima = (frame: Frame): [number, number] => [
  Math.max(...frame.components.map(each => each.h)),
  Math.max(...frame.components.map(each => each.v)),
];
const units = (frame: Frame): [number, number] => {
  const [hMax, vMax] = maxima(frame);
  return [Math.ceil(frame.width / (8 * hMax)), Math.ceil(frame.height / (8 * vMax))];
};

/** Decodes the scans of one picture into its planes. */
export class ScanReader {
  private work = 0;
  private run = 0;

  constructor(
    private readonly bytes: Uint8Array,
    private readonly frame: Frame,
    private readonly planes: readonly Plane[],
  ) {}

  /** Answers where the data of the scan end. */
  read(scan: Scan): number {
    const bits = new Bits(this.bytes, scan.data);
    const parts = scan.components.map(({ index, dc, ac }) => ({
      plane: this.planes[index]!,
      last: 0,
      dc: scan.dc[dc],
      ac: scan.ac[ac],
    }));
    if (scan.from > scan.to || scan.to > 63) broken();
    const block = this.blockReader(scan);
    const single = parts.length === 1 ? parts[0]! : null;
    const [across, down] = single ? [single.plane.across, single.plane.down] : units(this.frame);
    this.work += across * down * (single ? 1 : parts.reduce((n, { plane: { component: c } }) => n + c.h * c.v, 0));
    if (this.work > mostBlocks) broken();
    this.run = 0;
    let left = scan.restart;
    for (let y = 0; y < down; y++) {
      for (let x = 0; x < across; x++) {
        if (scan.restart > 0 && left === 0) {
          if (!bits.restart()) broken();
          for (const part of parts) part.last = 0;
          this.run = 0;
          left = scan.restart;
        }
        left--;
        if (single) block(bits, single, 64 * (y * single.plane.stride + x));
        else
          for (const part of parts) {
            const { stride, component } = part.plane;
            for (let v = 0; v < component.v; v++)
              for (let h = 0; h < component.h; h++)
                block(bits, part, 64 * ((y * component.v + v) * stride + x * component.h + h));
          }
      }
      bits.check();
    }
    return bits.end();
  }

  private blockReader(scan: Scan): (bits: Bits, part: Part, at: number) => void {
    if (this.frame.kind !== 0xc2) return wholeBlock;
    if (scan.from === 0)
      return scan.high === 0
        ? (bits, part, at) => {
            part.last += bits.signed(bits.decode(part.dc ?? broken()));
            part.plane.coefficients[at] = part.last << scan.low;
          }
        : (bits, part, at) => {
            if (bits.take(1)) part.plane.coefficients[at]! |= 1 << scan.low;
          };
    return scan.high === 0
      ? (bits, part, at) => this.firstAc(bits, part, at, scan)
      : (bits, part, at) => this.nextAc(bits, part, at, scan);
  }

  /** First pass over higher frequencies (G.1.2.2). */
  private firstAc(bits: Bits, part: Part, at: number, { from, to, low }: Scan): void {
    if (this.run > 0) {
      this.run--;
      return;
    }
    const table = part.ac ?? broken();
    for (let k = from; k <= to; k++) {
      const code = bits.decode(table);
      const [skip, size] = [code >> 4, code & 15];
      if (size > 0) {
        k += skip;
        if (k > 63) broken();
        part.plane.coefficients[at + zigzag[k]!] = bits.signed(size) << low;
      } else if (skip === 15) k += 15;
      else {
        this.run = (1 << skip) - 1 + bits.take(skip);
        return;
      }
    }
  }

  /** One more bit of higher frequencies (G.1.2.3). */
  private nextAc(bits: Bits, part: Part, at: number, { from, to, low }: Scan): void {
    const { coefficients } = part.plane;
    const table = part.ac ?? broken();
    const [plus, minus] = [1 << low, -1 << low];
    const refine = (place: number): void => {
      const old = coefficients[place]!;
      if (bits.take(1) && (Math.abs(old) & plus) === 0) coefficients[place] = old + (old > 0 ? plus : minus);
    };
    let k = from;
    if (this.run === 0)
      for (; k <= to; k++) {
        const code = bits.decode(table);
        let skip = code >> 4;
        let value = 0;
        if ((code & 15) !== 0) value = bits.take(1) ? plus : minus;
        else if (skip < 15) {
          this.run = (1 << skip) + bits.take(skip);
          break;
        }
        for (; k <= to; k++) {
          const place = at + zigzag[k]!;
          if (coefficients[place] !== 0) refine(place);
          else if (skip-- === 0) {
            if (value !== 0) coefficients[place] = value;
            break;
          }
        }
      }
    if (this.run > 0) {
      for (; k <= to; k++) if (coefficients[at + zigzag[k]!] !== 0) refine(at + zigzag[k]!);
      this.run--;
    }
  }
}

interface Part {
  readonly plane: Plane;
  last: number;
  readonly dc: Huffman | undefined;
  readonly ac: Huffman | undefined;
}

/** All coefficients of a block at once (F.2.2). */
function wholeBlock(bits: Bits, part: Part, at: number): void {
  const { coefficients } = part.plane;
  part.last += bits.signed(bits.decode(part.dc ?? broken()));
  coefficients[at] = part.last;
  const table = part.ac ?? broken();
  for (let k = 1; k < 64; k++) {
    const code = bits.decode(table);
    const [skip, size] = [code >> 4, code & 15];
    if (size === 0) {
      if (skip < 15) return;
      k += 15;
      continue;
    }
    k += skip;
    if (k > 63) broken();
    coefficients[at + zigzag[k]!] = bits.signed(size);
  }
}
