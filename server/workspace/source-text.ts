/** The text of a source file, and what had to be put up with to read it. */
export interface SourceText {
  readonly text: string;
  /** One sentence when bytes were no text; the rest is still analysed. */
  readonly problem: string | null;
}

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const lenient = new TextDecoder('utf-8', { ignoreBOM: true });

/** PEP 263: a coding declaration in the first two lines of a Python file. */
const coding = /^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)/;

/** Bytes → text: UTF-8, or UTF-16 with its mark, or the coding that a Python file declares. Never throws. */
export function decodeSource(bytes: Uint8Array): SourceText {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return { text: new TextDecoder('utf-16le').decode(bytes), problem: null };
  try {
    return { text: strict.decode(bytes), problem: null };
  } catch {
    const head = lenient.decode(bytes.subarray(0, 400)).split(/\r?\n/, 2);
    const name = head.map(line => coding.exec(line)?.[1]).find(found => found !== undefined);
    if (name && !/^utf-?8/i.test(name)) {
      try {
        return { text: new TextDecoder(name.replace(/_/g, '-')).decode(bytes), problem: null };
      } catch {
        // An encoding that this runtime does not know: read what can be read.
      }
    }
    const text = lenient.decode(bytes);
    const line = text.slice(0, Math.max(0, text.indexOf('\ufffd'))).split('\n').length;
    return { text, problem: `The file is not valid UTF-8 (first at line ${line}); save it as UTF-8.` };
  }
}
