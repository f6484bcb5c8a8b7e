import { literal, operation } from '../../../../audit-core/datasets/recipe';
import type { CallSite } from '../follower';
import { type Instance, type Meaning, termOf, unknown } from '../symbols';
import { callBuiltin } from './builtins';
import { callFiles } from './files';
import { callGenerator, callRandom } from './generators';
import { callGroups } from './groups';
import { callKeras, callKerasInstance } from './keras';
import { callModel, callModelInstance } from './models';
import { callNumpy } from './numpy';
import { callPandas } from './pandas';
import { callPreprocessing, callTransformer } from './preprocessing';
import { callResampler, callResampling } from './resampling';
import { callSplits, callSplitter } from './splits';
import { callTable } from './table';
import { callTorch, callTorchInstance } from './torch';
import { callPicture, callVision, callVisionInstance } from './vision';

type Data = Extract<Meaning, { kind: 'term' }>;

/** Calls of library functions and constructors by qualified name. */
export function callLibrary(path: string, site: CallSite): Meaning {
  for (const family of [
    callBuiltin,
    callRandom,
    callFiles,
    callPandas,
    callNumpy,
    callSplits,
    callPreprocessing,
    callResampling,
    callVision,
    callTorch,
    callKeras,
    callModel,
  ]) {
    const made = family(path, site);
    if (made) return orLost(made, site);
  }
  return orLost(unknown, site);
}

/** Calls on instances: generators, splitters, transformers, groups, data sets, models. */
export function callInstance(self: Instance, method: string, site: CallSite): Meaning {
  if (self.type.startsWith('generator:')) return callGenerator(self, method, site);
  for (const family of [
    callGroups,
    callSplitter,
    callTransformer,
    callResampler,
    callVisionInstance,
    callTorchInstance,
    callKerasInstance,
    callModelInstance,
  ]) {
    const made = family(self, method, site);
    if (made) return orLost(made, site);
  }
  return orLost(unknown, site);
}

/** Calls on data. */
export function callTerm(self: Data, method: string, site: CallSite): Meaning {
  if (method === 'split' && site.named.size === 0 && self.row) {
    const by = termOf(site.args[0]);
    return by ? { ...self, term: operation('text-split', [self.term, by, literal(-1)]) } : unknown;
  }
  return orLost(callPicture(self, method, site) ?? callTable(self, method, site) ?? unknown, site);
}

/** What came out; where nothing did, the place where one of the arguments was lost. */
function orLost(made: Meaning, { args, named }: CallSite): Meaning {
  if (made.kind !== 'unknown' || made.why || made.loop) return made;
  const lost = (each: Meaning): Meaning | undefined =>
    each.kind === 'tuple' ? each.items.map(lost).find(Boolean) : each.kind === 'unknown' && each.why ? each : undefined;
  return [...args, ...named.values()].map(lost).find(Boolean) ?? made;
}
