import assert from 'node:assert/strict';
import { createPythonFrontEnd, type PythonFrontEnd } from '../../languages/python/front-end';
import { builtInModels } from '../../models';
import { pythonAssets } from '../../workspace/grammars';
import type { Evidence } from '../values';
import { Taint } from '../values';
import { runModule } from './run';

let python: PythonFrontEnd;
const run = (text: string) => runModule(python.parse(text), { path: 'script.py', text, models: builtInModels() });

/** What each print of a script gets, as the names of what it carries. */
function printed(text: string): string[] {
  return run(text).events.flatMap(event => (event.kind === 'log' ? [carried(event.values)] : []));
}
const bits = ['records', 'identifier', 'subjectKey', 'confidence', 'prediction', 'embedding'] as const;
const carried = (values: readonly Evidence[]): string =>
  bits.filter(bit => values.some(value => value.taint & Taint[bit])).join(' ') || '-';

const frame = 'import pandas as pd\nimport csv\ndf = pd.read_csv("mimic_notes.csv")\n';

describe('rows of tables', () => {
  before(async () => {
    python = await createPythonFrontEnd(pythonAssets());
  });

  it('come one by one with their columns, behind their place in the table', () =>
    assert.deepEqual(
      printed(
        `${frame}for i, row in df.iterrows():\n print(row["text"])\n print(row.patient_name)\n print(row.get("subject_id"))\n print(i)\n print(row.name)`,
      ),
      ['records', 'records identifier', 'records subjectKey', '-', '-'],
    ));
  it('come as tuples, dictionaries and groups too', () =>
    assert.deepEqual(
      printed(
        `${frame}for row in df.itertuples():\n print(row.mrn)\nfor row in df.to_dict("records"):\n print(row["mrn"])\nfor key, group in df.groupby("subject_id"):\n print(key)\n print(group)`,
      ),
      ['records identifier', 'records identifier', 'records subjectKey', 'records identifier subjectKey'],
    ));
  it('come from a cursor that is walked, by the columns of its query', () =>
    assert.deepEqual(
      printed(
        'import sqlite3\ncur = sqlite3.connect("x.db").cursor()\ncur.execute("SELECT patient_name, glucose FROM patients")\nfor row in cur:\n print(row[0])\n print(row[1])\nfor row in cur.fetchall():\n print(row[0])',
      ),
      ['records identifier', 'records', 'records identifier'],
    ));
});

describe('text of a table', () => {
  it('is written where it has a place, and given back where it has none', () => {
    const events = run(
      `${frame}df.to_csv("a.csv")\ndf.to_csv(path_or_buf="b.csv")\ntext = df.to_csv(index=False)\nprint(text)`,
    ).events;
    assert.equal(events.filter(event => event.kind === 'export').length, 2);
    assert.deepEqual(
      events.flatMap(event => (event.kind === 'log' ? [carried(event.values)] : [])),
      ['records'],
    );
  });
});

describe('scores', () => {
  it('are a decision where they are rounded, and a rounded time is none', () =>
    assert.deepEqual(
      printed(
        'import torch\nimport time\nnet = torch.load("patients.pt")\nmodel = torch.nn.Linear(3, 1)\nx = torch.load("mimic.pt")\np = torch.sigmoid(model(x))\nprint(round(p[0], 3))\nprint(round(p[0]))\nprint(round(time.time(), 0))',
      ).map(each => each.replace('records ', '')),
      ['confidence', 'prediction', '-'],
    ));
  it('are measured by a loss of the script’s own, whose batches nobody has named', () =>
    assert.deepEqual(
      printed(
        'import torch\nclass Dice(torch.nn.Module):\n def forward(self, a, b):\n  return 1 - (a * b).sum()\nloss = Dice()\nnet = torch.nn.Linear(3, 1)\ndef check(loader):\n for batch in loader:\n  print(loss(net(batch["image"]), batch["mask"]).item())',
      ),
      ['-'],
    ));
});

describe('answers of a server', () => {
  const served = (text: string) =>
    run(text).events.flatMap(event => (event.kind === 'serve' ? [carried([event.response])] : []));
  const head = 'from fastapi import FastAPI, Request, Depends\nfrom keras.models import load_model\napp = FastAPI()\n';

  it('know a model that is loaded when the server starts', () =>
    assert.deepEqual(
      served(
        `${head}model = None\n@app.post("/p")\ndef p(x: dict):\n return {"p": model.predict([x["a"]]).tolist()}\n@app.on_event("startup")\ndef start():\n global model\n model = load_model("m.h5")`,
      ),
      ['records confidence'],
    ));
  it('know one that the application keeps, or that a dependency gives', () =>
    assert.deepEqual(
      served(
        `${head}app.state.net = load_model("m.h5")\ndef given():\n return load_model("m.h5")\n@app.post("/a")\ndef a(request: Request, x: dict):\n return {"p": request.app.state.net.predict([x["a"]]).tolist()}\n@app.post("/b")\ndef b(x: dict, net=Depends(given)):\n return {"p": net.predict([x["a"]]).tolist()}`,
      ),
      ['records confidence', 'records confidence'],
    ));
  it('are still scores where the largest is picked, or where a thread computes them', () =>
    assert.deepEqual(
      served(
        `${head}from starlette.concurrency import run_in_threadpool\nimport joblib\nclf = joblib.load("c.pkl")\ndef ask(x):\n return clf.predict_proba([x])\n@app.post("/a")\nasync def a(x: dict):\n p = await run_in_threadpool(ask, x["f"])\n return {"p": p.tolist()}\n@app.post("/b")\ndef b(x: dict):\n return {"p": max(clf.predict_proba([x["f"]])[0])}\n@app.post("/c")\ndef c(x: dict):\n return {"p": float(clf.predict_proba([x["f"]]).max())}`,
      ),
      ['records confidence', 'records confidence', 'records confidence'],
    ));
  it('come of models that a mapping holds, whatever its keys', () =>
    assert.deepEqual(
      served(
        `${head}nets = {name: load_model(name) for name in names}\n@app.post("/a")\ndef a(x: dict):\n out = {}\n for name, net in nets.items():\n  out[name] = net.predict([x["f"]])\n return [str(value) for key, value in out.items()]`,
      ),
      ['records confidence'],
    ));
  it('are shown in the columns of a page', () =>
    assert.deepEqual(
      served(
        'import streamlit as st\nimport joblib\nmodel = joblib.load("m.pkl")\nleft, right = st.columns(2)\nage = left.number_input("Age")\nright.metric("Risk", model.predict_proba([[age]])[0][1])',
      ),
      ['records confidence'],
    ));
});

describe('sweeps', () => {
  it('keep the smallest and the largest of spaced numbers', () => {
    const dp = run(
      'import numpy as np\nfrom diffprivlib.models import GaussianNB\nfor e in np.logspace(-2, 2, 50):\n GaussianNB(epsilon=e)',
    ).events.find(event => event.kind === 'privatise');
    const epsilon = dp?.kind === 'privatise' ? (dp.parameters.epsilon ?? dp.parameters.targetEpsilon) : undefined;
    const values = epsilon?.kind === 'several' ? epsilon.resolved.map(one => one.value) : [];
    assert.equal(Math.min(...(values as number[])), 0.01);
    assert.equal(Math.max(...(values as number[])), 100);
  });
});
