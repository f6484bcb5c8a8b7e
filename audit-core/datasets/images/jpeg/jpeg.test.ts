import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { hex, sha256 } from '../../generators/sha2';
import { readDicom } from '../dicom';
import { readJpeg } from '.';

const folder = join(__dirname, '..', '..', '..', '..', 'test', 'fixtures', 'data');
const read = (name: string): Uint8Array => new Uint8Array(readFileSync(join(folder, name)));

/** SHA-256 of the bytes that Pillow 13 (libjpeg-turbo) decodes: colours halved both ways, across (progressive), in units of restart, down. */
const pictures: Readonly<Record<string, string>> = {
  'c420.jpg': '56d0fc6cdd34138f367edd18e637c6212179d1b5649547bdbca13577a53f6f92',
  'c422.jpg': '49a84a2022786f09b1d86a11935489a4361f2bb85ed29dfd6ec31f53c45f4ef2',
  'restart.jpg': '56d0fc6cdd34138f367edd18e637c6212179d1b5649547bdbca13577a53f6f92',
  'c440.jpg': '86266daca449ab4ddcb3bb20c7f080dc5d179b09b70ab63875e303948e32e31d',
};

describe('JPEG pictures', () => {
  for (const [name, sum] of Object.entries(pictures))
    it(`${name}: to the last bit as libjpeg decodes it`, async () => {
      const raster = await readJpeg(read(name), 1 << 20);
      assert.deepEqual([raster.width, raster.height, raster.channels], [27, 19, 3]);
      assert.equal(hex(sha256(Uint8Array.from(raster.data))), sum);
    });

  it('reads lossless pictures of DICOM as pydicom does', async () => {
    const { rows, columns, data } = await readDicom(read('lossless.dcm'), 1 << 20);
    assert.deepEqual([rows, columns], [19, 27]);
    assert.equal(
      hex(sha256(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))),
      '3e3db9167113f07d1d1b90740b7ff8775f11a73c182f1ff63611fe779b979139',
    );
  });

  it('refuses what is cut off', async () => {
    const bytes = read('c420.jpg');
    for (const length of [3, 100, 300, bytes.length >> 1, bytes.length - 20])
      await assert.rejects(readJpeg(bytes.subarray(0, length), 1 << 20), /JPEG picture/);
  });
});
