import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { auditWords } from '../../server/cli/audit-options';
import { subjectOf } from '../../server/cli/audit-subject';
import { prepareAudit } from '../../server/workspace/audit-request';
import { auditWithShadows, defaultShadowSettings } from '../../server/workspace/shadows/shadow-audit';
import { numbers, scriptOf, table, weights } from '../protocol/study';

/** The script's loop made private by Opacus; `optimizer` is what it steps. */
const privately = (stepped: string): string =>
  scriptOf('visits.csv', 'model.safetensors', 8, 20)
    .replace(
      'import torch\n',
      'import torch\nfrom opacus import PrivacyEngine\nfrom torch.utils.data import DataLoader, TensorDataset\n',
    )
    .replace(
      'for epoch in range(20):\n    optimizer.zero_grad()\n    loss = criterion(model(X_train), y_train)\n    loss.backward()\n    optimizer.step()\n',
      `loader = DataLoader(TensorDataset(X_train, y_train), batch_size=50, shuffle=True)
model, private, batches = PrivacyEngine().make_private(module=model, optimizer=optimizer, data_loader=loader, noise_multiplier=4.0, max_grad_norm=1.0)
for epoch in range(20):
    for x, y in batches:
        private.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        ${stepped}.step()
`,
    )
    .replace('model.state_dict()', 'model._module.state_dict()');

describe('reference models of a script', function () {
  this.timeout(300_000);
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'epsilint-models-'));
    writeFileSync(join(folder, 'visits.csv'), table(numbers()));
    writeFileSync(join(folder, 'model.safetensors'), weights(8));
  });
  after(() => rmSync(folder, { recursive: true }));

  const audit = async (name: string, text: string, values?: number) => {
    writeFileSync(join(folder, name), text);
    const subject = await subjectOf(name, auditWords([name])!, folder, () => {});
    const prepared = prepareAudit({
      script: { path: subject.script!.path, facts: subject.script!.facts, find: subject.find },
      checkpoint: subject.checkpoint,
      configuration: subject.configuration,
      given: subject.given,
      budget: subject.budget,
      despiteGate: false,
    });
    assert.equal(prepared.kind, 'ready', JSON.stringify(prepared));
    if (prepared.kind !== 'ready' || prepared.request.kind !== 'script') throw new Error('not a script');
    const { request } = prepared;
    return await auditWithShadows(
      {
        request: { ...request, limits: { ...request.limits, ...(values !== undefined && { values }) } },
        script: subject.script!.path,
        text,
        facts: subject.script!.facts,
        models: 8,
        engine: 'embedded',
        seed: 0,
        listExposed: false,
        settings: { ...defaultShadowSettings, retentionDays: 0, env: {} },
      },
      { signal: new AbortController().signal, progress: () => {} },
    );
  };
  const lira = (outcome: Awaited<ReturnType<typeof audit>>): number =>
    outcome.result.attacks.find(({ name, level }) => name === 'lira-online-pooled' && level === 'record')!.auc.value;

  it('are trained with its noise where it is private, and without where its private optimizer is not stepped', async () => {
    const honest = await audit('private.py', privately('private'));
    const said = honest.result.assumptions.join(' ');
    assert.match(said, /each row's gradient clipped at 1, noise of 4 times that/);
    assert.ok(Math.abs(lira(honest) - 0.5) < 0.1, `LiRA ${lira(honest)}`);
    const broken = await audit('broken.py', privately('optimizer'));
    assert.match(broken.result.assumptions.join(' '), /steps an optimizer that is not private/);
  });

  it('see the people that a thinned audit is of, and the report says so', async () => {
    const outcome = await audit('train.py', scriptOf('visits.csv', 'model.safetensors', 8, 20), 600);
    const said = outcome.result.assumptions.join(' ');
    const [, kept] = /the models see (\d+) of the 400 rows/.exec(said) ?? [];
    assert.ok(Number(kept) > 120 && Number(kept) < 280, said);
    assert.equal(Number(kept) % 2, 0, 'whole people');
    const runs = readdirSync(join(folder, '.epsilint', 'shadows')).filter(each => each !== '.gitignore');
    assert.equal(runs.length, 3, 'each script and each thinning has a folder of its own');
    for (const run of runs)
      assert.match(readFileSync(join(folder, '.epsilint', 'shadows', run, 'run.json'), 'utf8'), /"embedded"/);
  });
});
