import assert from 'node:assert/strict';
import { libraries } from '.';
import { createModels } from './lookup';

describe('methods of unknown classes', () => {
  it('mean the same whichever library was loaded before', () => {
    const fresh = createModels(libraries);
    const names = libraries.flatMap(({ calls }) => Object.keys(calls ?? {}).filter(name => name.startsWith('*.')));
    assert.ok(names.length > 10);
    const before = names.map(name => fresh.call(name));
    for (const { modules } of libraries) for (const module of modules) fresh.canonical(`${module}.any`);
    names.forEach((name, i) => {
      assert.equal(fresh.call(name), before[i], name);
    });
  });
});
