import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { run as check } from '../../server/cli/check';
import { UsageError } from '../../server/cli/io';

/** What each key of docs/configuration.md does to the findings of one script. */
const leaky = `import pandas as pd
import logging
import requests
audit_log = logging.getLogger("audit.release")
frame = pd.read_csv("admissions.csv")
print(frame[["patient_name", "ssn"]])
audit_log.info(frame["ssn"])
requests.post("https://records.hospital.local/api", json=frame[["ssn"]].to_dict())
`;
const trained = `import torch
from opacus import PrivacyEngine
model = torch.nn.Linear(4, 2)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
loader = torch.utils.data.DataLoader(dataset, batch_size=32)
model, optimizer, loader = PrivacyEngine().make_private_with_epsilon(
    module=model, optimizer=optimizer, data_loader=loader, target_epsilon=5.0, target_delta=1e-4, epochs=1, max_grad_norm=1.0)
`;

describe('the keys of the configuration', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'epsilint-keys-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const put = (path: string, text: string): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  async function findings(
    script: string,
    configuration: string,
    path = 'train.py',
  ): Promise<{ rule: string; line: number; severity: string; tier: string }[]> {
    put(path, script);
    put('epsilint.toml', configuration);
    let out = '';
    const io = {
      stdout: (text: string) => {
        out += text;
      },
      stderr: () => undefined,
      stdin: async () => '',
      isTTY: false,
      cwd: folder,
      env: {},
      signal: new AbortController().signal,
    };
    await check(['--format', 'json', path], io);
    return JSON.parse(out).findings.map(
      (one: { rule: string; severity: string; tier: string; range: { start: { line: number } } }) => ({
        rule: one.rule,
        severity: one.severity,
        tier: one.tier,
        line: one.range.start.line,
      }),
    );
  }
  const rulesAt = async (line: number, configuration: string, script = leaky) =>
    (await findings(script, configuration)).filter(one => one.line === line).map(one => one.rule);
  const rulesOf = async (configuration: string, script = leaky) =>
    (await findings(script, configuration)).map(one => one.rule);

  it('select, extend-select, ignore', async () => {
    assert.deepEqual([...new Set(await rulesOf('select = ["PHI002"]'))], ['PHI002']);
    assert.ok((await rulesOf('select = ["LEAK"]\nextend-select = ["PHI002"]')).includes('PHI002'));
    assert.equal((await rulesOf('ignore = ["PHI"]')).filter(rule => rule.startsWith('PHI')).length, 0);
  });

  it('tier and tiers: the least sure findings', async () => {
    assert.ok((await findings(leaky, 'tier = "certain"')).every(({ tier }) => tier === 'certain'));
    assert.ok(!(await rulesOf('[tiers]\nLEAK006 = "certain"')).includes('LEAK006'));
  });

  it('severity of a rule or prefix', async () => {
    const phi = (await findings(leaky, '[severity]\nPHI = "information"')).filter(({ rule }) => rule === 'PHI002');
    assert.ok(phi.length > 0 && phi.every(({ severity }) => severity === 'information'));
  });

  it('sensitivity: inferred, always, only what is declared', async () => {
    assert.deepEqual(await rulesOf('sensitivity = "never"'), []);
    assert.ok(
      (await rulesOf('sensitivity = "never"\n[data]\n"admissions.csv" = { direct = ["ssn"] }')).includes('PHI002'),
    );
    const plain =
      'import pandas as pd\nfrom sklearn.svm import SVC\nt = pd.read_csv("a.csv")\nSVC().fit(t[["x"]], t["y"])\n';
    assert.deepEqual(await rulesOf('', plain), []);
    assert.ok((await rulesOf('sensitivity = "always"', plain)).includes('DP001'));
  });

  it('exclude, per-file-ignores, overrides: what holds under some paths', async () => {
    assert.deepEqual(await findings(leaky, '[per-file-ignores]\n"tests/**" = ["PHI", "LEAK"]', 'tests/a.py'), []);
    const overrides = '[[overrides]]\npaths = ["notes/*.py"]\nignore = ["LEAK"]\nseverity = { PHI002 = "information" }';
    const there = await findings(leaky, overrides, 'notes/a.py');
    assert.ok(there.some(({ rule, severity }) => rule === 'PHI002' && severity === 'information'));
    assert.ok(there.every(({ rule }) => !rule.startsWith('LEAK')));
    assert.ok((await findings(leaky, overrides, 'src/a.py')).some(({ rule }) => rule === 'LEAK006'));
    assert.ok(
      (await findings(leaky, '[[overrides]]\npaths = ["src"]\ntier = "certain"', 'src/a.py')).every(
        ({ tier }) => tier === 'certain',
      ),
    );
  });

  it('data: declared columns and public data beat the dictionaries', async () => {
    assert.ok(
      (
        await rulesAt(
          3,
          '[data.columns]\ndirect = ["kennitala"]',
          'import pandas as pd\nt = pd.read_csv("a.csv")\nprint(t[["kennitala"]])\n',
        )
      ).includes('PHI002'),
    );
    assert.deepEqual(await rulesAt(6, '[data.columns]\nsafe = ["patient_name", "ssn"]'), []);
    assert.deepEqual(await rulesOf('[data]\n"admissions.csv" = { public = true }'), []);
  });

  it('dp: where a budget and a δ become findings', async () => {
    assert.ok(
      (await findings(trained, '[dp]\nmax-epsilon = 4.0')).some(
        one => one.rule === 'DP003' && one.severity === 'warning',
      ),
    );
    assert.ok(
      !(await findings(trained, '[dp]\nmax-epsilon = 6.0')).some(
        one => one.rule === 'DP003' && one.severity === 'warning',
      ),
    );
    assert.ok((await rulesOf('[dp]\nmax-delta = 1e-5', trained)).includes('DP004'));
    assert.ok(!(await rulesOf('', trained)).includes('DP004'));
  });

  it('sinks.trusted-loggers: what stays protected is no leak', async () => {
    assert.ok((await rulesAt(7, '')).length > 0);
    assert.deepEqual(await rulesAt(7, '[sinks]\ntrusted-loggers = ["audit.*"]'), []);
    assert.deepEqual(await rulesAt(7, '[sinks]\ntrusted-loggers = ["audit_log.*"]'), []);
    assert.ok((await rulesAt(6, '[sinks]\ntrusted-loggers = ["audit.*"]')).length > 0, 'print is no trusted logger');
  });

  it('sinks.internal-hosts: patterns of the hosts that are your own', async () => {
    const elsewhere = leaky.replace('records.hospital.local', 'records.hospital.example');
    assert.ok((await rulesOf('', elsewhere)).includes('LEAK006'));
    assert.ok(!(await rulesOf('[sinks]\ninternal-hosts = ["*.hospital.example"]', elsewhere)).includes('LEAK006'));
    assert.ok((await rulesOf('[sinks]\ninternal-hosts = ["hospital.example"]', elsewhere)).includes('LEAK006'));
  });

  it('limits: large files and many findings', async () => {
    assert.deepEqual(await rulesOf('[limits]\nfile-size = 20'), ['EPS003']);
    assert.equal((await rulesOf('[limits]\nfindings-per-file = 1')).length, 1);
  });

  it('require-reason, require-provenance', async () => {
    const suppressed = leaky.replace('"ssn"]])', '"ssn"]])  # epsilint: ignore[PHI002]');
    assert.ok((await rulesAt(6, 'require-reason = true', suppressed)).includes('EPS002'));
    const remote = 'from transformers import AutoModel\nmodel = AutoModel.from_pretrained("some/clinical-model")\n';
    assert.ok(!(await rulesOf('', remote)).includes('GOV001'));
    assert.ok((await rulesOf('require-provenance = true', remote)).includes('GOV001'));
  });

  describe('models: libraries of the project’s own', () => {
    const script = 'import hospital\nrows = hospital.visits()\nhospital.archive(rows)\n';
    const model = `library = "hospital tools"
modules = ["hospital"]
[calls."hospital.visits"]
flow = "none"
adds = ["records"]
events = [{ kind = "load", format = "sql", people = "inferred" }]
[calls."hospital.archive"]
parameters = ["rows"]
flow = "none"
events = [{ kind = "send", to = "api", values = ["rows"], host = "archive.example" }]
`;
    it('make their calls known', async () => {
      assert.deepEqual(await rulesOf('', script), []);
      put('epsilint-models/hospital.toml', model);
      assert.deepEqual(await rulesOf('models = ["epsilint-models/*.toml"]', script), ['LEAK006']);
    });
    it('may say what a loop over a value gives', async () => {
      const rounds = `${model}[classes."hospital.Wards"]
walks = "visits"
round = { type = "pandas.DataFrame" }
[calls."hospital.Wards"]
flow = "none"
[calls."hospital.Wards.visits"]
flow = "none"
result = "hospital.Wards"
adds = ["records"]
events = [{ kind = "load", format = "sql", people = "inferred" }]
`;
      const loop = 'import hospital\nfor ward in hospital.Wards():\n    hospital.archive(ward)\n';
      put('epsilint-models/hospital.toml', rounds.replace('walks = "visits"\n', ''));
      assert.deepEqual(await rulesOf('models = ["epsilint-models/*.toml"]', loop), []);
      put('epsilint-models/hospital.toml', rounds);
      assert.deepEqual(await rulesOf('models = ["epsilint-models/*.toml"]', loop), ['LEAK006']);
    });
    it('may say that a score becomes a decision', async () => {
      const call = (decides: boolean) => `${model}[calls."hospital.alarm"]
decides = ${decides}
[calls."hospital.score"]
parameters = ["rows"]
adds = ["confidence"]
`;
      const print = 'import hospital\nprint(hospital.alarm(hospital.score(hospital.visits())))\n';
      put('epsilint-models/hospital.toml', call(false));
      assert.ok((await rulesOf('models = ["epsilint-models/*.toml"]', print)).includes('LEAK001'));
      put('epsilint-models/hospital.toml', call(true));
      assert.ok(!(await rulesOf('models = ["epsilint-models/*.toml"]', print)).includes('LEAK001'));
    });
    it('are refused with the place where they are wrong', async () => {
      put('m.toml', model.replace('kind = "send"', 'kind = "post"'));
      await assert.rejects(findings(script, 'models = ["m.toml"]'), (error: Error) => {
        assert.ok(error instanceof UsageError);
        return /m\.toml:\d+:1: .*calls\.hospital\.archive\.events/.test(error.message);
      });
      put('m.toml', `${model}\nsurprise = 1`);
      await assert.rejects(findings(script, 'models = ["m.toml"]'), /surprise/);
      await assert.rejects(findings(script, 'models = ["absent/*.toml"]'), /no file matches "absent/);
    });
  });
});
