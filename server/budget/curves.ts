import { type Ask, pldOf, rdpOf, type Steps } from './answers';
import { Found, type Name } from './found';
import { derive } from './gather';
import { type BudgetStatement, type CurvePoint, numberIn, type StatedParameter, type StatedValue } from './statement';

/** Values that an unknown parameter usually has: what a range is shown over. */
const usual: Readonly<Partial<Record<Name, readonly number[]>>> = {
  noiseMultiplier: [0.5, 1, 2, 4],
  batchSize: [32, 256, 2048],
  examples: [1e3, 1e4, 1e5, 1e6],
  epochs: [1, 10, 100],
  delta: [1e-4, 1e-6, 1e-8],
};

/** The steps that the parameters make, when they make them. */
export function stepsIn(found: Found): Steps | null {
  const [noiseMultiplier, sampleRate, steps, delta] = (
    ['noiseMultiplier', 'sampleRate', 'steps', 'delta'] as const
  ).map(name => numberIn(found.get(name)));
  if (noiseMultiplier == null || sampleRate == null || steps == null || delta == null) return null;
  if (noiseMultiplier < 0 || !(sampleRate > 0 && sampleRate <= 1) || !(steps >= 1) || !(delta > 0 && delta < 1))
    return null;
  return { noiseMultiplier, sampleRate, steps: Math.round(steps), delta };
}

/** Found parameters with one of them set to a value, and what is derived from it derived anew. */
function withValue(from: Found, name: Name, value: StatedValue, library: string): Found {
  const found = new Found(from.noise);
  const derived = new Set(
    ['batchSize', 'examples', 'epochs'].includes(name)
      ? ['sampleRate', 'steps']
      : name === 'sampleRate'
        ? ['steps']
        : [],
  );
  for (const [key, parameter] of Object.entries(from.entries()))
    if (key !== name && !(derived.has(key) && /⌈n\/B⌉|B\/n/.test(parameter.origin)))
      found.set(key as Name, single(parameter));
  found.set(name, { value, origin: name, overridable: false, span: null });
  derive(found, library);
  return found;
}

const single = ({ values: _, ...parameter }: StatedParameter): StatedParameter => parameter;

/** ε at each value of a parameter. */
function pointsOf(from: Found, name: Name, values: readonly StatedValue[], library: string, ask: Ask): CurvePoint[] {
  return values.flatMap(value => {
    const steps = stepsIn(withValue(from, name, value, library));
    if (!steps) return [];
    const { epsilon } = pldOf(steps, ask, 1e-3) ?? rdpOf(steps);
    return [{ value, epsilon }];
  });
}

/** ε at each value of a sweep over one parameter; null where nothing is swept or more is unknown. */
export function sweepOf(found: Found, library: string, ask: Ask): BudgetStatement['sweep'] {
  const [name] = found.swept();
  if (name === undefined || name === 'targetEpsilon') return null;
  const points = pointsOf(found, name, found.get(name)!.values!, library, ask);
  return points.length > 1 ? { name, points } : null;
}

/** The value of a sweep that spends most, and the steps that it makes. */
export function worstOf(
  found: Found,
  { name, points }: NonNullable<BudgetStatement['sweep']>,
  library: string,
): { readonly point: CurvePoint; readonly steps: Steps; readonly found: Found } | null {
  const [point] = [...points].sort((a, b) => b.epsilon - a.epsilon);
  const at = point && withValue(found, name as Name, point.value, library);
  const steps = at && stepsIn(at);
  return steps ? { point: point!, steps, found: at } : null;
}

/** Where one parameter alone is missing: ε over the values that it usually has. */
export function rangeOf(
  found: Found,
  unresolved: readonly string[],
  library: string,
  ask: Ask,
): BudgetStatement['range'] {
  const [name] = unresolved as Name[];
  const values = name === undefined ? undefined : usual[name];
  if (unresolved.length !== 1 || !name || !values) return null;
  const batch = numberIn(found.get('batchSize'));
  const fitting = name === 'examples' && batch !== null ? values.filter(value => value >= batch) : values;
  const points = pointsOf(found, name, fitting, library, ask);
  return points.length > 1 ? { name, points } : null;
}
