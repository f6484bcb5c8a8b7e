import { basename, dirname, relative, sep } from 'node:path';
import { overrule } from '../../audit/declared';
import type { AuditResult, Question } from '../../protocol/audits';
import { type AuditPreparation, type AuditQuestion, prepareAudit } from '../../workspace/audit-request';
import { AuditError } from '../../workspace/audit-runner';
import { declaredOf } from '../../workspace/configuration/audits';
import type { FileKind } from '../../workspace/configuration/parse';
import type { AuditEntry } from '../../workspace/configuration/schema';
import { AuditEntryError, writeAuditEntry } from '../../workspace/configuration/write-audit';
import type { Person } from '../host';
import type { Analyses } from './analysis';
import { entryOf, questionsOf } from './audit-answers';
import { headerOf } from './header';

/** Answers can open a further question (the label, once the data is known); beyond this somebody goes in circles. */
const ROUNDS = 4;

type Ready = Extract<AuditPreparation, { kind: 'ready' }>;
type Stopped = { readonly result: AuditResult };

/**
 * An audit with nothing missing: what neither script nor configuration tells is asked for, once, and after a yes written into the
 * configuration, so that it is not asked again. Who is not there to answer, or declines, is told what is missing.
 */
export async function completed(
  question: AuditQuestion,
  script: string,
  analyses: Analyses,
  person: Person,
): Promise<Ready | Stopped> {
  let given = question.given;
  let entry: AuditEntry = {};
  let file: string | null = null;
  let asked: Question[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const prepared = prepareAudit({ ...question, given });
    if (prepared.kind === 'ready') {
      if (file === null) return prepared;
      return (await written(file, script, entry, analyses, person)) ? prepared : { result: { kind: 'cancelled' } };
    }
    file = prepared.file;
    const data = prepared.completed.data[0]?.path;
    const columns = data === undefined ? [] : await headerOf(data);
    asked = questionsOf(prepared.missing, prepared.completed, dirname(script), columns);
    const answers = await person.ask(asked);
    if (!answers) return { result: { kind: 'missing', missing: asked } };
    const more = entryOf(answers, { script, file, columns });
    if (Object.keys(more).length === 0) return { result: { kind: 'missing', missing: asked } };
    entry = { ...entry, ...more };
    given = overrule(given, declaredOf(entry, dirname(file), basename(file)));
  }
  return { result: { kind: 'missing', missing: asked } };
}

/** False when the person stops here. */
async function written(
  file: string,
  script: string,
  entry: AuditEntry,
  analyses: Analyses,
  person: Person,
): Promise<boolean> {
  const whole = { script: relative(dirname(file), script).split(sep).join('/'), ...entry };
  const before = analyses.text(file);
  try {
    const after = writeAuditEntry(before, kindOf(file), whole);
    const choice = await person.confirm(basename(file), newLines(before, after));
    if (choice === 'write' && !(await person.save(file, after)))
      throw new AuditError(`${basename(file)} could not be changed; nothing was written.`);
    return choice !== null;
  } catch (error) {
    if (error instanceof AuditEntryError) throw new AuditError(`${basename(file)}: ${error.message}`);
    throw error;
  }
}

const kindOf = (file: string): FileKind => {
  const name = basename(file);
  return name === 'pyproject.toml' || name === 'package.json' ? name : 'epsilint.toml';
};

/** The lines that a text gains, for the person to see before they are written. */
function newLines(before: string, after: string): string {
  const had = before.split(/\r?\n/);
  const has = after.split(/\r?\n/);
  let start = 0;
  while (start < had.length && had[start] === has[start]) start++;
  let tail = 0;
  while (tail < had.length - start && had.at(-1 - tail) === has.at(-1 - tail)) tail++;
  return has
    .slice(start, has.length - tail)
    .join('\n')
    .trim();
}
