import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runModule } from '../../server/facts';
import { createJavaScriptFrontEnd } from '../../server/languages/javascript/front-end';
import { parseNotebook } from '../../server/languages/notebook/notebook';
import { createPythonFrontEnd, type PythonFrontEnd } from '../../server/languages/python/front-end';
import { builtInModels } from '../../server/models';
import type { Finding } from '../../server/rules';
import { check, makeContext, otherRules, rules } from '../../server/rules';
import { pythonAssets } from '../../server/workspace/grammars';

/**
 * The pages of the rules are their tests. In a block, `# error: [DP001] "part"` stands on the line of a finding and
 * `# todo: [DP001]` above one that is not found yet; a block with `# ok` or with neither has none. `# file: name.py`
 * begins another file of the same project; the last one is checked. `# config: require-provenance` sets that option. A
 * block of a notebook is its JSON; the mark stands in the first line of the cell.
 */
const folder = join(__dirname, '..', '..', 'docs', 'rules');
const block = /```(py|ts|ipynb)\n([\s\S]*?)```/g;
const expectation = /(?:#|\/\/) error: \[([A-Z]+\d+)\](?: "([^"]*)")?/;

let python: PythonFrontEnd;
const javascript = createJavaScriptFrontEnd();

function filesOf(text: string, language: string): { path: string; text: string }[] {
  const parts = text.split(/^(?:#|\/\/) file: (.+)\n/m);
  if (parts.length === 1) return [{ path: `example.${language}`, text }];
  const files: { path: string; text: string }[] = [];
  for (let i = 1; i < parts.length; i += 2) files.push({ path: parts[i]!.trim(), text: parts[i + 1]! });
  return files;
}

function findingsIn(files: readonly { path: string; text: string }[], language: string): Finding[] {
  const facts = (file: { path: string; text: string }) =>
    language === 'py' ? python.parse(file.text) : javascript.parse(file.text, file.path);
  const { path, text } = files.at(-1)!;
  const run = runModule(facts({ path, text }), {
    path,
    text,
    models: builtInModels(),
    project: {
      module: (_, name) => {
        const found = files.find(
          file => file.path.replace(/\.\w+$/, '') === name.replace(/^[./]+/, '').replace(/\./g, '/'),
        );
        return found ? { ...found, facts: facts(found) } : null;
      },
    },
  });
  const settings = { requireProvenance: /^# config: require-provenance$/m.test(text) };
  return check(rules, makeContext({ run, text, settings }));
}

/** Findings in a notebook given as JSON, with the joined text that their places mean. */
function findingsInNotebook(json: string): { found: Finding[]; source: string } {
  const notebook = parseNotebook(json);
  const { text } = notebook;
  const run = runModule(python.parse(text), { path: 'example.ipynb', text, models: builtInModels() });
  const outputs = notebook.cells.flatMap(cell =>
    cell.outputs.map(output => ({ span: { start: cell.start, end: cell.end }, type: output.mime, text: output.text })),
  );
  return { found: check(rules, makeContext({ run, text, outputs })), source: text };
}

describe('rule pages', () => {
  before(async () => {
    python = await createPythonFrontEnd(pythonAssets());
  });
  const pages = readdirSync(folder).filter(name => /^[A-Z]+\d+\.md$/.test(name));
  it('exist for every rule, with its id and name as the heading', () => {
    for (const rule of [...rules, ...otherRules]) {
      assert.ok(pages.includes(`${rule.id}.md`), `${rule.id} has no page`);
      const text = readFileSync(join(folder, `${rule.id}.md`), 'utf8');
      assert.ok(text.startsWith(`# ${rule.id} ${rule.name}\n`), `${rule.id}.md begins with another heading`);
    }
  });
  for (const page of pages) {
    const id = page.slice(0, -3);
    if (!rules.some(rule => rule.id === id)) continue;
    const text = readFileSync(join(folder, page), 'utf8');
    let number = 0;
    for (const [, language = '', code = ''] of text.matchAll(block)) {
      number++;
      it(`${id}, block ${number}`, () => {
        const files = language === 'ipynb' ? [] : filesOf(code, language);
        const checked =
          language === 'ipynb'
            ? findingsInNotebook(code)
            : { found: findingsIn(files, language), source: files.at(-1)!.text };
        const { source } = checked;
        const lineOf = (offset: number) => source.slice(0, offset).split('\n').length;
        const found = checked.found.filter(each => each.rule === id);
        const expected = source.split('\n').flatMap((line, index) => {
          const match = expectation.exec(line);
          return match && match[1] === id ? [{ line: index + 1, part: match[2] ?? '' }] : [];
        });
        assert.deepEqual(
          found.map(each => lineOf(each.span.start)),
          expected.map(each => each.line),
          `lines of ${id}; found: ${found.map(each => each.message).join(' | ')}`,
        );
        for (const [index, { part }] of expected.entries())
          assert.ok(found[index]!.message.includes(part), found[index]!.message);
      });
    }
  }
});
