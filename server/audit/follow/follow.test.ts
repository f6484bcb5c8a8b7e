import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { hex, sha256 } from '../../../audit-core/datasets/generators/sha2';
import { memberRows, prepareAuditData } from '../../../audit-core/datasets/prepare';
import { DataStore } from '../../../audit-core/datasets/store';
import { createPythonFrontEnd, type PythonFrontEnd } from '../../languages/python/front-end';
import { dataAccess } from '../../workspace/data-access';
import { pythonAssets } from '../../workspace/grammars';
import { inferAudit } from '../infer';

// Scripts as people write them, run by numpy, pandas, scikit-learn and torch: test/fixtures/scripts/README.md.
const folder = join(__dirname, '..', '..', '..', 'test', 'fixtures', 'scripts');
const read = <T>(name: string): T => JSON.parse(readFileSync(join(folder, name), 'utf8')) as T;
interface Members {
  readonly name: string;
  readonly script: string;
  readonly members: { readonly count: number; readonly sha256: string } | null;
}
interface Side {
  readonly rows: number;
  readonly sums: readonly number[];
  readonly squares: readonly number[];
}
interface Preprocessing {
  readonly name: string;
  readonly script: string;
  readonly train: Side;
  readonly test: Side;
}

describe('what scripts do to their data', () => {
  let python: PythonFrontEnd;
  before(async () => {
    python = await createPythonFrontEnd(pythonAssets());
  });
  const follow = (script: string) => inferAudit(python.parse(script));
  const storeOf = (data: readonly string[]) => {
    const access = dataAccess(
      data.map(name => ({ name, path: join(folder, name) })),
      join(folder, 'train.py'),
    );
    return { access, store: new DataStore(access) };
  };

  for (const { name, script, members } of read<Members[]>('members.json'))
    it(`members: ${name}`, async () => {
      const { recipe, specification } = follow(script);
      const { access, store } = storeOf(specification.data);
      try {
        if (members === null) {
          // Not followed, or not seeded: never guessed.
          if (recipe) await assert.rejects(memberRows(recipe, store));
          return;
        }
        assert.ok(recipe, 'the training was not followed');
        const { rows } = await memberRows(recipe, store);
        assert.equal(rows.length, members.count);
        assert.equal(hex(sha256(new Uint8Array(BigInt64Array.from(rows, BigInt).buffer))), members.sha256);
      } finally {
        await access.close();
      }
    });

  for (const { name, script, train, test } of read<Preprocessing[]>('preprocessing.json'))
    it(`preprocessing: ${name}`, async () => {
      const { recipe, specification } = follow(script);
      assert.ok(recipe, 'the training was not followed');
      const { access, store } = storeOf(specification.data);
      try {
        const data = await prepareAuditData(recipe, store, { person: null, groups: [] });
        const width = data.features.shape[1]!;
        for (const [side, wanted] of [
          [1, train],
          [0, test],
        ] as const) {
          const rows = Array.from(data.members.keys()).filter(row => data.members[row] === side);
          assert.equal(rows.length, wanted.rows);
          assert.equal(width, wanted.sums.length);
          for (let c = 0; c < width; c++) {
            const column = rows.map(row => data.features.data[row * width + c]!);
            const sum = column.reduce((a, b) => a + b, 0);
            const squares = column.reduce((a, b) => a + b * b, 0);
            const near = (a: number, b: number): boolean =>
              Math.abs(a - b) <= 1e-4 * (1 + Math.abs(b) + Math.sqrt(wanted.squares[c]!));
            assert.ok(near(sum, wanted.sums[c]!), `column ${c} sums to ${sum}, not ${wanted.sums[c]}`);
            assert.ok(
              near(squares, wanted.squares[c]!),
              `squares of column ${c}: ${squares}, not ${wanted.squares[c]}`,
            );
          }
        }
      } finally {
        await access.close();
      }
    });

  it('names the call that loses the data', () => {
    const script = `import pandas as pd
from sklearn.linear_model import LogisticRegression
frame = pd.read_sql("select 1", None)
model = LogisticRegression().fit(frame[["a"]], frame["b"])
`;
    const { recipe, unfollowed } = follow(script);
    assert.equal(recipe, null);
    assert.equal(unfollowed[0]?.call, 'pd.read_sql');
    assert.equal(script.slice(unfollowed[0].start, unfollowed[0].end), 'pd.read_sql("select 1", None)');
  });

  it('does not replay a global stream past a helper that is not known', () => {
    const script = (helper: string) => `import numpy as np
import pandas as pd
from utils import prepare
from sklearn.linear_model import LogisticRegression
np.random.seed(1)
frame = pd.read_csv("visits.csv")
${helper}
order = np.random.permutation(len(frame))
train = frame.iloc[order[:100]]
model = LogisticRegression().fit(train[["x1"]], train["label"])
`;
    assert.ok(follow(script('print(len(frame))')).recipe);
    assert.equal(follow(script('prepare()')).recipe, null);
    const found = inferAudit(python.parse(script('prepare()')), {
      find: name => (name === 'utils' ? python.parse('def prepare():\n    return 1\n') : null),
    });
    assert.ok(found.recipe, 'a helper that can be read is followed');
  });
});
