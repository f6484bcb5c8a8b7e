import { draw, seeded } from '../draws';
import { isOperation } from '../recipe';
import { cellOf } from '../values';
import type { Operations } from './index';

/** Draws from seeded generators: `[generator, draw before it or null, method, arguments…]`. */
export const random: Operations = {
  generator: () => null,
  draw: step => {
    const before = step.before(1);
    const maker = step.term.args[0]!;
    // The state is taken from the draw before, so that each draw is made once and in the order of the script.
    const state =
      before ??
      (isOperation(maker)
        ? seeded(String(step.of(maker.args[0]!)), cellOf(step.of(maker.args[1]!)) as number | string)
        : seeded('numpy', 0));
    const drawn = draw(
      state,
      step.text(2),
      Array.from({ length: step.count - 3 }, (_, i) => step.value(i + 3)),
      Object.fromEntries(Object.entries(step.term.named).map(([name, term]) => [name, step.of(term)])),
    );
    step.remember(state);
    return drawn;
  },
};
