import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { run as check } from '../../server/cli/check';

const leaky = `import pandas as pd
frame = pd.read_csv("admissions.csv")
print(frame[["patient_name", "ssn"]])
`;

/** What a user of the command line counts on, in folders of her own. */
describe('epsilint check, in a project', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'epsilint-manners-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const put = (path: string, text: string): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  async function run(words: readonly string[], at = '.') {
    let [out, err] = ['', ''];
    const io = {
      stdout: (text: string) => {
        out += text;
      },
      stderr: (text: string) => {
        err += text;
      },
      stdin: async () => '',
      isTTY: false,
      cwd: join(folder, at),
      env: {},
      signal: new AbortController().signal,
    };
    return { code: await check([...words, '--format', 'json'], io), out, err };
  }
  interface Found {
    rule: string;
    tier: string;
    path: string;
    cell: number | null;
    message: string;
    range: { start: { line: number } };
  }
  const found = async (...words: readonly string[]): Promise<Found[]> => JSON.parse((await run(words)).out).findings;
  const notebook = (cells: readonly (readonly [source: string, count: number | null, output?: object])[]) =>
    JSON.stringify({
      nbformat: 4,
      nbformat_minor: 5,
      metadata: {},
      cells: cells.map(([source, count, output], i) => ({
        ...{ cell_type: 'code', id: `c${i}`, metadata: {}, source, execution_count: count },
        outputs: output ? [output] : [],
      })),
    });

  it('finds the baseline that it wrote, beside the configuration', async () => {
    put('a.py', leaky);
    put('epsilint.toml', 'tier = "likely"\n');
    mkdirSync(join(folder, 'src'));
    put('src/b.py', leaky);
    assert.equal((await run(['..', '--update-baseline'], 'src')).code, 0);
    assert.ok(existsSync(join(folder, 'epsilint-baseline.json')));
    put('a.py', `import os\n\n${leaky}`);
    assert.equal((await run([])).code, 0);
    put('a.py', `${leaky}print(frame["ssn"])\n`);
    assert.equal((await run([])).code, 1);
  });

  it('takes baseline and fail-on from the nearest file', async () => {
    put('a.py', leaky);
    put('strict/a.py', leaky);
    put('epsilint.toml', 'fail-on = "error"\n');
    assert.equal((await run([])).code, 0);
    put('strict/epsilint.toml', 'fail-on = "warning"\n');
    assert.equal((await run([])).code, 1);
    assert.equal((await run(['--fail-on', 'error'])).code, 0);
    assert.equal((await run(['a.py'])).code, 0);
    put('strict/epsilint.toml', 'ignore = ["PHI"]\n');
    assert.deepEqual(
      (await found()).map(one => one.path),
      ['a.py'],
    );
    put('epsilint.toml', 'baseline = "known/b.json"\n');
    mkdirSync(join(folder, 'known'));
    await run(['--update-baseline']);
    assert.equal(JSON.parse(readFileSync(join(folder, 'known/b.json'), 'utf8')).findings.length, 1);
    assert.equal((await run([])).code, 0);
  });

  it('leaves excluded files out for a hook that names them', async () => {
    put('third_party/a.py', leaky);
    put('epsilint.toml', 'exclude = ["third_party/"]\n');
    assert.equal((await found('third_party/a.py')).length, 1);
    assert.equal((await found('third_party/a.py', '--force-exclude')).length, 0);
  });

  it('goes by .gitignore as git does: nested, and with exceptions', async () => {
    put('.git/HEAD', 'ref: refs/heads/main\n');
    put('.gitignore', 'out/*\n!out/keep/\n!out/deep/\n');
    put('out/deep/.gitignore', '*.py\n!nest/\n');
    put('out/deep/nest/.gitignore', '!c.py\n');
    for (const path of ['out/a.py', 'out/keep/b.py', 'out/deep/e.py', 'out/deep/nest/c.py', 'out/deep/nest/d.py'])
      put(path, leaky);
    const paths = (await found()).map(one => one.path);
    assert.deepEqual(paths.sort(), ['out/deep/nest/c.py', 'out/keep/b.py']);
  });

  it('goes on where links lead in circles, imports in circles, and a file goes away while it is looked for', async () => {
    put('a.py', `import b\n${leaky}`);
    put('b.py', 'import c\nimport a\nx = a.frame\n');
    put('c.py', 'from b import *\nfrom a import *\n');
    symlinkSync('two', join(folder, 'one'));
    symlinkSync('one', join(folder, 'two'));
    symlinkSync('..', join(folder, 'up'));
    symlinkSync('self.py', join(folder, 'self.py'));
    const { out, code } = await run([]);
    assert.equal(code, 1);
    assert.deepEqual(JSON.parse(out).errors, []);
    assert.deepEqual(
      (JSON.parse(out).findings as Found[]).map(({ rule, path }) => [rule, path]),
      [['PHI002', 'a.py']],
    );
  });

  it('reads a notebook in the order in which it was run too, and is less sure of what only one order shows', async () => {
    const cells = [
      ['print(frame["ssn"].tolist())', 3],
      ['import pandas as pd\nframe = pd.read_csv("admissions.csv")', 1],
    ] as const;
    put('run.ipynb', notebook(cells));
    const one = await found('run.ipynb');
    assert.deepEqual(
      one.map(({ rule, tier, cell }) => [rule, tier, cell]),
      [['PHI002', 'likely', 0]],
    );
    put('stands.ipynb', notebook(cells.map(([source], i) => [source, i + 1])));
    assert.deepEqual(await found('stands.ipynb'), []);
  });

  it('follows %run, and reads scripts in cells with their magics', async () => {
    put('tools/helper.py', 'import pandas as pd\nframe = pd.read_csv("admissions.csv")\n');
    put('n.ipynb', notebook([['%matplotlib inline\n%run -i tools/helper.py\nprint(frame["ssn"].tolist())', null]]));
    const [shown] = await found('n.ipynb');
    assert.equal(shown?.rule, 'PHI002');
    put('cells.py', `# %%\n%matplotlib inline\n!ls\n${leaky}`);
    put('plain.py', `%matplotlib inline\n${leaky}`);
    assert.deepEqual(
      (await found('cells.py')).map(one => one.rule),
      ['PHI002'],
    );
    assert.deepEqual((await found('plain.py')).map(one => one.rule).sort(), ['EPS003', 'PHI002']);
  });

  it('sees one person’s row in a stored output, and tells no value of it', async () => {
    const row =
      'patient_name    Zebulon Quux\nssn              912-44-1234\nage                       41\nName: 0, dtype: object';
    const types = 'patient_name    object\nssn             object\ndtype: object';
    const output = (text: string) => ({ output_type: 'execute_result', data: { 'text/plain': text }, metadata: {} });
    put(
      'n.ipynb',
      notebook([
        ['frame.iloc[0]', 1, output(row)],
        ['frame.dtypes', 2, output(types)],
      ]),
    );
    const all = await found('n.ipynb');
    assert.deepEqual(
      all.map(({ rule, cell }) => [rule, cell]),
      [['PHI006', 0]],
    );
    assert.doesNotMatch(JSON.stringify(all), /Zebulon|912-44/);
  });

  it('follows what a NestJS controller hands to the service that is injected', async () => {
    put(
      'src/notes.service.ts',
      `import { Injectable } from '@nestjs/common';
import OpenAI from 'openai';
@Injectable()
export class NotesService {
  private readonly client = new OpenAI();
  async summarise(text: string) {
    return this.client.chat.completions.create({ model: 'gpt-4o', messages: [{ role: 'user', content: text }] });
  }
}
`,
    );
    put(
      'src/patients.controller.ts',
      `import { Body, Controller, Post } from '@nestjs/common';
import { NotesService } from './notes.service';
@Controller('patients')
export class PatientsController {
  constructor(private readonly notes: NotesService) {}
  @Post('summary of the clinical notes of a patient')
  async summary(@Body() body: { patientNotes: string }) {
    return this.notes.summarise(body.patientNotes);
  }
}
`,
    );
    const all = await found('src/patients.controller.ts');
    assert.deepEqual(
      all.map(({ rule, range }) => [rule, range.start.line]),
      [['LEAK006', 8]],
    );
  });

  it('takes the constants of a Hydra project from its files', async () => {
    put(
      'train.py',
      `import hydra
import torch
from opacus import PrivacyEngine

@hydra.main(version_base=None, config_path="conf", config_name="config")
def main(cfg):
    model = torch.nn.Linear(4, 2)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    loader = torch.utils.data.DataLoader(dataset, batch_size=32)
    model, optimizer, loader = PrivacyEngine().make_private_with_epsilon(
        module=model, optimizer=optimizer, data_loader=loader, epochs=1, max_grad_norm=1.0,
        target_epsilon=cfg.dp.epsilon, target_delta=cfg.dp.delta)

main()
`,
    );
    put('conf/config.yaml', 'defaults:\n  - dp: loose\n  - _self_\nlimit: 50\n');
    put('conf/dp/loose.yaml', `epsilon: \${limit}\ndelta: 1e-5\n`);
    assert.deepEqual(
      (await found()).map(one => one.rule),
      ['DP003'],
    );
    put('conf/config.yaml', 'defaults:\n  - dp: loose\n  - _self_\nlimit: 2\n');
    assert.deepEqual(await found(), []);
  });
});
