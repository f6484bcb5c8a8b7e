import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readSettings } from '../../server/protocol';

interface Manifest {
  readonly contributes: {
    readonly configuration: { readonly properties: Readonly<Record<string, { readonly default: unknown }>> };
  };
}

describe('the editor settings', () => {
  it('are declared in the manifest with the defaults that the server takes', () => {
    const text = readFileSync(join(__dirname, '..', '..', 'package.json'), 'utf8');
    const { properties } = (JSON.parse(text) as Manifest).contributes.configuration;
    const declared = Object.entries(properties).map(([name, each]) => [name.replace(/^epsilint\./, ''), each.default]);
    assert.deepEqual(Object.fromEntries(declared), readSettings({}));
  });
});
