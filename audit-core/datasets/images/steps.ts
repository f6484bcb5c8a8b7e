import { DataFileError } from '../errors';
import type { FileRecord, RecordArray } from './index';
import { convert, crop, type Raster } from './raster';
import { resize, resizePlain } from './resize';

/** One step on a record: its name and parameters. */
export type RecordStep = readonly [string, ...(string | number | readonly number[])[]];

const number = (value: unknown): number => Number(value);
const numbers = (value: unknown): readonly number[] => (Array.isArray(value) ? value.map(Number) : [Number(value)]);

/** Runs the steps of torchvision, Keras, Pillow and OpenCV that do not depend on chance. */
export function applySteps(record: FileRecord, steps: readonly RecordStep[]): RecordArray {
  let state: FileRecord = record;
  for (const step of steps) state = apply(state, step);
  return state.kind === 'array' ? state : pixels(state.raster);
}

const picture = (state: FileRecord, step: string): Raster => {
  if (state.kind === 'raster') return state.raster;
  throw new DataFileError(`The step "${step}" needs a picture (PNG or JPEG).`);
};

/** Rows × columns, or rows × columns × channels. */
function pixels({ width, height, channels, data }: Raster): RecordArray {
  return {
    kind: 'array',
    format: 'picture',
    shape: channels === 1 ? [height, width] : [height, width, channels],
    data: Float32Array.from(data),
  };
}

function apply(state: FileRecord, [name, ...given]: RecordStep): FileRecord {
  const of = (raster: Raster): FileRecord => ({ kind: 'raster', format: 'picture', raster });
  switch (name) {
    case 'chance':
      // What chance would change is left as it is; `records` says so.
      return state;
    case 'mode':
      return state.kind === 'array' ? state : of(convert(picture(state, name), String(given[0])));
    case 'grey': {
      if (state.kind === 'array') return greyTensor(state, number(given[0]));
      const grey = convert(picture(state, name), 'L');
      return of(number(given[0]) === 3 ? convert(grey, 'RGB') : grey);
    }
    case 'resize':
      return resized(state, number(given[0]), number(given[1]), String(given[2] ?? 'bilinear'));
    case 'resize-short': {
      const [height, width] = sizeOf(state);
      const size = number(given[0]);
      const long = Math.trunc((size * Math.max(height, width)) / Math.min(height, width));
      return height <= width
        ? resized(state, size, long, String(given[1] ?? 'bilinear'))
        : resized(state, long, size, String(given[1] ?? 'bilinear'));
    }
    case 'center-crop': {
      const [height, width] = sizeOf(state);
      const [h, w] = [number(given[0]), number(given[1])];
      // A picture that is too small is padded first, the odd row or column at the end.
      const start = (size: number, wanted: number): number =>
        size < wanted ? -Math.floor((wanted - size) / 2) : roundHalfEven((size - wanted) / 2);
      const [top, left] = [start(height, h), start(width, w)];
      return cropped(state, left, top, w, h);
    }
    case 'crop':
      return cropped(state, number(given[0]), number(given[1]), number(given[2]), number(given[3]));
    case 'pad': {
      const [left, top, right, bottom] = numbers(given[0]) as [number, number, number, number];
      const [height, width] = sizeOf(state);
      return cropped(state, -left, -top, width + left + right, height + top + bottom);
    }
    case 'to-tensor':
      return state.kind === 'array' ? channelsFirst(state) : channelsFirst(scaled(state.raster));
    case 'to-bytes':
      return state.kind === 'array' ? state : channelsFirst(hwc(state.raster));
    case 'pixels':
      return state.kind === 'array' ? state : pixels(state.raster);
    case 'channels-last':
      return state.kind === 'array'
        ? state
        : { ...pixels(state.raster), shape: [state.raster.height, state.raster.width, state.raster.channels] };
    case 'keras-resize':
      return of(resizePlain(picture(state, name), number(given[1]), number(given[0]), false));
    case 'cv2-resize':
      return of(resizePlain(picture(state, name), number(given[1]), number(given[0]), true));
    case 'normalize': {
      const [mean, std] = [numbers(given[0]), numbers(given[1])];
      const array = asArray(state, name);
      const plane = array.data.length / array.shape[0]!;
      const data = Float32Array.from(array.data, (x, i) => {
        const c = Math.floor(i / plane);
        return (x - mean[c % mean.length]!) / std[c % std.length]!;
      });
      return { ...array, data };
    }
    case 'scale': {
      const array = asArray(state, name);
      const [factor, shift] = [number(given[0]), number(given[1] ?? 0)];
      return { ...array, data: Float32Array.from(array.data, x => x * factor + shift) };
    }
    case 'repeat-channels': {
      const array = asArray(state, name);
      if (array.shape[0] !== 1) return array;
      const times = number(given[0]);
      const data = new Float32Array(array.data.length * times);
      for (let t = 0; t < times; t++) data.set(array.data, t * array.data.length);
      return { ...array, shape: [times, ...array.shape.slice(1)], data };
    }
    case 'slice-axis': {
      const array = asArray(state, name);
      return sliceAxis(array, number(given[0]), number(given[1]));
    }
    default:
      throw new DataFileError(`The step "${name}" on pictures is not replayed.`);
  }
}

const asArray = (state: FileRecord, step: string): RecordArray => {
  if (state.kind === 'array') return state;
  throw new DataFileError(`The step "${step}" needs a tensor; the script gives it a picture.`);
};

const hwc = (raster: Raster): RecordArray => ({
  kind: 'array',
  format: 'picture',
  shape: [raster.height, raster.width, raster.channels],
  data: Float32Array.from(raster.data),
});

const scaled = (raster: Raster): RecordArray => ({
  kind: 'array',
  format: 'picture',
  shape: [raster.height, raster.width, raster.channels],
  data: Float32Array.from(raster.data, raster.data instanceof Uint8Array ? x => Math.fround(x / 255) : x => x),
});

/** Rows × columns (× channels) to channels × rows × columns. */
function channelsFirst(array: RecordArray): RecordArray {
  const [height = 1, width = 1, channels = 1] = array.shape;
  const data = new Float32Array(array.data.length);
  for (let i = 0; i < height * width; i++)
    for (let c = 0; c < channels; c++) data[c * height * width + i] = array.data[i * channels + c]!;
  return { kind: 'array', format: 'picture', shape: [channels, height, width], data };
}

const sizeOf = (state: FileRecord): [number, number] =>
  state.kind === 'raster' ? [state.raster.height, state.raster.width] : [state.shape.at(-2)!, state.shape.at(-1)!];

/** A tensor, channels first, as a picture of real values and back. */
function asRaster(array: RecordArray): Raster {
  const [channels = 1, height = 1, width = 1] = array.shape.length === 2 ? [1, ...array.shape] : array.shape;
  const data = new Float32Array(array.data.length);
  for (let i = 0; i < height * width; i++)
    for (let c = 0; c < channels; c++) data[i * channels + c] = array.data[c * height * width + i]!;
  return { width, height, channels, data };
}

function onTensor(state: FileRecord, change: (raster: Raster) => Raster): FileRecord {
  if (state.kind === 'raster') return { ...state, raster: change(state.raster) };
  const made = change(asRaster(state));
  const back = channelsFirst({
    kind: 'array',
    format: 'picture',
    shape: [made.height, made.width, made.channels],
    data: Float32Array.from(made.data),
  });
  return state.shape.length === 2 ? { ...back, shape: back.shape.slice(1) } : back;
}

const resized = (state: FileRecord, height: number, width: number, method: string): FileRecord => {
  if (height * width > 1 << 26) throw new DataFileError('Pictures are resized to more pixels than the limit.');
  return onTensor(state, raster => resize(raster, width, height, method));
};
const cropped = (state: FileRecord, left: number, top: number, width: number, height: number): FileRecord =>
  onTensor(state, raster => crop(raster, left, top, width, height));

function greyTensor(array: RecordArray, channels: number): RecordArray {
  const [from = 1, height = 1, width = 1] = array.shape;
  const plane = height * width;
  const grey = Float32Array.from({ length: plane }, (_, i) =>
    from === 1
      ? array.data[i]!
      : 0.2989 * array.data[i]! + 0.587 * array.data[plane + i]! + 0.114 * array.data[2 * plane + i]!,
  );
  const data = new Float32Array(plane * channels);
  for (let c = 0; c < channels; c++) data.set(grey, c * plane);
  return { kind: 'array', format: 'picture', shape: [channels, height, width], data };
}

function sliceAxis(array: RecordArray, axis: number, index: number): RecordArray {
  const at = axis < 0 ? axis + array.shape.length : axis;
  const size = array.shape[at] ?? 0;
  const place = index < 0 ? index + size : index;
  if (place < 0 || place >= size) throw new DataFileError('A slice of a volume lies outside it.');
  const inner = array.shape.slice(at + 1).reduce((a, b) => a * b, 1);
  const outer = array.shape.slice(0, at).reduce((a, b) => a * b, 1);
  const data = new Float32Array(inner * outer);
  for (let o = 0; o < outer; o++)
    data.set(array.data.subarray((o * size + place) * inner, (o * size + place + 1) * inner), o * inner);
  return { ...array, shape: array.shape.filter((_, i) => i !== at), data };
}

/** Python's round. */
function roundHalfEven(x: number): number {
  const low = Math.floor(x);
  if (x - low !== 0.5) return Math.round(x);
  return low % 2 === 0 ? low : low + 1;
}
