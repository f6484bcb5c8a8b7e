import assert from 'node:assert/strict';
import { libraries } from '../../models';
import { ModelFile } from './model-schema';

describe('a model file', () => {
  it('can say all that our own libraries say: every field of theirs is one of its', () => {
    for (const library of libraries) {
      // As it would stand in a file; what is undefined is not written.
      const written: unknown = JSON.parse(JSON.stringify(library));
      const read = ModelFile.safeParse(written);
      assert.ok(read.success, `${library.library}: ${JSON.stringify(read.error?.issues.slice(0, 3))}`);
      assert.deepEqual(read.data, written, library.library);
    }
  });
});
