import assert from 'node:assert/strict';
import { TextDocument } from 'vscode-languageserver-textdocument';
import type { BudgetView } from '../host';
import type { SourceModule } from '../modules';
import { rangeOf } from '../positions';
import { epochChart } from './budget-chart';
import { budgetHover } from './budget-hover';

const decoded = (markdown: string): string =>
  Buffer.from(/base64,([^|]+)\|/.exec(markdown)![1]!, 'base64').toString('utf8');

describe('the chart of a budget', () => {
  it('draws ε over the epochs, and says it in words', () => {
    const markdown = epochChart([
      { epoch: 1, epsilon: 0.4 },
      { epoch: 10, epsilon: 1.13 },
    ]);
    assert.match(markdown, /^!\[ε after each epoch: 0\.4 after 1, 1\.13 after 10\]\(data:image\/svg\+xml;base64,/);
    const svg = decoded(markdown);
    assert.match(svg, /<polyline points="44\.0,7[0-9.]+ 328\.0,12\.0"/);
    assert.doesNotMatch(svg, /NaN|Infinity/);
  });

  it('draws nothing where there is no finite curve', () => {
    assert.equal(epochChart([]), '');
    assert.equal(epochChart([{ epoch: 1, epsilon: 1 }]), '');
    assert.equal(
      epochChart([
        { epoch: 1, epsilon: Number.POSITIVE_INFINITY },
        { epoch: 2, epsilon: Number.NaN },
      ]),
      '',
    );
  });
});

describe('the hover of a budget', () => {
  it('links each parameter to the line, or the file, that it comes from', () => {
    const document = TextDocument.create('file:///w/train.py', 'python', 1, 'import opacus\nSIGMA = 1.1\n');
    const module = {
      place: (span: { start: number; end: number }) => ({ document, span, range: rangeOf(document, span) }),
    } as unknown as SourceModule;
    const budget = {
      markdown: '**ε = 1**',
      attack: { tprAt1Percent: 0.0274, auc: 0.604 },
      curve: [],
      places: {
        noiseMultiplier: { path: null, span: { start: 22, end: 25 } },
        delta: { path: '/w/settings.yaml', span: null },
        epochs: { path: null, span: null },
      },
    } as unknown as BudgetView;
    const text = budgetHover(budget, module, false);
    assert.match(text, /\[noise multiplier, line 2\]\(file:\/\/\/w\/train\.py#L2\)/);
    assert.match(text, /\[δ, settings\.yaml\]\(file:\/\/\/w\/settings\.yaml\)/);
    assert.doesNotMatch(text, /epochs/);
    assert.match(text, /at most 2\.74 % .* AUC of at most 0\.604/);
  });
});
