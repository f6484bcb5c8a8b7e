import assert from 'node:assert/strict';
import { readSettings } from '../../../protocol';
import { type EditorState, type ModuleInput, Superseded } from '../../host';
import { AnalysisQueue, type QueueLimits } from './analysis-queue';

const script = 'import wandb\nwandb.log({"loss": loss})\n';
const input = (text: string, uri = 'untitled:a.py'): ModuleInput => ({
  uri,
  path: null,
  languageId: 'python',
  text,
  version: 1,
  trusted: false,
  settings: readSettings(null),
  notebook: false,
  cells: [],
});
const editor: EditorState = { texts: () => [], folders: () => [], log: () => {} };
const limits: QueueLimits = { warm: 20_000, cold: 20_000, patience: 0, memory: Number.POSITIVE_INFINITY };

describe('the queue of analyses', () => {
  let queue: AnalysisQueue;
  const start = (more: Partial<QueueLimits> = {}): AnalysisQueue => {
    queue = new AnalysisQueue(
      () => editor,
      () => {},
      { ...limits, ...more },
    );
    return queue;
  };
  afterEach(() => queue.end());

  it('answers from a thread, and drops a text that a newer one has overtaken', async () => {
    start();
    const first = queue.analyse(input(script));
    const second = queue.analyse(input(`${script}# 2\n`));
    const third = queue.analyse(input(`${script}x = (\n`));
    const other = queue.analyse(input(script, 'untitled:b.py'));
    await assert.rejects(second, Superseded);
    assert.equal((await first).limited, null);
    assert.match((await third).limited ?? '', /syntax/i);
    assert.equal((await other).limited, null);
  });

  it('gives up a text that takes too long, says so, and goes on', async () => {
    start({ cold: 1 });
    const { findings, broken, limited } = await queue.analyse(input(script));
    assert.deepEqual([findings[0]?.rule, broken], ['EPS003', true]);
    assert.match(limited ?? '', /longer than 0\.001 s/);
    assert.equal(queue.warm, false);
  });

  it('gives memory back at rest, and works again when asked', async () => {
    start({ memory: 0 });
    await queue.analyse(input(script));
    assert.equal(queue.warm, true);
    for (const end = Date.now() + 10_000; queue.warm && Date.now() < end; )
      await new Promise(resolve => setTimeout(resolve, 50));
    assert.equal(queue.warm, false);
    assert.equal((await queue.analyse(input(script))).limited, null);
  });
});
