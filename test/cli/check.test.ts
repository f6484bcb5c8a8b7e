import assert from 'node:assert/strict';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { run as check } from '../../server/cli/check';
import { UsageError } from '../../server/cli/io';
import { run as listRules } from '../../server/cli/rules';

const leaky = `import pandas as pd
frame = pd.read_csv("admissions.csv")
print(frame[["patient_name", "ssn"]])
`;

let folder: string;

const put = (path: string, content: string | Uint8Array): void => {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), content);
};

async function run(words: readonly string[], command = check, stdin = '') {
  let out = '';
  let err = '';
  const io = {
    stdout: (text: string) => {
      out += text;
    },
    stderr: (text: string) => {
      err += text;
    },
    stdin: async () => stdin,
    isTTY: false,
    cwd: folder,
    env: {},
    signal: new AbortController().signal,
  };
  try {
    return { code: await command(words, io), out, err };
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return { code: 2, out, err: error.message };
  }
}

const json = async (...words: string[]) => {
  const ran = await run([...words, '--format', 'json']);
  return { ...ran, report: JSON.parse(ran.out) };
};
const ids = (report: { findings: { rule: string }[] }): string[] => report.findings.map(({ rule }) => rule);

describe('epsilint check', () => {
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'epsilint-check-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('prints the stable JSON, with lines and columns from 1', async () => {
    put('a.py', leaky);
    const { code, report } = await json('.');
    assert.equal(code, 1);
    assert.equal(report.version, 1);
    assert.equal(report.files, 1);
    const [finding] = report.findings;
    assert.equal(finding.rule, 'PHI002');
    assert.equal(finding.name, 'identifier-logged');
    assert.equal(finding.path, 'a.py');
    assert.equal(finding.cell, null);
    assert.deepEqual(finding.range, { start: { line: 3, column: 1 }, end: { line: 3, column: 38 } });
    assert.match(finding.fingerprint, /^[0-9a-f]{32}$/);
  });

  it('shows the line with a caret, and hides values in it', async () => {
    put('a.py', leaky.replace('"ssn"]])', '"ssn"]], "Anna Karlsdottir 120398-4459")'));
    const { out } = await run(['.']);
    assert.match(out, /\| print\(frame\[\["patient_name", "ssn"\]\], "•+ •+ •+"\)\n {4}\| \^+/);
    assert.doesNotMatch(out, /Anna|4459/);
  });

  it('reads TypeScript, and maps notebooks to cells', async () => {
    put('b.ts', "import * as fs from 'fs';\nconsole.log(fs);\n");
    put(
      'c.ipynb',
      JSON.stringify({
        nbformat: 4,
        nbformat_minor: 5,
        metadata: {},
        cells: [
          { cell_type: 'markdown', source: 'x', metadata: {} },
          { cell_type: 'code', source: leaky, metadata: {}, outputs: [], execution_count: null },
        ],
      }),
    );
    const { report } = await json('.');
    assert.equal(report.files, 2);
    assert.deepEqual([report.findings[0].cell, report.findings[0].range.start.line], [1, 3]);
  });

  it('names the cell of a related place where it lies in another cell', async () => {
    const [load = '', show = ''] = leaky.split(/\n(?=print)/);
    const cell = (source: string) => ({ cell_type: 'code', source, metadata: {}, outputs: [], execution_count: null });
    put('c.ipynb', JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata: {}, cells: [cell(load), cell(show)] }));
    const { report } = await json('.');
    const [finding] = report.findings;
    assert.deepEqual([finding.cell, finding.range.start.line], [1, 1]);
    assert.deepEqual(
      finding.related.map((one: { cell: number; range: { start: { line: number } } }) => [
        one.cell,
        one.range.start.line,
      ]),
      [[0, 2]],
    );
    assert.match((await run(['.'])).out, /^ {4}cell 0:2:\d+ /m);
  });

  it('obeys suppressions, configuration, and .gitignore', async () => {
    put('.git/HEAD', '');
    put('.gitignore', 'out/\n');
    put('out/a.py', leaky);
    put('skip/a.py', leaky);
    put('node_modules/x/a.py', leaky);
    put('quiet.py', leaky.replace(']])', ']])  # epsilint: ignore[PHI002] -- synthetic'));
    put('epsilint.toml', 'exclude = ["skip/"]\n');
    const { code, report } = await json('.');
    assert.deepEqual([code, report.files, ids(report)], [0, 1, []]);
  });

  it('refuses a slip in the configuration, with its line', async () => {
    put('a.py', leaky);
    put('epsilint.toml', 'tier = "likely"\nexlude = ["x"]\n');
    const { code, err, out } = await run(['.']);
    assert.equal(code, 2);
    assert.equal(out, '');
    assert.match(err, /^epsilint\.toml:2:1: Unknown key "exlude"; did you mean "exclude"\?/);
  });

  it('knows its baseline when lines move', async () => {
    put('a.py', leaky);
    assert.equal((await run(['.', '--update-baseline'])).code, 0);
    put('a.py', `\n\n# moved\n${leaky}`);
    const { code, report } = await json('.', '--baseline', 'epsilint-baseline.json');
    assert.deepEqual([code, ids(report)], [0, []]);
    put('a.py', `${leaky}print(frame["ssn"])\n`);
    assert.equal((await run(['.', '--baseline', 'epsilint-baseline.json'])).code, 1);
  });

  it('survives bad input: each strange file is one sentence, the rest goes on', async () => {
    put('a.py', leaky);
    put('latin.py', new Uint8Array([0x78, 0x20, 0x3d, 0x20, 0x22, 0xe9, 0x22, 0x0a]));
    put('broken.py', 'def f(:\n  x = (\n');
    put('empty.py', '');
    put('huge.py', `x = "${'a'.repeat(5_100_000)}"\n`);
    put('notebook.ipynb', '{"cells": [');
    symlinkSync('.', join(folder, 'loop'));
    symlinkSync('nowhere', join(folder, 'dangling.py'));
    const { report, err } = await json('.');
    const limits = report.findings.filter(({ rule }: { rule: string }) => rule === 'EPS003');
    assert.deepEqual(limits.map(({ path }: { path: string }) => path).sort(), [
      'broken.py',
      'huge.py',
      'latin.py',
      'notebook.ipynb',
    ]);
    assert.ok(ids(report).includes('PHI002'));
    assert.equal(err, '');
  });

  it('says which path is not there, and what a wrong word should be', async () => {
    assert.deepEqual((await run(['nope'])).code, 2);
    assert.match((await run(['nope'])).err, /nope: there is no such file or folder/);
    assert.match((await run(['--tier', 'sure'])).err, /--tier is certain, likely, possible/);
    assert.equal((await run(['--frobnicate'])).code, 2);
    assert.match((await run(['--formt', 'json'])).err, /^there is no option --formt\. Did you mean --format\?\nUsage/);
    assert.match((await run(['--output'])).err, /--output/);
  });

  it('checks standard input as a file, and counts', async () => {
    const ran = await run(['--stdin-filename', 'x.py', '--format', 'json'], check, leaky);
    assert.deepEqual(ids(JSON.parse(ran.out)), ['PHI002']);
    put('a.py', leaky);
    assert.match((await run(['.', '--statistics', '--exit-zero'])).out, /^ {5}1 {2}PHI002 {3}identifier-logged\n/);
  });

  it('writes the output whole, and nothing else', async () => {
    put('a.py', leaky);
    const { code, out } = await run(['.', '--format', 'json', '--output', 'r.json', '--exit-zero']);
    assert.deepEqual([code, out], [0, '']);
    assert.equal(JSON.parse(readFileSync(join(folder, 'r.json'), 'utf8')).version, 1);
    assert.deepEqual(readdirSync(folder).sort(), ['a.py', 'r.json']);
    const bad = await run(['.', '--output', 'no/such/r.json']);
    assert.equal(bad.code, 2);
  });

  it('annotates for GitHub', async () => {
    put('a.py', leaky);
    const { out } = await run(['.', '--format', 'github']);
    assert.match(out, /^::warning file=a\.py,line=3,col=1,endLine=3,endColumn=38,title=PHI002 identifier-logged::/);
  });

  it('writes SARIF 2.1.0 with all that the schema and GitHub require', async () => {
    put('a b.py', `${leaky}x = 1  # epsilint: ignore[DP001]\nprint(frame["ssn"])  # epsilint: ignore[PHI002] -- ok\n`);
    const { out } = await run(['.', '--format', 'sarif']);
    const log = JSON.parse(out);
    assert.equal(log.version, '2.1.0');
    const [{ tool, results }] = log.runs;
    assert.equal(tool.driver.name, 'Epsilint');
    for (const result of results) {
      assert.equal(tool.driver.rules[result.ruleIndex].id, result.ruleId);
      assert.ok(['error', 'warning', 'note', 'none'].includes(result.level));
      const { artifactLocation, region } = result.locations[0].physicalLocation;
      assert.equal(artifactLocation.uri, 'a%20b.py');
      assert.ok(region.startLine >= 1 && region.startColumn >= 1 && region.endLine >= region.startLine);
      assert.ok(result.partialFingerprints.primaryLocationLineHash);
    }
    const fixed = results.find((one: { ruleId: string }) => one.ruleId === 'EPS001');
    assert.equal(fixed.fixes[0].artifactChanges[0].replacements.length, 1);
    const quiet = results.filter((one: { suppressions?: unknown[] }) => one.suppressions);
    assert.deepEqual(quiet[0].suppressions, [{ kind: 'inSource', justification: 'ok' }]);
  });

  it('names unreadable files once', async function () {
    if (process.getuid?.() === 0 || process.platform === 'win32') this.skip();
    put('a.py', leaky);
    put('secret.py', leaky);
    chmodSync(join(folder, 'secret.py'), 0);
    const { report } = await json('.');
    assert.deepEqual(report.errors, [{ path: 'secret.py', message: 'it may not be read (permission denied)' }]);
  });
});

describe('epsilint rules', () => {
  it('lists every rule, prints a page, and knows what was meant', async () => {
    assert.match((await run([], listRules)).out, /^DP001 +unprotected-training/);
    assert.match((await run(['leak001'], listRules)).out, /LEAK001/);
    assert.match((await run(['LEAK01'], listRules)).err, /Did you mean LEAK001\?/);
  });
});
