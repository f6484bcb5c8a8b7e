import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Cell } from '../../runtime/estimators/frame';
import { bytesSource } from '../byte-source';
import { openCheckpoint } from '../index';

const folder = join(__dirname, '../../../test/fixtures/sklearn');
/** Estimators need no WebAssembly. */
const noAssets = { onnxFolder: '', tfjsFolder: '' };
interface Case {
  readonly y: readonly number[];
  readonly width: number;
  readonly x?: readonly (number | null)[];
  readonly shape?: readonly number[];
  readonly csv?: string;
}
const cases = JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')) as Record<string, Case>;

function table(csv: string): Map<string, Cell[]> {
  const [names = [], ...rows] = csv
    .trim()
    .split('\n')
    .map(line => line.split(','));
  return new Map(names.map((name, index) => [name, rows.map(row => row[index] || null)]));
}

describe('estimators of scikit-learn give its outputs', () => {
  for (const [name, { x, y, shape, csv, width }] of Object.entries(cases))
    it(name, async () => {
      const checkpoint = await openCheckpoint(
        bytesSource(`${name}.joblib`, new Uint8Array(readFileSync(join(folder, `${name}.joblib`)))),
      );
      assert.equal(checkpoint.inspection.runnable, true, checkpoint.inspection.why);
      const runtime = await checkpoint.load?.(noAssets);
      assert.ok(runtime);
      const out = csv
        ? await runtime.predictTable?.(table(csv))
        : await runtime.predict([
            { data: Float64Array.from(x ?? [], value => value ?? Number.NaN), shape: [...(shape ?? [])] },
          ]);
      assert.ok(out);
      assert.equal(out.shape[1], width);
      for (const [index, wanted] of y.entries()) {
        const got = Number(out.data[index]);
        assert.ok(Math.abs(got - wanted) < 1e-6 * Math.max(1, Math.abs(wanted)), `${index}: ${got}, not ${wanted}`);
      }
    });
});
