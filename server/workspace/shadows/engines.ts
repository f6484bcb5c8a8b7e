import { type ShadowEngine, ShadowError } from '../../../audit-core/shadows/engine';
import { makeAuditable } from '../../audit/auditable/auditable';
import { applyEdits } from '../../audit/auditable/edits';
import { originalLine } from '../../audit/auditable/original-line';
import { readTrainingRecipe } from '../../audit/training/recipe';
import { embeddedEngine } from './embedded-engine';
import { findInterpreter } from './interpreter';
import type { PreparedShadows } from './messages';
import { processEngine } from './process-engine';
import { dashboardAddress } from './ray/client';
import { rayEngine } from './ray/engine';
import { fileHash, modulesBeside, structureOf } from './run-key';
import { type ShadowAuditRequest, type ShadowWatch, workersOf } from './shadow-audit';

/** What decides the scores beside data, code and seed: the person key, and for the embedded engine the recipe and architecture that it reads. */
export async function recipeOf({ request, engine, facts }: ShadowAuditRequest): Promise<string> {
  const { person, members, split, inputs, recipe: steps, limits } = request;
  const listed = members?.kind === 'file' ? await fileHash(members.path) : members;
  const common = { person, members: listed, split, inputs, steps, values: limits.values ?? null };
  if (engine !== 'embedded') return JSON.stringify(common);
  const read = readTrainingRecipe(facts);
  const recipe = read.kind === 'known' ? read.recipe : null;
  return JSON.stringify({ ...common, recipe, architecture: await structureOf(request.checkpoint) });
}

/** The engine that was asked for; a ShadowError where it cannot train this script. */
export async function makeEngine(
  asked: ShadowAuditRequest,
  prepared: PreparedShadows,
  folder: string,
  watch: ShadowWatch,
): Promise<ShadowEngine> {
  if (asked.engine === 'process') return scriptEngine(asked, prepared, folder);
  if (asked.engine === 'embedded') return recipeEngine(asked, prepared, watch);
  return clusterEngine(asked, prepared);
}

/** The script's text as its own code trains reference models, edited where it does not read the variables yet. */
function auditableText({ facts, text }: ShadowAuditRequest) {
  const made = makeAuditable(facts, text);
  if (made.kind === 'not-known')
    throw new ShadowError(
      `The script cannot be made auditable by itself: ${made.why} Read EPSILINT_MEMBERS and write EPSILINT_SCORES in it by hand.`,
    );
  return made.kind === 'already'
    ? { asItIs: true, text, originalLine: (line: number): number | null => line }
    : {
        asItIs: false,
        text: applyEdits(text, made.edits),
        originalLine: (line: number): number | null => originalLine(text, made.edits, line),
      };
}

function scriptEngine(asked: ShadowAuditRequest, prepared: PreparedShadows, folder: string): ShadowEngine {
  const { script, settings } = asked;
  const interpreter = findInterpreter(script, settings.env, settings.python);
  if (interpreter === null)
    throw new ShadowError('No Python interpreter was found; name one by --python or the setting epsilint.python.');
  return processEngine({
    ...auditableText(asked),
    interpreter,
    script,
    divided: prepared.divided!,
    rows: prepared.people.codes.length,
    slots: workersOf(settings),
    timeLimit: settings.timeLimit,
    env: settings.env,
    folder,
  });
}

/** The embedded engine, where the script tells how it trains. */
function recipeEngine(
  { facts, request, seed, settings }: ShadowAuditRequest,
  { thinned }: PreparedShadows,
  watch: ShadowWatch,
): ShadowEngine {
  const read = readTrainingRecipe(facts);
  if (read.kind === 'not-known') throw new ShadowError(read.why);
  if (request.claim && !read.mechanism)
    throw new ShadowError(
      `The script trains with differential privacy in a way that the embedded engine does not replay; use --engine process.`,
    );
  const fewer =
    thinned &&
    `the models see ${thinned.kept} of the ${thinned.total} rows: with fewer people each is remembered better, so exposure is overstated (the engine process trains on all)`;
  return embeddedEngine({
    request,
    recipe: read.recipe,
    mechanism: read.mechanism,
    seed,
    differences: fewer ? [...read.differences, fewer] : read.differences,
    slots: workersOf(settings),
    ...(watch.folder !== undefined && { folder: watch.folder }),
  });
}

/** The script's own code on an existing Ray cluster. */
function clusterEngine(asked: ShadowAuditRequest, prepared: PreparedShadows): ShadowEngine {
  const { request, settings, script, facts } = asked;
  const address = dashboardAddress(settings.ray.address, settings.env);
  if (address === null)
    throw new ShadowError(
      'No Ray cluster is named: give the address of its dashboard by --ray-address or RAY_ADDRESS, such as http://head:8265.',
    );
  const { text, originalLine: lineOf } = auditableText(asked);
  return rayEngine({
    address,
    script,
    text,
    originalLine: lineOf,
    files: [...request.data.map(({ path }) => path), ...modulesBeside(script, facts)],
    divided: prepared.divided!,
    rows: prepared.people.codes.length,
    slots: settings.workers ?? 8,
    timeLimit: settings.timeLimit,
    cpus: settings.ray.cpus,
    gpus: settings.ray.gpus,
    retries: settings.ray.retries,
    folder: settings.ray.folder,
    env: settings.env,
  });
}
