import assert from 'node:assert/strict';
import { createPythonFrontEnd, type PythonFrontEnd } from '../../languages/python/front-end';
import { pythonAssets } from '../../workspace/grammars';
import { makeAuditable } from './auditable';
import { applyEdits } from './edits';
import { originalLine } from './original-line';

const torchTail = `
model = Net()
loader = DataLoader(TensorDataset(torch.tensor(X_train), torch.tensor(y_train)), batch_size=8, shuffle=True)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for epoch in range(3):
    for xb, yb in loader:
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(xb), yb).backward()
        optimizer.step()
torch.save(model.state_dict(), "m.pt")
`;
const torchHead = `import numpy as np
import pandas as pd
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset, random_split
from sklearn.model_selection import GroupShuffleSplit, train_test_split
from sklearn.preprocessing import StandardScaler
df = pd.read_csv("d.csv")
X, y = df[["a", "b"]].to_numpy(), df["label"].to_numpy()
`;

describe('a script is made auditable', () => {
  let python: PythonFrontEnd;
  before(async () => {
    python = await createPythonFrontEnd(pythonAssets());
  });

  const edited = (text: string): string => {
    const made = makeAuditable(python.parse(text), text);
    assert.equal(made.kind, 'edits', made.kind === 'not-known' ? made.why : made.kind);
    const out = made.kind === 'edits' ? applyEdits(text, made.edits) : '';
    // The script without the inserted lines is the script.
    if (made.kind === 'edits') {
      const kept = out.split('\n').filter((_, i) => originalLine(text, made.edits, i + 1) !== null);
      assert.equal(kept.join('\n'), text);
      assert.deepEqual(python.parse(out).problems, []);
      assert.equal(makeAuditable(python.parse(out), out).kind, 'already');
    }
    return out;
  };
  const why = (text: string): string => {
    const made = makeAuditable(python.parse(text), text);
    return made.kind === 'not-known' ? made.why : made.kind;
  };

  it('puts masked rows in place of train_test_split’s, for every array', () => {
    const out = edited(`${torchHead}X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
scaler = StandardScaler()
X_train = scaler.fit_transform(X_train)
X_test = scaler.transform(X_test)
${torchTail}`);
    for (const line of [
      'import os',
      '    X_train = X[epsilint_mask]',
      '    X_test = X[~epsilint_mask]',
      '    y_train = y[epsilint_mask]',
      '    y_test = y[~epsilint_mask]',
      '        epsilint_in, epsilint_out = epsilint_outputs(TensorDataset(torch.tensor(X_train), torch.tensor(y_train))), epsilint_outputs(TensorDataset(torch.tensor(X_test), torch.tensor(y_test)))',
      '    raise SystemExit',
    ])
      assert.ok(out.split('\n').includes(line), line);
    assert.ok(out.indexOf('raise SystemExit') < out.indexOf('torch.save'), 'stops before anything is saved');
  });

  it('pairs names made from positions, and never fits a scaler on the other rows', () => {
    const out = edited(`${torchHead}tr, te = next(GroupShuffleSplit(random_state=0).split(X, y, df["p"]))
sc = StandardScaler()
A = sc.fit_transform(X[tr])
B = sc.transform(X[te])
ya, yb2 = y[tr], y[te]
${torchTail.replaceAll('X_train', 'A').replaceAll('y_train', 'ya')}`);
    assert.match(out, /tr = np\.flatnonzero\(epsilint_mask\)\n {4}te = np\.flatnonzero\(~epsilint_mask\)/);
    assert.match(out, /epsilint_outputs\(TensorDataset\(torch\.tensor\(B\), torch\.tensor\(yb2\)\)\)/);
  });

  it('trains on the whole mask where a second split takes validation rows away', () => {
    const out = edited(`${torchHead}X_train, X_test, y_train, y_test = train_test_split(X, y)
X_train, X_val, y_train, y_val = train_test_split(X_train, y_train)
${torchTail}`);
    assert.match(out, / {4}X_train = X\[epsilint_mask\]\n/);
    assert.match(out, / {4}X_val = X\[~epsilint_mask\]\n/);
    assert.match(out, / {4}X_test = X\[~epsilint_mask\]\n/);
  });

  it('keeps the rows where the split overwrites their name', () => {
    const out = edited(`${torchHead}X, X_test, y, y_test = train_test_split(X, y)
${torchTail.replaceAll('X_train', 'X').replaceAll('y_train', 'y')}`);
    assert.match(out, /epsilint_rows_1 = X\nepsilint_rows_2 = y\nX, X_test/);
    assert.match(out, / {4}X = epsilint_rows_1\[epsilint_mask\]/);
  });

  it('masks people where people are split, subsets where a data set is', () => {
    const people = edited(`${torchHead}people = df["p"].unique()
a, b = train_test_split(people, random_state=3)
train, test = df[df["p"].isin(a)], df[df["p"].isin(b)]
X_train, X_test = train[["a"]].to_numpy(), test[["a"]].to_numpy()
y_train, y_test = train["label"].to_numpy(), test["label"].to_numpy()
${torchTail}`);
    assert.match(people, / {4}a = np\.unique\(\(df\["p"\]\)\[epsilint_mask\]\)/);
    assert.match(people, /torch\.tensor\(X_test\), torch\.tensor\(y_test\)/);
    const subsets = edited(`${torchHead}data = TensorDataset(torch.tensor(X), torch.tensor(y))
train_set, test_set = random_split(data, [80, 20])
model = Net()
opt = torch.optim.Adam(model.parameters())
for xb, yb in DataLoader(train_set, batch_size=4):
    nn.functional.cross_entropy(model(xb), yb).backward()
    opt.step()
`);
    assert.match(
      subsets,
      /train_set = torch\.utils\.data\.Subset\(data, np\.flatnonzero\(epsilint_mask\)\.tolist\(\)\)/,
    );
    assert.match(subsets, /epsilint_outputs\(train_set\), epsilint_outputs\(test_set\)/);
  });

  it('follows a split and a training inside a function, at its indentation', () => {
    const out = edited(`${torchHead}
def train(net, loader):
    opt = torch.optim.Adam(net.parameters())
    for xb, yb in loader:
        nn.functional.cross_entropy(net(xb), yb).backward()
        opt.step()

def main():
    X_train, X_test, y_train, y_test = train_test_split(X, y)
    model = Net()
    train_ds = TensorDataset(torch.tensor(X_train), torch.tensor(y_train))
    loader = DataLoader(train_ds, batch_size=8)
    train(model, loader)
    torch.save(model.state_dict(), "m.pt")

main()
`);
    assert.match(out, /\n {4}train\(model, loader\)\n {4}if epsilint_mask is not None:/);
    assert.match(out, /model\.eval\(\)/);
    assert.match(out, /epsilint_outputs\(TensorDataset\(torch\.tensor\(X_test\), torch\.tensor\(y_test\)\)\)/);
  });

  it('asks scikit-learn for probabilities and Keras for predictions', () => {
    const sklearn = edited(`import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import train_test_split
import joblib
df = pd.read_csv("d.csv")
train, test = train_test_split(df, test_size=0.2)
clf = RandomForestClassifier().fit(train[["a", "b"]], train["label"])
joblib.dump(clf, "m.joblib")
`);
    assert.match(sklearn, /import numpy as np/);
    assert.match(
      sklearn,
      /epsilint_ask = getattr\(clf, "predict_proba", None\) or getattr\(clf, "decision_function", None\)/,
    );
    assert.match(sklearn, /epsilint_ask\(train\[\["a", "b"\]\]\), epsilint_ask\(test\[\["a", "b"\]\]\)/);
    const keras = edited(`import numpy as np
from tensorflow import keras
from sklearn.model_selection import train_test_split
x, y = load()
x_tr, x_te, y_tr, y_te = train_test_split(x, y)
model = keras.Sequential([keras.layers.Dense(3)])
model.compile(loss="mse")
model.fit(x_tr, y_tr, epochs=3, validation_data=(x_te, y_te))
model.save("m.keras")
`);
    assert.match(keras, /model\.predict\(x_tr, verbose=0\), model\.predict\(x_te, verbose=0\)/);
  });

  it('finds a model that a function makes, a training inside of blocks, and of several models the one that is saved', () => {
    const out = edited(`import pandas as pd
import joblib, mlflow
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.pipeline import Pipeline
def make(depth):
    forest = Pipeline([("f", RandomForestClassifier(max_depth=depth))])
    return forest
if __name__ == "__main__":
    df = pd.read_csv("d.csv")
    train, test = train_test_split(df, test_size=0.2)
    with mlflow.start_run():
        chosen = make(3)
        chosen.fit(train[["a", "b"]], train["label"])
        print(chosen.score(test[["a", "b"]], test["label"]))
        plain = LogisticRegression()
        plain.fit(train[["a", "b"]], train["label"])
    joblib.dump(chosen, "m.joblib")
`);
    const lines = out.split('\n');
    const at = lines.findIndex(each => each.includes('chosen.fit('));
    assert.equal(
      lines[at + 1],
      '        if epsilint_mask is not None:  # Epsilint takes the scores of all rows; nothing is saved',
    );
    assert.match(out, /getattr\(chosen, "predict_proba", None\)/);
  });

  it('says why not, with the place', () => {
    assert.match(why('import torch\nx = 1\n'), /No split of the rows is known/);
    assert.match(why('import torch\nx = (1\n'), /syntax error at line/);
    assert.match(
      why(`${torchHead}X_train, X_test, y_train, y_test = train_test_split(X, y)\nprint(1)\n`),
      /No training was found/,
    );
    assert.match(
      why(`${torchHead}X_train, X_test, y_train, y_test = train_test_split(X, y)
X_train = StandardScaler().fit_transform(X_train)
${torchTail}`),
      /"X_train" is changed after the split, "X_test" is not/,
    );
    assert.match(
      why(`${torchHead}X_train, X_test, y_train, y_test = train_test_split(X, y)
model = Net()
opt = torch.optim.Adam(model.parameters())
for xb, yb in DataLoader(TensorDataset(torch.tensor(X_train), torch.tensor(y_train))):
    nn.functional.cross_entropy(model(xb), yb).backward()
    torch.save(model.state_dict(), "best.pt")
`),
      /Line \d+ writes a file before or while the model is trained/,
    );
  });
});
