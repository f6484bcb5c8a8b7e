import type { Tier } from '../../facts/events';

/** The heading and the three paragraphs of a rule's page that a hover shows: what, why, what to do; and the link. */
export function ruleMarkdown(
  rule: string,
  /** null: the rule itself is shown, no finding of it. */
  tier: Tier | null,
  page: { readonly href: string; readonly text: string } | null,
): string {
  const sure = tier === null ? '' : ` (${tier})`;
  if (!page) return `**${rule}**${sure}`;
  const title = /^#\s*(.+)$/m.exec(page.text)?.[1] ?? rule;
  const sections = ['What it does', 'Why it matters', 'What to do', 'Use instead'].flatMap(name => {
    const text = section(page.text, name);
    return text ? [`**${name}.** ${text}`] : [];
  });
  return [`**${title}**${sure}`, ...sections, `[The whole page](${page.href})`].join('\n\n');
}

/** The first paragraph below `**Name.**` or `## Name`. */
function section(text: string, name: string): string | null {
  const bold = new RegExp(`^\\*\\*${name}\\.?\\*\\*\\.?\\s*([\\s\\S]+?)(?=\\n\\s*\\n|$)`, 'm').exec(text);
  const heading = new RegExp(`^#+\\s*${name}\\s*\\n+([\\s\\S]+?)(?=\\n\\s*\\n|\\n#|$)`, 'mi').exec(text);
  const found = (bold?.[1] ?? heading?.[1])?.trim();
  return found && !found.startsWith('```') ? found.replace(/\s*\n\s*/g, ' ') : null;
}
