/** Where the WebAssembly binaries of the runtimes lie; given from outside, since this room knows no file system. */
export interface RuntimeAssets {
  /** `file:` address, ending in `/`, of the folder with `ort-wasm-simd-threaded.wasm` and `.mjs`. */
  readonly onnxFolder: string;
  /** Path, ending in the separator, of the folder with `tfjs-backend-wasm.wasm` and `tfjs-backend-wasm-simd.wasm`. */
  readonly tfjsFolder: string;
}
