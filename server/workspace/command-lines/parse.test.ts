import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { startedIn } from './parse';

const only = (text: string): { script: string; options: Record<string, readonly string[] | null> } => {
  const [started] = startedIn(text);
  return { script: started?.script ?? '', options: Object.fromEntries(started?.options ?? []) };
};

describe('command lines of shell scripts', () => {
  it('gives options with and without =, short ones, switches and lists', () => {
    assert.deepEqual(only('python3 -u train.py --sigma 1.1 --max-norm=0.5 -b 64 --disable-dp --layers 1 2 3'), {
      script: 'train.py',
      options: { sigma: ['1.1'], max_norm: ['0.5'], b: ['64'], disable_dp: [], layers: ['1', '2', '3'] },
    });
  });

  it('joins continued lines and puts in what the script sets; what its caller sets is not known', () => {
    const start = 'python -m pkg.train \\\n  --sigma $SIGMA --eps $' + '{EPS} \\\n  --delta $3 # why\n';
    const text = `SIGMA=0.8\nEPS=$\{2:-"8"}\n${start}`;
    assert.deepEqual(only(text), {
      script: 'pkg.train',
      options: { sigma: ['0.8'], eps: ['8'], delta: null },
    });
  });

  it('does not follow a variable that is set in branches, nor one that a loop walks', () => {
    const text =
      'if a; then\n  epochs=10\nelse\n  epochs=15\nfi\nfor s in 1 2; do\npython t.py --epochs $epochs --seed $s; done\n';
    assert.deepEqual(only(text).options, { epochs: null, seed: null });
  });

  it('passes launchers by, and ends at what ends a command', () => {
    assert.deepEqual(
      only('pip install -e . && python -m torch.distributed.run --nproc_per_node 8 a/b.py --eps 8 | tee log --x 1'),
      { script: 'a/b.py', options: { eps: ['8'] } },
    );
    assert.deepEqual(only('torchrun --nproc_per_node=2 t.py --eps 8 > out.txt').options, { eps: ['8'] });
    assert.deepEqual(only('accelerate launch t.py --eps 8 &').options, { eps: ['8'] });
  });

  it('reads a job description and skips comments and prompts', () => {
    assert.equal(
      only('command: >-\n  python t.py --eps 8 \\\n    --delta 1e-6\nenvironment: x').options.delta?.[0],
      '1e-6',
    );
    assert.deepEqual(only('# python t.py --eps 1\n$ python t.py --eps 2').options, { eps: ['2'] });
  });

  it('finds nothing where no Python program is started', () => {
    assert.deepEqual(startedIn('echo hello\nls -m x\nmake train\nEPS=3\n'), []);
  });
});
