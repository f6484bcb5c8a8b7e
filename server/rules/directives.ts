import type { Comment, Span } from '../facts/syntax';

export type DirectiveKind = 'ignore' | 'disable' | 'enable' | 'file-ignore' | 'cell-ignore';

/** A comment that speaks to the linter: `epsilint: ignore[DP001, PHI] -- reason`, or why it cannot be read. */
export interface Directive extends Span {
  readonly kind: DirectiveKind;
  /** Ids, prefixes or names as written, with their places. */
  readonly codes: readonly (Span & { readonly code: string })[];
  readonly reason: string | null;
  readonly ownLine: boolean;
}

export interface MalformedDirective extends Span {
  readonly message: string;
  readonly ownLine: boolean;
}

const kinds = new Set<string>(['ignore', 'disable', 'enable', 'file-ignore', 'cell-ignore']);
const form = 'write it as "epsilint: ignore[DP001] -- reason"';

/** Reads the directives among comments. `isRule` says whether an id, a prefix or a name means any rule. */
export function readDirectives(
  comments: readonly Comment[],
  text: string,
  isRule: (code: string) => boolean,
  requireReason: boolean,
): { readonly directives: readonly Directive[]; readonly malformed: readonly MalformedDirective[] } {
  const directives: Directive[] = [];
  const malformed: MalformedDirective[] = [];
  for (const comment of comments) {
    const start = /(?:^|[\s#*/])epsilint(?:\s*:\s*|-(?=(?:ignore|disable|enable|file-ignore|cell-ignore)\b))/.exec(
      comment.text,
    );
    if (!start) continue;
    // Prose about the linter ("see epsilint: the manual") is no directive: the next word must look like one.
    const rest = comment.text.slice(start.index + start[0].length);
    const word = /^[\w-]*/.exec(rest)![0];
    const bad = (message: string): void => {
      malformed.push({ start: comment.start, end: comment.end, ownLine: comment.ownLine, message });
    };
    if (!kinds.has(word)) {
      if (start.index === 0 && /^[\w-]+\s*(\[|$)/.test(rest))
        bad(`There is no directive "${word.slice(0, 30)}"; ${form}.`);
      continue;
    }
    const match = /^\s*\[([^\]]*)\]\s*(?:--\s*(.*))?(.*)$/s.exec(rest.slice(word.length));
    if (!match) {
      bad(`"epsilint: ${word}" names no rule; ${form}.`);
      continue;
    }
    if (match[3]!.trim() !== '' && !match[3]!.trim().startsWith('#')) {
      bad(`The reason after "epsilint: ${word}[…]" starts with "--"; ${form}.`);
      continue;
    }
    const inside = text.indexOf(match[1]!, text.indexOf('[', comment.start));
    const codes = partsOf(match[1]!, inside);
    const unknown = codes.filter(({ code }) => !isRule(code));
    if (codes.length === 0) bad(`"epsilint: ${word}[]" names no rule; ${form}.`);
    else if (unknown.length > 0)
      bad(
        `There is no rule ${unknown.map(({ code }) => `"${code.slice(0, 40)}"`).join(', ')}; "epsilint rules" lists them.`,
      );
    else {
      const reason = match[2]?.trim() || null;
      if (requireReason && reason === null && word !== 'enable')
        bad(`"epsilint: ${word}" says no reason, and the configuration wants one; ${form}.`);
      directives.push({
        kind: word as DirectiveKind,
        codes,
        reason,
        ownLine: comment.ownLine,
        start: comment.start,
        end: comment.end,
      });
      continue;
    }
    const good = codes.filter(({ code }) => isRule(code));
    if (good.length > 0)
      directives.push({
        kind: word as DirectiveKind,
        codes: good,
        reason: match[2]?.trim() || null,
        ownLine: comment.ownLine,
        start: comment.start,
        end: comment.end,
      });
  }
  return { directives, malformed };
}

function partsOf(list: string, offset: number): (Span & { code: string })[] {
  const parts: (Span & { code: string })[] = [];
  for (const match of list.matchAll(/[^\s,]+/g)) {
    const start = offset + match.index;
    parts.push({ code: match[0], start, end: start + match[0].length });
  }
  return parts;
}
