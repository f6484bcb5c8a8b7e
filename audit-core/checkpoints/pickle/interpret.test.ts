import assert from 'node:assert/strict';
import { bytesSource } from '../byte-source';
import { openCheckpoint } from '../index';

const latin1 = (text: string): Uint8Array => Uint8Array.from(text, letter => letter.charCodeAt(0));
const open = (bytes: Uint8Array) => openCheckpoint(bytesSource('model.pkl', bytes));
const refused = async (bytes: Uint8Array, wanted: RegExp): Promise<void> => {
  await assert.rejects(
    open(bytes),
    error => error instanceof Error && error.name === 'CheckpointError' && wanted.test(error.message),
  );
};

describe('pickle reader', () => {
  it('names a command that unpickling would run, and runs nothing', async () => {
    const { inspection } = await open(latin1("cos\nsystem\n(S'echo hello'\ntR."));
    assert.equal(inspection.hazards.length, 1);
    assert.match(inspection.hazards[0]?.message ?? '', /os\.system \(byte 0\)/);
    assert.equal(inspection.runnable, false);
  });

  it('sees a name that is put together from the memo (STACK_GLOBAL)', async () => {
    const { inspection } = await open(
      latin1('\x80\x04\x8c\x05posix\x94\x8c\x06system\x94h\x00h\x01\x93\x8c\x02ls\x85R.'),
    );
    assert.match(inspection.hazards[0]?.message ?? '', /posix\.system/);
  });

  it('lets plain data pass', async () => {
    const { inspection } = await open(latin1('\x80\x02}q\x00X\x01\x00\x00\x00aq\x01K\x05s.'));
    assert.deepEqual(inspection.hazards, []);
  });

  it('does not trust a function inside a package of known classes', async () => {
    const { inspection } = await open(latin1("csklearn.utils.fixes\neval\n(S'1'\ntR."));
    assert.equal(inspection.hazards.length, 1);
  });

  it('refuses what is cut off, with the place', async () => {
    await refused(latin1('\x80\x04\x95\xff\xff\x00\x00\x00\x00\x00\x00N.'), /frame at byte 2 goes beyond/);
    await refused(latin1('\x80\x02}q\x00'), /cut off at byte 5/);
    await refused(latin1('\x80\x02h\x07.'), /refers to value 7/);
    await refused(latin1('\x80\x02R.'), /nothing to take/);
  });

  it('refuses a pickle that would grow without bound', async () => {
    let text = '\x80\x02]q\x00';
    for (let level = 1; level <= 20; level++)
      text += `]q${String.fromCharCode(level)}(${`h${String.fromCharCode(level - 1)}`.repeat(10)}e`;
    await refused(latin1(`${text}.`), /billion laughs/);
  });
});
