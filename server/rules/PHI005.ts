import { finding } from './evidence';
import type { Fix } from './finding';
import type { Rule, RuleContext } from './rule';

/** String literals and comments: the only places where an identifier can be pasted. */
const literal = /("""|'''|["'`])((?:(?!\1)[^\\]|\\.){5,20000}?)\1|(?:#|\/\/)([^\n]{8,400})/g;
const ssn = /(?<![\d-])(\d{3})-(\d{2})-(\d{4})(?![\d-])/;
const mrn = /\b(?:MRN|medical record (?:number|no\.?))\s*[:#=]?\s*([A-Z]{0,3}\d{6,10})\b/i;
const nhs = /\bNHS(?: number| no\.?)?\s*[:#=]?\s*(\d{3})[ -]?(\d{3})[ -]?(\d{4})\b/i;
/** Area 000, 666 and 9xx, group 00 and serial 0000 are never issued (SSA); these three are famous examples. */
const impossible = new Set(['078-05-1120', '123-45-6789', '219-09-9999', '987-65-4321']);

function isSsn(text: string): boolean {
  const match = ssn.exec(text);
  if (!match || impossible.has(match[0])) return false;
  const [, area, group, serial] = match;
  return area !== '000' && area !== '666' && !area!.startsWith('9') && group !== '00' && serial !== '0000';
}

/** NHS numbers carry a mod-11 check digit (NHS Data Dictionary). */
function isNhs(text: string): boolean {
  const match = nhs.exec(text);
  if (!match) return false;
  const digits = [...match.slice(1).join('')].map(Number);
  if (new Set(digits).size === 1) return false;
  const sum = digits.slice(0, 9).reduce((total, digit, index) => total + digit * (10 - index), 0);
  return (11 - (sum % 11)) % 11 === digits[9];
}

const looksLikePattern = /\\d|\[0-9\]|\(\?|[xX#]{3,}/;

export const PHI005: Rule = {
  id: 'PHI005',
  name: 'identifier-literal',
  summary: 'A literal in the code passes the strict format and checks of an identifier.',
  severity: 'warning',
  check: context => {
    if (/(?:^|\/)(?:tests?|fixtures?|docs?)\//i.test(context.run.path)) return [];
    // Nearly every file has no such shape at all; only those that do are read literal by literal.
    if (!ssn.test(context.text) && !mrn.test(context.text) && !nhs.test(context.text)) return [];
    return [...context.text.matchAll(literal)].flatMap(match => {
      const text = match[2] ?? match[3]!;
      if (looksLikePattern.test(text)) return [];
      const kind = isSsn(text)
        ? 'a Social Security number'
        : isNhs(text)
          ? 'an NHS number'
          : mrn.test(text) && !/MRN\D*(?:0+|123456\d*)\b/i.test(text)
            ? 'a medical record number'
            : null;
      if (!kind) return [];
      return [
        finding(
          PHI005,
          { start: match.index, end: match.index + match[0].length },
          {
            tier: 'likely',
            message:
              `A literal has the form of ${kind}. ` +
              'Code is copied, pushed and indexed; a real identifier in it cannot be called back. ' +
              'Remove it from the file and from its history, and use a made-up one that can never be issued.',
            fixes: fixesOf(context, match.index, match[0]),
          },
        ),
      ];
    });
  },
};

/** A comment is computed with by nobody: the number in it can be taken out safely. A literal of the program cannot. */
function fixesOf(context: RuleContext, start: number, text: string): Fix[] {
  const end = start + text.length;
  if (!context.comments.some(comment => comment.start <= start && end <= comment.end)) return [];
  const edits = [ssn, nhs, mrn].flatMap(shape =>
    [...text.matchAll(new RegExp(shape.source, `${shape.flags}g`))].map(match => {
      // Words such as "MRN:" stay; the number after them goes.
      const number = match[0].search(/[A-Z]{0,3}\d[\d -]*$/);
      const from = start + match.index + Math.max(0, number);
      return { span: { start: from, end: start + match.index + match[0].length }, text: '[removed]' };
    }),
  );
  const apart = edits.filter(
    ({ span }, at) => !edits.slice(0, at).some(other => span.start < other.span.end && other.span.start < span.end),
  );
  return apart.length === 0 ? [] : [{ title: 'Take the number out of the comment', safety: 'safe', edits: apart }];
}
