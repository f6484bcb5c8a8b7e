import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { RuntimeAssets } from '../../audit-core/runtime/assets';

/** Where the runtimes' WebAssembly files lie: beside the bundle, or in `node_modules` when run from source. */
export function runtimeAssets(folder: string = __dirname): RuntimeAssets {
  const beside = [folder, dirname(folder)].find(place => existsSync(join(place, 'ort-wasm-simd-threaded.wasm')));
  const onnx = beside ?? fromPackage('onnxruntime-web/wasm', folder);
  const tfjs = beside ?? fromPackage('@tensorflow/tfjs-backend-wasm', folder);
  return { onnxFolder: pathToFileURL(onnx + sep).href, tfjsFolder: tfjs + sep };
}

function fromPackage(name: string, folder: string): string {
  return dirname(createRequire(join(folder, 'here.js')).resolve(name));
}
