import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import published from '@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json';
import Ajv, { type ValidateFunction } from 'ajv';
import { run as check } from '../../server/cli/check';

/**
 * The schema of SARIF 2.1.0 as OASIS published it (draft 4 of JSON Schema, in which only `id` is spelled otherwise);
 * its patterns are of the time before the `u` flag.
 */
function validator(): ValidateFunction {
  const { $schema: _, id, ...rest } = published;
  return new Ajv({ strict: false, validateFormats: false, allErrors: true, unicodeRegExp: false }).compile({
    ...rest,
    $id: id,
  });
}

const script = `import pandas as pd
import logging
frame = pd.read_csv("admissions.csv")
print(frame[["patient_name", "ssn"]])
logging.info(frame["ssn"])  # epsilint: ignore[PHI002] -- protected log
x = 1  # epsilint: ignore[DP001]
`;
const notebook = JSON.stringify({
  nbformat: 4,
  nbformat_minor: 5,
  metadata: {},
  cells: [
    { cell_type: 'markdown', metadata: {}, source: ['# Admissions'] },
    { cell_type: 'code', metadata: {}, execution_count: null, outputs: [], source: [script] },
  ],
});

describe('SARIF', () => {
  const valid = validator();
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'epsilint-sarif-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  async function log(): Promise<{ runs: { results: Record<string, unknown>[] }[] }> {
    let out = '';
    const io = {
      stdout: (text: string) => {
        out += text;
      },
      stderr: () => undefined,
      stdin: async () => '',
      isTTY: false,
      cwd: folder,
      env: {},
      signal: new AbortController().signal,
    };
    await check(['.', '--format', 'sarif', '--tier', 'possible'], io);
    return JSON.parse(out);
  }

  it('is valid against the schema: fixes, suppressions, related places, cells, a notebook that is none', async () => {
    writeFileSync(join(folder, 'a b#c.py'), script);
    writeFileSync(join(folder, 'n.ipynb'), notebook);
    writeFileSync(join(folder, 'broken.ipynb'), '{"cells": ');
    const report = await log();
    valid(report);
    assert.deepEqual(valid.errors ?? [], []);
    const { results } = report.runs[0]!;
    for (const part of ['fixes', 'suppressions', 'relatedLocations'])
      assert.ok(
        results.some(result => part in result),
        `no result has ${part}`,
      );
    assert.ok(JSON.stringify(results).includes('logicalLocations'), 'no finding of a cell');
    assert.ok(JSON.stringify(report).includes('broken.ipynb'), 'the notebook that cannot be read is not named');
  });

  it('is valid where nothing is found', async () => {
    writeFileSync(join(folder, 'a.py'), 'x = 1\n');
    const report = await log();
    assert.ok(valid(report), JSON.stringify(valid.errors));
    assert.deepEqual(report.runs[0]!.results, []);
  });

  it('would not be with a level that SARIF does not know', async () => {
    writeFileSync(join(folder, 'a.py'), script);
    const report = await log();
    report.runs[0]!.results[0]!.level = 'information';
    assert.equal(valid(report), false);
  });
});
