// Bundles the three programs, the workers and, one file each, the heavy libraries that only some commands load.
import { cpSync, existsSync, mkdirSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const dist = join(root, 'dist');
const require = createRequire(import.meta.url);

const programs = {
  cli: 'server/cli/entry.ts',
  'static-commands': 'server/cli/static-commands.ts',
  'data-commands': 'server/cli/data-commands.ts',
  server: 'server/lsp/entry.ts',
  client: 'client/extension.ts',
  'audit-worker': 'audit-core/audit/worker.ts',
  'embedded-worker': 'server/workspace/shadows/embedded-worker.ts',
  'shadow-worker': 'server/workspace/shadows/worker.ts',
  'inspect-worker': 'server/workspace/inspect-worker.ts',
  'analysis-worker': 'server/workspace/analysis-worker.ts',
  'server-thread': 'server/lsp/world/threads/entry.ts',
};

/** Loaded on demand from `dist/vendor/`, so that `check` never parses a deep-learning runtime. */
const vendor = [
  'ts-morph',
  '@tensorflow/tfjs',
  '@tensorflow/tfjs-core',
  '@tensorflow/tfjs-layers',
  '@tensorflow/tfjs-converter',
  '@tensorflow/tfjs-backend-cpu',
  '@tensorflow/tfjs-backend-wasm',
  'onnxruntime-web/wasm',
  'echarts',
  'h5wasm',
  'h5wasm/node',
];

const fileOf = name => `${name.replace(/^@/, '').replaceAll('/', '-')}.js`;

/** Leaves the vendored libraries out of a bundle and requires their own file instead. */
const vendored = prefix => ({
  name: 'vendored',
  setup(build) {
    const wanted = new RegExp(`^(${vendor.map(name => name.replace(/[/.]/g, '\\$&')).join('|')})$`);
    build.onResolve({ filter: wanted }, args =>
      args.pluginData === 'inside' || args.kind === 'entry-point'
        ? undefined
        : { path: prefix + fileOf(args.path), external: true },
    );
    // The command line starts the server's own bundle: it need not carry a second one.
    build.onResolve({ filter: /\/lsp\/start$/ }, args =>
      /server[\\/]cli[\\/]/.test(args.importer) ? { path: './server.js', external: true } : undefined,
    );
    // Nor the commands, of which a process runs one.
    build.onResolve({ filter: /^\.\/(static|data)-commands$/ }, args => ({ path: `${args.path}.js`, external: true }));
    // esbuild would take the ESM build of web-tree-sitter, whose import.meta.url is empty in a CommonJS bundle.
    build.onResolve({ filter: /^web-tree-sitter$/ }, () => ({ path: require.resolve('web-tree-sitter') }));
  },
});

// A language server makes a little garbage at every key, all day, and new space would grow to 50 MB for it. The flag counts only
// before the program has filled that space by being loaded, so it stands at the very top of the bundle.
const smallNewSpace =
  "if(process.argv.some(word=>word==='--stdio'||word==='--node-ipc'))require('node:v8').setFlagsFromString('--semi-space-growth-factor=1');" +
  // The heap of a server and of a check is garbage mostly, and left alone grows to four times what is needed.
  "if(process.argv.some(word=>word==='--stdio'||word==='--node-ipc'||word==='check'))require('node:v8').setFlagsFromString('--heap-growing-percent=50');";

const common = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  // `import()` of a CommonJS file has Node read all of it twice.
  supported: { 'dynamic-import': false },
  external: ['vscode'],
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
  define: { 'import.meta.url': '__moduleUrl' },
  banner: { js: `${smallNewSpace}const __moduleUrl=require('node:url').pathToFileURL(__filename).href;` },
  logLevel: 'warning',
};

const assets = [
  'node_modules/web-tree-sitter/web-tree-sitter.wasm',
  'node_modules/tree-sitter-python/tree-sitter-python.wasm',
  'node_modules/onnxruntime-web/dist/ort-wasm-simd-threaded.wasm',
  'node_modules/onnxruntime-web/dist/ort-wasm-simd-threaded.mjs',
  'node_modules/@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm',
  'node_modules/@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm',
];

// A library's file is made again only when the lock file is newer; the programs always.
const locked = statSync(join(root, 'package-lock.json')).mtimeMs;
const stale = name => {
  const made = statSync(join(dist, 'vendor', fileOf(name)), { throwIfNoEntry: false });
  return !made || made.mtimeMs < locked;
};
mkdirSync(join(dist, 'vendor'), { recursive: true });
const present = Object.entries(programs).filter(([, file]) => existsSync(join(root, file)));
await Promise.all([
  build({ ...common, entryPoints: Object.fromEntries(present), outdir: dist, plugins: [vendored('./vendor/')] }),
  // The explorer's page runs in a webview: a browser's bundle, its plotting library inside.
  build({
    ...common,
    entryPoints: { explorer: 'client/explorer/main.ts' },
    outdir: dist,
    platform: 'browser',
    format: 'iife',
    target: 'es2022',
    minify: true,
    define: {},
    banner: {},
    external: [],
  }),
  ...vendor.filter(stale).map(name =>
    build({
      ...common,
      // ONNX Runtime imports its own module by address.
      supported: {},
      minify: true,
      stdin: { contents: `module.exports=require(${JSON.stringify(name)})`, resolveDir: root, sourcefile: 'stdin.js' },
      outfile: join(dist, 'vendor', fileOf(name)),
      plugins: [
        {
          name: 'self',
          setup(build) {
            build.onResolve({ filter: new RegExp(`^${name.replace(/[/.]/g, '\\$&')}$`) }, args =>
              args.importer.endsWith('stdin.js') && args.pluginData !== 'inside'
                ? build.resolve(name, {
                    // h5wasm is published as ES modules only.
                    kind: name.startsWith('h5wasm') ? 'import-statement' : args.kind,
                    resolveDir: root,
                    pluginData: 'inside',
                  })
                : undefined,
            );
          },
        },
        vendored('./'),
      ],
    }),
  ),
]);
for (const asset of assets) cpSync(join(root, asset), join(dist, asset.split('/').at(-1)));
