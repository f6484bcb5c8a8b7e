import { isJob } from '../languages/jobs/jobs';

/** What a file is read as. */
export type SourceLanguage = 'python' | 'notebook' | 'javascript';

const byExtension: Readonly<Record<string, SourceLanguage>> = {
  py: 'python',
  pyw: 'python',
  ipynb: 'notebook',
  ts: 'javascript',
  tsx: 'javascript',
  mts: 'javascript',
  cts: 'javascript',
  js: 'javascript',
  jsx: 'javascript',
  mjs: 'javascript',
  cjs: 'javascript',
};

/** By the name's ending; null for files that are no source. Declarations (`.d.ts`) hold no code. */
export function languageOf(path: string): SourceLanguage | null {
  const name = path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1).toLowerCase();
  // JSON reads as Python, and is turned into the calls that the job makes.
  if (isJob(path)) return 'python';
  if (/\.d\.[cm]?ts$/.test(name) || /\.min\.[cm]?js$/.test(name)) return null;
  const dot = name.lastIndexOf('.');
  return dot < 0 ? null : (byExtension[name.slice(dot + 1)] ?? null);
}
