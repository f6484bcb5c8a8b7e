import { type Evidence, Taint } from '../facts/values';
import { finding, has, here, isPeople, peopleOf, peopleTier, way, weakest } from './evidence';
import type { Rule } from './rule';

/** Estimators whose fitted state is, or contains, training rows (scikit-learn's `_fit_X`, `support_vectors_`, `X_train_`). */
const keepsRows =
  /(?:^|\.)(?:KNeighbors(?:Classifier|Regressor|Transformer)|RadiusNeighbors(?:Classifier|Regressor)|NearestNeighbors|KNNImputer|LocalOutlierFactor|SVC|SVR|NuSVC|NuSVR|OneClassSVM|GaussianProcess(?:Classifier|Regressor)|KernelDensity|KernelRidge|KernelPCA|Isomap|LabelPropagation|LabelSpreading)$/;

/** A part of a checkpoint that is rows themselves or tells who somebody is: a frame, a data set, a list of ids. */
function holdsRows(part: Evidence): boolean {
  if (part.strength !== 'same' || has(part, Taint.model | Taint.privateModel | Taint.confidence)) return false;
  if (has(part, Taint.identifier | Taint.subjectKey)) return true;
  return (
    has(part, Taint.records) && part.types.some(type => /(?:DataFrame|Series|Dataset|DataLoader|ndarray)$/.test(type))
  );
}

export const LEAK004: Rule = {
  id: 'LEAK004',
  name: 'checkpoint-carries-data',
  summary: 'The saved object holds records or ids of people.',
  severity: 'warning',
  check: context =>
    here(context.of('save')).flatMap(event => {
      const people = peopleOf(context, event.value);
      if (!isPeople(people)) return [];
      const estimator = event.value.types.find(type => keepsRows.test(type));
      const rows = !estimator && event.parts.some(holdsRows);
      if (!estimator && !rows) return [];
      const name = estimator?.split('.').at(-1);
      return [
        finding(LEAK004, event, {
          tier: weakest(event.tier, peopleTier(people)),
          message: estimator
            ? `The saved \`${name}\` keeps training rows inside: who gets the file gets the records of people. ` +
              'Save a model that does not store rows (a linear model, trees), or treat the file as the data itself.'
            : 'The checkpoint carries records or ids of people beside the weights. ' +
              'Who gets the model gets the data. Save the `state_dict` and hyperparameters only.',
          related: way(event.value),
        }),
      ];
    }),
};
