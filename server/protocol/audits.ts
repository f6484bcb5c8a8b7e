import * as z from 'zod';

/** The server's commands (`workspace/executeCommand`): each takes one plain object and returns plain JSON. */
export const COMMANDS = {
  quickAudit: 'epsilint.runQuickAudit',
  readReport: 'epsilint.readReport',
  readBudget: 'epsilint.readBudget',
  declare: 'epsilint.declare',
  exposed: 'epsilint.runExposureAudit',
  exportNetwork: 'epsilint.exportNetwork',
  summary: 'epsilint.summary',
} as const;

/** The client's own commands that lenses name when the client has panels. */
export const CLIENT_COMMANDS = {
  quickAudit: 'epsilint.quickAudit',
  exposed: 'epsilint.whoIsExposed',
  showReport: 'epsilint.showReport',
  showBudget: 'epsilint.showBudget',
  restart: 'epsilint.restart',
  showLog: 'epsilint.showLog',
  /** Shows a folder in the explorer. */
  reveal: 'epsilint.reveal',
} as const;

/** What to audit: a script that saves or loads checkpoints, one checkpoint, or one of a script's. */
export const AuditTarget = z
  .object({
    /** URI of the script. */
    uri: z.string().optional(),
    /** Path or URI of the checkpoint file. */
    checkpoint: z.string().optional(),
  })
  .refine(target => target.uri !== undefined || target.checkpoint !== undefined, 'name a script or a checkpoint');
export type AuditTarget = z.infer<typeof AuditTarget>;

/** What `epsilint.declare` writes into the configuration that holds for a script. */
export const Declare = z.intersection(
  z.object({ uri: z.string() }),
  z.discriminatedUnion('of', [
    z.object({
      of: z.literal('column'),
      as: z.enum(['subject', 'direct', 'quasi', 'protected', 'safe']),
      name: z.string().min(1),
    }),
    z.object({ of: z.literal('file'), as: z.literal('public'), name: z.string().min(1) }),
  ]),
);
export type Declare = z.infer<typeof Declare>;

/** Who is exposed: reference models on masks of people, beside the quick audit. */
export const Shadows = z.object({
  /** How many reference models; even. */
  models: z.number().int().min(4).max(256).multipleOf(2),
  engine: z.enum(['embedded', 'process', 'ray']),
});
export type Shadows = z.infer<typeof Shadows>;

/** What is done about a network that cannot be rebuilt: its export script is written for the user to read, or, after a yes, run. */
export const Export = z.object({ step: z.enum(['write', 'run']) });
export type Export = z.infer<typeof Export>;

/** One thing that could not be inferred from the script, as a question. */
export const Question = z.object({
  name: z.string(),
  message: z.string(),
  /** Candidates, best first; empty: a free answer. */
  candidates: z.array(z.string()),
  /** True when several candidates may be chosen. */
  several: z.boolean(),
  /** An answer as it may be typed. */
  example: z.string(),
});
export type Question = z.infer<typeof Question>;

/** Request, server → client: asks once for what is missing. Each answer is a list of what was chosen or typed; null: declined. */
export const ASK = 'epsilint/ask';
export const Ask = z.object({ subject: z.string(), questions: z.array(Question) });
export type Ask = z.infer<typeof Ask>;
export const Answers = z.record(z.string(), z.array(z.string())).nullable();
export type Answers = z.infer<typeof Answers>;

/** Request, server → client: may these lines be written into that file? `once`: go on without writing; null: stop. */
export const CONFIRM = 'epsilint/confirm';
export const Confirm = z.object({ file: z.string(), lines: z.string() });
export type Confirm = z.infer<typeof Confirm>;
export const Confirmed = z.enum(['write', 'once']).nullable();
export type Confirmed = z.infer<typeof Confirmed>;

/** What the quick-audit command returns. */
export const AuditResult = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('done'), checkpoint: z.string(), findings: z.number(), summary: z.string() }),
  z.object({ kind: z.literal('gate'), checkpoint: z.string(), summary: z.string() }),
  z.object({ kind: z.literal('missing'), missing: z.array(Question) }),
  /** The network of the weights cannot be rebuilt: `message` names what stops it; `exportNetwork` offers the user's own interpreter. */
  z.object({ kind: z.literal('unbuilt'), message: z.string(), script: z.string(), checkpoint: z.string() }),
  /** The export script as it was written, or run: the files' paths, and the interpreter that runs it (null: none was found). */
  z.object({
    kind: z.literal('exported'),
    ran: z.boolean(),
    file: z.string(),
    output: z.string(),
    interpreter: z.string().nullable(),
  }),
  z.object({ kind: z.literal('cancelled') }),
  z.object({ kind: z.literal('failed'), message: z.string() }),
]);
export type AuditResult = z.infer<typeof AuditResult>;

/** Request, client → server: what could be audited now, best first. */
export const TARGETS = 'epsilint/targets';
export const Target = z.object({
  label: z.string(),
  description: z.string(),
  target: z.object({ uri: z.string().optional(), checkpoint: z.string().optional() }),
});
export type Target = z.infer<typeof Target>;

/** Request, client → server: the page of the last audit of a script or checkpoint; null when there is none. */
export const REPORT = 'epsilint/report';
export const Report = z.object({ title: z.string(), checkpoint: z.string(), html: z.string() }).nullable();
export type Report = z.infer<typeof Report>;

/** Request, client → server: the audits of this session, newest first. */
export const REPORTS = 'epsilint/reports';
export const ReportEntry = z.object({ checkpoint: z.string(), label: z.string(), description: z.string() });
export type ReportEntry = z.infer<typeof ReportEntry>;
