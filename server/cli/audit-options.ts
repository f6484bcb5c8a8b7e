import { parseArgs } from 'node:util';
import { parseShadows, type ShadowOptions } from './audit-shadow-options';
import { UsageError } from './io';
import { misread } from './misread';

export const auditUsage = `Usage: epsilint audit SCRIPT|CHECKPOINT|SPECIFICATION [options]
       epsilint audit --scores F.npz [options]
       epsilint audit --compare BEFORE.json [AFTER.json]

Says whether a model tells its training members from others: gate, attacks, certified bounds, and, with references, who is exposed.
A script tells checkpoint, data, preprocessing and split; a checkpoint is audited through the script beside it that saves it, or
with --data and --members alone; a specification is a TOML or JSON file with the keys of an [[audit]] entry.

What to audit, where script and configuration do not tell (repeat an option for several):
  --data FILE             data file (.csv, .tsv, .npz, .npy), in the order in which the script reads them
  --members FILE          who was trained on: JSON {"person_key", "members"}, row indexes, .npy, or a list
  --label COLUMN          what the model predicts
  --feature COLUMN        a column that the model takes, in its order
  --person COLUMN         what tells people apart
  --group COLUMN          a group to compare
  --base FILE             the checkpoint before fine-tuning, or an earlier one that did not see the members
  --scores F.npz          score arrays instead (logits [K, N, C] or losses [K, N], labels, members, people, groups_*)
  --write-config          write what these options say into the audit entry of the configuration

How:
  --plan                  print what would be audited, run nothing
  --quick                 the checkpoint alone (default)
  --time-limit SECONDS    for running the model; whole people are left out at random to keep it
  --shadows K             who is exposed: K reference models on halves of the people (16, 32, 64 …)
  --engine embedded       train them in this program, by the script's recipe; nothing of yours is run (default)
  --engine process        train them by the script itself, in your Python; giving this flag is the consent to run it
  --engine ray            the same on a Ray cluster; script and data are copied there
  --ray-address URL       its dashboard, such as http://head:8265 (default: RAY_ADDRESS)
  --ray-cpus N, --ray-gpus N  for one model (default 1 and 0)
  --ray-folder PATH       a folder on every node that has the script's files: then no data are copied
  --python FILE           the interpreter for --engine process (default: the virtual environment, else python3)
  --workers N             models trained at the same time (default: one a core)
  --seed N                of the masks (default 0)
                          (with --shadows, --time-limit is for one reference model, default 3600)
  --despite-gate          go on after a failed gate; the numbers are marked
  --config FILE           this configuration instead of the nearest

Output:
  --format text|json|html|markdown
  --output FILE           write the report there
  --exposed-ids FILE      write the people exposed beyond chance to a private file (mode 600)
  --compare FILE|last     beside an earlier audit: its JSON, or the last one in the history
  --no-history            keep no record of this audit
  --purge                 delete the history of the checkpoint and the kept scores of the script's reference models
                          (without a target: the history of this folder's project)
`;

export const formats = ['text', 'json', 'html', 'markdown'] as const;
export type Format = (typeof formats)[number];

/** The words of `epsilint audit`; paths as they were given. */
export interface AuditWords {
  readonly target: string | null;
  readonly scores: string | null;
  readonly data: readonly string[];
  readonly members: string | null;
  readonly label: readonly string[];
  readonly features: readonly string[];
  readonly person: string | null;
  readonly groups: readonly string[];
  readonly bases: readonly string[];
  readonly writeConfig: boolean;
  readonly plan: boolean;
  readonly timeLimit: number | null;
  readonly despiteGate: boolean;
  readonly config: string | null;
  readonly format: Format;
  readonly output: string | null;
  readonly exposedIds: string | null;
  readonly compare: string | null;
  readonly history: boolean;
  readonly purge: boolean;
  readonly shadows: ShadowOptions | null;
}

/** null: help was asked for. Throws `UsageError`. */
export function auditWords(argv: readonly string[]): AuditWords | null {
  const { values, positionals } = read(argv);
  if (values.help) return null;
  if (positionals.length > 1)
    throw new UsageError(`audit wants one script, checkpoint or specification.\n${auditUsage}`);
  const target = positionals[0];
  const nothing = target === undefined && values.scores === undefined && values.compare === undefined && !values.purge;
  if (nothing) throw new UsageError(`audit wants a script, a checkpoint, or --scores F.npz.\n${auditUsage}`);
  if (target !== undefined && values.scores !== undefined)
    throw new UsageError('audit takes either a script or checkpoint, or --scores, not both.');
  const format = values.format ?? 'text';
  if (!formats.includes(format as Format))
    throw new UsageError(`--format ${format} is not one of ${formats.join(', ')}.`);
  const seconds = values['time-limit'] === undefined ? null : Number(values['time-limit']);
  if (seconds !== null && !(seconds > 0)) throw new UsageError('--time-limit wants a number of seconds above 0.');
  return {
    target: target ?? null,
    scores: values.scores ?? null,
    data: values.data ?? [],
    members: values.members ?? null,
    label: values.label ?? [],
    features: (values.feature ?? []).flatMap(each => each.split(',')),
    person: values.person ?? null,
    groups: values.group ?? [],
    bases: values.base ?? [],
    writeConfig: values['write-config'] ?? false,
    plan: values.plan ?? false,
    timeLimit: seconds,
    despiteGate: values['despite-gate'] ?? false,
    config: values.config ?? null,
    format: format as Format,
    output: values.output ?? null,
    exposedIds: values['exposed-ids'] ?? null,
    compare: values.compare ?? null,
    history: !(values['no-history'] ?? false),
    purge: values.purge ?? false,
    shadows: parseShadows(values),
  };
}

function read(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        scores: { type: 'string' },
        data: { type: 'string', multiple: true },
        members: { type: 'string' },
        label: { type: 'string', multiple: true },
        feature: { type: 'string', multiple: true },
        person: { type: 'string' },
        group: { type: 'string', multiple: true },
        base: { type: 'string', multiple: true },
        'write-config': { type: 'boolean' },
        plan: { type: 'boolean' },
        quick: { type: 'boolean' },
        'time-limit': { type: 'string' },
        shadows: { type: 'string' },
        engine: { type: 'string' },
        python: { type: 'string' },
        workers: { type: 'string' },
        seed: { type: 'string' },
        'ray-address': { type: 'string' },
        'ray-cpus': { type: 'string' },
        'ray-gpus': { type: 'string' },
        'ray-folder': { type: 'string' },
        'despite-gate': { type: 'boolean' },
        config: { type: 'string' },
        'exposed-ids': { type: 'string' },
        format: { type: 'string' },
        output: { type: 'string', short: 'o' },
        compare: { type: 'string' },
        'no-history': { type: 'boolean' },
        purge: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
      allowPositionals: true,
    });
  } catch (error) {
    throw misread(error, auditUsage);
  }
}
