import assert from 'node:assert/strict';
import { neutraliseMagics } from './magics';
import { joinCells, locate, parseNotebook } from './notebook';

describe('notebook magics', () => {
  const cases: [string, string][] = [
    ['%matplotlib inline\nx = 1', '0                 \nx = 1'],
    ['!pip install opacus', '0                  '],
    ['files = !ls data', 'files = 0       '],
    ['%time model.fit(X)', '0;    model.fit(X)'],
    ['%%bash\nrm -rf x', '      \n        '],
    ['%%time\nmodel.fit(X)', '      \nmodel.fit(X)'],
    ['%%writefile -a train.py\nfit()', '                       \nfit()'],
    ['%%writefile notes.txt\nfit()', '                     \n     '],
    ['df?', '0  '],
    ['if a:\n    !ls', 'if a:\n    0  '],
    ['a = (b\n% c)', 'a = (b\n% c)'],
    ['s = """\n%not magic\n"""', 's = """\n%not magic\n"""'],
    ['x = a \\\n% b', 'x = a \\\n% b'],
    ['ok = a != b', 'ok = a != b'],
    ['%', '0'],
  ];
  for (const [given, wanted] of cases)
    it(JSON.stringify(given), () => {
      assert.equal(neutraliseMagics(given), wanted);
      assert.equal(neutraliseMagics(given).length, given.length);
    });
});

describe('notebook cells', () => {
  const notebook = (cells: object[], metadata: object = {}): string =>
    JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata, cells });
  const code = (source: string | string[], outputs: object[] = []): object => ({
    cell_type: 'code',
    id: 'c',
    metadata: {},
    execution_count: 2,
    source,
    outputs,
  });

  it('become one module whose offsets map back', () => {
    const module = parseNotebook(
      notebook([{ cell_type: 'markdown', source: '# Title' }, code(['import a\n', 'a.b()']), code('c()')]),
    );
    assert.equal(module.text, 'import a\na.b()\nc()\n');
    const at = locate(module, module.text.indexOf('c()'))!;
    assert.equal(at.cell.index, 2);
    assert.equal(at.offset, 0);
    assert.equal(locate(module, 0)!.cell.index, 1);
  });

  it('keep stored outputs for scanning', () => {
    const module = parseNotebook(
      notebook([
        code('df', [
          { output_type: 'execute_result', data: { 'text/html': ['<table>', '</table>'], 'text/plain': 'x' } },
        ]),
      ]),
    );
    assert.deepEqual(
      module.cells[0]!.outputs.map(output => [output.mime, output.text]),
      [
        ['text/html', '<table></table>'],
        ['text/plain', 'x'],
      ],
    );
  });

  it('of another kernel are not Python', () => {
    assert.equal(parseNotebook(notebook([], { kernelspec: { language: 'R', name: 'ir' } })).language, 'other');
    assert.equal(joinCells([{ kind: 'code', text: 'x <- 1', languageId: 'r' }]).text, '\n');
  });

  it('that cannot be read give one problem', () => {
    for (const text of ['', '{', '[]', '{"cells": 3}', 'null'])
      assert.equal(parseNotebook(text).problems.length, 1, text);
  });
});
