import assert from 'node:assert/strict';
import { zipSync } from 'fflate';
import { bytesSource } from '../byte-source';
import { defaultLimits } from '../limits';
import { readZip } from './directory';
import { readEntry } from './entry';

const archive = (files: Record<string, Uint8Array>, level: 0 | 6 = 6): Uint8Array => zipSync(files, { level });
const open = (bytes: Uint8Array) => readZip(bytesSource('a.zip', bytes), defaultLimits);

describe('zip directory', () => {
  it('reads entries and checks their sums', async () => {
    const bytes = archive({ 'a/b.txt': new TextEncoder().encode('hello hello hello hello') });
    const { entries } = await open(bytes);
    const entry = entries.get('a/b.txt');
    assert.ok(entry);
    assert.equal(
      new TextDecoder().decode(await readEntry(bytesSource('a.zip', bytes), entry, defaultLimits)),
      'hello hello hello hello',
    );
    await assert.rejects(readEntry(bytesSource('a.zip', bytes), { ...entry, crc: 1 }, defaultLimits), /checksum/);
  });

  it('refuses names that leave the folder, and archives cut in the middle', async () => {
    await assert.rejects(open(archive({ '../evil': new Uint8Array(3) })), /outside the folder/);
    const whole = archive({ a: new Uint8Array(300) }, 0);
    await assert.rejects(open(whole.subarray(0, 200)), /cut off/);
  });

  it('refuses a name that differs between the directory and the data', async () => {
    const bytes = archive({ abcd: new Uint8Array(3) }, 0);
    bytes[30] = 'x'.charCodeAt(0);
    await assert.rejects(open(bytes), /calls one entry/);
  });

  it('refuses an entry that grows a thousandfold', async () => {
    const bytes = archive({ zeros: new Uint8Array(8 << 20) });
    const entry = (await open(bytes)).entries.get('zeros');
    assert.ok(entry);
    await assert.rejects(readEntry(bytesSource('a.zip', bytes), entry, defaultLimits), /archive bomb/);
  });
});
