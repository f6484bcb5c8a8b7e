import assert from 'node:assert/strict';
import { epochChart } from './budget-chart';

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
