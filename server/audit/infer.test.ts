import assert from 'node:assert/strict';
import { bytesSource } from '../../audit-core/checkpoints/byte-source';
import { prepareAuditData } from '../../audit-core/datasets/prepare';
import { DataStore } from '../../audit-core/datasets/store';
import { createPythonFrontEnd, type PythonFrontEnd } from '../languages/python/front-end';
import { personColumn } from '../models/identifiers';
import { pythonAssets } from '../workspace/grammars';
import { completeAudit } from './complete';
import { type DeclaredAudit, nothingDeclared } from './declared';
import { inferAudit } from './infer';
import { planAudit } from './plan';

const table = (): string => {
  const rows = ['person,x1,x2,label'];
  for (let i = 0; i < 100; i++)
    rows.push(`${Math.floor((i * 7) / 5) % 50},${i % 11 === 0 ? '' : i},${i % 2 ? 'M' : 'F'},${i % 3 === 0 ? 1 : 0}`);
  return rows.join('\n');
};
const storeOf = () =>
  new DataStore({
    open: async name => bytesSource(name, new TextEncoder().encode(table())),
    list: async () => null,
  });
const circumstances = { resolve: (name: string) => `/p/${name}`, checkpoint: null, exists: () => true };

const head = `import pandas as pd
import joblib
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupShuffleSplit, train_test_split
df = pd.read_csv("visits.csv")
`;

describe('the audit that a script implies', () => {
  let python: PythonFrontEnd;
  before(async () => {
    python = await createPythonFrontEnd(pythonAssets());
  });

  const planOf = async (script: string, declared: Partial<DeclaredAudit> = {}, subjects: readonly string[] = []) => {
    const whole = { ...nothingDeclared, ...declared };
    const completed = completeAudit(inferAudit(python.parse(script)), whole, circumstances);
    const store = storeOf();
    return await planAudit({
      completed,
      store,
      first: await store.run(() => store.table('visits.csv', { format: 'any' })),
      groups: [],
      references: [],
      subjects,
      members: whole.members,
      file: null,
      script: 'train.py',
      lineOf: () => 1,
      show: path => path.replace('/p/', ''),
    });
  };

  it('rebuilds train_test_split as scikit-learn draws it', async () => {
    const script = `${head}train, test = train_test_split(df, test_size=0.2, random_state=42)
model = LogisticRegression().fit(train[["x1"]], train["label"])
joblib.dump(model, "model.joblib")
`;
    const plan = await planOf(script);
    assert.deepEqual(plan.missing, []);
    assert.equal(plan.specification.checkpoint, 'model.joblib');
    assert.equal(plan.specification.label, 'label');
    assert.deepEqual(plan.specification.features, ['x1']);
    // scikit-learn 1.9: the sorted rows of train_test_split(arange(100), test_size=.2, random_state=42)[0].
    assert.equal(plan.specification.members?.count, 80);
    assert.equal(
      plan.specification.members?.sha256,
      '90866da0e4e81c9d269f4cf58ce58f775c2068cc8b93a295a8d7494baeac0a93',
    );
  });

  it('says which column tells people apart, as the audit will take it: declared before known by its name', async () => {
    const script = `${head}train, test = train_test_split(df, test_size=0.2, random_state=42)
model = LogisticRegression().fit(train[["x1"]], train["label"])
joblib.dump(model, "model.joblib")
`;
    assert.equal((await planOf(script)).specification.person, null);
    assert.equal((await planOf(script, {}, ['ward', 'person'])).specification.person, 'person');
    assert.equal(personColumn(['x1', 'patient_id', 'person'], []), 'patient_id');
    assert.equal(personColumn(['x1', 'patient_id', 'person'], ['ward', 'person']), 'person');
  });

  it('replays flags, equality, the members’ medians and scaler, and keeps the rows outside', async () => {
    const script = `${head}from sklearn.preprocessing import StandardScaler
X = df[["x1"]].copy()
X["male"] = (df["x2"] == "M").astype(int)
for c in ["x1"]:
    X[c + "_missing"] = X[c].isna().astype(int)
gss = GroupShuffleSplit(n_splits=1, test_size=0.5, random_state=0)
a, b = next(gss.split(X, df["label"], df["person"]))
X_train = X.iloc[a]
X_train = X_train.fillna(X_train.median())
X_train = StandardScaler().fit_transform(X_train)
model = LogisticRegression()
model.fit(X_train, df["label"].to_numpy()[a])
joblib.dump(model, "model.joblib")
`;
    const inferred = inferAudit(python.parse(script));
    assert.equal(inferred.specification.person, 'person');
    const data = await prepareAuditData(inferred.recipe!, storeOf(), { person: 'person', groups: [] });
    assert.deepEqual(data.columns, ['x1', 'male', 'x1_missing']);
    assert.equal(data.people?.count, 50);
    for (let c = 0; c < 3; c++) {
      const values = Array.from({ length: 100 }, (_, r) => data.features.data[r * 3 + c]!).filter(
        (_, r) => data.members[r] === 1,
      );
      const mean = values.reduce((x, y) => x + y, 0) / values.length;
      assert.ok(Math.abs(mean) < 1e-6, `column ${c} of the members has mean ${mean}`);
      assert.ok(Math.abs(values.reduce((x, y) => x + y * y, 0) / values.length - 1) < 1e-5);
    }
    assert.ok(data.members.every(side => side !== 2));
    // Other rows in the split's place: medians and scaler are those of these rows.
    const chosen = Uint8Array.from({ length: 100 }, (_, row) => (row < 40 ? 1 : 0));
    const other = await prepareAuditData(inferred.recipe!, storeOf(), { person: 'person', groups: [] }, chosen);
    assert.deepEqual(other.members, chosen);
    assert.deepEqual(other.labels, data.labels);
    const first = Array.from(other.features.data).filter((_, at) => at % 3 === 0);
    const inside = first.filter((_, row) => chosen[row] === 1);
    assert.ok(Math.abs(inside.reduce((x, y) => x + y, 0) / inside.length) < 1e-6);
    assert.ok(Math.abs(first.reduce((x, y) => x + y, 0)) > 1e-3, 'the scaler was not fitted on all rows');
    const sides = new Map<number, number>();
    data.people!.codes.forEach((person, row) => {
      assert.equal(sides.get(person) ?? data.members[row], data.members[row]);
      sides.set(person, data.members[row]!);
    });
  });

  it('does not guess a split that nothing seeds', async () => {
    const script = `${head}train, test = train_test_split(df, test_size=0.2)
model = LogisticRegression()
model.fit(train[["x1"]], train["label"])
joblib.dump(model, "model.joblib")
`;
    const plan = await planOf(script);
    assert.deepEqual(plan.missing, ['members']);
    assert.equal(plan.specification.members, null);
    assert.match(plan.advice[0]!.write, /^members = /);
  });

  it('follows the steps after an unseeded split once the members are declared', async () => {
    const script = `${head}from sklearn.preprocessing import StandardScaler
X_train, X_test, y_train, y_test = train_test_split(df[["x1"]].fillna(0), df["label"])
scaler = StandardScaler()
model = LogisticRegression().fit(scaler.fit_transform(X_train), y_train)
joblib.dump(model, "model.joblib")
`;
    const plan = await planOf(script, { members: { kind: 'range', from: 0, to: 60 } });
    assert.deepEqual(plan.missing, []);
    assert.equal(plan.specification.members?.count, 60);
    const inferred = inferAudit(python.parse(script));
    const flags = Uint8Array.from({ length: 100 }, (_, row) => (row < 60 ? 1 : 0));
    const data = await prepareAuditData(inferred.recipe!, storeOf(), { person: null, groups: [] }, flags);
    assert.deepEqual(data.members, flags);
    // Scaled by the declared members' own mean and deviation (x1 is the row number, 0 where it is missing).
    const x = Array.from({ length: 60 }, (_, row) => row * Number(row % 11 !== 0));
    const mean = x.reduce((a, b) => a + b, 0) / 60;
    const deviation = Math.sqrt(x.reduce((a, b) => a + (b - mean) ** 2, 0) / 60);
    assert.ok(Math.abs(data.features.data[99]! - (0 - mean) / deviation) < 1e-5);
    assert.ok(Math.abs(data.features.data[98]! - (98 - mean) / deviation) < 1e-5);
  });

  it('merges what is declared over what is inferred', async () => {
    const script = `${head}train, test = train_test_split(df, test_size=0.2, random_state=42)
model = LogisticRegression().fit(train[["x1"]], train["label"])
joblib.dump(model, "model.joblib")
`;
    const inferred = inferAudit(python.parse(script));
    const completed = completeAudit(
      inferred,
      {
        ...nothingDeclared,
        checkpoint: '/q/other.onnx',
        data: ['/q/cohort.csv'],
        inputs: { features: ['x1', 'person'], label: ['x2'], steps: [] },
        person: 'person',
      },
      circumstances,
    );
    assert.deepEqual(completed.data, [{ name: 'visits.csv', path: '/q/cohort.csv' }]);
    assert.equal(completed.checkpoint, '/q/other.onnx');
    assert.equal(completed.recipe, null);
    // With other features the script's own steps do not hold; its split does.
    assert.deepEqual(completed.missing, []);
    assert.equal(completed.split, inferred.recipe);
  });
});
