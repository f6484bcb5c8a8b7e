import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { runModule } from '../../server/facts';
import { createPythonFrontEnd, type PythonFrontEnd } from '../../server/languages/python/front-end';
import { builtInModels } from '../../server/models';
import { pythonAssets } from '../../server/workspace/grammars';

const seeds = [
  'import pandas as pd\nimport torch\ndf = pd.read_csv("patients.csv")\nfor c in ["a", "b"]:\n    df[c + "_x"] = df[c].isna()\nX, y = df.drop(columns=["ssn"]), df.pop("label")\nprint(df[["ssn"]].head(), f"{df.ssn!r:>10}")\n',
  'from opacus import PrivacyEngine\nclass Net(torch.nn.Module):\n    def __init__(self, d=3, *a, **k):\n        super().__init__()\n        self.l = torch.nn.Linear(d, 2)\n    def forward(self, x):\n        return self.forward(self.l(x))\nm = Net()\no = torch.optim.SGD(m.parameters(), lr=.1)\nm, o, l = PrivacyEngine().make_private(module=m, optimizer=o, data_loader=l, noise_multiplier=1)\nwhile True:\n    for x, (y, *z) in enumerate(l):\n        o.step()\n        x += [x, x]\n',
  'import argparse\np = argparse.ArgumentParser()\np.add_argument("--n", default=1)\na = p.parse_args()\ndef f(n): return f(n - 1) if n else g\ng = lambda *q, **r: [f(i) for i in range(*q) if i]\ntry:\n    x = g(**vars(a))\nexcept (A, B) as e:\n    raise e\nfinally:\n    del x, a.n\nwith open("f") as h, q() as (i, j): yield (k := h)\nmatch x:\n    case [1, *r]: x @= 2\n',
];
const pieces = [
  '(',
  ')',
  '[',
  '{',
  '"',
  "'",
  '"""',
  ':',
  '\n',
  '\r\n',
  '\t',
  '\0',
  '\ud800',
  '\ufeff',
  'lambda',
  'def ',
  'for ',
  '.',
  ',',
  '*',
  '=',
  '@',
  '#',
  'x = x',
  'async ',
  'print ',
];

/** Runs of the suite's long mode: `EPSILINT_FUZZ_RUNS=20000`. */
const numRuns = Number(process.env.EPSILINT_FUZZ_RUNS ?? 400);

describe('any text as Python', function () {
  this.timeout(Math.max(20_000, numRuns * 20));
  let python: PythonFrontEnd;
  before(async () => {
    python = await createPythonFrontEnd(pythonAssets());
  });

  it('never throws, never hangs, and points into the text', () => {
    const edit = fc.record({ at: fc.nat(1_000), cut: fc.nat(12), put: fc.constantFrom('', ...pieces) });
    const mutated = fc.tuple(fc.constantFrom(...seeds), fc.array(edit, { maxLength: 8 })).map(([seed, edits]) =>
      edits.reduce((text, { at, cut, put }) => {
        const place = at % (text.length + 1);
        return text.slice(0, place) + put + text.slice(place + cut);
      }, seed),
    );
    const anything = fc.oneof(
      { weight: 5, arbitrary: mutated },
      { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 200 }) },
      { weight: 1, arbitrary: fc.array(fc.constantFrom(...pieces), { maxLength: 60 }).map(parts => parts.join('')) },
    );
    fc.assert(
      fc.property(anything, text => {
        const started = performance.now();
        const facts = python.parse(text);
        const { events } = runModule(facts, { path: 'a.py', text, models: builtInModels() });
        assert.ok(performance.now() - started < 2_000);
        for (const { start, end } of [...events.map(event => event.span), ...facts.problems, ...facts.comments])
          assert.ok(start >= 0 && start <= end && end <= text.length, `${start}–${end} of ${text.length}`);
      }),
      { numRuns },
    );
  });
});
