import { type Code, FunctionBuilder, f32, f32x4, i32, loop, type WasmFunction, when } from './assembler';
import { type Arithmetic, alongside } from './row-code';

/**
 * Walks over what each place of a window sees: for `width` places along a row of the answer, `spans` runs of `span` numbers at `x`, each a row
 * of the image further (`imageRow` bytes), `step` bytes from place to place. The patches at `to` lie side by side.
 */
function overPatches(body: (arithmetic: Arithmetic, image: Code, patch: Code) => Code): WasmFunction {
  const f = new FunctionBuilder();
  const { x, imageRow, step, span, spans, to, width } = f.take([
    ...(['x', 'imageRow', 'step', 'span', 'spans', 'to', 'width'] as const),
  ]);
  const { column, spanAt, from, source } = f.own(['column', 'spanAt', 'from', 'source']);
  return f.finish(
    loop(
      column,
      width.get,
      i32.constant(1),
      from.set(x.get),
      spanAt.set(i32.constant(0)),
      loop(
        spanAt,
        spans.get,
        i32.constant(1),
        source.set(from.get),
        alongside(f, span, [source, to], arithmetic => body(arithmetic, source.get, to.get)),
        from.add(imageRow.get),
      ),
      x.add(step.get),
    ),
  );
}

/** Lays the patches of an image out. */
const patches = overPatches(({ load, store }, image, patch) => store(patch, load(image)));

/** The way back: the numbers of the patches are added where they came from. */
const unpatch = overPatches(({ load, store, add }, image, patch) => store(image, add(load(image), load(patch))));

/**
 * The gradient of a largest value goes to the first place of the window that has it: `channels` numbers at one place of the output, a window
 * of `height` × `width` places of the input; `dx` lies as `x` does.
 */
function routeLargest(): WasmFunction {
  const f = new FunctionBuilder();
  const { x, dx, y, dy, imageRow, pixel, height, width, channels } = f.take([
    ...(['x', 'dx', 'y', 'dy', 'imageRow', 'pixel', 'height', 'width', 'channels'] as const),
  ]);
  const { channel, row, column, place, line, difference, closed } = f.own([
    ...(['channel', 'row', 'column', 'place', 'line', 'difference', 'closed'] as const),
  ]);
  const { largest, open, hit } = f.own(['largest', 'open', 'hit'], 'v128');
  const target = i32.add(place.get, difference.get);
  const overWindow = (body: Code): Code => [
    ...line.set(x.get),
    ...row.set(i32.constant(0)),
    ...loop(
      row,
      height.get,
      i32.constant(1),
      place.set(line.get),
      column.set(i32.constant(0)),
      loop(column, width.get, i32.constant(1), body, place.add(pixel.get)),
      line.add(imageRow.get),
    ),
  ];
  const onward = (numbers: number): Code => [x, y, dy].flatMap(each => each.add(i32.constant(4 * numbers)));
  return f.finish(
    difference.set(i32.sub(dx.get, x.get)),
    loop(
      channel,
      i32.sub(channels.get, i32.constant(3)),
      i32.constant(4),
      largest.set(f32x4.load(y.get)),
      open.set(f32x4.ones),
      overWindow([
        ...hit.set(f32x4.and(f32x4.equal(f32x4.load(place.get), largest.get), open.get)),
        ...open.set(f32x4.andNot(open.get, hit.get)),
        ...f32x4.store(target, f32x4.add(f32x4.load(target), f32x4.and(f32x4.load(dy.get), hit.get))),
      ]),
      onward(4),
    ),
    loop(
      channel,
      channels.get,
      i32.constant(1),
      closed.set(i32.constant(0)),
      overWindow(
        when(i32.and(f32.equal(f32.load(place.get), f32.load(y.get)), i32.isZero(closed.get)), [
          ...f32.store(target, f32.add(f32.load(target), f32.load(dy.get))),
          ...closed.set(i32.constant(1)),
        ]),
      ),
      onward(1),
    ),
  );
}

export const windowCode: readonly (readonly [name: string, made: WasmFunction])[] = [
  ['patches', patches],
  ['unpatch', unpatch],
  ['routeLargest', routeLargest()],
];
