import { createHash } from 'node:crypto';
import type { ModuleFacts } from '../facts/syntax';

/** A digest of what a script does: comments, blank lines and trailing blanks do not count, so that a suppression changes nothing. */
export function codeDigest({ comments }: Pick<ModuleFacts, 'comments'>, text: string): string {
  let code = '';
  let at = 0;
  for (const comment of comments) {
    code += text.slice(at, comment.start);
    at = Math.max(at, comment.end);
  }
  code += text.slice(at);
  const lines = code.split(/\r\n|\n|\r/).map(line => line.trimEnd());
  return createHash('sha256')
    .update(lines.filter(line => line !== '').join('\n'))
    .digest('hex');
}
