import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { failureOf } from './failure';
import { openPrivateFolder, purgeRuns, storedRuns } from './private-folder';
import { type ProcessSettings, processEngine } from './process-engine';

/** Stands for a user's script: reads the mask, writes it times 10 as scores. Node plays the interpreter, so that no Python is needed. */
const script = `
const { readFileSync, writeFileSync } = require('node:fs');
const mask = readFileSync(process.env.EPSILINT_MEMBERS);
const flags = mask.subarray(mask.length - 4);
const head = "{'descr': '<f4', 'fortran_order': False, 'shape': (4, 2), }".padEnd(117) + '\\n';
const values = new Float32Array(8);
flags.forEach((flag, i) => { values[2 * i] = 10 * flag; values[2 * i + 1] = i; });
console.log('a cell: SECRET');
const start = Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, 118, 0]);
writeFileSync(process.env.EPSILINT_SCORES, Buffer.concat([start, Buffer.from(head), Buffer.from(values.buffer)]));
`;

describe('the process engine', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'epsilint-process-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const settings = (text: string, more: Partial<ProcessSettings> = {}): ProcessSettings => {
    const file = join(folder, 'train.js');
    writeFileSync(file, text);
    return {
      interpreter: process.execPath,
      script: file,
      text,
      asItIs: true,
      originalLine: line => line,
      divided: Int32Array.of(4, 3, 1, 0),
      rows: 5,
      slots: 2,
      timeLimit: 30,
      env: process.env,
      folder,
      ...more,
    };
  };
  const job = { model: 6, members: Uint8Array.of(1, 0, 9, 0, 1) };
  const watch = () => ({ signal: new AbortController().signal });

  it('gives the script a mask over the rows that it splits and puts its scores at the rows of the data', async () => {
    const { outputs, width } = await processEngine(settings(script)).train(job, watch());
    assert.equal(width, 2);
    assert.deepEqual(Array.from(outputs), [10, 3, 0, 2, Number.NaN, Number.NaN, 0, 1, 10, 0]);
    assert.deepEqual(
      readdirSync(folder).filter(name => name.startsWith('running')),
      [],
      'mask and scores are gone',
    );
    const log = readFileSync(join(folder, 'log.txt'), 'utf8');
    assert.match(log, /model 7: code 0, .* 1 lines printed/);
    assert.doesNotMatch(log, /SECRET/);
  });

  it('says what ended a script, never its words', async () => {
    const failing = settings('console.error("ValueError: SECRET"); process.exit(3)');
    await assert.rejects(processEngine(failing).train(job, watch()), (error: Error) => {
      assert.match(error.message, /^train\.js stopped with ValueError \(reference model 7\)/);
      return !error.message.includes('SECRET');
    });
    await assert.rejects(processEngine(settings('')).train(job, watch()), /without writing scores to EPSILINT_SCORES/);
    await assert.rejects(
      processEngine(settings('', { interpreter: join(folder, 'no-python') })).train(job, watch()),
      /cannot be started \(ENOENT\)/,
    );
  });

  it('kills the whole tree on cancel and at the time limit', async function () {
    this.timeout(60_000);
    const alive = join(folder, 'alive');
    const tree = settings(`
const { spawn } = require('node:child_process');
const { writeFileSync } = require('node:fs');
const tick = "setInterval(() => require('node:fs').writeFileSync(process.argv[1], String(Date.now())), 20)";
spawn(process.execPath, ['-e', tick, ${JSON.stringify(alive)}], { stdio: 'ignore' });
setInterval(() => {}, 1000);`);
    const ticks = async (work: Promise<unknown>, stop: () => void, reason: RegExp): Promise<void> => {
      const settled = assert.rejects(work, reason);
      for (let i = 0; i < 1000 && !existsSync(alive); i++) await new Promise(resolve => setTimeout(resolve, 20));
      assert.ok(existsSync(alive), 'the child has begun');
      stop();
      await settled;
      await new Promise(resolve => setTimeout(resolve, 100));
      const last = readFileSync(alive, 'utf8');
      await new Promise(resolve => setTimeout(resolve, 200));
      assert.equal(readFileSync(alive, 'utf8'), last, 'no descendant writes any more');
      rmSync(alive, { force: true });
    };
    const abort = new AbortController();
    await ticks(
      processEngine(tree).train(job, { signal: abort.signal }),
      () => abort.abort(new Error('cancelled')),
      /cancelled/,
    );
    await ticks(processEngine({ ...tree, timeLimit: 5 }).train(job, watch()), () => {}, /was stopped after 5 s/);
  });

  it('finds the place of an error in a traceback', () => {
    const trace = `Traceback (most recent call last):
  File "/home/x/train.py", line 22, in <module>
    y = df["label"]
  File "/lib/pandas/frame.py", line 4107, in __getitem__
    raise KeyError(key)
KeyError: 'label'
`;
    assert.deepEqual(failureOf(trace, '/home/x/train.py'), { kind: 'KeyError', line: 22 });
    assert.deepEqual(failureOf('torch.cuda.OutOfMemoryError: CUDA\n', 'a.py'), {
      kind: 'OutOfMemoryError',
      line: null,
    });
  });
});

describe('the private folder', () => {
  it('is its owner’s alone, ignored by git, and goes away by purge and by age', async () => {
    const home = mkdtempSync(join(tmpdir(), 'epsilint-private-'));
    try {
      const file = join(home, 'train.py');
      const run = await openPrivateFolder(file, 'abc');
      await run.write('model-0000.scores', Uint8Array.of(1, 2, 3));
      if (process.platform !== 'win32') {
        assert.equal(statSync(run.path).mode & 0o777, 0o700);
        assert.equal(statSync(join(run.path, 'model-0000.scores')).mode & 0o777, 0o600);
      }
      assert.equal(readFileSync(join(home, '.epsilint', 'shadows', '.gitignore'), 'utf8'), '*\n');
      assert.deepEqual(Array.from((await run.read('model-0000.scores'))!), [1, 2, 3]);
      assert.equal(await run.read('model-0001.scores'), null);
      assert.equal((await storedRuns(file))[0]!.models, 1);
      assert.equal(await purgeRuns(file, 30), 0, 'fresh');
      assert.equal(await purgeRuns(file, 0, 'abc'), 0, 'kept by name');
      assert.equal(await purgeRuns(file), 1);
      assert.deepEqual(await storedRuns(file), []);
    } finally {
      rmSync(home, { recursive: true, force: true });
    }
  });
});
