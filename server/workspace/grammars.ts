import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { PythonAssets } from '../languages/python/front-end';

/** Reads the two WebAssembly files of the Python parser: beside the bundle, or from `node_modules` when run from source. */
export function pythonAssets(folder: string = __dirname): PythonAssets {
  return {
    runtimeWasm: readFileSync(find('web-tree-sitter', 'web-tree-sitter.wasm', folder)),
    grammarWasm: readFileSync(find('tree-sitter-python', 'tree-sitter-python.wasm', folder)),
  };
}

function find(packageName: string, file: string, folder: string): string {
  for (const place of [folder, dirname(folder)]) {
    const beside = join(place, file);
    if (existsSync(beside)) return beside;
  }
  return createRequire(join(folder, 'here.js')).resolve(`${packageName}/${file}`);
}
