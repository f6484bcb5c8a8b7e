/** Share of people whose largest record AUC reaches the bar, for the seven clinical data sets of the published study. */
export interface PublishedSurvival {
  readonly name: string;
  readonly people: number;
  /** Counts at .6, .7, .8, .9, .95, .99. */
  readonly counts: readonly [number, number, number, number, number, number];
}

/**
 * Knolle et al., "Disparate privacy risks from medical AI", Nature 656, 192–198 (2026), companion data; nets of about 1.5 M parameters,
 * 200 models a set. Quoted for comparison of shape only: other models, other data.
 */
export const published: readonly PublishedSurvival[] = [
  { name: 'PTB-XL (ECG)', people: 16_965, counts: [9448, 5889, 3245, 1084, 398, 70] },
  { name: 'Fitzpatrick-17k', people: 16_175, counts: [5337, 1236, 148, 4, 0, 0] },
  { name: 'EMBED', people: 18_929, counts: [7045, 1231, 238, 35, 11, 2] },
  { name: 'MIMIC-CXR', people: 65_379, counts: [16_406, 698, 60, 4, 0, 0] },
  { name: 'CheXpert', people: 64_540, counts: [2596, 17, 1, 0, 0, 0] },
  { name: 'FairVision', people: 19_982, counts: [166, 5, 0, 0, 0, 0] },
  { name: 'MIMIC-IV-ED', people: 173_189, counts: [7678, 65, 6, 1, 0, 0] },
];
