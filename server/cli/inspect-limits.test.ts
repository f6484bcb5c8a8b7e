import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CheckpointError } from '../../audit-core/checkpoints';
import { FileError } from '../workspace/byte-source';
import { inspectApart } from '../workspace/inspect-apart';

const fixtures = join(__dirname, '..', '..', 'test', 'fixtures');

describe('limits on reading a file', () => {
  let folder = '';
  const file = (): string => join(folder, 'model.pt');
  const configure = (text: string): void => writeFileSync(join(folder, 'epsilint.toml'), text);
  const refused = (wanted: RegExp): Promise<void> =>
    assert.rejects(inspectApart(file()), error => error instanceof CheckpointError && wanted.test(error.message));

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'epsilint-limits-'));
    copyFileSync(join(fixtures, 'networks', 'cnn2d.pt'), file());
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('are the defaults where nothing is said', async () => {
    const { format, tensors } = await inspectApart(file());
    assert.match(format, /torch/);
    assert.ok(tensors.length > 3);
  });

  it('come from the configuration of the file’s folder', async () => {
    configure('[limits]\ntensors = 3\n');
    await refused(/more tensors than this reader allows/);
  });

  it('end a reader that takes too long, and say which limit it was', async () => {
    configure('[limits]\nread-seconds = 0.001\n');
    await refused(/0\.001 seconds of processor time; limits\.read-seconds/);
  });

  it('end a reader that takes too much memory', async () => {
    configure('[limits]\nread-memory = 1\n');
    await refused(/more than 1 MB; limits\.read-memory/);
  });

  it('leave a missing file a missing file, and stop when asked', async () => {
    await assert.rejects(inspectApart(join(folder, 'none.pt')), FileError);
    await assert.rejects(inspectApart(file(), AbortSignal.abort(new Error('stopped'))), /stopped/);
  });
});
