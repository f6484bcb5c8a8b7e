import { audited, clickLens, inWebview, problem, type Scenario, sees, toast } from '../scenario';

export const models: Scenario = {
  name: 'Models of Keras and scikit-learn',
  trusted: true,
  steps: [
    {
      name: 'audits a Keras file from the palette',
      run: async window => {
        window.bring('train_keras.py', 'visits.keras');
        await window.openFile('train_keras.py');
        await window.command('Epsilint: Quick audit');
        await sees(window, toast, /AUC/);
        await problem(window, 'AUD001', /train_keras\.py[\s\S]*AUD001/);
        await window.shot('audit-keras');
      },
    },
    {
      name: 'audits a Keras file from the lens',
      run: async window => {
        await window.openFile('train_keras.py');
        await window.goToLine(34);
        await clickLens(window, 'train_keras.py', 'Quick audit', audited(window));
        await sees(window, toast, /AUC/);
      },
    },
    {
      name: 'audits a scikit-learn pipeline from the lens',
      run: async window => {
        window.bring('train_pipeline.py', 'pipeline.joblib');
        await window.openFile('train_pipeline.py');
        await window.goToLine(24);
        await clickLens(window, 'train_pipeline.py', 'Quick audit', audited(window));
        await sees(window, toast, /AUC/);
        await problem(window, 'AUD001', /train_pipeline\.py[\s\S]*AUD001/);
      },
    },
    {
      name: 'audits a scikit-learn pipeline from its own page',
      run: async window => {
        await window.openFile('pipeline.joblib');
        await inWebview(window, /Can be run here/);
        await window.shot('checkpoint-pipeline');
        await window.command('Epsilint: Quick audit');
        await sees(window, toast, /AUC/);
      },
    },
  ],
};
