import { existsSync } from 'node:fs';
import { basename, dirname, extname, resolve } from 'node:path';
import type { Claim } from '../../audit-core/audit/inputs';
import { type DeclaredAudit, overrule } from '../audit/declared';
import type { FindModule } from '../audit/follow/follower';
import { Analyser, type DocumentAnalysis } from '../workspace/analysis';
import { budgetClaim } from '../workspace/audit-request';
import { scriptsSaving } from '../workspace/audit-scripts';
import { declaredOf } from '../workspace/configuration/audits';
import type { Configuration } from '../workspace/configuration/configuration';
import { Configurations } from '../workspace/configuration/find';
import type { AuditEntry } from '../workspace/configuration/schema';
import { readSpecification, SpecificationError } from '../workspace/configuration/specification';
import { DataFiles } from '../workspace/file-facts';
import { FrontEnds } from '../workspace/front-ends';
import { type Host, nodeHost, ReadError } from '../workspace/host';
import { languageOf } from '../workspace/languages';
import { projectModules } from '../workspace/project-modules';
import { decodeSource } from '../workspace/source-text';
import type { AuditWords } from './audit-options';
import { UsageError } from './io';

/** What the words of the command line are about: script and checkpoint, with the configuration that holds. */
export interface AuditSubject {
  readonly analyser: Analyser;
  /** null for a checkpoint alone. */
  readonly script: DocumentAnalysis | null;
  /** Modules of the script's project. */
  readonly find: FindModule;
  /** Absolute; null where only the script is known. */
  readonly checkpoint: string | null;
  readonly configuration: Configuration;
  /** Options over the specification. */
  readonly given: DeclaredAudit;
  readonly budget: Claim | null;
}

const isScript = (path: string): boolean => languageOf(path) !== null && extname(path) !== '.json';

/** Finds the script and the checkpoint that a target means. Throws `UsageError`. */
export async function subjectOf(
  target: string,
  words: AuditWords,
  cwd: string,
  log: (message: string) => void,
): Promise<AuditSubject> {
  const host = nodeHost((level, message) => {
    if (level === 'error') log(message);
  });
  const path = resolve(cwd, target);
  if (!existsSync(path)) throw new UsageError(`${target}: there is no such file.`);
  const options = declaredOf(optionsEntry(words), cwd, 'the command line');
  const specification = isScript(path) ? null : specificationOf(path, target, host);
  const given = specification ? overrule(specification.declared, options) : options;
  const asked = isScript(path) || specification ? given.checkpoint : path;
  const frontEnds = new FrontEnds();
  const scriptPath = isScript(path)
    ? path
    : specification
      ? specification.script
      : await scriptFor(path, target, host, frontEnds, words);
  const folder = dirname(scriptPath ?? asked ?? path);
  const configuration = configurationFor(host, folder, words.config, cwd);
  const counting = new DataFiles(host, { reading: 'at-once' });
  const analyser = new Analyser({ host, root: folder, frontEnds, files: counting.lookup, counting });
  const script = scriptPath === null ? null : await analysed(analyser, scriptPath, host, configuration);
  return {
    analyser,
    script,
    find:
      scriptPath === null
        ? () => null
        : projectModules(scriptPath, (module, text) => frontEnds.parse(module, text, 'python')),
    checkpoint: asked,
    configuration,
    given,
    budget: script && budgetClaim(script.budgets, script.path),
  };
}

/** The options of the command line as an audit entry, paths as given. */
export function optionsEntry(words: AuditWords): AuditEntry {
  const { data, members, label, features, person, groups, bases, scores } = words;
  const [base, ...references] = bases;
  return {
    ...(data.length > 0 && { data: data.length === 1 ? data[0]! : [...data] }),
    ...(label.length > 0 && { label: label.length === 1 ? label[0]! : [...label] }),
    ...(features.length > 0 && { features: [...features] }),
    ...(person !== null && { person }),
    ...(groups.length > 0 && { groups: [...groups] }),
    ...(members !== null && { members }),
    ...(scores !== null && { scores }),
    ...(base !== undefined && { base }),
    ...(references.length > 0 && { references }),
  };
}

function specificationOf(
  path: string,
  shown: string,
  host: Host,
): { declared: DeclaredAudit; script: string | null } | null {
  const kind = /\.(toml|json)$/i.exec(path)?.[1]?.toLowerCase();
  if (kind !== 'toml' && kind !== 'json') return null;
  let entry: AuditEntry | null;
  try {
    // Specifications are short; a longer JSON is a model.
    if (kind === 'json' && (host.stat(path)?.bytes ?? 0) > 2_000_000) return null;
    entry = readSpecification(decodeSource(host.read(path, 2_000_000)).text, kind);
  } catch (error) {
    if (error instanceof SpecificationError || error instanceof ReadError)
      throw new UsageError(`${shown}: ${error.message}`);
    throw error;
  }
  if (!entry) return null;
  const folder = dirname(path);
  return {
    declared: declaredOf(entry, folder, basename(path)),
    script: entry.script === undefined ? null : resolve(folder, entry.script),
  };
}

/** The one script that saves a checkpoint; null where the options say enough without. */
async function scriptFor(
  checkpoint: string,
  shown: string,
  host: Host,
  frontEnds: FrontEnds,
  words: AuditWords,
): Promise<string | null> {
  const found = await scriptsSaving(checkpoint, host, frontEnds);
  if (found.length > 1 && words.data.length === 0)
    throw new UsageError(
      `${shown}: ${found.map(one => basename(one)).join(' and ')} save it; name the script that made it instead.`,
    );
  return found.length === 1 ? found[0]! : null;
}

/** The configuration of a folder; a slip in it stops the audit. */
function configurationFor(host: Host, folder: string, named: string | null, cwd: string): Configuration {
  try {
    const all = new Configurations(host);
    const { configuration, problems } = named === null ? all.forFolder(folder) : all.named(resolve(cwd, named));
    const [problem] = problems;
    if (problem) throw new UsageError(`${problem.path}:${problem.line}:${problem.column}: ${problem.message}`);
    return configuration;
  } catch (error) {
    if (error instanceof ReadError) throw new UsageError(`--config ${named}: ${error.message}.`);
    throw error;
  }
}

async function analysed(
  analyser: Analyser,
  path: string,
  host: Host,
  configuration: Configuration,
): Promise<DocumentAnalysis> {
  try {
    const { text, problem } = decodeSource(host.read(path, 64_000_000));
    return await analyser.analyse({ path, text, language: languageOf(path) ?? 'python', problem }, configuration);
  } catch (error) {
    if (error instanceof ReadError) throw new UsageError(`${basename(path)}: ${error.message}.`);
    throw error;
  }
}
