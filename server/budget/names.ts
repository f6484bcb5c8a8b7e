import type { StatedValue } from './statement';

/** Three significant digits, as people read them; JSON has all. */
export const shown = (value: number): string => (Number.isFinite(value) ? String(Number(value.toPrecision(3))) : '∞');

const words: Readonly<Record<string, string>> = {
  noiseScale: 'noise scale',
  noiseMultiplier: 'noise multiplier',
  sampleRate: 'sample rate',
  batchSize: 'batch size',
  examples: 'number of examples',
  targetEpsilon: 'target ε',
  maxGradNorm: 'clipping norm',
  microbatches: 'microbatches',
  clientsPerRound: 'clients a round',
  clients: 'number of clients',
  delta: 'δ',
};

/** A parameter's name in words. */
export const wordOf = (name: string): string => words[name] ?? name;

/** A value as people write it: small numbers with an exponent. */
export function written({ value }: { readonly value: StatedValue }): string {
  if (typeof value !== 'number') return String(value);
  if (value !== 0 && Math.abs(value) < 1e-3)
    return Number(value.toPrecision(3))
      .toExponential()
      .replace(/e([+-])(\d)$/, 'e$1$2');
  if (!Number.isInteger(value)) return shown(value);
  return value < 1e5 ? String(value) : value.toLocaleString('en');
}
