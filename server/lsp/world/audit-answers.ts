import { existsSync, readdirSync } from 'node:fs';
import { dirname, isAbsolute, relative, resolve, sep } from 'node:path';
import type { CompletedAudit, MissingName, MissingPart } from '../../audit/complete';
import { classifyColumn } from '../../models/identifiers';
import type { Answers, Question } from '../../protocol/audits';
import { AuditError } from '../../workspace/audit-runner';
import type { AuditEntry } from '../../workspace/configuration/schema';

const examples: Readonly<Record<MissingName, string>> = {
  checkpoint: 'model.onnx',
  data: 'data.csv',
  label: 'outcome',
  features: 'age, bmi',
  members: 'members.json, or split = train, or 0:8000',
};

const dataFiles = /\.(csv|tsv|tab|parquet|npz|npy|arrow|feather)$/i;
const memberFiles = /(member|train|split|index|indices|idx|ids).*\.(json|npy|txt|csv)$/i;
const labelWords =
  /^(y|label|target|outcome|class|diagnos\w*|dx|died|death|mortality|event|result|has_\w+|is_\w+|\w+_(label|class|target|outcome))$/i;

/** The missing parts as questions, with what the folder and the data file's header offer as answers. */
export function questionsOf(
  missing: readonly MissingPart[],
  { label }: Pick<CompletedAudit, 'label'>,
  folder: string,
  columns: readonly string[],
): Question[] {
  const shown = (path: string): string => relative(folder, path).split(sep).join('/') || path;
  const here = (shape: RegExp): string[] => filesOf(folder).filter(name => shape.test(name));
  const candidates = ({ name, candidates: known }: MissingPart): string[] => {
    switch (name) {
      case 'checkpoint':
        return known.map(shown);
      case 'data':
        return here(dataFiles);
      case 'label':
        return [...columns].sort((a, b) => Number(labelWords.test(b)) - Number(labelWords.test(a)));
      case 'features':
        // Keys and identifiers of people are no features, and the label is none.
        return columns.filter(column => !label?.includes(column) && !isKey(column));
      case 'members':
        return here(memberFiles);
    }
  };
  return missing.map(part => ({
    name: part.name,
    message: part.question,
    candidates: candidates(part),
    several: part.name === 'features',
    example: examples[part.name],
  }));
}

const isKey = (column: string): boolean => {
  const kind = classifyColumn(column);
  return kind === 'identifier' || kind === 'subject-key';
};

function filesOf(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).flatMap(entry => (entry.isFile() ? [entry.name] : []));
  } catch {
    return [];
  }
}

/**
 * Answers as an entry of the configuration, with paths relative to the folder of its file. A typed answer that names no file and no
 * column is told at once. Throws `AuditError`.
 */
export function entryOf(
  answers: NonNullable<Answers>,
  { script, file, columns }: { script: string; file: string; columns: readonly string[] },
): AuditEntry {
  const folder = dirname(script);
  const list = (name: MissingName): string[] =>
    (answers[name] ?? [])
      .flatMap(answer => answer.split(','))
      .map(part => part.trim())
      .filter(part => part !== '');
  const path = (name: string): string => {
    const full = resolve(folder, name);
    if (!existsSync(full)) throw new AuditError(`There is no file ${name} beside the script.`);
    const from = relative(dirname(file), full);
    return isAbsolute(from) ? from : from.split(sep).join('/');
  };
  const column = (name: string): string => {
    if (columns.length > 0 && !columns.includes(name)) throw new AuditError(`The data has no column "${name}".`);
    return name;
  };
  const one = <T>(values: readonly T[]): T | T[] => (values.length === 1 ? values[0]! : [...values]);
  const checkpoint = list('checkpoint')[0];
  const data = list('data').map(path);
  const label = list('label').map(column);
  const features = list('features').map(column);
  const members = answers.members?.[0];
  return {
    ...(checkpoint !== undefined && { checkpoint: path(checkpoint) }),
    ...(data.length > 0 && { data: one(data) }),
    ...(label.length > 0 && { label: one(label) }),
    ...(features.length > 0 && { features }),
    ...(members !== undefined && { members: membersOf(members.trim(), path, column) }),
  };
}

/** `0:8000`, `split = train`, or a file. */
function membersOf(
  answer: string,
  path: (name: string) => string,
  column: (name: string) => string,
): NonNullable<AuditEntry['members']> {
  if (/^\d*:\d*$/.test(answer)) return { rows: answer };
  const equation = /^"?([^"=]+?)"?\s*(?:==?|is)\s*"?([^"]+?)"?$/.exec(answer);
  if (!equation || existsAs(answer, path)) return path(answer);
  const [, name = '', value = ''] = equation;
  const is =
    value === 'true' || value === 'false' ? value === 'true' : Number.isFinite(Number(value)) ? Number(value) : value;
  return { column: column(name), is };
}

function existsAs(name: string, path: (name: string) => string): boolean {
  try {
    return path(name) !== '';
  } catch {
    return false;
  }
}
