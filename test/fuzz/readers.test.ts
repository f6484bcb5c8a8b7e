import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { bytesSource, CheckpointError, openCheckpoint } from '../../audit-core/checkpoints';

/**
 * Mutated real files of every format: each is opened or refused with one sentence; nothing else is thrown, and nothing takes long.
 * `EPSILINT_FUZZ_RUNS` sets the number of inputs a format (500 in CI, 20000 in the long mode); `EPSILINT_FUZZ_SEED` another series.
 */
const rounds = Number(process.env.EPSILINT_FUZZ_RUNS ?? 500);
const seed = Number(process.env.EPSILINT_FUZZ_SEED ?? 1);
const folders = ['checkpoints', 'networks'].map(name => join(__dirname, '../fixtures', name));
/** Milliseconds of processor time that one input may take. */
const patience = 5000;

/** Files of one format share their inputs; large ones would only be slow. */
function corpus(): Map<string, { name: string; bytes: Uint8Array; siblings: Map<string, Uint8Array> }[]> {
  const byFormat = new Map<string, { name: string; bytes: Uint8Array; siblings: Map<string, Uint8Array> }[]>();
  const add = (format: string, name: string, path: string, siblings: Map<string, Uint8Array> = new Map()): void => {
    const list = byFormat.get(format) ?? [];
    list.push({ name, bytes: new Uint8Array(readFileSync(path)), siblings });
    byFormat.set(format, list);
  };
  for (const folder of folders)
    for (const name of readdirSync(folder)) {
      const path = join(folder, name);
      if (statSync(path).isDirectory()) {
        const inner = readdirSync(path, { recursive: true, encoding: 'utf8' }).filter(each =>
          statSync(join(path, each)).isFile(),
        );
        const main = inner.find(each => /^(?:model\.json|saved_model\.pb)$/.test(each));
        const siblings = new Map(inner.map(each => [each, new Uint8Array(readFileSync(join(path, each)))] as const));
        if (main) add(main, main, join(path, main), siblings);
      } else if (!/\.(?:py|md)$|^expected\.json$/.test(name)) add(formatOf(name), name, path);
    }
  return byFormat;
}

const formatOf = (name: string): string =>
  /_(?:traced|scripted)\.pt$/.test(name) ? 'torchscript' : name.replace(/^[^.]*\.(?:joblib\.)?/, '');

/** A small generator with a seed (Marsaglia's xorshift). */
function generator(start: number): () => number {
  let state = start * 2654435761 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

const nasty = [0, 1, 0x7f, 0x80, 0xff, 0x28, 0x5b, 0x7b];

/** A few changes of bytes, numbers, length or order. */
function mutate(bytes: Uint8Array, random: () => number): Uint8Array {
  let out = bytes.slice();
  const at = (size: number): number => Math.floor(random() * Math.max(1, size));
  // Headers and directories lie at the ends: half of the changes go there.
  const place = (): number => {
    const where = random();
    if (where < 0.3) return at(Math.min(256, out.length));
    return where < 0.5 ? Math.max(0, out.length - 1 - at(256)) : at(out.length);
  };
  for (let change = 1 + at(4); change > 0; change--)
    switch (at(7)) {
      case 0:
        out[place()] = at(256);
        break;
      case 1:
        out[place()] = nasty[at(nasty.length)] ?? 0;
        break;
      case 2: {
        const from = place();
        for (let index = 0; index < 4; index++) out[from + index] = 0xff;
        break;
      }
      case 3:
        out = out.slice(0, at(out.length));
        break;
      case 4: {
        const from = place();
        const copy = out.slice(from, from + 1 + at(64));
        out.set(copy, Math.max(0, Math.min(place(), out.length - copy.length)));
        break;
      }
      case 5: {
        const from = place();
        out = Uint8Array.from([...out.subarray(0, from), ...out.subarray(from + 1 + at(16))]);
        break;
      }
      default:
        if (out.length > 0) out[place()] = (out[place()] ?? 0) ^ (1 << at(8));
    }
  return out;
}

describe('readers survive mutated files', function () {
  this.timeout(rounds > 500 ? 0 : 120_000);
  for (const [format, files] of corpus())
    it(`${format}, ${rounds} inputs`, async () => {
      const random = generator(seed + format.length * 7919 + format.charCodeAt(0));
      let opened = 0;
      for (let round = 0; round < rounds; round++) {
        const file = files[round % files.length];
        if (!file) continue;
        const bytes = mutate(file.bytes, random);
        const began = process.cpuUsage();
        try {
          const { inspection, stateDict } = await openCheckpoint(bytesSource(file.name, bytes, file.siblings));
          assert.equal(typeof inspection.format, 'string');
          // Values too, not headers alone.
          for (const tensor of [...(stateDict?.values() ?? [])].slice(0, 4))
            if (tensor.shape.reduce((product, size) => product * size, 1) < 1 << 20) await tensor.values();
          opened++;
        } catch (error) {
          assert.ok(
            error instanceof CheckpointError,
            `input ${round} of ${file.name}: ${error instanceof Error ? error.stack : String(error)}`,
          );
          assert.match(error.message, /^[A-Z"].*[.!?]$/s, `input ${round} of ${file.name}`);
        }
        const { user, system } = process.cpuUsage(began);
        assert.ok(
          (user + system) / 1000 < patience,
          `input ${round} of ${file.name} took ${(user + system) / 1000} ms`,
        );
      }
      // Mutations that always destroy a file would test its first check alone; bzip2's checksums catch each of them.
      assert.ok(opened > 0 || rounds < 100 || format === 'bz2', 'no mutated file was opened');
    });
});
