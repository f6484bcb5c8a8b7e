import assert from 'node:assert/strict';
import type { CheckpointPage } from '../server/protocol';
import { checkpointPage } from './checkpoint-page';

const page: CheckpointPage = {
  kind: 'inspected',
  name: 'model.pt',
  bytes: 1234,
  format: 'PyTorch state dict',
  architecture: null,
  parameters: 12,
  tensors: [{ name: '<img src=x onerror=alert(1)>', shape: [3, 4], dtype: 'float32' }],
  tensorCount: 7,
  inputs: [{ name: 'x', shape: [-1, 3], dtype: 'float32' }],
  outputs: [],
  metadata: [['producer', '"pytorch" & co']],
  hazards: [{ kind: 'executable-content', message: 'It calls os.system.' }],
  warnings: [],
  runnable: false,
  why: 'A state dict has no graph.',
};
const shown = (one: CheckpointPage | null, trusted = true): string =>
  checkpointPage(one, { path: '/w/model.pt', trusted });

describe('the page of a checkpoint', () => {
  it('shows the words of a file as text', () => {
    const html = shown(page);
    assert.doesNotMatch(html, /<img/);
    assert.match(html, /&#60;img/);
    assert.match(html, /&#34;pytorch&#34; &#38; co/);
  });

  it('says hazards first, then whether it runs, with free dimensions and what is left out', () => {
    const html = shown(page);
    assert.ok(html.indexOf('os.system') < html.indexOf('Cannot be run here'));
    assert.match(html, /\? × 3/);
    assert.match(html, /the first 1 of 7/);
  });

  it('says why a file is not shown, and offers trust where that is the reason', () => {
    const refused: CheckpointPage = { kind: 'refused', name: 'model.pt', message: 'Restricted Mode.', hazards: [] };
    assert.match(shown(refused, false), /Restricted Mode\.[\s\S]*id="trust"/);
    assert.doesNotMatch(shown(refused), /id="trust"/);
    assert.match(shown(null), /log/);
  });
});
