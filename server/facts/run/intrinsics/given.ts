import type { ConstantValue, Resolved } from '../../values';
import type { Evaluator } from '../evaluator';
import { sameConstant, Value } from '../value';

const number = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
/** More values than this are no sweep that anybody reads. */
const mostValues = 8;

/**
 * What an option holds: its default, or what the command lines around the script give instead. One that leaves it out keeps the
 * default; a value that only the shell knows makes it unknown.
 */
export function asGiven(run: Evaluator, names: readonly string[], otherwise: Value): Value {
  const keys = names.map(name => name.replace(/^-+/, '').replaceAll('-', '_'));
  const constants: Resolved[] = [];
  let told = false;
  let unknown = false;
  for (const { file, options } of run.commands()) {
    const key = keys.find(each => options.has(each));
    if (key === undefined) {
      constants.push(...otherwise.constants);
      continue;
    }
    told = true;
    const words = options.get(key)!;
    if (words === null) {
      unknown = true;
      continue;
    }
    const note = `${names.find(name => name.startsWith('--')) ?? names[0]} in ${file}`;
    constants.push({
      value: meant(words, otherwise),
      origins: [{ kind: 'configuration-file', note }],
      overridable: true,
    });
  }
  if (!told) return otherwise;
  const out = new Value();
  if (unknown) return out;
  const several = constants.filter(
    (one, at) => constants.findIndex(other => sameConstant(other.value, one.value)) === at,
  );
  if (several.length <= mostValues) out.constants = several;
  return out;
}

/** A switch turns its default over; numbers are numbers; several words are a list. */
function meant(words: readonly string[], otherwise: Value): ConstantValue {
  if (words.length === 0) return otherwise.constants[0]?.value !== true;
  const values = words.map(word =>
    number.test(word) ? Number(word) : /^true$/i.test(word) ? true : /^false$/i.test(word) ? false : word,
  );
  return values.length === 1 ? values[0]! : values;
}
