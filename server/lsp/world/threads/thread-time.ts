import { existsSync, readFileSync, readlinkSync } from 'node:fs';

/** Linux tells of each thread what it has used, to a hundredth of a second; elsewhere the whole process is what can be asked. */
const tasks = '/proc/self/task';
const ticks = 10;

export const canTell = existsSync('/proc/thread-self') && existsSync(tasks);

/** The number of the thread that asks; null where threads have none that can be read. */
export function ownTask(): string | null {
  try {
    return canTell ? (readlinkSync('/proc/thread-self').split('/').at(-1) ?? null) : null;
  } catch {
    return null;
  }
}

/** Processor time that a thread of this process has used (ms); null when it has ended or cannot be told. */
export function timeOf(task: string): number | null {
  try {
    const stat = readFileSync(`${tasks}/${task}/stat`, 'utf8');
    // The name in brackets may hold anything; user and system time are the 12th and 13th field behind it.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const spent = Number(fields[11]) + Number(fields[12]);
    return Number.isFinite(spent) ? spent * ticks : null;
  } catch {
    return null;
  }
}
