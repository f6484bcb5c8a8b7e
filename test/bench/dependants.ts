import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { TimedClient } from './client';

const FILES = 300;
const OPEN = 20;
const ROUNDS = 10;

const helper = (columns: string): string =>
  `import pandas as pd\n\n\ndef visits(path):\n    return pd.read_csv(path)[[${columns}]]\n`;
const dependant = (i: number): string =>
  `from helpers.reading import visits\n\n\ndef step_${i}(path):\n    rows = visits(path)\n    for column in rows.columns:\n        rows[column] = rows[column].fillna(${i})\n    return rows\n\n\nprint(visits("patients/visits_${i}.csv"))\nstep_${i}("patients/visits_${i}.csv")\n`;

/**
 * A workspace of 300 files that all stand on one helper, twenty of them open: the helper starts to give identifiers, or no longer,
 * and the findings of every open file are asked for. Milliseconds and processor milliseconds of each round.
 */
export async function dependants(
  command: readonly string[],
): Promise<readonly { readonly ms: number; readonly cpu: number }[]> {
  const folder = mkdtempSync(join(tmpdir(), 'epsilint-bench-'));
  const client = new TimedClient(command);
  try {
    mkdirSync(join(folder, 'helpers'));
    const path = join(folder, 'helpers', 'reading.py');
    writeFileSync(path, helper('"glucose"'));
    for (let i = 0; i < FILES; i++) writeFileSync(join(folder, `step_${i}.py`), dependant(i));
    const root = pathToFileURL(folder).href;
    await client.ask('initialize', {
      processId: process.pid,
      rootUri: root,
      workspaceFolders: [{ uri: root, name: 'bench' }],
      capabilities: { textDocument: { diagnostic: {} }, workspace: { workspaceFolders: true } },
    });
    client.tell('initialized', {});
    const open = (uri: string, text: string) =>
      client.tell('textDocument/didOpen', { textDocument: { uri, languageId: 'python', version: 1, text } });
    const helperUri = pathToFileURL(path).href;
    const uris = Array.from({ length: OPEN }, (_, i) => pathToFileURL(join(folder, `step_${i}.py`)).href);
    open(helperUri, helper('"glucose"'));
    for (const [i, uri] of uris.entries()) open(uri, dependant(i));
    const ask = async (): Promise<number> => {
      const answers = await Promise.all(
        uris.map(uri => client.ask('textDocument/diagnostic', { textDocument: { uri } })),
      );
      return answers.filter(({ result }) => JSON.stringify(result).includes('PHI002')).length;
    };
    await ask();
    const rounds: { ms: number; cpu: number }[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const tells = round % 2 === 0;
      const busy = client.cpuSeconds();
      const start = performance.now();
      const text = helper(tells ? '"glucose", "ssn"' : '"glucose"');
      client.tell('textDocument/didChange', {
        textDocument: { uri: helperUri, version: round + 2 },
        contentChanges: [{ text }],
      });
      const found = await ask();
      rounds.push({ ms: performance.now() - start, cpu: (client.cpuSeconds() - busy) * 1000 });
      if (found !== (tells ? OPEN : 0)) throw new Error(`${found} of ${OPEN} files have the finding`);
    }
    await client.stop();
    return rounds;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
