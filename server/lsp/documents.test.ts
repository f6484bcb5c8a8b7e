import assert from 'node:assert/strict';
import { Documents, move, wholeEdit } from './documents';

const uri = 'file:///a.py';
const at = (line: number, character: number) => ({ line, character });

describe('documents', () => {
  function opened(text: string): Documents {
    const documents = new Documents();
    documents.add({ textDocument: { uri, languageId: 'python', version: 1, text } });
    return documents;
  }

  it('applies several edits of one message in order, in UTF-16 columns', () => {
    const documents = opened('a = "𝒳é"\nb\n');
    documents.change({
      textDocument: { uri, version: 2 },
      contentChanges: [
        { range: { start: at(0, 7), end: at(0, 8) }, text: 'e' },
        { range: { start: at(1, 0), end: at(1, 1) }, text: 'bb\nc' },
      ],
    });
    assert.equal(documents.get(uri)!.getText(), 'a = "𝒳e"\nbb\nc\n');
    assert.equal(documents.get(uri)!.version, 2);
  });

  it('ignores an edit of a document that is not open', () => {
    assert.equal(new Documents().change({ textDocument: { uri, version: 2 }, contentChanges: [{ text: 'x' }] }), false);
  });

  it('keeps a snapshot as it was when a later edit comes', () => {
    const documents = opened('one');
    const before = documents.get(uri)!;
    documents.change({ textDocument: { uri, version: 2 }, contentChanges: [{ text: 'two' }] });
    assert.equal(before.getText(), 'one');
  });

  it('moves marks with their text, through whole-text replacements too', () => {
    const documents = opened('x\ntorch.save(m, "m.pt")\n');
    const mark = documents.mark(uri, 2, 23);
    documents.change({
      textDocument: { uri, version: 2 },
      contentChanges: [{ range: { start: at(0, 0), end: at(0, 0) }, text: '# new\n' }],
    });
    assert.equal(documents.get(uri)!.getText().slice(mark.start, mark.end), 'torch.save(m, "m.pt")');
    documents.change({ textDocument: { uri, version: 3 }, contentChanges: [{ text: 'torch.save(m, "m.pt")\n' }] });
    assert.equal(documents.get(uri)!.getText().slice(mark.start, mark.end), 'torch.save(m, "m.pt")');
    documents.change({ textDocument: { uri, version: 4 }, contentChanges: [{ text: '' }] });
    assert.equal(mark.gone, true);
  });

  it('finds the smallest edit', () => {
    assert.deepEqual(wholeEdit('abcd', 'abXcd'), { start: 2, end: 2, text: 'X' });
    assert.deepEqual(wholeEdit('aa', 'aaa'), { start: 2, end: 2, text: 'a' });
    assert.deepEqual(wholeEdit('', ''), { start: 0, end: 0, text: '' });
  });

  it('shrinks a mark that is cut at either end', () => {
    const mark = { start: 4, end: 10, gone: false };
    move(mark, { start: 8, end: 12, text: '' });
    assert.deepEqual([mark.start, mark.end], [4, 8]);
    move(mark, { start: 2, end: 6, text: '##' });
    assert.deepEqual([mark.start, mark.end], [4, 6]);
  });
});
