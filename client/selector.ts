/** What the server is asked about. Other schemes (git, output, diff views) would show every finding twice. */
const LANGUAGES = ['python', 'typescript', 'typescriptreact', 'javascript', 'javascriptreact'] as const;

export const scripts = LANGUAGES.flatMap(language => [
  { language, scheme: 'file' },
  { language, scheme: 'untitled' },
]);

/** Scripts, and the configuration, which has completion, hover and validation of its own. */
export const selector = [
  ...scripts,
  { scheme: 'file', pattern: '**/epsilint.toml' },
  { scheme: 'file', pattern: '**/pyproject.toml' },
];

export const isScript = (languageId: string): boolean => LANGUAGES.some(language => language === languageId);
