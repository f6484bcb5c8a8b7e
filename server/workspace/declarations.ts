import { type Declarations, noDeclarations } from '../facts';
import type { RuleSettings } from '../rules';
import type { Configuration } from './configuration/configuration';

/** What the configuration declares of the project's data, as the abstract run reads it. */
export function declarationsOf({ columns, data, sensitivity, trustedLoggers }: Configuration): Declarations {
  const all = [columns, ...data];
  const people = data.filter(one => !one.public).map(({ name }) => name);
  const open = data.filter(one => one.public).map(({ name }) => name);
  return {
    ...noDeclarations,
    subjectKeys: all.flatMap(({ subject }) => subject),
    identifiers: all.flatMap(({ direct }) => direct),
    quasiIdentifiers: all.flatMap(({ quasi }) => quasi),
    protectedGroups: all.flatMap(one => one.protected),
    safeColumns: columns.safe,
    trustedLoggers,
    personData: sensitivity === 'always' ? [...people, '*'] : people,
    // "never": nothing is taken for people's data but what is declared to be.
    publicData: sensitivity === 'never' ? [...open, '*'] : open,
  };
}

export function ruleSettingsOf(configuration: Configuration): Partial<RuleSettings> {
  const { maxEpsilon, maxDelta, internalHosts, requireProvenance, sensitivity } = configuration;
  return {
    ...(maxEpsilon === null ? {} : { maxEpsilon }),
    ...(maxDelta === null ? {} : { maxDelta }),
    internalHosts,
    sensitivity,
    requireProvenance,
  };
}
