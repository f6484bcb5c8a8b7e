import { readFile } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import {
  ACCOUNTANTS,
  account,
  calibrate,
  type DpEvent,
  EventError,
  parseEvent,
  RELATIONS,
  solveDelta,
  solveSteps,
} from '../../audit-core/accounting';
import { accountJson } from './account-text';
import { type CliIO, EXIT, UsageError } from './io';

/** One answer a line, in the order of the questions; a bad line gives an error line and never stops the rest. */
export async function accountBatch(file: string, io: CliIO): Promise<number> {
  const text =
    file === '-'
      ? await io.stdin()
      : await readFile(isAbsolute(file) ? file : join(io.cwd, file), 'utf8').catch(() =>
          Promise.reject(new UsageError(`cannot read the questions in ${file}.`)),
        );
  for (const line of text.split('\n')) if (line.trim() !== '') io.stdout(`${accountJson(answerLine(line))}\n`);
  return EXIT.ok;
}

function answerLine(line: string): object {
  let id: unknown = null;
  try {
    const question: unknown = JSON.parse(line);
    if (typeof question !== 'object' || question === null) throw new EventError('A question is a JSON object.');
    const asked = question as Record<string, unknown>;
    id = asked.id ?? null;
    const event = parseEvent(asked.event);
    const accountant = known(asked.accountant ?? 'pld', ACCOUNTANTS, 'accountant');
    const relation = known(asked.relation ?? 'add-or-remove', RELATIONS, 'relation');
    const recordsPerPerson = optional(asked.recordsPerPerson, 'recordsPerPerson') ?? 1;
    const delta = optional(asked.delta, 'delta');
    const target = optional(asked.targetEpsilon, 'targetEpsilon');
    if (target !== undefined) {
      const unknown = known(asked.solveFor, ['noiseMultiplier', 'steps', 'delta'] as const, 'solveFor');
      const counting = { accountant, relation, recordsPerPerson };
      if (unknown === 'delta') return { id, delta: solveDelta(event, target, counting), warning: null };
      if (delta === undefined) throw new EventError('delta is missing.');
      if (unknown === 'steps') return { id, steps: solveSteps(stepOf(event), delta, target, counting), warning: null };
      return {
        id,
        noiseMultiplier: calibrate(event, accountant, relation, delta, target, recordsPerPerson),
        warning: null,
      };
    }
    const epsilon = optional(asked.epsilon, 'epsilon');
    const answer = account({
      event,
      accountant,
      relation,
      recordsPerPerson,
      ...(delta !== undefined && { delta }),
      ...(epsilon !== undefined && { epsilon }),
    });
    return delta !== undefined
      ? {
          id,
          epsilon: answer.epsilon,
          ...(answer.lower !== undefined && { lower: answer.lower, estimate: answer.estimate }),
          warning: answer.warning,
        }
      : { id, delta: answer.delta, warning: answer.warning };
  } catch (error) {
    const message =
      error instanceof EventError
        ? error.message
        : error instanceof SyntaxError
          ? 'The line is not valid JSON.'
          : `Internal error: ${String(error)}`;
    return { id, error: message };
  }
}

function known<T extends string>(value: unknown, allowed: readonly T[], name: string): T {
  const found = allowed.find(each => each === value);
  if (found === undefined) throw new EventError(`${name} must be one of ${allowed.join(', ')}.`);
  return found;
}

function optional(value: unknown, name: string): number | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'number' || Number.isNaN(value)) throw new EventError(`${name} must be a number.`);
  return value;
}

/** The repeated step, whose count is solved for. */
function stepOf(event: DpEvent): DpEvent {
  if (event.type !== 'selfComposed') throw new EventError('To solve for steps the event must be selfComposed.');
  return event.event;
}
