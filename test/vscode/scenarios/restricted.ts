import { inWebview, type Scenario, sees, squiggle, toast } from '../scenario';

export const restricted: Scenario = {
  name: 'The example in Restricted Mode',
  trusted: false,
  steps: [
    {
      name: 'reads the script',
      run: async window => {
        await window.openFile('train_dp.py');
        await window.goToLine(50);
        await squiggle(window, 'train_dp.py');
      },
    },
    {
      name: 'shows no checkpoint, and says why',
      run: async window => {
        await window.openFile('model.pt');
        await inWebview(window, /Restricted Mode, where no checkpoint is read/);
        await window.shot('restricted');
      },
    },
    {
      name: 'refuses an audit with a sentence',
      run: async window => {
        await window.command('Epsilint: Quick audit');
        await sees(window, toast, /Restricted Mode/);
      },
    },
  ],
};
