import * as z from 'zod';
import { limitsSection } from './limits';
import { namesRules, noRule } from './rule-ids';

const names = z.array(z.string().min(1));
const tier = z.enum(['certain', 'likely', 'possible']);
const severity = z.enum(['error', 'warning', 'information']);
const ruleId = z
  .string()
  .regex(/^[A-Z]+[0-9]{0,3}$/, 'must be a rule or a prefix such as "LEAK001" or "DP"')
  .refine(namesRules, { error: issue => noRule(String(issue.input)) });

/** Columns by what they hold: names as they stand in the table. */
const columnLists = {
  subject: z.union([z.string(), names]).optional().describe('Pseudonymous keys of a person.'),
  direct: names.optional().describe('Direct identifiers: name, record number, e-mail.'),
  quasi: names.optional().describe('Quasi-identifiers: birth date, fine geography.'),
  protected: names.optional().describe('Columns of protected groups.'),
};

const dataFile = z
  .strictObject({
    ...columnLists,
    public: z.boolean().optional().describe('True for public data: no rule asks for protection of it.'),
  })
  .describe('What one data file or data set holds.');

const flag = z.union([z.string(), z.number(), z.boolean()]);

const members = z
  .union([
    z.string().min(1),
    z.strictObject({ file: z.string().min(1) }),
    z.strictObject({ column: z.string().min(1), is: z.union([flag, z.array(flag).min(1)]) }),
    z.strictObject({
      rows: z.union([
        z.string().regex(/^\d*:\d*$/, 'must be a range of rows such as "0:8000" (the end is left out)'),
        z.array(z.number().int().nonnegative()).min(1),
      ]),
    }),
  ])
  .describe(
    'Who was trained on: a file (JSON, .npy, a list of row indexes), { column, is } for a split column, or { rows } for 0-based indexes.',
  );

const preprocessingStep = z.union([
  z.strictObject({
    fill: z.union([z.enum(['median', 'mean']), z.number()]).describe('What missing values become.'),
    columns: names.optional(),
  }),
  z.strictObject({ scale: z.enum(['standard', 'min-max']), columns: names.optional() }),
]);

export const auditEntry = z
  .strictObject({
    script: z.string().optional().describe('The training script.'),
    checkpoint: z.string().optional().describe('The checkpoint to attack.'),
    data: z.union([z.string(), names]).optional().describe('Data files in the order in which the script reads them.'),
    label: z
      .union([z.string(), names])
      .optional()
      .describe('The column that the model predicts; several for multi-label.'),
    features: names.optional().describe('Feature columns in the order of the model.'),
    person: z.string().optional().describe('The column that tells persons apart.'),
    groups: names.optional().describe('Columns of groups to compare.'),
    members: members.optional(),
    target: z
      .enum(['classes', 'multi-label', 'regression'])
      .optional()
      .describe('What the model predicts. Default: as its outputs and the label look.'),
    classes: names.optional().describe('Class names in the order of the outputs, where labels are text.'),
    scores: z.string().optional().describe('Score arrays (.npz), when the model itself cannot be run.'),
    claim: z.number().positive().optional().describe('The ε that is claimed per record.'),
    delta: z.number().positive().optional().describe('The δ of the claim.'),
    references: z
      .union([z.string(), names])
      .optional()
      .describe('Checkpoints that were trained without any of these rows.'),
    base: z
      .string()
      .optional()
      .describe('The checkpoint before fine-tuning, or an earlier release that did not see the members.'),
    preprocess: z
      .array(preprocessingStep)
      .optional()
      .describe('Steps on the feature columns, fitted on the members, where the script does not show them.'),
  })
  .describe('One audit.');

/** Everything that a project can say, with the meaning of each key. Keys are those of TOML, with hyphens. */
export const ConfigurationFile = z
  .strictObject({
    select: z.array(ruleId).optional().describe('Rules or prefixes that are on. Default: all.'),
    'extend-select': z.array(ruleId).optional().describe('More rules, beside those of "select".'),
    ignore: z.array(ruleId).optional().describe('Rules or prefixes that are off.'),
    tier: tier.optional().describe('The least sure findings that are shown: certain, likely or possible.'),
    'fail-on': severity.optional().describe('The least severe finding that makes the exit code 1.'),
    sensitivity: z
      .enum(['auto', 'always', 'never'])
      .optional()
      .describe('Whether data is of people: auto (inferred), always, never (only what is declared).'),
    exclude: names.optional().describe('Paths that are not looked at, in the syntax of .gitignore.'),
    'require-reason': z.boolean().optional().describe('Suppressions must say why.'),
    'require-provenance': z.boolean().optional().describe('Remote weights and data must be pinned (GOV001).'),
    'per-file-ignores': z
      .record(z.string(), z.array(ruleId))
      .optional()
      .describe('Path pattern → rules that are off there.'),
    overrides: z
      .array(
        z.strictObject({
          paths: names.describe('Path patterns, relative to this file.'),
          select: z.array(ruleId).optional().describe('Only these rules are on there.'),
          ignore: z.array(ruleId).optional().describe('Rules that are off there.'),
          tier: tier.optional().describe('The least sure findings shown there.'),
          severity: z.record(ruleId, severity).optional().describe('Severity of a rule or prefix there.'),
        }),
      )
      .optional()
      .describe('What else holds under some paths; later entries win.'),
    severity: z.record(ruleId, severity).optional().describe('Severity of a rule or prefix.'),
    tiers: z.record(ruleId, tier).optional().describe('The least sure findings shown, of a rule or prefix.'),
    baseline: z.string().optional().describe('File of known findings, relative to this file.'),
    models: names.optional().describe('Files with models of more libraries.'),
    data: z
      .object({ columns: z.strictObject({ ...columnLists, safe: names.optional() }).optional() })
      .catchall(dataFile)
      .optional()
      .describe('What the project says of its data; beats every heuristic.'),
    dp: z
      .strictObject({
        'max-epsilon': z
          .number()
          .positive()
          .optional()
          .describe('Budgets from here on are findings (DP003). Default 8.'),
        'max-delta': z
          .number()
          .positive()
          .max(1)
          .optional()
          .describe('δ from here on is a finding (DP004). Default 1e-3.'),
      })
      .optional(),
    sinks: z
      .strictObject({
        'trusted-loggers': names.optional().describe('Loggers whose output stays protected, as name patterns.'),
        'internal-hosts': names.optional().describe('Hosts that are your own, as patterns.'),
      })
      .optional(),
    limits: limitsSection.optional(),
    audit: z.array(auditEntry).optional(),
  })
  .describe('Configuration of Epsilint.');

export type ConfigurationFile = z.infer<typeof ConfigurationFile>;

/** One `[[audit]]` entry as it stands in the file. */
export type AuditEntry = NonNullable<ConfigurationFile['audit']>[number];
