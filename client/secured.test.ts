import assert from 'node:assert/strict';
import { secured } from './secured';

describe('a webview page', () => {
  const page = secured(
    '<!doctype html><html><head lang="en"><meta http-equiv="Content-Security-Policy" content="script-src *"></head><body><script>1</script></body></html>',
    'vscode-resource:',
    'abc',
  );

  it('has one policy, which forbids everything it does not name', () => {
    assert.equal(page.match(/Content-Security-Policy/g)?.length, 1);
    assert.match(page, /default-src 'none'/);
    assert.doesNotMatch(page, /script-src \*/);
  });

  it('lets only its own scripts run', () => {
    assert.match(page, /<script nonce="abc">/);
    assert.match(page, /script-src 'nonce-abc'/);
  });

  it('puts the policy first where there is no head', () => {
    assert.match(secured('<p>hi', 'x:', 'n'), /^<meta http-equiv/);
  });
});
