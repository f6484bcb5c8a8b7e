import { stat } from 'node:fs/promises';
import { writeAtomically } from '../../workspace/atomic-write';
import type { EditorState, LspHost } from '../host';
import { findCheckpoints, ruleNames, rulePages, scriptsBeside } from './files';
import { AnalysisQueue } from './threads/analysis-queue';
import { audits } from './threads/audits';
import { Readers } from './threads/readers';
import { Thread } from './threads/thread';

/** Accountants at rest are ended after so long (ms). */
const accountantsRest = 60_000;

/**
 * The server's world on a real machine. The protocol thread only sends and receives: analysis, accountants and audits
 * run in threads of their own, started when first needed.
 */
export function nodeHost(version: string): LspHost {
  let editor: EditorState = { texts: () => [], folders: () => [], log: () => {} };
  const listeners: (() => void)[] = [];
  const learned = (): void => {
    for (const listener of listeners) listener();
  };
  const analyses = new AnalysisQueue(() => editor, learned);
  const accountants = new Thread(
    { log: (level, message) => editor.log(level, message) },
    { maxYoungGenerationSizeMb: 16, maxOldGenerationSizeMb: 1024 },
  );
  let rest: NodeJS.Timeout | undefined;
  const rested = <Answer>(answer: Promise<Answer>): Promise<Answer> => {
    clearTimeout(rest);
    rest = setTimeout(() => void accountants.end(), accountantsRest);
    rest.unref();
    return answer;
  };
  const readers = new Readers((level, message) => editor.log(level, message));
  const running = audits(() => editor);
  return {
    version,
    attach: state => {
      editor = state;
    },
    analyse: input => analyses.analyse(input),
    auditable: input => analyses.auditable(input),
    audit: running.audit,
    declare: (script, declaration) => analyses.declare(script, declaration),
    write: (path, text) => writeAtomically(path, text),
    inspect: (path, script, seconds) => readers.inspect({ path, script }, seconds),
    describeData: (path, seconds) => readers.describeData(path, seconds),
    stamp: path =>
      stat(path).then(
        facts => `${facts.isDirectory() ? 'folder' : facts.size}:${facts.mtimeMs}`,
        () => null,
      ),
    whatIf: question => rested(accountants.run('whatIf', question)),
    solve: question => rested(accountants.run('solve', question)),
    rulePage: rulePages(),
    rules: ruleNames(),
    findCheckpoints,
    scriptsBeside,
    forget: paths => analyses.forget(paths),
    onDidLearn: listener => {
      listeners.push(listener);
    },
    dispose: async () => {
      clearTimeout(rest);
      await Promise.all([analyses.end(), accountants.end(), readers.end(), running.end()]);
    },
  };
}
