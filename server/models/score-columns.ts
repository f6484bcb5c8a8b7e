import { tokensOf } from './identifiers';

/** Names under which systems keep what a model said of a record. Whole names only: `hospital_death_prob` is a feature. */
const names = new Set(
  `probability|probabilities|predicted probability|prediction probability|pred proba|pred prob|predict proba|y prob|y proba|y score|
  prob|proba|confidence|confidence score|prediction score|prediction confidence|risk score|risk probability|predicted risk|
  readmission probability|disease probability|logit|logits|embedding|embeddings`
    .split('|')
    .map(name => name.trim()),
);

/** Whether a column of that name holds per-record scores of a model. */
export const isScoreColumn = (name: string): boolean => names.has(tokensOf(name).join(' '));
