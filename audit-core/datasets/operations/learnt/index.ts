import type { Grid } from '../../grid';
import type { Fitted } from '../../values';
import { principalComponents } from './components';
import { equalBins, powerTransform, quantileTransform } from './distributions';
import type { Options } from './matrix';
import { nearestImputer } from './neighbours';
import { countWords, hashedWords, weighedWords, weighWords } from './words';

/** Transformers of scikit-learn that learn more than a number a column, by their class. */
export const learnt: Readonly<Record<string, (data: Grid, options: Options) => Fitted>> = {
  PCA: principalComponents,
  KNNImputer: nearestImputer,
  PowerTransformer: powerTransform,
  QuantileTransformer: quantileTransform,
  KBinsDiscretizer: equalBins,
  CountVectorizer: countWords,
  TfidfTransformer: weighWords,
  TfidfVectorizer: weighedWords,
  HashingVectorizer: (_, options) => hashedWords(options),
};
