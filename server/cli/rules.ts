import { parseArgs } from 'node:util';
import { otherRules, rules } from '../rules';
import { editDistance } from '../workspace/configuration/suggest';
import { rulePage } from '../workspace/rule-pages';
import { type CliIO, EXIT, UsageError } from './io';
import { misread } from './misread';

const usage = `Usage: epsilint rules [ID] [--format text|json]

Lists the rules, or prints the page of one.
`;

/** `epsilint rules`: always exit 0, or 2 for a rule that is not there. */
export async function run(argv: readonly string[], io: CliIO): Promise<number> {
  const { values, positionals } = words(argv);
  const all = [...rules, ...otherRules];
  const [id] = positionals;
  if (values.help) io.stdout(usage);
  else if (id === undefined && values.format === 'json')
    io.stdout(
      `${JSON.stringify({ version: 1, rules: all.map(({ id, name, summary, severity }) => ({ id, name, summary, severity })) })}\n`,
    );
  else if (id === undefined) {
    const wide = Math.max(...all.map(({ name }) => name.length));
    for (const rule of all) io.stdout(`${rule.id.padEnd(8)} ${rule.name.padEnd(wide)}  ${rule.summary}\n`);
  } else {
    const wanted = id.toLowerCase();
    const rule = all.find(one => one.id.toLowerCase() === wanted || one.name === wanted);
    if (!rule) {
      const meant = all
        .map(
          one =>
            [one.id, Math.min(editDistance(wanted, one.id.toLowerCase()), editDistance(wanted, one.name))] as const,
        )
        .sort((a, b) => a[1] - b[1])[0];
      const hint = meant && meant[1] <= 2 ? ` Did you mean ${meant[0]}?` : ' "epsilint rules" lists them.';
      throw new UsageError(`there is no rule "${id}".${hint}`);
    }
    const page = rulePage(rule.id);
    io.stdout(page === null ? `${rule.id} ${rule.name}\n\n${rule.summary}\n` : terminal(page, io.isTTY));
  }
  return EXIT.ok;
}

function words(argv: readonly string[]) {
  try {
    const parsed = parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: { format: { type: 'string', default: 'text' }, help: { type: 'boolean', short: 'h' } },
    });
    if (parsed.positionals.length > 1) throw new UsageError(`rules wants one rule.\n${usage}`);
    return parsed;
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw misread(error, usage);
  }
}

/** Markdown as it reads well in a terminal: headings bold, code blocks dim, the rest as it is. */
function terminal(page: string, color: boolean): string {
  if (!color) return page;
  let inside = false;
  return page
    .split('\n')
    .map(line => {
      if (line.startsWith('```')) {
        inside = !inside;
        return '';
      }
      if (inside) return `  \u001b[2m${line}\u001b[0m`;
      if (line.startsWith('#')) return `\u001b[1m${line.replace(/^#+\s*/, '')}\u001b[0m`;
      return line.replace(/\*\*([^*]+)\*\*/g, '\u001b[1m$1\u001b[0m').replace(/`([^`]+)`/g, '\u001b[36m$1\u001b[0m');
    })
    .join('\n');
}
