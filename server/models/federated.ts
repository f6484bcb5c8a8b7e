import { localNoise, noisedAggregate } from './federated-noise';
import type { CallModel, ClassModel, EventModel, LibraryModel } from './schema';

const event = (role: 'client' | 'server', library: string, protection?: string): EventModel => ({
  kind: 'federate',
  role,
  library,
  ...(protection === undefined ? {} : { protection }),
});
const sets = (role: 'client' | 'server', library: string, protection?: string): CallModel => ({
  flow: 'none',
  events: [event(role, library, protection)],
});
const each = <T>(names: string, entry: (name: string) => T): Record<string, T> =>
  Object.fromEntries(names.split(' ').map(name => [name, entry(name)]));
/** Calls of one place that protect; the last part of the name is what rules and people read. */
const protects = (role: 'client' | 'server', library: string, names: string): Record<string, CallModel> =>
  each(names, name => sets(role, library, name.slice(name.lastIndexOf('.') + 1)));

/** Recipes of version 2.7 and later by package: each says a whole federation. */
const recipes = Object.entries({
  'app_common.np.recipes': 'NumpyFedAvgRecipe fedavg.NumpyFedAvgRecipe lr.fedavg.FedAvgLrRecipe',
  'app_common.ccwf.recipes': 'swarm.SwarmLearningRecipe swarm.BaseSwarmLearningRecipe',
  'app_opt.pt.recipes':
    'FedAvgRecipe fedavg.FedAvgRecipe FedOptRecipe fedopt.FedOptRecipe FedProxRecipe fedprox.FedProxRecipe ScaffoldRecipe scaffold.ScaffoldRecipe CyclicRecipe cyclic.CyclicRecipe FedCERecipe fedce.FedCERecipe SwarmLearningRecipe swarm.SwarmLearningRecipe',
  'app_opt.tf.recipes':
    'FedAvgRecipe fedavg.FedAvgRecipe FedOptRecipe fedopt.FedOptRecipe ScaffoldRecipe scaffold.ScaffoldRecipe CyclicRecipe cyclic.CyclicRecipe',
  'app_opt.sklearn.recipes':
    'SklearnFedAvgRecipe fedavg.SklearnFedAvgRecipe KMeansFedAvgRecipe kmeans.KMeansFedAvgRecipe SVMFedAvgRecipe svm.SVMFedAvgRecipe',
  'app_opt.xgboost.recipes':
    'XGBBaggingRecipe bagging.XGBBaggingRecipe XGBHorizontalRecipe histogram.XGBHorizontalRecipe XGBVerticalRecipe vertical.XGBVerticalRecipe',
  'app_opt.flower': 'recipe.FlowerRecipe',
  recipe: 'FedAvgRecipe fedavg.FedAvgRecipe FedTaskRecipe cyclic.CyclicRecipe',
})
  .flatMap(([place, names]) => names.split(' ').map(name => `nvflare.${place}.${name}`))
  .join(' ');

/** NVFlare: controllers and jobs gather updates; filters and encryption protect them. Excluding variables does not. */
export const nvflare: LibraryModel = {
  library: 'NVFlare',
  modules: ['nvflare'],
  calls: {
    ...each(
      'nvflare.client.send nvflare.client.lightning.patch nvflare.app_opt.lightning.patch nvflare.client.hf.patch nvflare.app_common.np.np_trainer.NPTrainer',
      () => sets('client', 'nvflare'),
    ),
    ...each(recipes, () => sets('server', 'nvflare')),
    ...protects(
      'server',
      'nvflare',
      'nvflare.app_opt.pt.recipes.FedAvgRecipeWithHE nvflare.app_opt.pt.recipes.fedavg_he.FedAvgRecipeWithHE',
    ),
    // What `send` takes, or what the framework sends where a decorated function returns it.
    'nvflare.client.FLModel': {
      flow: 'none',
      variants: [
        {
          when: { argument: 'params', given: true },
          events: [{ kind: 'federate', role: 'client', library: 'nvflare', connects: true }],
        },
      ],
    },
    // A learner's or an executor's answer, where it holds weights and not figures.
    'nvflare.apis.dxo.DXO': {
      parameters: ['data_kind', 'data'],
      flow: 'none',
      variants: [
        { when: { argument: 'data_kind', equals: ['WEIGHT_DIFF', 'WEIGHTS'] }, events: [event('client', 'nvflare')] },
      ],
    },
    ...each(
      'nvflare.app_common.workflows.fedavg.FedAvg nvflare.app_common.workflows.scatter_and_gather.ScatterAndGather nvflare.app_common.workflows.scaffold.Scaffold nvflare.app_common.workflows.cyclic_ctl.CyclicController nvflare.app_opt.pt.job_config.fed_avg.FedAvgJob nvflare.app_opt.tf.job_config.fed_avg.FedAvgJob nvflare.app_common.workflows.cyclic.Cyclic nvflare.app_common.ccwf.ccwf_job.CCWFJob',
      () => sets('server', 'nvflare'),
    ),
    ...protects(
      'client',
      'nvflare',
      'nvflare.app_opt.he.model_encryptor.HEModelEncryptor nvflare.app_opt.he.HEModelEncryptor nvflare.app_opt.he.intime_accumulate_model_aggregator.HEInTimeAccumulateWeightedAggregator nvflare.app_common.filters.statistics_privacy_filter.StatisticsPrivacyFilter',
    ),
    ...each('nvflare.app_common.filters.svt_privacy.SVTPrivacy nvflare.app_common.filters.SVTPrivacy', () =>
      localNoise('nvflare', 'SVTPrivacy', ['fraction', 'epsilon', 'noise_var'], { targetEpsilon: 'epsilon_release' }),
    ),
    // Cuts updates to a percentile and adds nothing: it is named privacy, and is none.
    ...each(
      'nvflare.app_common.filters.percentile_privacy.PercentilePrivacy nvflare.app_common.filters.PercentilePrivacy',
      () => localNoise('nvflare', null, ['percentile', 'gamma'], {}, { noiseMultiplier: 0 }),
    ),
  },
};

export const fedml: LibraryModel = {
  library: 'FedML',
  modules: ['fedml'],
  classes: { 'fedml.core.ClientTrainer': {}, 'fedml.core.ServerAggregator': {} },
  calls: {
    'fedml.FedMLRunner': sets('client', 'fedml'),
    'fedml.run_simulation': sets('server', 'fedml'),
    'fedml.core.ClientTrainer': sets('client', 'fedml'),
    'fedml.core.ServerAggregator': sets('server', 'fedml'),
    ...protects(
      'client',
      'fedml',
      'fedml.core.dp.fedml_differential_privacy.FedMLDifferentialPrivacy.get_instance fedml.core.mpc.secagg.SecAgg',
    ),
  },
};

/** Substra and PySyft: the server of a strategy, or whoever may read a pointer, sees what a site hands out. */
export const substra: LibraryModel = {
  library: 'Substra',
  modules: ['substrafl', 'substra'],
  calls: each(
    'substrafl.strategies.FedAvg substrafl.strategies.Scaffold substrafl.strategies.NewtonRaphson substrafl.strategies.FedPCA substrafl.experiment.execute_experiment',
    () => sets('server', 'substra'),
  ),
};
export const pysyft: LibraryModel = {
  library: 'PySyft',
  modules: ['syft'],
  classes: { 'syft.VirtualWorker': {}, 'syft.Pointer': {} },
  calls: {
    'syft.TorchHook': { flow: 'none' },
    'syft.VirtualWorker': sets('client', 'pysyft'),
    'syft.FederatedDataLoader': { parameters: ['federated_dataset'], flow: 'same', from: ['federated_dataset'] },
    'syft.login': { flow: 'none' },
    'syft.syft_function': { flow: 'none' },
    // Version 0.9: code of others runs on the data once its owner has approved it, and its result leaves.
    'syft.syft_function_single_use': { flow: 'none' },
    'syft.Dataset': { flow: 'same' },
    'syft.Asset': { flow: 'same' },
    ...protects('client', 'pysyft', 'syft.frameworks.torch.mpc.SecureNN syft.core.adp.PhiTensor'),
  },
};

const aggregates = (protection: string): CallModel =>
  noisedAggregate('tff', protection, ['noise_multiplier', 'clients_per_round', 'clip'], {
    noiseMultiplier: 'noise_multiplier',
    clientsPerRound: 'clients_per_round',
    maxGradNorm: 'clip|l2_norm_clip|initial_l2_norm_clip',
  });
const aggregators = 'tensorflow_federated.aggregators.DifferentiallyPrivateFactory';
/** TensorFlow Federated: process builders; a DP or secure aggregator given to one protects it, a robust one does not. */
export const tff: LibraryModel = {
  library: 'TensorFlow Federated',
  modules: ['tensorflow_federated'],
  calls: {
    ...Object.fromEntries(
      'build_weighted_fed_avg build_unweighted_fed_avg build_fed_sgd build_weighted_fed_prox build_unweighted_fed_prox build_weighted_mime_lite build_unweighted_mime_lite build_mime_lite_with_optimizer_schedule build_weighted_fed_avg_with_optimizer_schedule build_fed_recon build_fed_kmeans'
        .split(' ')
        .map(name => [`tensorflow_federated.learning.algorithms.${name}`, sets('server', 'tff')]),
    ),
    'tensorflow_federated.learning.build_federated_averaging_process': sets('server', 'tff'),
    'tensorflow_federated.learning.build_federated_sgd_process': sets('server', 'tff'),
    ...protects(
      'server',
      'tff',
      'tensorflow_federated.learning.ddp_secure_aggregator tensorflow_federated.learning.secure_aggregator tensorflow_federated.aggregators.SecureSumFactory tensorflow_federated.aggregators.SecureModularSumFactory',
    ),
    ...Object.fromEntries(
      'gaussian_fixed gaussian_adaptive tree_aggregation tree_adaptive'
        .split(' ')
        .map(name => [`${aggregators}.${name}`, aggregates('DifferentiallyPrivateFactory')]),
    ),
    'tensorflow_federated.learning.dp_aggregator': aggregates('dp_aggregator'),
    'tensorflow_federated.learning.model_update_aggregator.dp_aggregator': aggregates('dp_aggregator'),
  },
};

/** OpenFL and FATE. */
export const openfl: LibraryModel = {
  library: 'OpenFL and FATE',
  modules: ['openfl', 'fate_client'],
  aliases: {
    'openfl.experimental.workflow.interface': 'openfl.experimental.interface',
    'openfl.experimental.workflow.interface.fl_spec.FLSpec': 'openfl.experimental.interface.FLSpec',
  },
  classes: { 'openfl.experimental.interface.FLSpec': {} } satisfies Record<string, ClassModel>,
  calls: {
    'openfl.interface.interactive_api.experiment.FLExperiment': sets('server', 'openfl'),
    'openfl.federated.FederatedModel': sets('client', 'openfl'),
    'openfl.experimental.interface.FLSpec': sets('server', 'openfl'),
    'fate_client.pipeline.components.fate.HomoLR': sets('client', 'fate', 'SecureAggregator'),
    'fate_client.pipeline.components.fate.HomoNN': sets('client', 'fate', 'SecureAggregator'),
    'fate_client.pipeline.components.fate.HeteroSecureBoost': sets('client', 'fate', 'HeteroSecureBoost'),
  },
};
