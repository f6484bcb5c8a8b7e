const escapes: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  '\\': '\\',
  "'": "'",
  '"': '"',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
  '\n': '',
};

/** The value of a string's content between its quotes. Named characters (`\N{…}`) stay as written. */
export function unescapeString(content: string, raw: boolean): string {
  if (raw || !content.includes('\\')) return content;
  return content.replace(
    /\\(?:([0-7]{1,3})|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(\r\n|[\s\S]))/g,
    (whole, octal?: string, hex?: string, short?: string, long?: string, one?: string) => {
      if (octal) return String.fromCharCode(Number.parseInt(octal, 8));
      if (hex ?? short) return String.fromCharCode(Number.parseInt((hex ?? short)!, 16));
      if (long) {
        const point = Number.parseInt(long, 16);
        return point <= 0x10ffff ? String.fromCodePoint(point) : whole;
      }
      return one === '\r\n' ? '' : (escapes[one!] ?? whole);
    },
  );
}

/** `1_000`, `0x1F`, `1e-5`, `10L` (Python 2); NaN for imaginary numbers. */
export function numberValue(text: string): number {
  const plain = text.replaceAll('_', '');
  if (/^0[xob]/i.test(plain)) return Number(plain.replace(/L$/i, ''));
  return Number(plain.replace(/[lL]$/, ''));
}
