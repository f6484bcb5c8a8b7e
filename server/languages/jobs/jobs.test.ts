import assert from 'node:assert/strict';
import { before, describe, it } from 'mocha';
import { budgetStatements } from '../../budget';
import { runModule } from '../../facts';
import { builtInModels } from '../../models';
import { pythonAssets } from '../../workspace/grammars';
import { createPythonFrontEnd, type PythonFrontEnd } from '../python/front-end';
import { isJob, jobFacts } from './jobs';

describe('jobs of NVFlare', () => {
  let python: PythonFrontEnd;
  before(async () => {
    python = await createPythonFrontEnd(pythonAssets());
  });
  const job = (filter: object): string =>
    JSON.stringify(
      { format_version: 2, task_result_filters: [{ tasks: ['train'], filters: [filter] }], x: [null, true] },
      null,
      2,
    );
  const statements = (text: string) =>
    budgetStatements(
      runModule(jobFacts(python.parse(text)), { path: 'config_fed_client.json', text, models: builtInModels() }),
      () => null,
    );

  it('are told by their names', () => {
    assert.ok(isJob('app/config/config_fed_client.json') && isJob('privacy.json'));
    assert.ok(!isJob('package.json') && !isJob('my-privacy.json'));
  });

  it('call the filters that they name, where they name them', () => {
    const text = job({
      path: 'nvflare.app_common.filters.svt_privacy.SVTPrivacy',
      args: { fraction: 0.9, epsilon: 0.001, noise_var: 1.0, gamma: 1e-4 },
    });
    const [statement] = statements(text);
    assert.equal(statement!.library, 'nvflare');
    assert.equal(statement!.unit, 'client');
    assert.equal(text.slice(statement!.span.start, statement!.span.end).includes('SVTPrivacy'), true);
    assert.match(statement!.warnings.join(' '), /900,000/);
  });

  it('protect nobody by cutting updates to a percentile', () => {
    const [statement] = statements(job({ name: 'PercentilePrivacy', args: { percentile: 10 } }));
    assert.equal(statement!.epsilon.pld, Number.POSITIVE_INFINITY);
  });

  it('say nothing of other components', () => assert.deepEqual(statements(job({ path: 'pt.Learner', args: {} })), []));
});
