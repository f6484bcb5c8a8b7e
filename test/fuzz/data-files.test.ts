import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type ByteSource, bytesSource } from '../../audit-core/checkpoints/byte-source';
import { CheckpointError } from '../../audit-core/checkpoints/inspection';
import { defaultLimits } from '../../audit-core/checkpoints/limits';
import { DataFileError, ReplayError } from '../../audit-core/datasets/errors';
import { openRecord } from '../../audit-core/datasets/images';
import { applySteps } from '../../audit-core/datasets/images/steps';
import { readNumpyArchive } from '../../audit-core/datasets/npy';
import { defaultDataLimits } from '../../audit-core/datasets/sources';
import { openTable } from '../../audit-core/datasets/tables';

/**
 * Mutated real files: cut off, bytes changed, parts moved and doubled, lengths made huge. A reader answers or refuses with one sentence, within
 * seconds and without a cell of the file. `EPSILINT_FUZZ_RUNS=20000` runs the long mode.
 */
const runs = Number(process.env.EPSILINT_FUZZ_RUNS ?? 500);
const folder = join(__dirname, '..', 'fixtures', 'data');
const read = (name: string): Uint8Array => new Uint8Array(readFileSync(join(folder, name)));

/** A small generator of numbers, so that a failure can be repeated by its seed (mulberry32). */
function numbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const extremes = [0, 1, 0x7f, 0x80, 0xff];

function mutate(bytes: Uint8Array, chance: () => number): Uint8Array {
  const pick = (n: number): number => Math.floor(chance() * n);
  let out = bytes.slice();
  for (let turn = 1 + pick(4); turn > 0; turn--) {
    const at = pick(out.length);
    switch (pick(7)) {
      case 0:
        out = out.slice(0, at);
        break;
      case 1:
        if (out.length > 0) out[at] = pick(256);
        break;
      case 2:
        for (let i = 0; i < 4 && at + i < out.length; i++) out[at + i] = extremes[pick(extremes.length)]!;
        break;
      case 3:
        if (out.length > 0) out[at] = (out[at] ?? 0) ^ (1 << pick(8));
        break;
      case 4: {
        const length = pick(64);
        out.copyWithin(at, pick(out.length), Math.min(out.length, pick(out.length) + length));
        break;
      }
      case 5: {
        const part = out.slice(at, at + pick(200));
        const longer = new Uint8Array(out.length + part.length);
        longer.set(out.subarray(0, at));
        longer.set(part, at);
        longer.set(out.subarray(at), at + part.length);
        out = longer;
        break;
      }
      default: {
        // Headers and footers lie most.
        const near = chance() < 0.5 ? pick(Math.min(64, out.length)) : Math.max(0, out.length - 1 - pick(64));
        for (let i = 0; i < 1 + pick(8) && near + i < out.length; i++) out[near + i] = extremes[pick(extremes.length)]!;
      }
    }
  }
  return out;
}

type Read = (source: ByteSource) => Promise<void>;
const table: Read = async source => {
  const opened = await openTable(source, source.name, { format: 'any' }, defaultDataLimits);
  if (opened.rows <= 1_000_000) await opened.read(opened.names.map((_, i) => i).slice(0, 50));
};
const record: Read = async source => {
  applySteps(await openRecord(source, defaultDataLimits), []);
};
const arrays: Read = async source => {
  for (const array of (await readNumpyArchive(source, defaultLimits)).values())
    if (array.shape.reduce((a, b) => a * b, 1) < 1 << 22) await array.numbers();
};
const formats: Readonly<Record<string, { files: RegExp; read: Read }>> = {
  csv: { files: /^(?:table(?:_index)?\.(?:csv|tsv)|bom\.csv)$/, read: table },
  parquet: { files: /\.parquet$/, read: table },
  arrow: { files: /\.(?:feather|arrow)$/, read: table },
  npy: { files: /\.np[yz]$/, read: arrays },
  png: { files: /\.png$/, read: record },
  jpeg: { files: /\.jpg$/, read: record },
  dicom: { files: /\.dcm$/, read: record },
  nifti: { files: /\.nii(?:\.gz)?$/, read: record },
  wfdb: { files: /\.hea$/, read: record },
};

describe('data files that are broken or lie', () => {
  for (const [format, { files, read: open }] of Object.entries(formats))
    it(`${format}: answers or refuses in one sentence`, async function () {
      this.timeout(runs > 500 ? 3_600_000 : 60_000);
      const names = readdirSync(folder).filter(name => files.test(name));
      assert.ok(names.length > 0);
      let slowest = { ms: 0, seed: 0 };
      for (let seed = 0; seed < runs; seed++) {
        const chance = numbers(seed);
        const name = names[Math.floor(chance() * names.length)]!;
        // The other files of a record are changed as well.
        const sourceOf = (wanted: string): ByteSource => ({
          ...bytesSource(wanted, mutate(read(wanted), chance)),
          sibling: async other => {
            const known = readdirSync(folder).includes(basename(other));
            return known ? sourceOf(basename(other)) : null;
          },
        });
        const start = performance.now();
        try {
          await open(sourceOf(name));
        } catch (error) {
          const known =
            error instanceof DataFileError || error instanceof CheckpointError || error instanceof ReplayError;
          assert.ok(known, `${name}, seed ${seed}: ${error instanceof Error ? error.stack : String(error)}`);
          assert.ok(
            !error.message.includes('\n') && error.message.length < 300,
            `${name}, seed ${seed}: ${error.message}`,
          );
        }
        const ms = performance.now() - start;
        if (ms > slowest.ms) slowest = { ms, seed };
      }
      assert.ok(slowest.ms < 5_000, `seed ${slowest.seed} took ${Math.round(slowest.ms)} ms`);
    });
});
