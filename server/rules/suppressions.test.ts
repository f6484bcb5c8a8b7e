import assert from 'node:assert/strict';
import type { Comment, ModuleFacts, Statement } from '../facts/syntax';
import type { Finding } from './finding';
import { suppress } from './suppressions';

const rules = new Map([
  ['DP001', 'unprotected-training'],
  ['DP002', 'disabled-mechanism'],
  ['PHI002', 'identifier-logged'],
  ['EPS001', 'unused-suppression'],
]);

/** Every non-empty line is one statement; comments are found by `#`. Enough for the grammar of directives. */
function factsOf(text: string): ModuleFacts {
  const body: Statement[] = [];
  const comments: Comment[] = [];
  let at = 0;
  for (const line of text.split('\n')) {
    const hash = line.indexOf('#');
    const code = (hash === -1 ? line : line.slice(0, hash)).trimEnd();
    if (code.trim() !== '') body.push({ kind: 'jump', what: 'pass', start: at, end: at + code.length });
    if (hash !== -1)
      comments.push({
        start: at + hash,
        end: at + line.length,
        text: line.slice(hash + 1).trim(),
        ownLine: code === '',
      });
    at += line.length + 1;
  }
  return { language: 'python', length: text.length, body, comments, problems: [] };
}

const at = (text: string, word: string, rule: string): Finding => ({
  rule,
  tier: 'certain',
  severity: 'warning',
  span: { start: text.indexOf(word), end: text.indexOf(word) + word.length },
  message: 'm',
  related: [],
  fixes: [],
});

const run = (text: string, found: readonly (readonly [string, string])[], requireReason = false) => {
  const findings = found.map(([word, rule]) => at(text, word, rule));
  const result = suppress({ facts: factsOf(text), text, findings, rules, isOn: () => true, requireReason });
  return {
    ...result,
    ids: result.findings.map(({ rule }) => rule),
    quiet: result.suppressed.map(one => one.finding.rule),
  };
};

const applied = (text: string, finding: Finding): string => {
  const { span, text: put } = finding.fixes[0]!.edits[0]!;
  return text.slice(0, span.start) + put + text.slice(span.end);
};

describe('suppressions', () => {
  it('covers its own line when it stands behind code', () => {
    const text = 'fit(a)  # epsilint: ignore[DP001] -- public set\nfit2(b)';
    const { ids, suppressed } = run(text, [
      ['fit(a)', 'DP001'],
      ['fit2(b)', 'DP001'],
    ]);
    assert.deepEqual(ids, ['DP001']);
    assert.equal(suppressed[0]!.reason, 'public set');
  });

  it('covers the next statement when it stands alone', () => {
    const { ids, quiet } = run('# epsilint: ignore[DP001, PHI002]\n\nfit(a)\nshow(b)', [
      ['fit(a)', 'DP001'],
      ['fit(a)', 'PHI002'],
      ['show(b)', 'PHI002'],
    ]);
    assert.deepEqual(quiet, ['DP001', 'PHI002']);
    assert.deepEqual(ids, ['PHI002']);
  });

  it('covers ranges from disable to enable, prefixes and names', () => {
    const text =
      '# epsilint: disable[DP]\nfit(a)\n# epsilint: enable[DP]\nfit2(b)  # epsilint: ignore[unprotected-training]\nfit3(c)';
    const { ids, quiet } = run(text, [
      ['fit(a)', 'DP002'],
      ['fit2(b)', 'DP001'],
      ['fit3(c)', 'DP001'],
    ]);
    assert.deepEqual(quiet, ['DP002', 'DP001']);
    assert.deepEqual(ids, ['DP001']);
  });

  it('covers the whole file', () => {
    assert.deepEqual(run('fit(a)\n# epsilint: file-ignore[DP001]', [['fit(a)', 'DP001']]).ids, []);
  });

  it('finds unused suppressions and removes them', () => {
    const text = 'fit(a)  # epsilint: ignore[DP001]\n# epsilint: ignore[DP002, PHI002]\nshow(b)\n';
    const { findings } = run(text, [['show(b)', 'PHI002']]);
    assert.deepEqual(
      findings.map(({ rule }) => rule),
      ['EPS001', 'EPS001'],
    );
    assert.equal(applied(text, findings[0]!), 'fit(a)\n# epsilint: ignore[DP002, PHI002]\nshow(b)\n');
    assert.equal(
      applied(text, findings[1]!),
      'fit(a)  # epsilint: ignore[DP001]\n# epsilint: ignore[PHI002]\nshow(b)\n',
    );
  });

  it('finds malformed directives and leaves prose alone', () => {
    const { ids, findings } = run(
      'a()  # epsilint: ignore\nb()  # epsilint: ignore[DP999]\nc()  # epsilint: ignroe[DP001]\nd()  # see epsilint: it reads this\ne()  # epsilint: ignore[DP001] why not',
      [],
    );
    assert.deepEqual(ids, ['EPS002', 'EPS002', 'EPS002', 'EPS002']);
    assert.match(findings[1]!.message, /no rule "DP999"/);
  });

  it('asks for a reason when the configuration wants one', () => {
    const { ids } = run('fit(a)  # epsilint: ignore[DP001]', [['fit(a)', 'DP001']], true);
    assert.deepEqual(ids, ['EPS002']);
  });

  it('does not call suppressions unused where the code could not be read', () => {
    const text = 'fit(a)  # epsilint: ignore[DP001]';
    const facts = { ...factsOf(text), problems: [{ kind: 'syntax' as const, start: 0, end: 1, message: 'm' }] };
    assert.deepEqual(
      suppress({ facts, text, findings: [], rules, isOn: () => true, requireReason: false }).findings,
      [],
    );
  });
});
