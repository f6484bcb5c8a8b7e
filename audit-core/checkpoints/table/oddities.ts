import { refuse } from '../inspection';

/** What other programs may read otherwise in a delimited text, from its first part; said in general, without a cell's content. */
export function oddities(head: Uint8Array, isPart: boolean): string[] {
  const found: string[] = [];
  const utf16 = (head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff);
  if (utf16) return ['The text is UTF-16; other programs may not read it.'];
  if (head.includes(0)) refuse('The table holds NUL bytes; it is no text, or it is broken.');
  const text = new TextDecoder('utf-8').decode(head, { stream: isPart });
  if (!text.includes('\n') && text.includes('\r')) found.push('Lines end with a carriage return alone.');
  if (/(?:^|[,\t\n])"?[=@][A-Za-z|(]/.test(text))
    found.push('Cells start like spreadsheet formulas; open the file in a spreadsheet with care.');
  if (/<[a-z]+[^>\n]*>/i.test(text)) found.push('Cells hold markup.');
  if (/(?:^|[,\t\n])(?:0x[\da-f]+|\d[\d_]*_\d+|[+-]?\d+e\d{3,}|[+-]?Infinity)(?:[,\t\r\n]|$)/i.test(text))
    found.push('Some numbers are spelled in ways that programs read differently.');
  if (/\d{400}/.test(text)) refuse('The table holds a number of more than 400 digits.');
  return found;
}
