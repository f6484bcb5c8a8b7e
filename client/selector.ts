/** What the server is asked about. Other schemes (git, output, diff views) would show every finding twice. */
const LANGUAGES = ['python', 'typescript', 'typescriptreact', 'javascript', 'javascriptreact'] as const;

export const selector = LANGUAGES.flatMap(language => [
  { language, scheme: 'file' },
  { language, scheme: 'untitled' },
]);

export const isScript = (languageId: string): boolean => LANGUAGES.some(language => language === languageId);
