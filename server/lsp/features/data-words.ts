import type { DataPage } from '../host';
import { plain, size } from './plain-words';

/** So many names are written out. */
const SHOWN = 40;

/** A data file or folder in a few lines of Markdown, for the hover on its path: names and counts, never a value. */
export function dataMarkdown(page: DataPage): string {
  if (page.kind === 'refused') return `**${plain(page.name)}**: ${plain(page.message)}`;
  const rows = page.kind === 'folder' ? folderRows(page) : fileRows(page);
  const table = ['| | |', '| --- | --- |', ...rows.map(([key, value]) => `| ${key} | ${plain(value)} |`)].join('\n');
  return `**${plain(page.name)}**\n\n${table}`;
}

function folderRows({ folders, endings, whole }: Extract<DataPage, { kind: 'folder' }>): [string, string][] {
  const all = endings.reduce((sum, [, count]) => sum + count, 0);
  const kinds = endings.slice(0, 6).map(([ending, count]) => `${count.toLocaleString('en')} ${ending}`);
  return [
    [
      'files',
      `${whole ? '' : 'more than '}${all.toLocaleString('en')}${kinds.length > 0 ? `: ${kinds.join(', ')}` : ''}`,
    ],
    ...(folders > 0 ? [['folders', folders.toLocaleString('en')] as [string, string]] : []),
  ];
}

function fileRows({ format, bytes, rows, parts, keys }: Extract<DataPage, { kind: 'file' }>): [string, string][] {
  const said =
    rows === null ? parts.map(({ name, shape }) => `${name} [${shape.join(' × ')}]`) : parts.map(({ name }) => name);
  const more = said.length > SHOWN ? ` and ${said.length - SHOWN} more` : '';
  return [
    ['format', format],
    ['size', size(bytes)],
    ...(rows === null ? [] : [['rows', rows.toLocaleString('en')] as [string, string]]),
    [rows === null ? 'arrays' : 'columns', `${said.length}: ${said.slice(0, SHOWN).join(', ')}${more}`],
    ...(keys.length > 0 ? [['person key', keys.join(', ')] as [string, string]] : []),
  ];
}
