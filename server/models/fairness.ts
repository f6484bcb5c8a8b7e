import type { CallModel, LibraryModel } from './schema';

const grouped = (parameters: readonly string[], values: readonly string[]): CallModel => ({
  parameters,
  flow: 'aggregate',
  events: [{ kind: 'evaluate', metric: 'by group', grouped: true, values }],
});
const differences =
  'demographic_parity_difference demographic_parity_ratio equalized_odds_difference equalized_odds_ratio equal_opportunity_difference'.split(
    ' ',
  );

/** Fairlearn, AIF360 and Aequitas: metrics by group. */
export const fairness: LibraryModel = {
  library: 'Fairlearn and AIF360',
  modules: ['fairlearn', 'aif360', 'aequitas'],
  aliases: { 'fairlearn.metrics._metric_frame.MetricFrame': 'fairlearn.metrics.MetricFrame' },
  calls: {
    'fairlearn.metrics.MetricFrame': grouped(['metrics', 'y_true', 'y_pred'], ['y_true', 'y_pred']),
    ...Object.fromEntries(
      differences.map(name => [`fairlearn.metrics.${name}`, grouped(['y_true', 'y_pred'], ['y_true', 'y_pred'])]),
    ),
    'aif360.metrics.ClassificationMetric': grouped(['dataset', 'classified_dataset'], ['dataset']),
    'aif360.metrics.BinaryLabelDatasetMetric': grouped(['dataset'], ['dataset']),
    'aequitas.group.Group.get_crosstabs': grouped(['df'], ['df']),
  },
};
