import assert from 'node:assert/strict';
import { bytesSource } from '../../../audit-core/checkpoints/byte-source';
import { prepareAuditData } from '../../../audit-core/datasets/prepare';
import { DataStore } from '../../../audit-core/datasets/store';
import { createPythonFrontEnd, type PythonFrontEnd } from '../../languages/python/front-end';
import { pythonAssets } from '../../workspace/grammars';
import { inferAudit } from '../infer';

const files: Readonly<Record<string, string>> = {
  'plain.csv': '20,F,1\n30,M,0\n40,F,1\n',
  'named.csv': 'age,site,y\n20,NA,1\n-9,north,0\n40,NA,1\n',
  'labs.csv': 'pid,test,value\n2,hb,5\n1,hb,4\n1,na,7\n2,hb,9\n',
  'rows.csv': 'pid,x,y\n2,10,1\n1,20,0\n3,30,1\n2,40,0\n',
  'euro.csv': 'age;y\n1,5;1\n2,5;0\n',
  'table.txt': '# age y\n  20   1\n30  0\n',
};

/** What reads the table, the features, and their columns as pandas 3.1 has them. */
const cases: readonly (readonly [how: string, features: string, columns: readonly (readonly number[])[]])[] = [
  ['df = pd.read_csv("plain.csv", header=None)\ny = df[2]', 'df[[0]]', [[20, 30, 40]]],
  [
    'df = pd.read_csv("plain.csv", header=None)\ndf[1] = df[1].map({"F": 0, "M": 1})\ny = df[2]',
    'df.drop(2, axis=1)',
    [
      [20, 30, 40],
      [0, 1, 0],
    ],
  ],
  ['df = pd.read_csv("plain.csv", header=None).values\ny = df[:, 2]', 'df[:, [0]].astype(float)', [[20, 30, 40]]],
  ['df = pd.read_csv("named.csv", header=0, names=["a", "b", "c"])\ny = df["c"]', 'df[["a"]]', [[20, -9, 40]]],
  ['df = pd.read_csv("named.csv", na_values=[-9]).fillna(0)\ny = df["y"]', 'df[["age"]]', [[20, 0, 40]]],
  [
    'df = pd.read_csv("named.csv", keep_default_na=False)\ny = df["y"]',
    'pd.get_dummies(df[["site"]])',
    [
      [1, 0, 1],
      [0, 1, 0],
    ],
  ],
  ['df = pd.read_csv("named.csv", skiprows=[2])\ny = df["y"]', 'df[["age"]]', [[20, 40]]],
  [
    'df = pd.read_csv("named.csv", dtype={"age": "category"})\ny = df["y"]',
    'pd.get_dummies(df[["age"]])',
    [
      [0, 1, 0],
      [1, 0, 0],
      [0, 0, 1],
    ],
  ],
  ['df = pd.read_csv("euro.csv", sep=";", decimal=",")\ny = df["y"]', 'df[["age"]]', [[1.5, 2.5]]],
  ['df = np.loadtxt("table.txt")\ny = df[:, 1]', 'df[:, :1]', [[20, 30]]],
  [
    'df = pd.read_csv("table.txt", sep=r"\\s+", comment="#", names=["age", "y"])\ny = df["y"]',
    'df[["age"]]',
    [[20, 30]],
  ],
];

/** Other tables brought in, by their row labels or pivoted. */
const joined: typeof cases = [
  [
    'labs = pd.read_csv("labs.csv").pivot_table(index="pid", columns="test", values="value")\ndf = pd.read_csv("rows.csv").join(labs, on="pid").fillna(0)\ny = df["y"]',
    'df[["hb", "na", "x"]]',
    [
      [7, 4, 0, 7],
      [0, 7, 0, 0],
      [10, 20, 30, 40],
    ],
  ],
  [
    'labs = pd.read_csv("labs.csv", index_col="pid")\nlabs = labs[labs["test"] == "na"]\ndf = pd.read_csv("rows.csv").merge(labs, left_on="pid", right_index=True, how="left").fillna(-1)\ny = df["y"]',
    'df[["value"]]',
    [[-1, 7, -1, -1]],
  ],
  [
    'df = pd.read_csv("rows.csv")\nk = df.groupby("pid").size().reset_index(name="k")\ndf = df.merge(k, on="pid", how="left")\ny = df["y"]',
    'df[["k"]]',
    [[2, 1, 1, 2]],
  ],
  [
    'df = pd.read_csv("rows.csv")\nm = df.groupby("pid")["x"].agg(["mean", "max"])\ndf = df.merge(m, left_on="pid", right_index=True)\ny = df["y"]',
    'df[["mean", "max"]]',
    [
      [25, 20, 30, 25],
      [40, 20, 30, 40],
    ],
  ],
];

/** Options that are not replayed are asked after. */
const asked = ['quotechar="\'"', 'true_values=["F"]', 'skiprows=lambda i: i > 1', 'converters={"age": str}'];

describe('how a script reads its tables', () => {
  let python: PythonFrontEnd;
  before(async () => {
    python = await createPythonFrontEnd(pythonAssets());
  });
  const follow = (how: string, features: string) =>
    inferAudit(
      python.parse(
        `import numpy as np\nimport pandas as pd\nfrom sklearn.linear_model import LogisticRegression\n${how}\nLogisticRegression().fit(${features}, y)\n`,
      ),
    ).recipe;

  for (const [how, features, columns] of [...cases, ...joined])
    it(how.split('\n').slice(0, 2).join('; '), async () => {
      const recipe = follow(how, features);
      assert.ok(recipe, 'the training was not followed');
      const store = new DataStore({
        open: async name => bytesSource(name, new TextEncoder().encode(files[name])),
        list: async () => null,
      });
      const data = await prepareAuditData(recipe, store, { person: null, groups: [] });
      const width = data.features.shape[1]!;
      const made = Array.from({ length: width }, (_, c) =>
        Array.from({ length: data.rows }, (_row, row) => data.features.data[row * width + c]!),
      );
      assert.deepEqual(made, columns);
    });

  for (const option of asked)
    it(`asks after ${option}`, () => {
      assert.equal(follow(`df = pd.read_csv("named.csv", ${option})\ny = df["y"]`, 'df[["age"]]'), null);
    });
});
