import assert from 'node:assert/strict';
import { createPythonFrontEnd, type PythonFrontEnd } from '../../../languages/python/front-end';
import { builtInModels } from '../../../models';
import { pythonAssets } from '../../../workspace/grammars';
import type { ConstantValue } from '../../values';
import { relativePath } from '../machine';
import { folderOf } from '../paths';
import { runModule } from '../run';
import type { Value } from '../value';
import { composed } from './compose';
import { interpolated } from './interpolate';
import { spreadOut } from './tree';

let python: PythonFrontEnd;

type Files = Readonly<Record<string, ConstantValue>>;
type Modules = Readonly<Record<string, string>>;

/** The constant that reaches `print(...)` of a script, with what it is called; `unknown` where nothing is known. */
function printed(
  script: string,
  files: Files = {},
  modules: Modules = {},
): readonly [ConstantValue, string] | 'unknown' {
  const { events } = runModule(python.parse(script), {
    path: '/project/train.py',
    text: script,
    models: builtInModels(),
    project: {
      module: (_, name) => {
        const text = modules[name];
        return text === undefined ? null : { path: `/project/lib/${name}.py`, text, facts: python.parse(text) };
      },
      configuration: (_, file) => files[file] ?? null,
    },
  });
  const logs = events.filter(event => event.kind === 'log');
  assert.equal(logs.length, 1, `${logs.length} calls of print`);
  const log = logs[0]!;
  const constant = log.kind === 'log' ? log.values[0]?.constant : null;
  return constant ? [constant.value, constant.origins[0]?.note ?? ''] : 'unknown';
}

const configuration: Files = {
  'conf/config.yaml': {
    defaults: [{ dp: 'strict' }, { trainer: 'long' }, '_self_', { 'override dp/accountant': 'prv' }],
    batch: 64,
    data: {
      batch: `\${batch}`,
      name: `run-\${batch}-\${dp.sigma}`,
      delta: `\${oc.env:DELTA,1e-6}`,
      rank: `\${hydra:job.num}`,
    },
    missing: '???',
  },
  'conf/dp/strict.yaml': {
    defaults: [{ accountant: 'rdp' }],
    sigma: 1.1,
    clip: `\${trainer.clip}`,
    same: `\${.sigma}`,
  },
  'conf/dp/loose.yaml': { sigma: 0.5 },
  'conf/dp/accountant/rdp.yaml': { kind: 'rdp' },
  'conf/dp/accountant/prv.yaml': { kind: 'prv' },
  'conf/trainer/base.yaml': { epochs: 5, clip: 1.5 },
  'conf/trainer/long.yaml': { defaults: ['base'], epochs: 20 },
  'conf/experiment/wide.yaml': {
    '#package': '_global_',
    defaults: [{ 'override /dp': 'loose' }],
    batch: 256,
    trainer: { epochs: 3 },
  },
};

const hydra = (expression: string) => `
import hydra

@hydra.main(version_base=None, config_path="conf", config_name="config")
def main(cfg):
    print(${expression})

main()
`;

function plain(value: Value): unknown {
  if (value.fields)
    return Object.fromEntries(
      [...value.fields].filter(([name]) => !name.startsWith('#')).map(([name, inner]) => [name, plain(inner)]),
    );
  return value.constants[0]?.value;
}

const compose = (name: string, words: readonly string[] = []) => {
  const read = (path: string): Value | null => {
    const held = configuration[`conf/${path}.yaml`];
    return held === undefined ? null : spreadOut(held, { kind: 'configuration-file', note: path });
  };
  const made = composed({ read }, name, words);
  return made && (plain(interpolated(made)) as Record<string, Record<string, unknown>>);
};

describe('settings', () => {
  before(async () => {
    python = await createPythonFrontEnd(pythonAssets());
  });

  it('composes the defaults list that @hydra.main names, with the origin of each value', () => {
    assert.deepEqual(printed(hydra('cfg.dp.sigma'), configuration), [1.1, 'sigma in conf/dp/strict.yaml']);
    assert.deepEqual(printed(hydra('cfg["trainer"]["epochs"]'), configuration), [
      20,
      'epochs in conf/trainer/long.yaml',
    ]);
    assert.deepEqual(printed(hydra('cfg.dp.accountant.kind'), configuration)[0], 'prv');
    assert.equal(printed(hydra('cfg.missing'), configuration), 'unknown');
  });

  it('follows references to other settings and to the environment, not to the running program', () => {
    assert.deepEqual(printed(hydra('cfg.data.batch'), configuration), [64, 'batch in conf/config.yaml']);
    assert.equal(printed(hydra('cfg.data.name'), configuration)[0], 'run-64-1.1');
    assert.deepEqual(printed(hydra('cfg.dp.clip'), configuration), [1.5, 'clip in conf/trainer/base.yaml']);
    assert.equal(printed(hydra('cfg.dp.same'), configuration)[0], 1.1);
    assert.deepEqual(printed(hydra('cfg.data.delta'), configuration), [1e-6, "default of the environment's DELTA"]);
    assert.equal(printed(hydra('cfg.data.rank'), configuration), 'unknown');
  });

  it('composes as hydra-core 1.3.2 does with words of a command line', () => {
    const made = compose('config', ['+experiment=wide', 'trainer.epochs=4', 'new=true']);
    assert.deepEqual([made?.batch, made?.dp?.sigma, made?.trainer?.epochs, made?.new], [256, 0.5, 4, true]);
    const chosen = compose('config', ['dp=loose']);
    assert.deepEqual(chosen?.dp, { sigma: 0.5 });
    assert.equal(compose('absent'), null);
  });

  it('does not follow circles of references', () => {
    const circle = spreadOut({ a: `\${b}`, b: `\${a}`, c: 1 }, { kind: 'configuration-file', note: 'x.yaml' });
    assert.deepEqual(plain(interpolated(circle)), { a: undefined, b: undefined, c: 1 });
  });

  it('composes from stored nodes, and in a notebook', () => {
    const stored = `
import hydra
from dataclasses import dataclass
from hydra.core.config_store import ConfigStore

@dataclass
class DP:
    sigma: float = 1.3

ConfigStore.instance().store(name="config", node=DP)

@hydra.main(version_base=None, config_name="config")
def main(cfg):
    print(cfg.sigma)
`;
    assert.deepEqual(printed(stored), [1.3, 'default of field sigma']);
    const notebook = `
from hydra import compose, initialize
with initialize(version_base=None, config_path="conf"):
    cfg = compose(config_name="config", overrides=["dp=loose", "batch=32"])
print(cfg.data.name)
`;
    assert.equal(printed(notebook, configuration)[0], 'run-32-0.5');
  });

  it('makes what a setting describes', () => {
    const files = { 'c.yaml': { net: { _target_: 'nets.Net', width: 8 } } };
    const script = `
from hydra.utils import instantiate
from omegaconf import OmegaConf
cfg = OmegaConf.load("c.yaml")
print(instantiate(cfg.net, depth=3).size)
`;
    const nets = 'class Net:\n    def __init__(self, width, depth):\n        self.size = width * depth\n';
    assert.equal(printed(script, files, { nets })[0], 24);
  });

  const cases: readonly (readonly [string, string, ConstantValue | 'unknown'])[] = [
    [
      'OmegaConf.merge',
      'cfg = OmegaConf.merge(OmegaConf.load("a.yaml"), OmegaConf.load("b.yaml"), {"n": 3})\nprint(cfg.twice)',
      '3-2',
    ],
    [
      'OmegaConf.merge, untouched part',
      'cfg = OmegaConf.merge(OmegaConf.load("a.yaml"), OmegaConf.from_cli())\nprint(cfg.twice)',
      '1-2',
    ],
    ['OmegaConf.select', 'print(OmegaConf.select(OmegaConf.load("a.yaml"), "dp.sigma", default=9))', 2],
    [
      'from_dotlist',
      'print(OmegaConf.merge(OmegaConf.load("a.yaml"), OmegaConf.from_dotlist(["dp.sigma=0.3"])).dp.sigma)',
      0.3,
    ],
    [
      'a path beside the script',
      'cfg = yaml.safe_load((Path(__file__).resolve().parent / "sub" / "c.yaml").read_text())\nprint(cfg["dp"]["sigma"])',
      4,
    ],
    [
      'os.path from the script',
      'cfg = yaml.safe_load(open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "sub", "c.yaml")))\nprint(cfg.get("dp").get("sigma"))',
      4,
    ],
    ['json.loads of a file', 'cfg = SimpleNamespace(**json.loads(open("a.json").read()))\nprint(cfg.n)', 7],
    ['a list in a file', 'print(yaml.safe_load(open("a.yaml"))["list"][1])', 20],
    [
      'yacs',
      '_C = CfgNode()\n_C.DP = CfgNode()\n_C.DP.SIGMA = 1.0\ncfg = _C.clone()\ncfg.merge_from_list(["DP.SIGMA", 0.7])\nprint(cfg.DP.SIGMA)',
      0.7,
    ],
    [
      'yacs, the original',
      '_C = CfgNode()\n_C.SIGMA = 1.0\ncfg = _C.clone()\ncfg.merge_from_list(["SIGMA", 0.7])\nprint(_C.SIGMA)',
      1,
    ],
    ['environment, set before', 'os.environ.setdefault("B", "64")\nprint(int(os.environ["B"]))', 64],
    ['environment, or', 'print(float(os.getenv("D") or 0.5))', 0.5],
    ['environment, not set', 'print(os.environ["E"])', 'unknown'],
    [
      'functools.partial',
      'def f(a, b, c):\n    return a * 100 + b * 10 + c\ng = functools.partial(f, 1, c=3)\nprint(g(2))',
      123,
    ],
    ['tyro', '@dataclass\nclass A:\n    n: int = 6\nargs = tyro.cli(A)\nprint(args.n)', 6],
    ['fire', 'def f(n=6):\n    print(n)\nfire.Fire(f)', 6],
    [
      'tf.app.flags',
      'tf.app.flags.DEFINE_float("sigma", 1.5, "")\nFLAGS = tf.app.flags.FLAGS\nprint(FLAGS.sigma)',
      1.5,
    ],
    ['pydantic', 'class A(BaseModel):\n    n: int = 1\nprint(A.model_validate(json.load(open("a.json"))).n)', 7],
  ];
  const files: Files = {
    'a.yaml': { n: 1, dp: { sigma: 2 }, twice: `\${n}-\${dp.sigma}`, list: [10, 20] },
    'b.yaml': { n: 2 },
    'sub/c.yaml': { dp: { sigma: 4 } },
    'a.json': { n: 7 },
  };
  const imports = `
import functools, json, os, fire, tyro, yaml
import tensorflow as tf
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from omegaconf import OmegaConf
from pydantic import BaseModel
from yacs.config import CfgNode
`;
  for (const [what, script, expected] of cases)
    it(`reads ${what}`, () => {
      const found = printed(imports + script, files);
      assert.deepEqual(found === 'unknown' ? found : found[0], expected);
    });

  const parser = `
import argparse
def common():
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--epochs", type=int, default=4)
    return parser
def train(args):
    print(args.EXPRESSION)
def other(args):
    return args.sigma
parser = argparse.ArgumentParser()
commands = parser.add_subparsers()
first = commands.add_parser("train", parents=[common()])
first.add_argument_group("privacy").add_argument("--sigma", type=float, default=1.5)
first.set_defaults(run=train, clip=2.0)
second = commands.add_parser("other")
second.add_argument("--sigma", default=9.0)
second.set_defaults(run=other)
args = parser.parse_args(WORDS)
args.run(args)
`;
  const parsed = (expression: string, words = '') =>
    printed(parser.replace('EXPRESSION', expression).replace('WORDS', words));

  it('reads parsers with parents, groups and commands, each command with its own options', () => {
    assert.deepEqual(parsed('epochs'), [4, '--epochs default']);
    assert.deepEqual(parsed('sigma'), [1.5, '--sigma default']);
    assert.deepEqual(parsed('clip'), [2, '--clip default']);
  });

  it('reads the words that a notebook gives to its own parser', () => {
    const script = `
import argparse
p = argparse.ArgumentParser()
p.add_argument("-s", "--sigma", type=float)
p.add_argument("--n", default=3)
print(p.parse_args(["-s", "0.8"]).sigma)
`;
    assert.deepEqual(printed(script), [0.8, '-s as given']);
  });

  it('reads the file that ml_collections names by default', () => {
    const script = `
from absl import flags
from ml_collections import config_flags
config_flags.DEFINE_config_file("config", "configs/default.py")
print(flags.FLAGS.config.dp.sigma)
`;
    const file = `
import ml_collections
def get_config():
    config = ml_collections.ConfigDict()
    config.dp = ml_collections.ConfigDict()
    config.dp.sigma = 1.2
    return config
`;
    assert.deepEqual(printed(script, {}, { 'configs.default': file })[0], 1.2);
  });

  it('names a helper module and its folders from the folder of the script', () => {
    assert.equal(relativePath('/project/src/train.py', '/project/lib/io.py'), '../lib/io.py');
    assert.equal(relativePath('C:\\project\\train.py', 'C:\\project\\lib\\io.py'), 'lib/io.py');
    assert.deepEqual(['a/b.py', 'b.py', '.', '..', '../a', '/a', '/'].map(folderOf), [
      'a',
      '.',
      '..',
      '../..',
      '..',
      '/',
      '/',
    ]);
    const found = printed(
      'from io_helper import ROOT\nprint(ROOT)',
      {},
      { io_helper: 'import os\nROOT = os.path.dirname(__file__)' },
    );
    assert.equal(found[0], 'lib');
  });
});
