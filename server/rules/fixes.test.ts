import assert from 'node:assert/strict';
import { runModule } from '../facts';
import { createPythonFrontEnd, type PythonFrontEnd } from '../languages/python/front-end';
import { builtInModels } from '../models';
import { pythonAssets } from '../workspace/grammars';
import { check, type Finding, makeContext, rules } from '.';

/** The rules' own fixes: what they write, and that only what changes no result is called safe. */
describe('fixes', () => {
  let python: PythonFrontEnd;
  before(async () => {
    python = await createPythonFrontEnd(pythonAssets());
  });
  const found = (rule: string, text: string): Finding[] => {
    const facts = python.parse(text);
    const run = runModule(facts, { path: 'train.py', text, models: builtInModels() });
    return check(rules, makeContext({ run, text, comments: facts.comments })).filter(one => one.rule === rule);
  };
  const fixed = (rule: string, text: string) => {
    const fixes = found(rule, text).flatMap(({ fixes }) => fixes);
    const edits = fixes.flatMap(({ edits }) => edits).sort((a, b) => b.span.start - a.span.start);
    const made = edits.reduce((out, { span, text: put }) => out.slice(0, span.start) + put + out.slice(span.end), text);
    return { made, safety: fixes.map(({ safety }) => safety) };
  };

  it('PHI005 takes identifiers out of comments, safely', () => {
    assert.deepEqual(fixed('PHI005', 'x = 1  # checked with 536-22-8714 twice\n'), {
      made: 'x = 1  # checked with [removed] twice\n',
      safety: ['safe'],
    });
    assert.equal(fixed('PHI005', '# MRN: 88231907 came back\nx = 1\n').made, '# MRN: [removed] came back\nx = 1\n');
  });

  it('PHI005 leaves literals of the program alone, also those that look like comments', () => {
    for (const text of ['x = "536-22-8714 is here"\n', 'x = "ab" if y else "# MRN: 88231907 came back"\n']) {
      assert.equal(found('PHI005', text).length, 1);
      assert.deepEqual(fixed('PHI005', text), { made: text, safety: [] });
    }
  });

  const dp = (more: string, before = ''): string => `import torch
from opacus import PrivacyEngine
${before}model = torch.nn.Linear(2, 2)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
loader = torch.utils.data.DataLoader(data, batch_size=64)
model, optimizer, loader = PrivacyEngine().make_private(module=model, optimizer=optimizer, data_loader=loader, noise_multiplier=1.1, max_grad_norm=1.0, poisson_sampling=${more})
`;

  it('DP005 turns Poisson sampling on where the call turned it off, and calls that unsafe', () => {
    assert.deepEqual(fixed('DP005', dp('False')), { made: dp('True'), safety: ['unsafe'] });
  });

  it('DP005 does not edit a constant that other code may use', () => {
    const text = dp('POISSON', 'POISSON = False\n');
    assert.equal(found('DP005', text).length, 1);
    assert.deepEqual(fixed('DP005', text), { made: text, safety: [] });
  });

  it('DP007 takes the seed out of the call that draws the noise', () => {
    const text = (seed: string) =>
      `import pandas as pd\nfrom diffprivlib.models import LogisticRegression\nmodel = LogisticRegression(epsilon=1.0, random_state=${seed})\nmodel.fit(pd.read_csv("patients.csv"), y)\n`;
    assert.deepEqual(fixed('DP007', text('42')), { made: text('None'), safety: ['unsafe'] });
  });
});
