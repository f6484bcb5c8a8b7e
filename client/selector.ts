/** What the server is asked about. Other schemes (git, output, diff views) would show every finding twice. */
const LANGUAGES = ['python', 'typescript', 'typescriptreact', 'javascript', 'javascriptreact'] as const;

export const scripts = LANGUAGES.flatMap(language => [
  { language, scheme: 'file' },
  { language, scheme: 'untitled' },
]);

/** Cells of notebooks: their texts come with the notebook, their findings are asked for one by one. */
const cells = LANGUAGES.map(language => ({ language, scheme: 'vscode-notebook-cell' }));

/** Job and site configurations of NVFlare, whose filters are calls. */
const jobs = { language: 'json', scheme: 'file', pattern: '**/{config_fed_client,config_fed_server,privacy}.json' };

/** Scripts, job configurations, and the configuration, which has completion, hover and validation of its own. */
export const selector = [
  ...scripts,
  ...cells,
  jobs,
  { scheme: 'file', pattern: '**/epsilint.toml' },
  { scheme: 'file', pattern: '**/pyproject.toml' },
];

export const isScript = (languageId: string): boolean => LANGUAGES.some(language => language === languageId);
