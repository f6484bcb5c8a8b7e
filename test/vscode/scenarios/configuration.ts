import { problem, type Scenario, sees, squiggle } from '../scenario';

export const configuration: Scenario = {
  name: 'The configuration',
  trusted: true,
  steps: [
    {
      name: 'marks an unknown key and says what was meant',
      run: async window => {
        window.write('epsilint.toml', '[dp]\nmax-epsilom = 3\n\n[severity]\n\n');
        await window.openFile('epsilint.toml');
        await squiggle(window, 'epsilint.toml');
        await problem(window, 'max-epsilom', /did you mean "max-epsilon"/);
      },
    },
    {
      name: 'completes keys and rules',
      run: async window => {
        await window.openFile('epsilint.toml');
        await window.goToLine(5);
        await window.page.keyboard.type('LEAK');
        await window.page.keyboard.press('Control+Space');
        await sees(window, '.suggest-widget', /LEAK001/);
        await window.shot('configuration');
        await window.page.keyboard.press('Escape');
      },
    },
    {
      name: 'says what a key means',
      run: async window => {
        await window.openFile('epsilint.toml');
        await window.hover('[severity]', 'severity', /Severity of a rule or prefix/);
      },
    },
  ],
};
