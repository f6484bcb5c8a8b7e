import assert from 'node:assert/strict';
import { bytesSource } from '../../../audit-core/checkpoints/byte-source';
import { memberRows } from '../../../audit-core/datasets/prepare';
import { DataStore } from '../../../audit-core/datasets/store';
import { createPythonFrontEnd, type PythonFrontEnd } from '../../languages/python/front-end';
import { pythonAssets } from '../../workspace/grammars';
import { inferAudit } from '../infer';

/** 40 rows: person 7·i mod 23, day i of 2020, fold i mod 4 − 1, y by turns. */
const table = [
  'person,date,fold,x,y',
  ...Array.from({ length: 40 }, (_, i) => {
    const date = new Date(Date.UTC(2020, 0, 1 + i)).toISOString().slice(0, 10);
    return `${(7 * i) % 23},${date},${(i % 4) - 1},${i},${i % 2}`;
  }),
].join('\n');

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);

/** How `train` is made of `df`, and its rows as pandas 3.1, scikit-learn 1.9 and Python 3.11 give them. */
const cases: readonly (readonly [how: string, rows: readonly number[]])[] = [
  ['df["date"] = pd.to_datetime(df["date"])\ntrain = df[df["date"] < "2020-01-11"]', range(0, 10)],
  ['df["date"] = pd.to_datetime(df["date"])\ntrain = df[df["date"] >= pd.Timestamp(2020, 2, 1)]', range(31, 40)],
  ['df["date"] = pd.to_datetime(df["date"])\ntrain = df[df["date"] < "2020-02"]', range(0, 31)],
  ['train, test = train_test_split(df, test_size=0.25, shuffle=False)', range(0, 30)],
  ['tr, te = list(PredefinedSplit(df["fold"]).split())[1]\ntrain = df.iloc[tr]', range(0, 40).filter(i => i % 4 !== 2)],
  [
    'ids = list(set(df["person"] * 1000003))\ntrain = df[(df["person"] * 1000003).isin(ids[:5])]',
    [0, 11, 14, 17, 20, 23, 34, 37],
  ],
  ['rest = set(df["person"]) - set(df["person"][:20])\ntrain = df[df["person"].isin(rest)]', [20, 21, 22]],
];

describe('who is trained on', () => {
  let python: PythonFrontEnd;
  before(async () => {
    python = await createPythonFrontEnd(pythonAssets());
  });
  const follow = (how: string) =>
    inferAudit(
      python.parse(
        `import pandas as pd\nfrom sklearn.linear_model import LogisticRegression\nfrom sklearn.model_selection import PredefinedSplit, train_test_split\ndf = pd.read_csv("visits.csv")\n${how}\nLogisticRegression().fit(train[["x"]], train["y"])\n`,
      ),
    ).recipe;
  const store = (): DataStore =>
    new DataStore({
      open: async name => bytesSource(name, new TextEncoder().encode(table)),
      list: async () => null,
    });

  for (const [how, rows] of cases)
    it(how.split('\n').at(-1)!, async () => {
      const recipe = follow(how);
      assert.ok(recipe, 'the training was not followed');
      assert.deepEqual([...(await memberRows(recipe, store())).rows], rows);
    });

  it('asks after the order of a set of texts, which no seed tells', async () => {
    const recipe = follow('ids = list(set(df["date"]))\ntrain = df[df["date"].isin(ids[:9])]');
    assert.ok(recipe);
    await assert.rejects(memberRows(recipe, store()), /set of texts/);
  });

  it('does not take a frame’s eval for a network’s', () => {
    assert.equal(follow('train = df.eval("x = person * 2")'), null);
  });
});
