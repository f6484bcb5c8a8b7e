import { classifyColumns } from '../models/identifiers';
import { finding, listed } from './evidence';
import type { Rule } from './rule';

/** Header cells of an HTML table, or the words of a plain table's first line. */
function headers(type: string, text: string): { names: string[]; rows: number } | null {
  if (type === 'text/html') {
    const head = /<thead>([\s\S]*?)<\/thead>/i.exec(text)?.[1];
    if (!head) return null;
    const names = [...head.matchAll(/<th[^>]*>([^<]{1,80})<\/th>/gi)].map(match => match[1]!.trim());
    const body = /<tbody>([\s\S]*?)<\/tbody>/i.exec(text)?.[1] ?? '';
    return { names, rows: (body.match(/<tr/gi) ?? []).length };
  }
  const lines = text.split('\n').filter(line => line.trim() !== '');
  // One row as pandas prints it: a name and a value a line, closed by the row's own name.
  if (/^Name: .*\bdtype: object\s*$/.test(lines.at(-1) ?? '') && !/ Length: /.test(lines.at(-1)!))
    return { names: lines.slice(0, -1).map(line => line.trim().split(/\s{2,}/, 1)[0]!), rows: 1 };
  const data = lines.filter(line => /^\s*\d+\s+\S/.test(line)).length;
  return lines[0] && data > 0 ? { names: lines[0].trim().split(/\s{2,}|\s+(?=\S)/), rows: data } : null;
}

export const PHI006: Rule = {
  id: 'PHI006',
  name: 'identifier-in-output',
  summary: 'A stored notebook output shows rows with identifiers.',
  severity: 'warning',
  check: context => {
    const seen = new Set<number>();
    return context.outputs.flatMap(output => {
      const table = headers(output.type, output.text);
      // A table of counts and quantiles shows nobody's row.
      if (/\bstd\b/.test(output.text) && /\b25%/.test(output.text)) return [];
      if (!table || table.rows === 0 || seen.has(output.span.start)) return [];
      const kinds = classifyColumns(table.names);
      const of = (kind: string) => [...kinds].filter(([, each]) => each === kind).map(([name]) => name);
      const direct = of('identifier');
      const keys = of('subject-key');
      const quasi = of('quasi-identifier');
      if (direct.length === 0 && keys.length === 0) return [];
      if (context.people().people === 'public') return [];
      seen.add(output.span.start);
      const alone = direct.length === 0 && quasi.length === 0;
      return [
        finding(PHI006, output.span, {
          tier: direct.length > 0 ? 'certain' : alone ? 'possible' : 'likely',
          severity: alone ? 'information' : 'warning',
          message:
            `The stored output of this cell shows ${table.rows} ${table.rows === 1 ? 'row' : 'rows'} with ${listed(direct.length > 0 ? direct : [...keys, ...quasi])}. ` +
            'The notebook file carries those people wherever it is pushed or mailed. ' +
            'Clear this output, and strip outputs before each commit (`nbstripout`).',
        }),
      ];
    });
  },
};
