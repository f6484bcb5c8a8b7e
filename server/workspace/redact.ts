/**
 * Hides what may be a value of a person in a line of source that is shown to people or hashed: strings that do not look
 * like code's own names, long numbers, comments. Every character is replaced one by one, so that columns stay.
 */
export function redactLine(line: string): string {
  let out = '';
  let at = 0;
  while (at < line.length) {
    const unit = line[at]!;
    if (unit === '"' || unit === "'" || unit === '`') {
      const end = closing(line, at);
      const inner = line.slice(at + 1, end);
      out += unit + (isName(inner) ? inner : hide(inner)) + (line[end] ?? '');
      at = end + 1;
    } else if (unit === '#' || (unit === '/' && line[at + 1] === '/')) {
      const comment = line.slice(at);
      return out + (/^(?:#|\/\/)\s*epsilint/.test(comment) ? hideNumbers(comment) : hide(comment));
    } else {
      const word = /^[\w$.]+/.exec(line.slice(at))?.[0] ?? unit;
      out += hideNumbers(word);
      at += word.length;
    }
  }
  return out;
}

/** Names of columns, modules, files and formats: short, few digits, no blanks between capitalised words. */
function isName(text: string): boolean {
  if (text.length > 60 || (text.match(/\d/g)?.length ?? 0) > 3 || text.includes('@')) return false;
  return /^[\w./:%{}\-[\]*+=,()]*$/.test(text) || /^[a-z_ ,.:%{}=-]*$/.test(text);
}

const hide = (text: string): string => text.replace(/[^\s]/g, '•');
/** Numbers of six digits or more: record numbers and phone numbers, hardly ever hyperparameters. */
const hideNumbers = (text: string): string => text.replace(/\d{6,}/g, digits => '•'.repeat(digits.length));

function closing(line: string, open: number): number {
  const quote = line[open]!;
  for (let i = open + 1; i < line.length; i++) {
    if (line[i] === '\\') i++;
    else if (line[i] === quote) return i;
  }
  return line.length;
}
