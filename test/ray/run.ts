import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ShadowError, type ShadowScores } from '../../audit-core/shadows/engine';
import { rowMask, type ShadowPeople } from '../../audit-core/shadows/masks';
import { ScoreStore } from '../../audit-core/shadows/store';
import { trainShadows } from '../../audit-core/shadows/train';
import { openPrivateFolder } from '../../server/workspace/shadows/private-folder';
import { rayEngine } from '../../server/workspace/shadows/ray/engine';
import { Cluster } from './cluster';

/** The Ray engine against a real Ray: `npm run test:ray`. The last line counts; what this machine cannot run is skipped, loudly. */
const root = join(__dirname, '..', '..');
const script = join(root, 'test', 'ray', 'train.py');
const rows = 200;
const people: ShadowPeople = {
  codes: Int32Array.from({ length: rows }, (_, row) => row >> 1),
  count: rows / 2,
  eligible: new Uint8Array(rows).fill(1),
};

let passed = 0;
let failed = 0;

async function test(name: string, body: () => Promise<void>): Promise<void> {
  const begun = performance.now();
  try {
    await body();
    passed++;
    console.log(`  ✔ ${name} (${((performance.now() - begun) / 1000).toFixed(0)} s)`);
  } catch (error) {
    failed++;
    console.log(`  ✖ ${name}\n${error instanceof Error ? error.stack : String(error)}`);
  }
}

async function main(): Promise<void> {
  if (process.platform === 'win32') return skip('Ray clusters are tested on Linux and macOS only.');
  const home = mkdtempSync(join(tmpdir(), 'epr'));
  let cluster: Cluster;
  try {
    cluster = await Cluster.start(
      Cluster.install(process.env.EPSILINT_RAY_CACHE ?? join(root, '.test-cache', 'ray')),
      home,
    );
  } catch (error) {
    rmSync(home, { recursive: true, force: true });
    return skip(error instanceof Error ? error.message.split('\n')[0]! : String(error));
  }
  const settings = (more: Partial<Parameters<typeof rayEngine>[0]> = {}) => ({
    address: cluster.address,
    script,
    text: readFileSync(script, 'utf8'),
    originalLine: (line: number) => line,
    files: [],
    divided: Int32Array.from({ length: rows }, (_, row) => row),
    rows,
    slots: 4,
    timeLimit: 120,
    cpus: 1,
    gpus: 0,
    retries: 2,
    folder: null,
    env: {},
    interval: 500,
    ...more,
  });
  const never = new AbortController().signal;
  try {
    let first = cluster.addNode(2);
    let one: ShadowScores | null = null;
    await test('trains a model by the script on a node of the cluster', async () => {
      one = await rayEngine(settings()).train({ model: 0, members: rowMask(people, 0, 1) }, { signal: never });
      assert.equal(one.width, 1);
      assert.equal(one.outputs.length, rows);
      const spread = one.outputs.reduce((sum, each) => sum + Math.abs(each), 0);
      assert.ok(spread > 10, 'the scores are those of a trained model');
    });
    await test('says where the script failed, never its words', async () => {
      const text = `import os\nos.environ["BROKEN"] = "1"\nos.environ["SLOW"] = "0"\n${readFileSync(script, 'utf8')}`;
      await assert.rejects(
        rayEngine(settings({ text, originalLine: line => line - 3 })).train(
          { model: 1, members: rowMask(people, 1, 1) },
          { signal: never },
        ),
        (error: Error) => {
          assert.ok(error instanceof ShadowError);
          const line =
            readFileSync(script, 'utf8')
              .split('\n')
              .findIndex(each => each.includes('raise KeyError')) + 1;
          assert.ok(error.message.startsWith(`train.py stopped with KeyError at line ${line} `), error.message);
          return !error.message.includes('must not be told');
        },
      );
    });
    await test('stops its job when cancelled', async () => {
      const abort = new AbortController();
      const work = rayEngine(settings()).train({ model: 2, members: rowMask(people, 2, 1) }, { signal: abort.signal });
      setTimeout(() => abort.abort(new Error('cancelled')), 4000);
      await assert.rejects(work, /cancelled/);
      await new Promise(resolve => setTimeout(resolve, 3000));
      const jobs = (await (await fetch(`${cluster.address}/api/jobs/`)).json()) as { status: string }[];
      assert.deepEqual(
        jobs.filter(({ status }) => status === 'RUNNING'),
        [],
      );
    });
    await test('loses nothing but time when a node is killed in the middle', async () => {
      const folder = await openPrivateFolder(join(home, 'train.py'), 'run');
      const store = await ScoreStore.open(folder, { version: 1, key: 'k', engine: 'ray', rows, seed: 1, begun: '' });
      const engine = rayEngine(settings());
      let killed = false;
      const scores = await trainShadows(people, engine, store, {
        models: 6,
        seed: 1,
        signal: never,
        now: () => performance.now(),
        progress: ({ done }) => {
          if (done < 1 || killed) return;
          killed = true;
          cluster.killNode(first);
          first = cluster.addNode(2);
        },
      });
      assert.ok(killed);
      assert.equal(scores.length, 6);
      // The script seeds itself: the same mask gives the same model, wherever and however often it was begun.
      assert.deepEqual(scores[0]!.outputs, one!.outputs);
      assert.equal(new Set(scores.map(({ outputs }) => outputs[0])).size, 6);
    });
    await test('waits for a node with the GPU that a model asks for, and trains two models on halves of it', async () => {
      const engine = rayEngine(settings({ gpus: 0.5, cpus: 0.5 }));
      let done = 0;
      const work = [6, 7].map(async model => {
        const scores = await engine.train({ model, members: rowMask(people, model, 1) }, { signal: never });
        done++;
        return scores;
      });
      await new Promise(resolve => setTimeout(resolve, 15_000));
      assert.equal(done, 0, 'no node has a GPU yet');
      cluster.addNode(1, 1);
      const [one, other] = await Promise.all(work);
      assert.notDeepEqual(one!.outputs, other!.outputs);
    });
    await test('says that no Ray answers', async () => {
      const nowhere = settings({ address: 'http://127.0.0.1:9' });
      await assert.rejects(
        rayEngine(nowhere).train({ model: 0, members: rowMask(people, 0, 1) }, { signal: never }),
        /Ray does not answer at http:\/\/127\.0\.0\.1:9/,
      );
    });
  } finally {
    await cluster.stop();
    rmSync(home, { recursive: true, force: true, maxRetries: 5 });
  }
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}

function skip(why: string): void {
  console.log(`SKIPPED: the Ray engine was not tested: ${why}`);
  console.log('0 passed, 0 failed, 6 skipped');
}

void main();
