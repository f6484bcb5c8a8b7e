import { existsSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import type { Claim } from '../../audit-core/audit/inputs';
import type { ScoresRequest, ScriptRequest } from '../../audit-core/audit/request';
import { type CompletedAudit, completeAudit, type MissingPart } from '../audit/complete';
import { type DeclaredAudit, overrule } from '../audit/declared';
import type { FindModule } from '../audit/follow/follower';
import { inferAudit } from '../audit/infer';
import type { BudgetStatement } from '../budget';
import type { ModuleFacts } from '../facts/syntax';
import { declaredAudit } from './configuration/audits';
import type { Configuration } from './configuration/configuration';

/** What command line and editor know when somebody asks for an audit. */
export interface AuditQuestion {
  /** The script with its facts; null for a checkpoint alone. */
  readonly script: {
    readonly path: string;
    readonly facts: ModuleFacts;
    /** Modules of its project, so that helpers in other files are followed. */
    readonly find: FindModule;
  } | null;
  /** The checkpoint that was asked for, absolute; null: the one that the script saves. */
  readonly checkpoint: string | null;
  readonly configuration: Configuration;
  /** What is said beside the configuration (options, answers); beats it. */
  readonly given: DeclaredAudit;
  /** The budget that the code buys, where neither a target nor a claim is stated. */
  readonly budget: Claim | null;
  readonly despiteGate: boolean;
}

export type AuditPreparation =
  | {
      readonly kind: 'ready';
      readonly request: ScriptRequest | ScoresRequest;
      readonly completed: CompletedAudit;
      readonly declared: DeclaredAudit;
    }
  | {
      readonly kind: 'missing';
      readonly missing: readonly MissingPart[];
      readonly completed: CompletedAudit;
      readonly declared: DeclaredAudit;
      /** Where the answers belong (absolute): the configuration that holds, else `epsilint.toml` beside the script. */
      readonly file: string;
    };

/** Script, configuration and what was said, as one request for the audit worker; or what is missing. Reads no data. */
export function prepareAudit(question: AuditQuestion): AuditPreparation {
  const { script, configuration, given } = question;
  const inferred = script && inferAudit(script.facts, { find: script.find });
  const folder = script ? dirname(script.path) : question.checkpoint ? dirname(question.checkpoint) : '.';
  const declared = overrule(declaredAudit(configuration, script?.path ?? null, question.checkpoint), given);
  const completed = completeAudit(inferred, declared, {
    resolve: name => resolve(folder, name),
    checkpoint: question.checkpoint,
    exists: existsSync,
  });
  const claim = declared.claim ?? inferred?.claim ?? question.budget;
  if (declared.scores !== null)
    return {
      kind: 'ready',
      request: { kind: 'scores', file: declared.scores, despiteGate: question.despiteGate, listExposed: false, claim },
      completed,
      declared,
    };
  if (completed.missing.length > 0 || completed.checkpoint === null)
    return {
      kind: 'missing',
      missing: completed.missing,
      completed,
      declared,
      file: configuration.path ?? resolve(folder, 'epsilint.toml'),
    };
  const request: ScriptRequest = {
    kind: 'script',
    script: script?.path ?? null,
    checkpoint: completed.checkpoint,
    data: completed.data,
    recipe: completed.recipe,
    split: completed.split,
    inputs: { ...declared.inputs, label: completed.label },
    person: completed.person,
    subjects: subjectsOf(configuration),
    groups: declared.groups ?? protectedOf(configuration),
    members: declared.members,
    target: declared.target,
    classes: declared.classes,
    references: declared.references,
    claim,
    despiteGate: question.despiteGate,
    limits: {
      rows: configuration.auditRows,
      seconds: configuration.auditSeconds,
      memory: configuration.auditMemory,
      reading: configuration.reading,
    },
  };
  return { kind: 'ready', request, completed, declared };
}

/** What the code claims by its budget: the target that it calibrates to, else the ε that it buys; null unless one DP call says it. */
export function budgetClaim(budgets: readonly BudgetStatement[], script: string): Claim | null {
  const [statement] = budgets;
  if (budgets.length !== 1 || !statement) return null;
  const value = statement.target ? Number(statement.target.value) : statement.epsilon.pld;
  if (value === null || !Number.isFinite(value)) return null;
  const delta = Number(statement.parameters.delta?.value);
  return {
    value,
    delta: Number.isFinite(delta) ? delta : null,
    unit: 'record',
    origin: `${statement.target ? statement.target.origin : 'the budget of the training'}, ${basename(script)}`,
  };
}

/** Declared keys of people, in the order of the configuration. */
export const subjectsOf = ({ columns, data }: Configuration): string[] =>
  [columns, ...data].flatMap(({ subject }) => [...subject]);

/** Declared columns of protected groups. */
export const protectedOf = ({ columns, data }: Configuration): string[] => [
  ...new Set([columns, ...data].flatMap(one => [...one.protected])),
];

/** What is missing, as lines for a terminal: the question, and what to write where. */
export function missingLines(missing: readonly MissingPart[], file: string, isTable: boolean): string[] {
  const header = isTable ? '[[tool.epsilint.audit]]' : '[[audit]]';
  return missing.map(
    ({ question, write, candidates }) =>
      `${question}${candidates.length > 0 ? ` (${candidates.map(one => basename(one)).join(', ')})` : ''} Write under ${header} in ${file}: ${write}`,
  );
}
