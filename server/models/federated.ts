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
const strategies =
  'FedAvg FedAvgM FedProx FedOpt FedAdam FedAdagrad FedYogi FedMedian FedTrimmedAvg FedXgbBagging FedXgbCyclic QFedAvg Krum MultiKrum Bulyan FedAvgAndroid FaultTolerantFedAvg'.split(
    ' ',
  );
const protections =
  'DifferentialPrivacyServerSideFixedClipping DifferentialPrivacyServerSideAdaptiveClipping DifferentialPrivacyClientSideFixedClipping DifferentialPrivacyClientSideAdaptiveClipping DPFedAvgFixed DPFedAvgAdaptive'.split(
    ' ',
  );
const places = ['flwr.server.strategy', 'flwr.serverapp.strategy'];
const each = <T>(values: readonly string[], entry: (name: string) => T): Record<string, T> =>
  Object.fromEntries(values.map(name => [name, entry(name)]));

/** Flower. Strategies that average are unprotected; the DP wrappers, modifiers and secure aggregation protect. */
export const flower: LibraryModel = {
  library: 'Flower',
  modules: ['flwr'],
  aliases: {
    'flwr.serverapp.strategy': 'flwr.server.strategy',
    'flwr.clientapp': 'flwr.client',
    'flwr.client.client.Client': 'flwr.client.Client',
    'flwr.client.numpy_client.NumPyClient': 'flwr.client.NumPyClient',
    'flwr.client.NumPyClient.NumPyClient': 'flwr.client.NumPyClient',
  },
  classes: {
    ...each<ClassModel>(
      strategies.flatMap(name => places.map(place => `${place}.${name}`)),
      () => ({}),
    ),
    'flwr.client.NumPyClient': {},
    'flwr.client.Client': {},
    'flwr.client.ClientApp': { roles: ['application'] },
    'flwr.server.ServerApp': { roles: ['application'] },
  },
  calls: {
    ...each(
      strategies.map(name => `flwr.server.strategy.${name}`),
      () => sets('server', 'flower'),
    ),
    ...each(
      protections.map(name => `flwr.server.strategy.${name}`),
      name => sets('server', 'flower', name.split('.').at(-1)!),
    ),
    'flwr.client.NumPyClient': sets('client', 'flower'),
    'flwr.client.Client': sets('client', 'flower'),
    'flwr.client.start_client': sets('client', 'flower'),
    'flwr.client.start_numpy_client': sets('client', 'flower'),
    'flwr.server.workflow.SecAggPlusWorkflow': sets('server', 'flower', 'SecAggPlusWorkflow'),
    'flwr.server.workflow.SecAggWorkflow': sets('server', 'flower', 'SecAggWorkflow'),
    'flwr.client.mod.LocalDpMod': sets('client', 'flower', 'LocalDpMod'),
    'flwr.client.mod.fixedclipping_mod': sets('client', 'flower', 'fixedclipping_mod'),
  },
};

/** NVFlare, FedML, Substra: controllers and filters. */
export const nvflare: LibraryModel = {
  library: 'NVFlare',
  modules: ['nvflare'],
  calls: {
    'nvflare.client.init': sets('client', 'nvflare'),
    'nvflare.app_common.workflows.fedavg.FedAvg': sets('server', 'nvflare'),
    'nvflare.app_opt.pt.job_config.fed_avg.FedAvgJob': sets('server', 'nvflare'),
    'nvflare.app_common.filters.svt_privacy.SVTPrivacy': sets('client', 'nvflare', 'SVTPrivacy'),
    'nvflare.app_opt.he.model_encryptor.HEModelEncryptor': sets('client', 'nvflare', 'HEModelEncryptor'),
  },
};
export const fedml: LibraryModel = {
  library: 'FedML',
  modules: ['fedml'],
  calls: {
    'fedml.FedMLRunner': sets('client', 'fedml'),
    'fedml.run_simulation': sets('server', 'fedml'),
    'fedml.core.dp.fedml_differential_privacy.FedMLDifferentialPrivacy.get_instance': sets(
      'client',
      'fedml',
      'FedMLDifferentialPrivacy',
    ),
  },
};
export const substra: LibraryModel = {
  library: 'Substra',
  modules: ['substrafl'],
  calls: {
    'substrafl.strategies.FedAvg': sets('server', 'substra'),
    'substrafl.strategies.Scaffold': sets('server', 'substra'),
    'substrafl.strategies.NewtonRaphson': sets('server', 'substra'),
  },
};

/** TensorFlow Federated: process builders; a DP or secure aggregator given to one protects it. */
export const tff: LibraryModel = {
  library: 'TensorFlow Federated',
  modules: ['tensorflow_federated'],
  calls: {
    ...each(
      ['build_weighted_fed_avg', 'build_unweighted_fed_avg', 'build_fed_sgd', 'build_weighted_fed_prox'].map(
        name => `tensorflow_federated.learning.algorithms.${name}`,
      ),
      () => sets('server', 'tff'),
    ),
    'tensorflow_federated.learning.build_federated_averaging_process': sets('server', 'tff'),
    'tensorflow_federated.learning.dp_aggregator': sets('server', 'tff', 'dp_aggregator'),
    'tensorflow_federated.learning.model_update_aggregator.dp_aggregator': sets('server', 'tff', 'dp_aggregator'),
    'tensorflow_federated.learning.secure_aggregator': sets('server', 'tff', 'secure_aggregator'),
    'tensorflow_federated.aggregators.DifferentiallyPrivateFactory.gaussian_fixed': sets(
      'server',
      'tff',
      'DifferentiallyPrivateFactory',
    ),
    'tensorflow_federated.aggregators.DifferentiallyPrivateFactory.gaussian_adaptive': sets(
      'server',
      'tff',
      'DifferentiallyPrivateFactory',
    ),
    'tensorflow_federated.aggregators.DifferentiallyPrivateFactory.tree_aggregation': sets(
      'server',
      'tff',
      'DifferentiallyPrivateFactory',
    ),
  },
};
