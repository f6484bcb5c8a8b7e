import assert from 'node:assert/strict';
import { noProblem, PATIENCE, problem, type Scenario, sees, squiggle, squiggles } from '../scenario';

const cell = (source: string) => ({
  cell_type: 'code',
  execution_count: null,
  metadata: {},
  outputs: [],
  source: source.split(/(?<=\n)/),
});
const notebook = JSON.stringify({
  cells: [
    cell('import pandas as pd\nfrom sklearn.linear_model import LogisticRegression\n\nframe = pd.read_csv("data.csv")'),
    cell('model = LogisticRegression().fit(frame[["age", "bmi"]], frame["label"])'),
    cell('%matplotlib inline\nprint(model.predict_proba(frame[["age", "bmi"]]))'),
  ],
  metadata: { kernelspec: { display_name: 'Python 3', language: 'python', name: 'python3' } },
  nbformat: 4,
  nbformat_minor: 5,
});

const job = `{
  "format_version": 2,
  "task_result_filters": [
    {
      "tasks": ["train"],
      "filters": [
        { "path": "nvflare.app_common.filters.percentile_privacy.PercentilePrivacy", "args": { "percentile": 10 } }
      ]
    }
  ]
}
`;

const handler = `import express from 'express';
import * as tf from '@tensorflow/tfjs-node';

const app = express();
app.post('/diagnosis', async (request, response) => {
  const model = await tf.loadLayersModel('file://models/diabetes-patients/model.json');
  const scores = model.predict(tf.tensor2d([request.body.symptoms]));
  response.json({ disease: 'diabetes', scores: await scores.data() });
});
`;

export const languages: Scenario = {
  name: 'Notebooks and TypeScript',
  trusted: true,
  steps: [
    {
      name: 'shows findings in the cells of a notebook where they stand',
      run: async window => {
        window.write('explore.ipynb', notebook);
        await window.openFile('explore.ipynb');
        await window.page.locator('.notebookOverlay').locator(squiggles).first().waitFor({ timeout: PATIENCE });
        const cells = window.page.locator('.notebookOverlay .cell-editor-part');
        // The first cell only loads; the last one prints a probability for each person.
        await cells.nth(2).locator(squiggles).first().waitFor({ timeout: PATIENCE });
        assert.equal(await cells.nth(0).locator('.squiggly-error, .squiggly-warning').count(), 0);
        await problem(window, 'LEAK001');
        await window.shot('notebook');
        // What is written in a cell counts at once.
        await cells.nth(2).locator('.view-line').first().click();
        await window.page.keyboard.press('Control+a');
        await window.page.keyboard.type('print(len(frame))');
        await noProblem(window, 'LEAK001');
      },
    },
    {
      name: 'shows what a filter spends in a job of NVFlare, which is JSON',
      run: async window => {
        window.write('config_fed_client.json', job);
        await window.openFile('config_fed_client.json');
        await sees(window, '.codelens-decoration', /ε = ∞ per client/);
      },
    },
    {
      name: 'shows findings of a TypeScript service',
      run: async window => {
        window.write('service.ts', handler);
        await window.openFile('service.ts');
        await squiggle(window, 'service.ts');
        await problem(window, 'LEAK002', /service\.ts[\s\S]*LEAK002/);
        await window.shot('typescript');
      },
    },
    {
      name: 'keeps the findings of a notebook whose tab is behind another',
      run: async window => {
        window.write('explore.ipynb', notebook);
        window.write('service.ts', handler);
        await window.openFile('explore.ipynb');
        await window.page.locator('.notebookOverlay').locator(squiggles).first().waitFor({ timeout: PATIENCE });
        await problem(window, 'LEAK001');
        // Nobody asks the server anything about this one, so nothing brings lost findings back.
        await window.openFile('README.md');
        await problem(window, 'LEAK001', /explore\.ipynb[\s\S]*LEAK001/);
        await window.openFile('service.ts');
        await squiggle(window, 'service.ts');
        await problem(window, 'LEAK002', /service\.ts[\s\S]*LEAK002/);
      },
    },
    {
      name: 'drops them with the notebook',
      run: async window => {
        await problem(window, '', /No problems have been detected/);
      },
    },
  ],
};
