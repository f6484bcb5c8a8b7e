import type { ModuleFacts } from '../facts/syntax';
import type { JavaScriptFrontEnd } from '../languages/javascript/front-end';
import { isJob, jobFacts } from '../languages/jobs/jobs';
import { hasCells, neutraliseLines } from '../languages/notebook/magics';
import type { PythonFrontEnd } from '../languages/python/front-end';
import { pythonAssets } from './grammars';
import { languageOf, type SourceLanguage } from './languages';

/** The parsers of all languages behind one door. Each is loaded once, when a file of its language is first met. */
export class FrontEnds {
  private python: PythonFrontEnd | null = null;
  private javascript: JavaScriptFrontEnd | null = null;

  /** `folder`: where the parsers' WebAssembly lies, where that is not beside the bundle. */
  constructor(private readonly folder?: string) {}

  /** Must have been awaited for a language before its files are parsed; cheap when loaded. */
  async load(language: SourceLanguage): Promise<void> {
    if (language === 'javascript') {
      this.javascript ??= (await import('../languages/javascript/front-end')).createJavaScriptFrontEnd();
    } else if (!this.python) {
      const { createPythonFrontEnd } = await import('../languages/python/front-end');
      this.python ??= await createPythonFrontEnd(pythonAssets(this.folder));
    }
  }

  /**
   * Facts of a module; null for a language that is not loaded. A notebook's joined text is Python unless it says otherwise.
   * `before`: facts of an earlier state of the text, which save work.
   */
  parse(
    path: string,
    text: string,
    language: SourceLanguage | null = languageOf(path),
    before?: ModuleFacts,
  ): ModuleFacts | null {
    if (language === 'javascript') return this.javascript?.parse(text, path) ?? null;
    if (language === null) return null;
    if (isJob(path)) {
      const read = this.python?.parse(text);
      return read ? jobFacts(read) : null;
    }
    // A script in cells may hold magics, as its notebook did; everywhere else they are no Python.
    const marked = language === 'python' && /^\s*[%!]/m.test(text) && hasCells(text);
    return this.python?.parse(marked ? neutraliseLines(text) : text, before) ?? null;
  }

  dispose(): void {
    this.python?.dispose();
    this.python = null;
  }
}
