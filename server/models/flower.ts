import { localNoise, noisedAggregate, saysRounds } from './federated-noise';
import type { CallModel, ClassModel, LibraryModel } from './schema';

const sets = (role: 'client' | 'server', protection?: string): CallModel => ({
  flow: 'none',
  events: [{ kind: 'federate', role, library: 'flower', ...(protection === undefined ? {} : { protection }) }],
});
const connects: CallModel = {
  flow: 'none',
  events: [{ kind: 'federate', role: 'client', library: 'flower', connects: true }],
};
const strategies =
  'Strategy FedAvg FedAvgM FedProx FedOpt FedAdam FedAdagrad FedYogi FedMedian FedTrimmedAvg FedXgbBagging FedXgbCyclic FedXgbNnAvg QFedAvg Krum MultiKrum Bulyan FedAvgAndroid FaultTolerantFedAvg'.split(
    ' ',
  );
const private_ =
  'DifferentialPrivacyServerSideFixedClipping DifferentialPrivacyServerSideAdaptiveClipping DifferentialPrivacyClientSideFixedClipping DifferentialPrivacyClientSideAdaptiveClipping DPFedAvgFixed DPFedAvgAdaptive'.split(
    ' ',
  );
const started = [...strategies, ...private_].map(name => `${name}.start`);
const modifiers = 'LocalDpMod fixedclipping_mod adaptiveclipping_mod secagg_mod secaggplus_mod'.split(' ');
const of = <T>(place: string, names: readonly string[], entry: (name: string) => T): Record<string, T> =>
  Object.fromEntries(names.map(name => [`${place}.${name}`, entry(name)]));
const client = { roles: ['application'] } as const satisfies ClassModel;
/** An app of functions hands out what they return; around a client class it only joins. Its modifiers may protect both. */
const app: CallModel = {
  parameters: ['client_fn', 'mods'],
  flow: 'none',
  events: [{ kind: 'federate', role: 'client', library: 'flower', given: 'mods' }],
  variants: [
    {
      when: { argument: 'client_fn', given: true },
      events: [{ kind: 'federate', role: 'client', library: 'flower', given: 'mods', connects: true }],
    },
  ],
};
/** Without a strategy of its own a server averages in the clear. */
const serves = (parameters: readonly string[]): CallModel => ({
  parameters,
  flow: 'none',
  events: [{ kind: 'federate', role: 'server', library: 'flower' }],
  variants: [{ when: { argument: 'strategy', given: true }, events: [] }],
});

/** Flower. Strategies that average are unprotected; the DP wrappers, modifiers and secure aggregation protect. */
export const flower: LibraryModel = {
  library: 'Flower',
  modules: ['flwr'],
  aliases: {
    'flwr.serverapp.strategy': 'flwr.server.strategy',
    'flwr.server.strategy.fedavg.FedAvg': 'flwr.server.strategy.FedAvg',
    'flwr.server.strategy.strategy.Strategy': 'flwr.server.strategy.Strategy',
    'flwr.clientapp': 'flwr.client',
    'flwr.clientapp.client_app.ClientApp': 'flwr.client.ClientApp',
    'flwr.client.app': 'flwr.client',
    'flwr.compat.client.app': 'flwr.client',
    'flwr.serverapp.ServerApp': 'flwr.server.ServerApp',
    'flwr.serverapp.Grid': 'flwr.server.Grid',
    'flwr.server.app': 'flwr.server',
    'flwr.client.client.Client': 'flwr.client.Client',
    'flwr.client.numpy_client.NumPyClient': 'flwr.client.NumPyClient',
    'flwr.client.NumPyClient.NumPyClient': 'flwr.client.NumPyClient',
  },
  classes: {
    ...of('flwr.server.strategy', [...strategies, ...private_], (): ClassModel => ({})),
    'flwr.client.NumPyClient': {},
    'flwr.client.Client': {},
    'flwr.client.ClientApp': client,
    'flwr.server.ServerApp': client,
  },
  calls: {
    ...of('flwr.server.strategy', strategies, () => sets('server')),
    ...of('flwr.server.strategy', private_, name =>
      noisedAggregate('flower', name, ['strategy', 'noise_multiplier', 'clipping_norm', 'num_sampled_clients'], {
        noiseMultiplier: 'noise_multiplier',
        maxGradNorm: 'clipping_norm|clip_norm|initial_clipping_norm',
        clientsPerRound: 'num_sampled_clients',
      }),
    ),
    ...of('flwr.server.strategy', started, () => saysRounds('grid')),
    'flwr.server.ServerConfig': saysRounds('num_rounds'),
    ...of('flwr.client.mod', modifiers, name => sets('client', name)),
    'flwr.client.mod.LocalDpMod': localNoise(
      'flower',
      'LocalDpMod',
      ['clipping_norm', 'sensitivity', 'epsilon', 'delta'],
      { targetEpsilon: 'epsilon', delta: 'delta', sensitivity: 'sensitivity', maxGradNorm: 'clipping_norm' },
    ),
    'flwr.client.NumPyClient': sets('client'),
    'flwr.client.Client': sets('client'),
    'flwr.client.ClientApp': app,
    'flwr.server.start_server': serves(['server_address', 'server', 'config', 'strategy']),
    'flwr.simulation.start_simulation': serves([]),
    'flwr.client.start_client': connects,
    'flwr.client.start_numpy_client': connects,
    'flwr.client.dpfedavg_numpy_client.DPFedAvgNumPyClient': sets('client', 'DPFedAvgNumPyClient'),
    'flwr.client.DPFedAvgNumPyClient': sets('client', 'DPFedAvgNumPyClient'),
    'flwr.server.workflow.SecAggPlusWorkflow': sets('server', 'SecAggPlusWorkflow'),
    'flwr.server.workflow.SecAggWorkflow': sets('server', 'SecAggWorkflow'),
  },
};
