import assert from 'node:assert/strict';
import { audit } from '../../audit-core/audit/audit';
import type { ScoreArrays } from '../../audit-core/audit/inputs';
import { uniformStream } from '../../audit-core/statistics/random';
import { auditFindings } from '../audit/findings';
import { Analyser } from '../workspace/analysis';
import { type Configuration, defaultConfiguration } from '../workspace/configuration/configuration';
import { FrontEnds } from '../workspace/front-ends';
import { nodeHost } from '../workspace/host';
import { findingsOf } from './audit-target';

/** Members answered with far more confidence than others. */
function leaking(): ScoreArrays {
  const rows = 400;
  const uniform = uniformStream(2);
  const logits = new Float32Array(rows * 2);
  for (let row = 0; row < rows; row++) logits[2 * row + 1] = uniform() + 3 * (row % 2);
  return {
    rows,
    models: 1,
    logits,
    classes: 2,
    losses: null,
    labels: new Int32Array(rows).fill(1),
    members: Uint8Array.from({ length: rows }, (_, row) => row % 2),
    people: null,
    groups: [],
    ids: null,
  };
}

const outcome = audit(leaking(), { resamples: 200 });
const script = (comment: string): string => `import torch
model = torch.nn.Linear(2, 2)
torch.save(model.state_dict(), "model.pt")${comment}
`;

describe('findings of an audit', () => {
  const frontEnds = new FrontEnds();
  after(() => frontEnds.dispose());
  const found = async (comment: string, configuration: Partial<Configuration> = {}) => {
    const analyser = new Analyser({ host: nodeHost(() => {}), root: '/p', frontEnds });
    const whole = { ...defaultConfiguration, ...configuration };
    const document = { path: '/p/train.py', text: script(comment), language: 'python' as const };
    const analysis = await analyser.analyse(document, whole);
    return findingsOf(
      auditFindings(outcome.result),
      { analyser, script: analysis, configuration: whole },
      '/p/model.onnx',
      '/p',
    );
  };

  it('stand on the line that saves the model, in whatever format', async () => {
    const { findings, suppressed } = await found('');
    assert.deepEqual(
      findings.map(({ rule, path, severity, range }) => [rule, path, severity, range.start.line]),
      [['AUD001', 'train.py', 'warning', 3]],
    );
    assert.deepEqual(suppressed, []);
  });

  it('are suppressed by a directive on that line, with its reason', async () => {
    const { findings, suppressed } = await found('  # epsilint: ignore[AUD001] -- teaching data');
    assert.deepEqual(findings, []);
    assert.equal(suppressed[0]?.suppressed?.reason, 'teaching data');
  });

  it('take severity and selection from the configuration', async () => {
    const { findings } = await found('', { severity: { AUD: 'error' } });
    assert.equal(findings[0]?.severity, 'error');
    assert.deepEqual((await found('', { ignore: ['AUD001'] })).findings, []);
    assert.deepEqual((await found('', { select: ['DP'] })).findings, []);
  });

  it('stand on the file where there is no script', () => {
    const analyser = new Analyser({ host: nodeHost(() => {}), root: '/p', frontEnds });
    const located = findingsOf(
      auditFindings(outcome.result),
      { analyser, script: null, configuration: defaultConfiguration },
      '/p/s.npz',
      '/p',
    );
    assert.deepEqual(
      located.findings.map(({ rule, path, range }) => [rule, path, range.start.line]),
      [['AUD001', 's.npz', 1]],
    );
  });
});
