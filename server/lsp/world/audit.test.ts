import assert from 'node:assert/strict';
import { readSettings } from '../../protocol';
import { defaultShadowSettings } from '../../workspace/shadows/shadow-audit';
import { shadowSettings } from './audit';

describe('the settings of reference models', () => {
  const of = (section: object) =>
    shadowSettings({ ...readSettings({ epsilint: section }), retentionDays: 30 }, defaultShadowSettings);

  it('are the usual ones where nothing is set', () => {
    const { env, ...settings } = of({});
    assert.equal(env, process.env);
    assert.deepEqual(settings, { ...defaultShadowSettings, retentionDays: 30 });
  });

  it('come from the editor', () => {
    const { env, ...settings } = of({
      python: '/opt/python',
      workers: 4,
      modelTimeLimitSeconds: 60,
      rayAddress: 'http://head:8265',
      rayCpus: 2,
      rayGpus: 0.5,
      rayFolder: '/shared/study',
    });
    assert.deepEqual(settings, {
      python: '/opt/python',
      workers: 4,
      timeLimit: 60,
      retentionDays: 30,
      ray: { address: 'http://head:8265', cpus: 2, gpus: 0.5, retries: 3, folder: '/shared/study' },
    });
    assert.equal(of({ rayGpus: -1, workers: 'many' }).ray.gpus, 0, 'nonsense falls back');
  });
});
