import type { OperatorTable } from '../operator';
import { activations } from './activations';
import { arithmetic } from './arithmetic';
import { attention } from './attention';
import { convolutions } from './convolutions';
import { creation } from './creation';
import { normalisation } from './normalisation';
import { patches } from './patches';
import { pooling } from './pooling';
import { products } from './products';
import { recurrence } from './recurrent';
import { reductions } from './reductions';
import { resizing } from './resize';
import { shapes } from './shapes';

/** ATen operators in inference, by name without their overload; training differs in dropout and batch statistics alone. */
export const operators: OperatorTable = {
  ...activations,
  ...arithmetic,
  ...attention,
  ...convolutions,
  ...creation,
  ...normalisation,
  ...patches,
  ...pooling,
  ...products,
  ...recurrence,
  ...reductions,
  ...resizing,
  ...shapes,
};
