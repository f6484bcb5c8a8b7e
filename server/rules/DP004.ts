import type { Span } from '../facts/syntax';
import {
  caused,
  digits,
  finding,
  here,
  numberOf,
  numbersOf,
  originPlaces,
  provenance,
  weakest,
  writtenAt,
} from './evidence';
import type { Rule } from './rule';

/** `1 / len(loader)`: batches are far fewer than records. */
const fromBatches =
  /1(?:\.0*)?\s*\/\s*(?:\(?\s*\d*(?:\.\d+)?\s*\*\s*)?len\s*\(\s*\w*(?:loader|dataloader|_dl|batches)\w*\s*\)/i;

/** `1 / len(data)`, `1.0 / X.shape[0]`: one over the number of records, and nothing smaller. */
const overRecords =
  /^1(?:\.0*)?\s*\/\s*\(?\s*(?:float|int)?\s*\(?\s*(?:len\s*\(\s*[\w.[\]'"]+\s*\)|[\w.]+\.(?:shape\[0\]|size\(0\)))[\s)]*$/;

/** `1 / N`: one over a number that has a name or is written out. */
const overNumber = /^1(?:\.0*)?\s*\/\s*\(?\s*[\w.]+\s*\)?$/;

/** One over a count: 1/1304 is that of somebody's rows, 1/100000 a round figure. */
const isOverCount = (delta: number, expression: string): boolean => {
  const count = 1 / delta;
  return (
    overNumber.test(expression) &&
    Math.abs(count - Math.round(count)) < 1e-6 * count &&
    !/^10*$/.test(String(Math.round(count)))
  );
};

/** How a value is written, and where: a name stands for what the text once assigns to it. */
function spelled(expression: string, text: string): { readonly as: string; readonly at: Span | null } {
  if (!/^\w+$/.test(expression)) return { as: expression, at: null };
  const assigned = [...text.matchAll(new RegExp(`^[ \\t]*${expression}[ \\t]*=[ \\t]*([^#\\n=][^#\\n]*)`, 'gm'))];
  const [only] = assigned;
  if (!only || assigned.length > 1) return { as: expression, at: null };
  return { as: only[1]!.trim(), at: { start: only.index, end: only.index + only[0].trimEnd().length } };
}

export const DP004: Rule = {
  id: 'DP004',
  name: 'large-delta',
  summary: 'δ is so large that publishing whole records would satisfy it.',
  severity: 'warning',
  check: context =>
    [...caused(context.of('privatise')), ...here(context.of('budget'))].flatMap(event => {
      const { delta, examples } = event.parameters;
      if (!delta) return [];
      const largest = Math.max(...numbersOf(delta), Number.NEGATIVE_INFINITY);
      const rows = numberOf(examples);
      const given = event.arguments.target_delta ?? event.arguments.delta;
      const written = delta.kind === 'unknown' ? delta.expression : given?.text;
      const { as: expression, at } = spelled(written ?? '', context.text);
      const why =
        rows !== null && largest >= 1 / rows
          ? `δ = ${digits(largest)} is not below 1/n = ${digits(1 / rows)}`
          : largest >= context.settings.maxDelta
            ? `δ = ${digits(largest)}`
            : fromBatches.test(expression)
              ? 'δ is computed from the number of batches'
              : overRecords.test(expression) || (largest > 0 && isOverCount(largest, expression))
                ? 'δ is exactly 1/n'
                : null;
      if (why === null) return [];
      return [
        finding(DP004, (delta.kind === 'constant' ? at : null) ?? writtenAt(event, delta) ?? event, {
          tier: weakest(event.tier, delta.kind === 'constant' ? 'certain' : 'likely'),
          message:
            `δ is too large: ${why}${provenance(delta)}. ` +
            'With δ ≥ 1/n, releasing one whole record at random is "private". Set δ well below 1/n, for instance 1/n^1.1 or 1e-5 for fewer than 100,000 people.',
          related: originPlaces(delta),
        }),
      ];
    }),
};
