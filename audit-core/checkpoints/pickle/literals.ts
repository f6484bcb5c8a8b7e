import { refuse } from '../inspection';

/** Bytes as letters of their number. */
export function latin1(bytes: Uint8Array): string {
  let text = '';
  for (let start = 0; start < bytes.length; start += 8192)
    text += String.fromCharCode(...bytes.subarray(start, start + 8192));
  return text;
}

/** The text of protocol 0's quoted literal. */
export function unquote(line: string, position: number): string {
  const match = /^(['"])(.*)\1$/s.exec(line);
  if (!match) refuse(`The pickle is broken at byte ${position}: a text has no quotes.`);
  return (match[2] ?? '').replace(/\\x([0-9a-fA-F]{2})|\\([\\'"nrt])/g, (_, hex, plain) =>
    hex
      ? String.fromCharCode(Number.parseInt(hex, 16))
      : (({ n: '\n', r: '\r', t: '\t' } as Record<string, string>)[plain] ?? plain),
  );
}

/** Protocol 0's texts: bytes as letters, but for what Python escapes (`raw-unicode-escape`: `\\u000a`, `\\U0001f600`). */
export const rawUnicode = (line: string): string =>
  line.replace(/\\u([0-9a-fA-F]{4})|\\U([0-9a-fA-F]{8})/g, (whole, short, long) => {
    const code = Number.parseInt(short ?? long, 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });

/** Protocol 0's decimal notation of a float. */
export function floatOf(line: string): number {
  const text = line.trim().toLowerCase();
  if (text === 'inf' || text === '+inf') return Number.POSITIVE_INFINITY;
  if (text === '-inf') return Number.NEGATIVE_INFINITY;
  return Number(text);
}

/** A little-endian two's complement whole number. */
export function longOf(bytes: Uint8Array): number | bigint {
  let value = 0n;
  for (let index = bytes.length - 1; index >= 0; index--) value = (value << 8n) | BigInt(bytes[index] ?? 0);
  if ((bytes.at(-1) ?? 0) & 128) value -= 1n << BigInt(8 * bytes.length);
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
