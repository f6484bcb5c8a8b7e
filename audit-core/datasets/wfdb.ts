import type { ByteSource } from '../checkpoints/byte-source';
import { DataFileError } from './errors';

/** A WFDB record's signals in physical units, samples × signals, missing samples as NaN. */
export interface WaveRecord {
  readonly samples: number;
  readonly signals: number;
  readonly frequency: number;
  readonly names: readonly string[];
  readonly data: Float32Array;
}

interface Signal {
  readonly file: string;
  readonly format: number;
  readonly skew: number;
  readonly offset: number;
  readonly gain: number;
  readonly baseline: number;
  readonly initial: number;
  readonly name: string;
}

const bad = (name: string, what: string): never => {
  throw new DataFileError(`${name}: the WFDB record ${what}.`);
};

const bits: Readonly<Record<number, number>> = { 8: 8, 16: 16, 24: 24, 32: 32, 61: 16, 80: 8, 160: 16, 212: 12 };
const missingCode: Readonly<Record<number, number>> = {
  16: -32768,
  24: -8388608,
  32: -2147483648,
  61: -32768,
  80: -128,
  160: -32768,
  212: -2048,
};

/** Reads a record by its header file; signal files lie beside it. Source: WFDB, header(5) and signal(5). */
export async function readWfdb(header: ByteSource, limit: number): Promise<WaveRecord> {
  const { name } = header;
  if (header.size > 1 << 20) bad(name, 'has a header of more than a megabyte');
  const lines = new TextDecoder()
    .decode(await header.read(0, header.size))
    .split(/\r?\n/)
    .filter(line => line.trim() !== '' && !line.startsWith('#'));
  const [record = '', count = '0', frequency = '250', length = '0'] = (lines[0] ?? '').trim().split(/\s+/);
  if (record.includes('/')) bad(name, 'has several segments, which is not read');
  const signals = Number(count);
  const rate = Number.parseFloat(frequency);
  const samples = Number(length);
  if (!Number.isInteger(signals) || signals < 1 || signals > 1000 || lines.length < signals + 1)
    bad(name, 'has a broken header');
  if (!Number.isInteger(samples) || samples < 0 || !Number.isFinite(rate)) bad(name, 'has a broken header');
  const parsed = lines.slice(1, signals + 1).map(line => signalOf(name, line));
  const total = samples > 0 ? samples : await lengthOf(header, parsed);
  if (!(total * signals <= limit))
    bad(name, `says it has ${total} samples of ${signals} signals; that is more than is read`);
  const data = new Float32Array(total * signals);
  for (let first = 0; first < signals; ) {
    let last = first;
    while (last + 1 < signals && parsed[last + 1]!.file === parsed[first]!.file) last++;
    const group = parsed.slice(first, last + 1);
    await readGroup(header, group, total, (s, i, value) => {
      data[i * signals + first + s] = value;
    });
    first = last + 1;
  }
  return { samples: total, signals, frequency: rate, names: parsed.map(each => each.name), data };
}

function signalOf(name: string, line: string): Signal {
  const fields = line.trim().split(/\s+/);
  const format =
    /^(\d+)(?:x(\d+))?(?::(\d+))?(?:\+(\d+))?$/.exec(fields[1] ?? '') ?? bad(name, 'has a broken signal line');
  if (format[2] !== undefined && format[2] !== '1') bad(name, 'has several samples a frame, which is not read');
  const code = Number(format[1]);
  if (!(code in bits)) bad(name, `has the signal format ${code}, which is not read`);
  const gain = /^([-+\d.eE]+)(?:\(([-+\d]+)\))?/.exec(fields[2] ?? '200');
  const zero = Number(fields[4] ?? 0) || 0;
  return {
    file: fields[0]!,
    format: code,
    skew: Number(format[3] ?? 0),
    offset: Number(format[4] ?? 0),
    gain: Number(gain?.[1] ?? 200) || 200,
    baseline: gain?.[2] === undefined ? zero : Number(gain[2]),
    initial: Number(fields[5] ?? 0) || 0,
    name: fields.slice(8).join(' '),
  };
}

const fileOf = async (header: ByteSource, signal: Signal): Promise<ByteSource> =>
  (await header.sibling(signal.file)) ?? bad(header.name, 'names a signal file that is not beside it');

async function lengthOf(header: ByteSource, signals: readonly Signal[]): Promise<number> {
  const first = signals[0]!;
  const source = await fileOf(header, first);
  const group = signals.filter(each => each.file === first.file).length;
  return Math.floor(((source.size - first.offset) * 8) / bits[first.format]! / group);
}

async function readGroup(
  header: ByteSource,
  group: readonly Signal[],
  samples: number,
  put: (signal: number, sample: number, value: number) => void,
): Promise<void> {
  const { format, offset, skew } = group[0]!;
  if (group.some(each => each.format !== format || each.skew !== skew))
    bad(header.name, 'mixes formats in one file, which is not read');
  const source = await fileOf(header, group[0]!);
  const count = samples * group.length;
  const needed = Math.ceil((count * bits[format]!) / 8);
  if (offset + needed > source.size + (format === 212 ? 1 : 0))
    bad(header.name, 'has fewer samples than its header says');
  const bytes = await source.read(offset, offset + needed);
  const sample = decoder(format, bytes);
  const gone = missingCode[format];
  const sums = group.map(each => each.initial);
  for (let i = 0, at = 0; i < samples; i++)
    for (let s = 0; s < group.length; s++, at++) {
      const signal = group[s]!;
      let value = sample(at);
      const missing = value === gone;
      if (format === 8) value = sums[s] = sums[s]! + value;
      put(s, i, missing ? Number.NaN : (value - signal.baseline) / signal.gain);
    }
}

function decoder(format: number, bytes: Uint8Array): (i: number) => number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  switch (format) {
    case 8:
      return i => view.getInt8(i);
    case 80:
      return i => view.getUint8(i) - 128;
    case 16:
      return i => view.getInt16(2 * i, true);
    case 61:
      return i => view.getInt16(2 * i, false);
    case 160:
      return i => view.getUint16(2 * i, true) - 32768;
    case 24:
      return i => view.getUint8(3 * i) | (view.getUint8(3 * i + 1) << 8) | (view.getInt8(3 * i + 2) << 16);
    case 32:
      return i => view.getInt32(4 * i, true);
    default:
      // 212: two 12-bit samples in three bytes.
      return i => {
        const at = 3 * (i >> 1);
        const [a, b, c] = [bytes[at] ?? 0, bytes[at + 1] ?? 0, bytes[at + 2] ?? 0];
        const raw = i % 2 === 0 ? a | ((b & 15) << 8) : c | ((b >> 4) << 8);
        return (raw << 20) >> 20;
      };
  }
}
