import assert from 'node:assert/strict';
import { bytesSource } from '../../../audit-core/checkpoints/byte-source';
import { prepareAuditData } from '../../../audit-core/datasets/prepare';
import { DataStore } from '../../../audit-core/datasets/store';
import { createPythonFrontEnd, type PythonFrontEnd } from '../../languages/python/front-end';
import { FileError } from '../../workspace/byte-source';
import { pythonAssets } from '../../workspace/grammars';
import { inferAudit } from '../infer';

const csv = `age,sex,dose,y
20,F,1,0
,M,2,1
40,F,3,0
50,M,4,1
60,F,5,1
`;
const head =
  'import pandas as pd\nfrom sklearn.linear_model import LogisticRegression\ndf = pd.read_csv("visits.csv")\n';
const training = (features: string): string => `LogisticRegression().fit(${features}, df["y"])\n`;

/** A script's steps, the features that it fits on, and what they are by column. */
const cases: readonly (readonly [
  name: string,
  steps: string,
  features: string,
  columns: readonly (readonly number[])[],
])[] = [
  ['a column filled in place', 'df["age"].fillna(0, inplace=True)', 'df[["age"]]', [[20, 0, 40, 50, 60]]],
  ['an attribute filled in place', 'df.age.fillna(1, inplace=True)', 'df[["age"]]', [[20, 1, 40, 50, 60]]],
  [
    'a turn that is skipped',
    'df = df.fillna(0)\nfor c in ["age", "dose"]:\n    if c == "age":\n        continue\n    df[c] = df[c] * 10',
    'df[["age", "dose"]]',
    [
      [20, 0, 40, 50, 60],
      [10, 20, 30, 40, 50],
    ],
  ],
  [
    'a loop that is left',
    'for k in [1, 2, 3]:\n    if k == 2:\n        break\n    df["dose"] = df["dose"] + k',
    'df[["dose"]]',
    [[2, 3, 4, 5, 6]],
  ],
  [
    'an early return by what a record holds',
    'def band(x):\n    if x > 45:\n        return 2\n    if x > 30:\n        return 1\n    return 0\ndf["band"] = df["age"].apply(band)',
    'df[["band"]]',
    [[0, 0, 1, 2, 2]],
  ],
  [
    'a choice that the data make',
    'if df["age"].isnull().sum() > 0:\n    df["age"] = df["age"].fillna(30)\nelse:\n    df["age"] = 1',
    'df[["age"]]',
    [[20, 30, 40, 50, 60]],
  ],
  ['another name of the same table', 'other = df\nother["dose"] = 7', 'df[["dose"]]', [[7, 7, 7, 7, 7]]],
  ['a copy', 'other = df.copy()\nother["dose"] = 7', 'df[["dose"]]', [[1, 2, 3, 4, 5]]],
  [
    'a function that changes what it is given',
    'def clean(frame):\n    frame["dose"] = frame["dose"] - 1\nclean(df)',
    'df[["dose"]]',
    [[0, 1, 2, 3, 4]],
  ],
  [
    'a function that changes its own copy',
    'def clean(frame):\n    frame = frame.copy()\n    frame["dose"] = 0\nclean(df)',
    'df[["dose"]]',
    [[1, 2, 3, 4, 5]],
  ],
  [
    'tables in a list',
    'both = [df]\nfor each in both:\n    each["dose"] = each["dose"] * 2',
    'df[["dose"]]',
    [[2, 4, 6, 8, 10]],
  ],
  [
    'a loop over the columns of text',
    'from sklearn.preprocessing import LabelEncoder\ndf = df.fillna(0)\nle = LabelEncoder()\nfor c in df.columns:\n    if df[c].dtype == "object":\n        df[c] = le.fit_transform(df[c])',
    'df.drop("y", axis=1)',
    [
      [20, 0, 40, 50, 60],
      [0, 1, 0, 1, 0],
      [1, 2, 3, 4, 5],
    ],
  ],
  [
    'columns chosen by their type',
    'df = df.fillna(0)\nnumbers = [c for c in df.columns if df[c].dtype != "object" and c != "y"]',
    'df[numbers]',
    [
      [20, 0, 40, 50, 60],
      [1, 2, 3, 4, 5],
    ],
  ],
  [
    'columns made in a loop over names',
    'for c in df.select_dtypes(include="number").columns:\n    df[f"{c}_half"] = df[c].fillna(0) / 2',
    'df[["age_half", "dose_half"]]',
    [
      [10, 0, 20, 25, 30],
      [0.5, 1, 1.5, 2, 2.5],
    ],
  ],
  [
    'names of columns changed',
    'df.columns = [c.upper() for c in df.columns]\ndf = df.rename(columns={"Y": "y"})',
    'df[["DOSE"]]',
    [[1, 2, 3, 4, 5]],
  ],
  ['cells by a condition on a column', 'df["dose"][df["sex"] == "F"] = 0', 'df[["dose"]]', [[0, 2, 0, 4, 0]]],
  [
    'groups filled by a function of the group',
    'df["age"] = df.groupby("sex")["age"].transform(lambda x: x.fillna(x.mean()))',
    'df[["age"]]',
    [[20, 50, 40, 50, 60]],
  ],
  [
    'bins with labels, as codes',
    'df["age"] = df["age"].fillna(0)\ndf["band"] = pd.cut(df["age"], bins=[-1, 30, 45, 100], labels=["young", "grown", "old"])\ndf["band"] = df["band"].cat.codes',
    'df[["band"]]',
    [[0, 0, 1, 2, 2]],
  ],
  [
    'a part of text by a pattern',
    'df["letter"] = df["sex"].str.extract("([FM])", expand=False).map({"F": 0, "M": 1})',
    'df[["letter"]]',
    [[0, 1, 0, 1, 0]],
  ],
  [
    'dummies in the order in which they are asked for',
    'df["late"] = df["age"].isna().map({True: "a", False: "b"})\ndf = pd.get_dummies(df, columns=["late", "sex"])',
    'df[[c for c in df.columns if c not in ("y", "age", "dose")]]',
    [
      [0, 1, 0, 0, 0],
      [1, 0, 1, 1, 1],
      [1, 0, 1, 0, 1],
      [0, 1, 0, 1, 0],
    ],
  ],
  [
    'products of columns',
    'from sklearn.preprocessing import PolynomialFeatures\nX = PolynomialFeatures(degree=2, include_bias=False).fit_transform(df[["dose", "y"]])',
    'X',
    [
      [1, 2, 3, 4, 5],
      [0, 1, 0, 1, 1],
      [1, 4, 9, 16, 25],
      [0, 2, 0, 4, 5],
      [0, 1, 0, 1, 1],
    ],
  ],
  ['text that spells numbers', 'df["sex"] = df["sex"].replace({"F": "0", "M": "1"})', 'df[["sex"]]', [[0, 1, 0, 1, 0]]],
];

/** Steps that cannot be followed: the features must not come out as if nothing had happened. */
const lost: readonly (readonly [name: string, steps: string])[] = [
  ['a helper that is not here', 'import helpers\nhelpers.clean(df)'],
  ['a cell by its place', 'df.iloc[0, 2] = 9'],
  ['a change in place that is not followed', 'df.interpolate(inplace=True)'],
  [
    'a split of made-up records',
    'from imblearn.over_sampling import SMOTE\nfrom sklearn.model_selection import train_test_split\nX, y = SMOTE(random_state=1).fit_resample(df[["dose"]], df["y"])\nX, rest, y, other = train_test_split(X, y, random_state=1)\ndf = X.assign(y=y)',
  ],
  ['an update from another table', 'df.update(other)'],
  ['a choice on what is not known', 'import os\nif os.path.exists("x"):\n    df["dose"] = 0'],
];

describe('following what a script does to its tables', () => {
  let python: PythonFrontEnd;
  before(async () => {
    python = await createPythonFrontEnd(pythonAssets());
  });
  const prepared = async (script: string) => {
    const { recipe } = inferAudit(python.parse(script));
    if (!recipe) return null;
    const store = new DataStore({
      open: async name => {
        const text = { 'visits.csv': csv, 'signs.csv': 'pain,y\nTrue,0\nFalse,1\n,1\n' }[name];
        if (text === undefined) throw new FileError(`there is no file "${name}".`);
        return bytesSource(name, new TextEncoder().encode(text));
      },
      list: async () => null,
    });
    return await prepareAuditData(recipe, store, { person: null, groups: [] });
  };

  for (const [name, steps, features, columns] of cases)
    it(name, async () => {
      const data = await prepared(`${head}${steps}\n${training(features)}`);
      assert.ok(data, 'the training was not followed');
      const width = data.features.shape[1]!;
      const made = Array.from({ length: width }, (_, c) =>
        Array.from({ length: data.rows }, (_row, row) => data.features.data[row * width + c]!),
      );
      assert.deepEqual(made, columns);
    });

  for (const [name, steps] of lost)
    it(`asks after ${name}`, async () => {
      const outcome = await prepared(`${head}${steps}\n${training('df[["dose"]]')}`).catch(
        (error: Error) => error.name,
      );
      assert.ok(outcome === null || outcome === 'ReplayError', 'the features came out as if nothing had happened');
    });

  it('asks after an encoder with an option that is not replayed', async () => {
    const encoder = 'from sklearn.preprocessing import OneHotEncoder\nencoder = OneHotEncoder(min_frequency=2)\n';
    assert.equal(await prepared(`${head}${encoder}${training('encoder.fit_transform(df[["sex"]])')}`), null);
  });

  it('reads truth values of which some are missing as pandas does', async () => {
    const script = `${head.replace('visits', 'signs')}df["pain"] = df["pain"].map({True: 2, False: 1}).fillna(0)\n`;
    const data = await prepared(`${script}kinds = df.select_dtypes("object").columns\n${training('df[["pain"]]')}`);
    assert.deepEqual([...(data?.features.data ?? [])], [2, 1, 0]);
  });

  it('says no name that is made of values, and those of the file’s header', async () => {
    const dummies =
      'df = pd.get_dummies(df, columns=["sex"])\nfor c in df.columns:\n    if c != "y":\n        df[c] = df[c].interpolate()\n';
    const told = async (features: string) =>
      await prepared(`${head}${dummies}${training(features)}`).then(
        () => '',
        (error: Error) => error.message,
      );
    assert.match(
      await told('df[[c for c in df.columns if c.startswith("sex")]]'),
      /^The column of a name that the script/,
    );
    assert.match(await told('df[["dose"]]'), /^The column "dose" is made by/);
  });

  it('leaves made-up records out, and says so', async () => {
    const data = await prepared(
      `${head}from imblearn.over_sampling import SMOTE\nX, y = SMOTE().fit_resample(df[["dose"]], df["y"])\nLogisticRegression().fit(X, y)\n`,
    );
    assert.deepEqual([...(data?.features.data ?? [])], [1, 2, 3, 4, 5]);
    assert.match(data!.assumptions.join(' '), /oversampling/);
  });

  it('does without a file that the training does not need', async () => {
    const data = await prepared(`${head}sample = pd.read_csv("sample_submission.csv")\n${training('df[["dose"]]')}`);
    assert.equal(data?.rows, 5);
  });
});
