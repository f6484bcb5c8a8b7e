import { agents } from './agents';
import { automl } from './automl';
import { biometrics } from './biometrics';
import { catboost, lightgbm, xgboost } from './boosting';
import { builtins } from './builtins';
import { clinicalToolkits } from './clinical-toolkits';
import { clouds } from './clouds';
import { concurrency } from './concurrency';
import { databases } from './databases';
import { demos } from './demos';
import { pydicom } from './dicom';
import { diffusers } from './diffusers';
import { autodp, dpAccounting, prvAccountant, pyvacy } from './dp-accountants';
import { diffprivlib, dpTransformers, fastDp, privateTransformers, smartNoise } from './dp-engines';
import { explanations } from './explanations';
import { fairness } from './fairness';
import { fastai } from './fastai';
import { fedml, nvflare, openfl, pysyft, substra, tff } from './federated';
import { fhir } from './fhir';
import { flower } from './flower';
import { hubs } from './hubs';
import { images } from './images';
import { javascriptCrypto } from './javascript-crypto';
import { javascriptDatabases } from './javascript-databases';
import { javascriptLogs } from './javascript-logs';
import { javascriptProviders } from './javascript-providers';
import { javascriptTools } from './javascript-tools';
import { jax } from './jax';
import { jaxPrivacy } from './jax-privacy';
import { keras } from './keras';
import { languageChains } from './language-chains';
import { lightning } from './lightning';
import { llamaIndex } from './llama-index';
import { loggers } from './loggers';
import { createModels, type Models } from './lookup';
import { modelServers } from './model-servers';
import { monai } from './monai';
import { nodeServing } from './node-serving';
import { numpy } from './numpy';
import { opacus } from './opacus';
import { openAi } from './openai';
import { pandas } from './pandas';
import type { LibraryModel } from './schema';
import { django, fastapi, flask, webFrameworks } from './serving';
import { sklearn } from './sklearn';
import { spreadsheets } from './spreadsheets';
import { synthetic } from './synthetic';
import { datasets, polars, pyarrow } from './tables';
import { tfPrivacy } from './tf-privacy';
import { javascriptModels, tfjs } from './tfjs';
import { httpClients, providers } from './third-parties';
import { torch } from './torch';
import { accelerate, torchTrainers } from './torch-trainers';
import { tensorboard, trackers } from './trackers';
import { mlflow, wandb } from './tracking';
import { transformers } from './transformers';
import { vectorStores } from './vector-stores';
import { volumes } from './volumes';

/** Every library that the analysis knows; adding one adds its file and its line here. */
export const libraries: readonly LibraryModel[] = [
  catboost,
  lightgbm,
  xgboost,
  concurrency,
  autodp,
  dpAccounting,
  prvAccountant,
  pyvacy,
  diffprivlib,
  dpTransformers,
  fastDp,
  jaxPrivacy,
  privateTransformers,
  smartNoise,
  diffusers,
  explanations,
  fairness,
  fastai,
  fedml,
  openfl,
  pysyft,
  flower,
  nvflare,
  substra,
  tff,
  clinicalToolkits,
  clouds,
  hubs,
  javascriptTools,
  javascriptCrypto,
  javascriptDatabases,
  javascriptLogs,
  nodeServing,
  tfjs,
  javascriptModels,
  javascriptProviders,
  jax,
  lightning,
  pydicom,
  volumes,
  images,
  biometrics,
  fhir,
  accelerate,
  automl,
  torchTrainers,
  monai,
  demos,
  modelServers,
  webFrameworks,
  django,
  fastapi,
  flask,
  spreadsheets,
  synthetic,
  databases,
  vectorStores,
  datasets,
  polars,
  pyarrow,
  tfPrivacy,
  httpClients,
  openAi,
  agents,
  languageChains,
  llamaIndex,
  providers,
  loggers,
  trackers,
  tensorboard,
  transformers,
  keras,
  numpy,
  opacus,
  pandas,
  sklearn,
  mlflow,
  wandb,
  torch,
  builtins,
];

let shared: Models | null = null;

/** The answers for the libraries above, made once. */
export function builtInModels(): Models {
  shared ??= createModels(libraries);
  return shared;
}

export { createModels, type Models } from './lookup';
export type * from './schema';
