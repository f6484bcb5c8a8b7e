import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { dashboardAddress, newJobName, RayClient } from './client';
import { packageOf, workPackage } from './package';
import { answerIn, marks } from './task';

describe('the Ray engine', () => {
  it('finds the dashboard from what people set', () => {
    assert.equal(dashboardAddress('http://head:8265/', {}), 'http://head:8265');
    assert.equal(dashboardAddress(null, { RAY_ADDRESS: 'ray://head.local:10001' }), 'http://head.local:8265');
    assert.equal(dashboardAddress(null, { RAY_ADDRESS: '10.0.0.5:6379' }), 'http://10.0.0.5:8265');
    assert.equal(
      dashboardAddress(null, { RAY_API_SERVER_ADDRESS: 'https://ray.example', RAY_ADDRESS: 'auto' }),
      'https://ray.example',
    );
    assert.equal(dashboardAddress(null, { RAY_ADDRESS: 'auto' }), null);
    assert.equal(dashboardAddress(null, {}), null);
    assert.equal(dashboardAddress('file:///etc/passwd', {}), null);
  });

  it('hands a job in again where the cluster is not ready, and stops one that it knows only later', async () => {
    const asked: string[] = [];
    const answers = [500, 404, 500, 404, 200, 200];
    const server = createServer((request, response) => {
      asked.push(`${request.method} ${request.url?.replace(/epsilint-[0-9a-f-]+$/, 'ID')}`);
      response.statusCode = answers.shift() ?? 500;
      response.end(request.method === 'GET' ? '{"status":"SUCCEEDED"}' : '{}');
    });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    try {
      const { port } = server.address() as { port: number };
      const client = new RayClient(`http://127.0.0.1:${port}`, {}, new AbortController().signal, 1);
      const id = newJobName();
      await client.submit(id, { entrypoint: 'x', workingDirectory: 'y', modules: [], environment: {} });
      assert.match(id, /^epsilint-/);
      assert.deepEqual(asked, [
        'POST /api/jobs/',
        'GET /api/jobs/ID',
        'POST /api/jobs/',
        'GET /api/jobs/ID',
        'POST /api/jobs/',
      ]);
      assert.equal(await client.status(id), 'SUCCEEDED');
      const never = client.submit(newJobName(), {
        entrypoint: 'x',
        workingDirectory: 'y',
        modules: [],
        environment: {},
      });
      await assert.rejects(never, /refused \(POST \/api\/jobs\/: 500\)/);
      answers.push(404, 404, 200);
      asked.length = 0;
      await client.stop(id);
      assert.deepEqual(asked, Array(3).fill(`POST /api/jobs/${id}/stop`), 'a job that is known only a little later');
    } finally {
      server.close();
    }
  });

  it('reads the task’s answer from a log and nothing else', () => {
    assert.equal(answerIn('2026 INFO starting\n'), null);
    assert.equal(answerIn(`${marks.scores}AAAA\n`), null, 'not whole yet');
    assert.deepEqual(answerIn(`noise\n${marks.scores}AAAA\r\nmore noise\n${marks.scores}BBBB\n${marks.end}\n`), {
      kind: 'scores',
      base64: 'AAAABBBB',
    });
    assert.deepEqual(answerIn(`${marks.failed}KeyError 12\n${marks.end}\n`), {
      kind: 'failed',
      what: 'KeyError',
      line: 12,
    });
    assert.deepEqual(answerIn(`${marks.failed}code 0\n${marks.end}`), { kind: 'failed', what: 'code', line: null });
  });

  it('packs script, data and modules, the same files under the same name, and nothing from outside', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'epsilint-ray-'));
    try {
      writeFileSync(join(folder, 'data.csv'), 'a\n1\n');
      const made = await workPackage('print(1)\n', folder, ['data.csv']);
      assert.deepEqual(Object.keys(unzipSync(made.bytes)).sort(), [
        'data.csv',
        'epsilint_script.py',
        'epsilint_task.py',
      ]);
      assert.equal((await workPackage('print(1)\n', folder, ['data.csv'])).name, made.name);
      assert.notEqual((await workPackage('print(2)\n', folder, ['data.csv'])).name, made.name);
      assert.match(made.name, /^_ray_pkg_[0-9a-f]{32}\.zip$/);
      await assert.rejects(workPackage('', folder, ['../other/data.csv']), /outside the script's folder/);
      assert.ok(packageOf({ x: Uint8Array.of(1) }).bytes.length > 0);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
