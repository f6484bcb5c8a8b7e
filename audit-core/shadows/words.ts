import type { AuditOutcome } from '../audit/result';

/** The 99 % noise floor of a record's AUC by number of reference models, half of them IN (auditing by people §4.4, null q99). */
const floors: readonly (readonly [number, number])[] = [
  [8, 0.965],
  [16, 0.84],
  [32, 0.737],
  [64, 0.667],
  [128, 0.617],
  [200, 0.592],
];

/**
 * The floor for so many models, half of them IN; null below 8. Between the tabled numbers and above them along 1/√models, which the spread
 * of a difference of two means follows (within .01 of a simulation).
 */
export function noiseFloor(models: number): number | null {
  const above = floors.findIndex(([tabled]) => tabled >= models);
  const [most, least] = floors.at(-1)!;
  if (above < 0) return 0.5 + (least - 0.5) * Math.sqrt(most / models);
  const [after, low] = floors[above]!;
  if (after === models) return low;
  if (above === 0) return null;
  const [before, high] = floors[above - 1]!;
  const place = (count: number): number => 1 / Math.sqrt(count);
  return low + ((high - low) * (place(models) - place(after))) / (place(before) - place(after));
}

/** Where a run stands, in one sentence with figures only. */
export function partialSentence(models: number, { result }: AuditOutcome): string {
  const floor = noiseFloor(models);
  const attack = result.attacks.find(({ name, level }) => name === 'lira-online-pooled' && level === 'record');
  const parts = [`At ${models} reference models`];
  if (attack) parts.push(`LiRA's AUC is ${attack.auc.value.toFixed(3)}`);
  if (result.exposure) parts.push(`${result.exposure.named} people are exposed beyond chance`);
  if (floor !== null) parts.push(`a record AUC below ${floor.toFixed(2).replace(/^0/, '')} is noise`);
  return `${parts[0]}: ${parts.slice(1).join(', ')}.`;
}

/** Seconds as people say them. */
export function duration(seconds: number): string {
  if (seconds < 90) return `${Math.max(1, Math.round(seconds))} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}
