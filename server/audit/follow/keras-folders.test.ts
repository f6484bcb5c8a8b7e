import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { prepareAuditData } from '../../../audit-core/datasets/prepare';
import { DataStore } from '../../../audit-core/datasets/store';
import { createPythonFrontEnd, type PythonFrontEnd } from '../../languages/python/front-end';
import { dataAccess } from '../../workspace/data-access';
import { pythonAssets } from '../../workspace/grammars';
import { inferAudit } from '../infer';

// Folders of pictures as Keras 3.15 on TensorFlow 2.21 gives them to a model: which files, what each pixel, which class.
const folder = join(__dirname, '..', '..', '..', 'test', 'fixtures', 'datasets', 'keras-folders');
interface Given {
  readonly name: string;
  readonly script: string;
  readonly shape: readonly number[];
  /** Sum of each picture's pixels, in the order of the first pass; shuffled where the data set is. */
  readonly sums: readonly number[];
  readonly labels: readonly number[];
}
const expected = JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')) as readonly Given[];

describe('folders of pictures, as Keras reads them', () => {
  let python: PythonFrontEnd;
  before(async () => {
    python = await createPythonFrontEnd(pythonAssets());
  });

  for (const { name, script, shape, sums, labels } of expected)
    it(name, async () => {
      const { recipe, specification } = inferAudit(python.parse(script));
      assert.ok(recipe, 'the training was not followed');
      const files = specification.data.map(each => ({ name: each, path: join(folder, each) }));
      const access = dataAccess(files, join(folder, 'train.py'));
      try {
        const data = await prepareAuditData(recipe, new DataStore(access), { person: null, groups: [] });
        const members = Array.from(data.members.keys()).filter(row => data.members[row] === 1);
        assert.deepEqual([members.length, ...data.features.shape.slice(1)], shape);
        const size = shape.slice(1).reduce((a, b) => a * b, 1);
        const made = members.map(row => {
          const pixels = data.features.data.subarray(row * size, (row + 1) * size);
          return [data.labels[row]!, pixels.reduce((a, b) => a + b, 0)] as const;
        });
        const wanted = sums.map((sum, i) => [labels[i]!, sum] as const);
        const byValue = (a: readonly [number, number], b: readonly [number, number]): number =>
          a[0] - b[0] || a[1] - b[1];
        made.sort(byValue);
        wanted.sort(byValue);
        // libpng makes some grey pixels one darker than its own formula.
        const room = name === 'ds_val_cat' ? 0.05 * size : 0.02;
        for (const [i, [label, sum]] of wanted.entries()) {
          assert.equal(made[i]![0], label);
          assert.ok(Math.abs(made[i]![1] - sum) <= room, `picture ${i} sums to ${made[i]![1]}, not ${sum}`);
        }
      } finally {
        await access.close();
      }
    });
});
