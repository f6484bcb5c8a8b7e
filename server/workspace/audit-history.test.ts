import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AuditFigures } from '../../audit-core/audit/compare';
import type { Comment } from '../facts/syntax';
import { AuditHistory, type AuditRecord, stampOf } from './audit-history';
import { codeDigest } from './code-digest';

const figures: AuditFigures = {
  gatePassed: true,
  records: { members: 2, nonMembers: 2 },
  people: null,
  references: 0,
  attacks: [],
  bounds: [],
  claim: null,
  contradicted: null,
  exposure: null,
  accuracy: null,
};
const retention = { records: 3, days: 30 };

describe('the history of audits', () => {
  let project: string;
  let checkpoint: string;
  let data: string;
  const script = (): string => join(project, 'train.py');
  const record = async (date: string): Promise<AuditRecord> => ({
    version: 1,
    date,
    epsilint: '0',
    checkpoint: await stampOf(project, checkpoint),
    script: { path: 'train.py', digest: 'one' },
    data: [await stampOf(project, data)],
    members: null,
    figures,
  });
  beforeEach(() => {
    project = mkdtempSync(join(tmpdir(), 'epsilint-history-'));
    mkdirSync(join(project, 'out'));
    writeFileSync(join(project, 'epsilint.toml'), '');
    checkpoint = join(project, 'out', 'model.onnx');
    data = join(project, 'data.csv');
    writeFileSync(checkpoint, 'weights');
    writeFileSync(data, 'a,b\n1,2\n');
  });
  afterEach(() => rmSync(project, { recursive: true, force: true }));

  it('says what changed since, and nothing where nothing did', async () => {
    const history = new AuditHistory();
    const state = (digest = 'one') => history.lookup(script(), 'out/model.onnx', () => digest);
    assert.deepEqual(state(), { audited: false, stale: [] });
    assert.equal(
      history.lookup(script(), 'out/none.onnx', () => 'one'),
      null,
    );
    await history.add(checkpoint, await record(new Date().toISOString()), retention);
    assert.deepEqual(state(), { audited: true, stale: [] });
    assert.deepEqual(state('two'), { audited: true, stale: ['script'] });
    // The same bytes at another time are the same file; other bytes of the same size are not.
    utimesSync(data, 1, 1);
    assert.deepEqual(state(), { audited: true, stale: [] });
    writeFileSync(data, 'a,b\n1,3\n');
    assert.deepEqual(state(), { audited: true, stale: ['data'] });
    writeFileSync(checkpoint, 'more weights');
    assert.deepEqual(state('two'), { audited: true, stale: ['script', 'data', 'checkpoint'] });
  });

  it('counts for every format of the model', async () => {
    const history = new AuditHistory();
    await history.add(checkpoint, await record(new Date().toISOString()), retention);
    assert.equal(history.lookup(script(), 'out/model.pt', () => 'one')?.audited, true);
  });

  it('is for the owner only, ignored by git, bounded, and can be purged', async () => {
    const history = new AuditHistory();
    for (const day of ['01', '10', '20', '25', '28'])
      await history.add(checkpoint, await record(`2026-01-${day}T00:00:00.000Z`), retention);
    assert.deepEqual(
      history.records(checkpoint).map(({ date }) => date.slice(8, 10)),
      ['20', '25', '28'],
    );
    await history.add(checkpoint, await record('2026-02-22T00:00:00.000Z'), retention);
    assert.equal(history.records(checkpoint).length, 3);
    await history.add(checkpoint, await record('2026-04-30T00:00:00.000Z'), retention);
    assert.equal(history.records(checkpoint).length, 1);
    if (process.platform !== 'win32')
      for (const [path, mode] of [
        ['.epsilint', 0o700],
        [join('.epsilint', 'audits'), 0o700],
        [join('.epsilint', '.gitignore'), 0o600],
      ] as const)
        assert.equal(statSync(join(project, path)).mode & 0o777, mode, path);
    assert.equal(await history.purge(checkpoint, false), 1);
    assert.deepEqual(history.records(checkpoint), []);
    assert.equal(await history.purge(project, true), 0);
  });

  it('keeps nothing where nothing is to be kept', async () => {
    const history = new AuditHistory();
    await history.add(checkpoint, await record(new Date().toISOString()), { records: 0, days: 30 });
    assert.deepEqual(history.records(checkpoint), []);
  });

  it('does not count comments, blank lines and trailing blanks as code', () => {
    const digest = (text: string, comments: Comment[] = []): string => codeDigest({ comments }, text);
    const comment = { start: 6, end: 18, text: '# epsilint x', ownLine: false };
    assert.equal(digest('x = 1\n'), digest('x = 1 # epsilint x\n\n', [comment]));
    assert.notEqual(digest('x = 1\n'), digest('x = 2\n'));
    assert.notEqual(digest('if a:\n  b\n'), digest('if a:\nb\n'));
  });
});
