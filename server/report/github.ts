import type { CheckReport } from './check';

const levels = { error: 'error', warning: 'warning', information: 'notice' } as const;

/** Workflow commands that GitHub shows as annotations. Cells have no lines there: the cell is named in the message. */
export function checkGithub({ findings, errors }: CheckReport): string {
  const lines = findings.map(({ rule, name, severity, path, cell, range, message }) => {
    const place =
      cell === null
        ? `,line=${range.start.line},col=${range.start.column},endLine=${range.end.line},endColumn=${range.end.column}`
        : '';
    const where = cell === null ? '' : `Cell ${cell}, line ${range.start.line}: `;
    return `::${levels[severity]} file=${property(path)}${place},title=${property(`${rule} ${name}`)}::${data(where + message)}\n`;
  });
  const failed = errors.map(({ path, message }) => `::error file=${property(path)},title=not read::${data(message)}\n`);
  return [...lines, ...failed].join('');
}

const data = (text: string): string => text.replace(/%/g, '%25').replace(/\r/g, '%0D').replace(/\n/g, '%0A');
const property = (text: string): string => data(text).replace(/:/g, '%3A').replace(/,/g, '%2C');
